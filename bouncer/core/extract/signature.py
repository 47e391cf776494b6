"""The signature: found by its delimiter, by a closing formula, or by the sender's own name near the end."""

import re
from collections.abc import Sequence

from bouncer.core.wording import Wording
from bouncer.model import Address

_DELIMITER = re.compile(r"^(?:-- ?|--+|__+|==+|\*\*+|~~+)$")
_BAR = re.compile(
    r" [|\u2022\u00b7] | [-\u2013\u2014] (?=[A-Z\u00c0-\u00de])|, (?=[A-Z\u00c0-\u00de])|(?<=[^\W\d_]) ?\("
)  # Jane Doe | Head of Sales | Acme
_DEGREES = re.compile(r"(?:,? (?:[A-Z][a-z]?){2,6}\.?)+$")  # Jane Doe BSc MRICS
_SENTENCE = re.compile(r"(?:[^\W\d_][^\s]*\s+){3}[^\n]*[.!?:]\s*$|[.!?] +[^\W\d_]")  # behind thanks at the top: "Thank you! I am away."
_MOST_LINES = 14
_LONGEST_LINE = 90
_LONGEST_SIGNED = 75  # characters of a line with a name, a title, and perhaps an employer
_LONGEST_NAME = 4  # words of a name that stands alone on its line
_UNSPACED = 0x2E7F  # letters beyond it have no capitals
_FULL_STOPS = ("。", "!", "?", "！", "？")  # noqa: RUF001 - full-width forms are meant


def split_signature(text: str, senders: Sequence[Address], wording: Wording) -> tuple[str, str]:
    """Give *text* without its signature, and the signature; the latter empty where none is found.

    A closing formula belongs to the signature, the words before it do not; the delimiter is that of RFC 3676 section 4.3, or a rule.
    """
    lines = text.rstrip("\n").split("\n")
    start = _delimiter(lines)
    closing = _closing(text, lines, wording)
    if start is None or (closing is not None and closing < start):
        start = closing
    if start is None:
        start = _name_line(lines, senders)
    if start is None:
        return text.strip("\n"), ""
    return "\n".join(lines[:start]).strip("\n"), "\n".join(lines[start:]).strip("\n")


def _delimiter(lines: list[str]) -> int | None:
    for number in range(max(0, len(lines) - _MOST_LINES - 4), len(lines)):
        rest = [line for line in lines[number + 1 :] if line.strip()]
        if _DELIMITER.match(lines[number]) and rest and len(rest) <= _MOST_LINES and all(len(line) <= _LONGEST_LINE for line in rest):
            return number
    return None


def _closing(text: str, lines: list[str], wording: Wording) -> int | None:
    """Give the line of the last closing formula with at most a signature behind it."""
    found = None
    for hit in wording.hits("replies", "line", text):
        if hit.rule.means == "closing":
            number = text.count("\n", 0, hit.start)
            rest = [line for line in lines[number + 1 :] if line.strip()]
            opens = sum(bool(line.strip()) for line in lines[:number]) <= 1 and any(_SENTENCE.search(line) for line in rest)
            if len(rest) <= _MOST_LINES and all(len(line) <= _LONGEST_LINE for line in rest) and not opens:
                found = number if found is None else found
    return found


def _name_line(lines: list[str], senders: Sequence[Address]) -> int | None:
    """Give the line that holds the sender's name and nothing else, where a short block follows it or nothing does."""
    words = {word.lower() for sender in senders for word in re.findall(r"[^\W\d_]{2,}", f"{sender.name} {sender.local}")}
    whole = {re.sub(r"\s", "", sender.name) for sender in senders}
    words |= whole
    locals_ = [re.sub(r"[\W\d_]+", "", sender.local.lower()) for sender in senders]
    full = [number for number, line in enumerate(lines) if line.strip()]
    for number in full[-_MOST_LINES:]:
        named = re.findall(r"[^\W\d_]+", _name_on(lines[number]))
        rest = [lines[other] for other in full if other > number]
        if not named or len(named) > _LONGEST_NAME or any(len(line) > _LONGEST_LINE for line in rest) or number == full[0]:
            continue
        run_together = len(named) > 1 and any("".join(named).lower() == local for local in locals_)
        known = sum(word.lower() in words for word in named) >= max(1, len(named) - 1) or run_together
        if ord(named[0][0]) > _UNSPACED:  # no capitals, the names run together; nor do its lines end like sentences
            known = (known or named[0] in whole) and not any(line.rstrip().endswith(_FULL_STOPS) for line in rest)
        if known and not any(word[0].islower() for word in named):
            return number
    return None


def _name_on(line: str) -> str:
    """Give what may be a name on *line*: what stands before a bar, a bracket, or the title behind a comma."""
    name = _DEGREES.sub("", _BAR.split(line)[0])
    return re.sub(r"^(?:i\. ?[AV]\.|ppa\.?) ", "", name) if len(line) <= _LONGEST_SIGNED else line
