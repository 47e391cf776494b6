"""man(7): text that stays text, whatever stands in it, and the few requests that a page needs."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap

_CODE = re.compile(r"`([^`]+)`")
_WIDE = 78
_WORD = "\x00"  # stands for a backslash of our own until the text's own ones are written


def text(words: str) -> str:
    """Give *words* as text of a page: no character of it is a request; what stands in backquotes is bold."""
    return _plain(" ".join(words.split()))


def _plain(words: str) -> str:
    marked = _CODE.sub(rf"{_WORD}fB\1{_WORD}fR", words)
    plain = marked.replace("\\", _WORD + "(rs").replace("-", _WORD + "-").replace("'", _WORD + "(aq").replace("`", _WORD + "(ga")
    lines = "".join(c if c.isascii() else f"{_WORD}[u{ord(c):04X}]" for c in plain).replace(_WORD, "\\")
    return f"\\&{lines}" if lines.startswith((".", "\\(aq", " ")) else lines


def title(name: str, section: int, day: str, version: str) -> str:
    """Give the head of the page *name*; *day* is its date (ISO 8601), or empty."""
    manual = "User Commands" if section == 1 else "File Formats"
    return f'.TH "{text(name.upper())}" {section} "{day}" "bouncer {text(version)}" "{manual}"\n'


def name(name: str, said: str) -> str:
    """Give the line that whatis(1) shows."""
    return f"{text(name)} \\- {text(said)}\n"


def heading(name: str) -> str:
    """Give a heading."""
    return f".SH {name}\n"


def paragraph(words: str, *, first: bool = True) -> str:
    """Give a paragraph; *first* is one that stands under a heading."""
    return f"{'' if first else '.PP' + chr(10)}{_prose(words)}\n"


def _prose(words: str) -> str:
    """Give *words* as lines that diff(1) can show; none of them begins like a request."""
    lines = wrap(text(words), _WIDE, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"\\&{line}" if line.startswith((".", "\\(aq")) else line for line in lines) or "\\&"


def items(entries: Iterable[tuple[str, str]]) -> str:
    """Give a list of terms, each with what it means."""
    return "".join(f".TP\n\\fB{text(term)}\\fR\n{_prose(said)}\n" for term, said in entries)


def as_typed(lines: Sequence[str]) -> str:
    """Give *lines* as they stand, indented."""
    return ".nf\n" + "".join(f"{_plain(line) or chr(92) + '&'}\n" for line in lines) + ".fi\n"
