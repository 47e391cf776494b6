"""Options of the configuration set in its text, and not a byte else: with the contact file's own editor, and proved like its edits."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bouncer.edge.contacts import disk
from bouncer.edge.contacts.block import comments
from bouncer.edge.contacts.patch import edits
from bouncer.edge.contacts.tree import Data, Mapped, Refused, apply_edits, data_of, find, is_list
from bouncer.edge.contacts.yaml_file import YamlFormat
from bouncer.edge.contacts.yaml_style import YamlStyle
from bouncer.errors import Busy, StorageFault, UsageError

_BOM = "\ufeff"
Option = tuple[tuple[str | int, ...], str]  # the way to it, and its value


def set_options(path: Path, options: Sequence[Option]) -> None:
    """Set *options* in the configuration at *path* in one write; where one cannot be set, none is.

    Raises UsageError where the text does not allow it, Busy where the file is changed meanwhile, StorageFault where the disk refuses.
    """
    try:
        base = path.read_bytes()
        text = base.decode("utf-8")
        for way, value in options:
            text = with_option(text, way, value)
        new = text.encode()
        done = base == new or disk.replace(path, base, new, path.parent, kept=False)  # a password may stand in it: no copy is kept
    except (Refused, UnicodeDecodeError) as fault:
        raise UsageError(f"{path}: cannot be changed here ({fault}); set it by hand") from fault
    except disk.Unkept as fault:
        raise UsageError(f"{fault}; set it by hand") from fault
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror or fault}") from fault
    if not done:
        raise Busy(f"{path}: it was changed at this moment; try again")


def with_option(text: str, way: tuple[str | int, ...], value: str) -> str:
    """Give *text* with *value* at *way* and not a byte else changed; raises Refused where that cannot be."""
    bom, form = _BOM if text.startswith(_BOM) else "", YamlFormat()
    whole = text.removeprefix(_BOM)
    before = form.tree(whole)
    parent, key = find(before, way[:-1]), str(way[-1])
    if not isinstance(parent, Mapped) or data_of(parent) != _at(data_of(before), way[:-1]):
        raise Refused("the option has no place there")
    changed = apply_edits(whole, edits(whole, parent, key, value, _Style(), len(parent.pairs) - 1))
    after = form.tree(changed)
    if data_of(after) != _put(data_of(before), way, value):
        raise Refused("the edit would have touched more than was meant")
    if comments(changed, 0, len(changed), (after,)) != comments(whole, 0, len(whole), (before,)):
        raise Refused("the edit would have moved or lost a comment of yours")
    return bom + changed


class _Style(YamlStyle):
    """As in the contact file, but for the two words that are options of their own."""

    def scalar(self, text: str, key: str, flow: bool, like: str) -> str:
        return text if text in ("true", "false") else super().scalar(text, key, flow, like)


def _at(data: Data, way: tuple[str | int, ...]) -> Data:
    for step in way:
        if isinstance(data, Mapping) and isinstance(step, str):
            data = data.get(step)
        elif is_list(data) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _put(data: Data, way: tuple[str | int, ...], value: str) -> Data:
    if not way:
        return value
    if isinstance(data, Mapping):
        return {**data, str(way[0]): _put(data.get(str(way[0])), way[1:], value)}
    if is_list(data) and isinstance(way[0], int):
        return [_put(item, way[1:], value) if place == way[0] else item for place, item in enumerate(data)]
    return value
