"""The lines of an entry behind a dash: which are its own, and which only stand below it."""

import re
from collections.abc import Sequence

_DASH = re.compile(r"[ \t]*-(?=\s)")
_NOTHING = re.compile(r"\ufeff?\s*")
_NOTES = re.compile(r"\ufeff?(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]|\Z))*")
BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


def is_dashed(entry: str) -> bool:
    """Tell whether *entry* stands on lines of its own, behind a dash."""
    return _DASH.match(entry) is not None


def behind(entry: str) -> str:
    """Give the blank lines and comments at the end of *entry*, from the first comment that stands no further in than its dash."""
    column = len(entry) - len(entry.lstrip(" \t"))
    lines = entry.splitlines(keepends=True)
    kept = lines[_end(lines) :]
    while kept and (not kept[0].strip() or len(kept[0]) - len(kept[0].lstrip()) > column):
        kept.pop(0)
    return "".join(kept)


def parted(entry: str) -> tuple[str, str]:
    """Part *entry* from what is below it: the blank lines at its end, and the comments there that stand no further in than its dash."""
    column = len(entry) - len(entry.lstrip(" \t"))
    lines = entry.splitlines(keepends=True)
    end = _end(lines)
    deeper = (n for n in range(len(lines), end, -1) if lines[n - 1].strip() and len(lines[n - 1]) - len(lines[n - 1].lstrip()) > column)
    end = next(deeper, end)
    return "".join(lines[:end]), "".join(lines[end:])


def _end(lines: Sequence[str]) -> int:
    """Give how many of *lines* there are without the blank ones and the comments at their end."""
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def blank_lines(entry: str) -> str:
    """Give the blank lines with which begins what is below *entry*."""
    lines = parted(entry)[1].splitlines(keepends=True)
    return "".join(lines[: next((n for n, line in enumerate(lines) if line.strip()), len(lines))])


def is_blank(text: str, *, comments: bool) -> bool:
    """Tell whether *text* says nothing at all, be it in *comments*, where the format has them."""
    return (_NOTES if comments else _NOTHING).fullmatch(text) is not None


def ends_its_line(text: str) -> bool:
    """Tell whether *text* ends with a line end."""
    return text[-1:] in ("\n", "\r", "\x85", "\u2028", "\u2029")


def end_of_line(text: str) -> str:
    """Give how the lines of *text* end."""
    found = BREAK.search(text)
    return found[0] if found else "\n"


def last_line(text: str) -> str:
    """Give what stands behind the last line end of *text*."""
    return BREAK.split(text)[-1]
