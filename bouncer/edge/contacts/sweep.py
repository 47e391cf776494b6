"""Taking a person out of the versions of the contact file that were kept: each is written anew without them, or goes."""

import gzip
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bouncer.edge.beside import lasting
from bouncer.edge.contacts.format import Format
from bouncer.edge.contacts.history import digest
from bouncer.edge.contacts.removal import without
from bouncer.edge.contacts.tree import Refused
from bouncer.edge.mentions import Mentions
from bouncer.model import Traces

_VERSION = re.compile(r"(?P<head>.+\.\d{8}T\d{6}\.\d+Z-)[0-9a-f]{16}\.gz")


def naming(history: Path, traces: Traces) -> tuple[str, ...]:
    """Give the names of the versions in *history* that name the person of *traces*, oldest first, and of those nobody can look into."""
    found = Mentions(traces)
    return tuple(path.name for path, text in _versions(history) if text is None or found.found(text))


def sweep(history: Path, form: Format, traces: Traces, cut: tuple[str, ...] = ()) -> tuple[int, int]:
    """Take the person out of all that is in *history*; gives how many versions were written anew and how many deleted. Raises OSError.

    *cut* are the lines that went from the file itself: where a version has the very same ones, it need not be parsed.
    To be called under the lock of the contact file: a draft that lies here then is a dead process's.
    """
    for draft in history.glob(".*"):
        draft.unlink(missing_ok=True)
    rewritten = deleted = 0
    found = Mentions(traces)
    for path, text in list(_versions(history)):
        if text is not None and not found.found(text):
            continue
        clean, cut = _clean(form, text, traces, cut)
        if clean is not None and found.found(clean):
            clean = None
        if clean is not None:
            _keep(path, clean)
            rewritten += 1
        else:
            deleted += 1
        path.unlink(missing_ok=True)
    lasting(history)
    return rewritten, deleted


def _versions(history: Path) -> Iterator[tuple[Path, str | None]]:
    """Give each version with its text, or None where it cannot be read."""
    for path in sorted(history.glob("*.gz")):
        text = None
        with suppress(OSError, EOFError, zlib.error, UnicodeDecodeError):
            text = gzip.decompress(path.read_bytes()).decode()
        yield path, text


def _clean(form: Format, text: str | None, traces: Traces, cut: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Give *text* without the person's entries, None where that cannot be had, and the lines to try on the next one."""
    if text is None:
        return None, cut
    if cut and all(_stands(text, lines) for lines in cut):
        for lines in cut:
            text = text.replace(lines, "")
        return text, cut
    try:
        removal = without(form, text, traces)
    except Refused:
        return None, cut
    return removal.text, removal.cut or cut


def _stands(text: str, lines: str) -> bool:
    """Tell whether *lines*, an entry of a block list, are the whole of an entry in *text*: what follows stands no further in."""
    before, found, after = text.partition(lines)
    column = len(lines) - len(lines.lstrip(" "))
    ends = after == "" or (lines.endswith("\n") and re.match(rf" {{0,{column}}}\S", after) is not None)
    return found != "" and before.endswith("\n") and ends and lines not in after


def _keep(path: Path, text: str) -> None:
    """Write *text* beside *path* as the version of the same moment."""
    data, named = text.encode(), _VERSION.fullmatch(path.name)
    handle, draft = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(gzip.compress(data, compresslevel=1, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    head = named["head"] if named else f"{path.name}-"
    Path(draft).replace(path.with_name(f"{head}{digest(data)[:16]}.gz"))
