"""How a new entry is written: as the entry before it is, and plainly where there is none."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouncer.edge.contacts.block import column
from bouncer.edge.contacts.format import Format, Style
from bouncer.edge.contacts.tree import Data, Leaf, Listed, Mapped, Refused, is_list

_DASH = re.compile(r"([ \t]*)-(?:([ \t]+)(?=[^\s#&!*?]))?")
_OPENED = re.compile(r"\{[ \t\r]*\n([ \t]*)")  # the blanks before the first key
_CLOSED = re.compile(r"\n([ \t]*)\}\Z")  # and before the closing brace
_PADDED = re.compile(r"\{([ \t]*)\S")


@dataclass(frozen=True, slots=True)
class Manner:
    """How entries are written; blanks are given as they stand."""

    style: Style
    dash: str | None = "  "  # what stands before the dash; None: the entries are in brackets
    gap: str = " "  # between dash and entry
    braces: bool = False
    lead: str = ""  # before the closing brace
    inner: str | None = None  # before a key in braces, where each is on a line of its own
    pad: str = ""  # between the braces and what is in them, where that is one line
    nest: int | None = None  # how much further in than its key the dash of a list stands; None: lists are in brackets
    like: str = ""  # the quotation mark around values, where they all have one
    quoted: bool = False  # the keys have it too
    unit: str = ""  # how much further in the parts of a list in braces stand on lines of their own; '': it is on one line


def manner_of(form: Format, before: str, piece: str) -> Manner:
    """Give how the entry *piece* is written, which stands behind *before*."""
    style, dash = form.style(piece), _DASH.match(piece)
    try:
        node = form.tree(piece)
    except Refused:  # an alias for an entry elsewhere
        return Manner(style, dash[1] if dash else None, braces=dash is None, unit=style.unit)
    mark, quoted = _quotation(node)
    gap = (dash[2] or " ") if dash else ""
    if not node.flow:
        return Manner(style, dash[1] if dash else "", gap, nest=_nest(piece, node), like=mark)
    text = piece[node.start : node.end]
    opened, closed, padded = _OPENED.match(text), _CLOSED.search(text), _PADDED.match(text)
    line = before.rpartition("\n")[2]
    return Manner(
        style,
        dash[1] if dash else None,
        gap,
        braces=True,
        lead=closed[1] if closed else line[: len(line) - len(line.lstrip(" \t"))],
        inner=opened[1] if opened else None,
        pad=padded[1] if padded else "",
        like=mark,
        quoted=quoted,
        unit=style.unit,
    )


def _quotation(node: Mapped) -> tuple[str, bool]:
    """Give the quotation mark that name and address have in *node*, and whether keys have it."""
    values = [leaf.style for key, leaf in node.pairs if isinstance(leaf, Leaf) and key.value in ("name", "email")]
    mark = values[0] if values and values[0] in ("'", '"') and len(set(values)) == 1 else ""
    return mark, mark == '"' and all(key.style == '"' for key, _ in node.pairs)


def _nest(piece: str, node: Mapped) -> int | None:
    """Give how far the first list of texts in *node* is set in from its key, where it stands on lines of its own."""
    for key, value in node.pairs:
        if isinstance(value, Listed) and value.items and all(isinstance(item, Leaf) for item in value.items):
            return None if value.flow else column(piece, value.start) - column(piece, key.start)
    return None


def written(entry: Mapping[str, Data], how: Manner) -> str:
    """Give the text of *entry*, without a line end behind it; lines in it end in LF."""
    if how.braces:
        return ("" if how.dash is None else how.dash + "-" + how.gap) + _braced(entry, how)
    begin = (how.dash or "") + "-" + how.gap
    lines = [line for key, value in entry.items() for line in _lines(key, value, how)]
    return begin + ("\n" + " " * len(begin)).join(lines)


def _braced(entry: Mapping[str, Data], how: Manner) -> str:
    inner = how.lead if how.inner is None else how.inner
    pairs = [_pair(key, _flow(value, key, how, inner), how) for key, value in entry.items()]
    if how.inner is None:
        return "{" + how.pad + how.style.comma.join(pairs) + how.pad + "}"
    return "{\n" + how.inner + f",\n{how.inner}".join(pairs) + "\n" + how.lead + "}"


def _lines(key: str, value: Data, how: Manner) -> Iterator[str]:
    """Give a pair as lines: a list of mappings with one line for each, as what bouncer adds to an entry later."""
    mappings = is_list(value) and any(isinstance(item, Mapping) for item in value)
    if not is_list(value) or not (mappings or how.nest is not None):
        like = how.style.scalar(value, key, flow=False, like=how.like) if isinstance(value, str) else _flow(value, key, how, "")
        yield how.style.pair(key, like)
        return
    yield f"{key}:"
    nest = 2 if how.nest is None else how.nest
    for item in value:
        said = how.style.scalar(item, key, flow=False, like=how.like) if isinstance(item, str) else _flow(item, key, how, "")
        yield " " * nest + "- " + said


def _flow(value: Data, key: str, how: Manner, lead: str) -> str:
    """Write *value* in brackets or braces, on one line or, where the style spreads them, on lines behind *lead*."""
    if isinstance(value, str):
        return how.style.scalar(value, key, flow=True, like=how.like)
    inner = lead + how.unit
    if isinstance(value, Mapping):
        begin, end, parts = "{", "}", [_pair(name, _flow(one, name, how, inner), how) for name, one in value.items()]
    elif is_list(value):
        begin, end, parts = "[", "]", [_flow(item, key, how, inner) for item in value]
    else:
        raise Refused(f"`{key}` would be no text")
    if not how.unit:
        return begin + how.style.comma.join(parts) + end
    return f"{begin}\n{inner}" + f",\n{inner}".join(parts) + f"\n{lead}{end}"


def _pair(key: str, value: str, how: Manner) -> str:
    pair = how.style.pair(key, value)
    return json.dumps(key) + pair.removeprefix(key) if how.quoted and pair.startswith(key) else pair
