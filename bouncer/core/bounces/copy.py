"""A notice taken apart: what the mail system says, and the message of ours that it gives back, in whatever form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from bouncer.core.bounces.failure import ADDRESS
from bouncer.core.fields import addresses_in
from bouncer.core.parts import text_of_part
from bouncer.core.wording import Wording
from bouncer.model import ParsedMail, Part

_HEAD_TYPES = frozenset({"text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers"})
_LETTER_TYPES = frozenset({"message/rfc822", "message/global", "message/rfc822-header"})
_LINE = re.compile(
    r"^>? ?(?:Return-Path|Received|Message-ID|From|To|Cc|Date|Subject|MIME-Version|Content-Type|DKIM-Signature|Reply-To|Delivered-To|"
    r"Authentication-Results|Sender|Resent-From|X-[A-Za-z][A-Za-z0-9-]{2,40}): ?",
    re.IGNORECASE | re.MULTILINE,
)
_SURE = re.compile(
    r"^>? ?(?:Return-Path|Received|Message-ID|MIME-Version|DKIM-Signature|Content-Type|Delivered-To): ?", re.IGNORECASE | re.MULTILINE
)
_FIELD = re.compile(r"^>? ?([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]*((?:[^\n]*(?:\n>?[ \t]+[^\n]*){0,20}))", re.MULTILINE)
_RULES = ("---", "===", "***", "___", "|--")  # what the line above it is often set with
_WINDOW = 900  # characters in which three fields must stand to be the head of a message
_FEWEST = 3
_MOST = 16_000  # characters of a notice that are read; the longest real ones are a third of that
_LINES_ABOUT = 14


@dataclass(frozen=True)
class Parted:
    """*text* is what the system says, *original* the fields of the message it gives back."""

    text: str
    original: Mapping[str, str]  # lower-case name -> raw value of the first

    def of_original(self, *names: str) -> tuple[str, ...]:
        """Give the addresses in these fields of the returned message, in lower case."""
        return tuple(one.address.lower() for name in names for one in addresses_in(self.original.get(name, "")))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text."""
        return tuple(self.text.split("\n"))

    @cached_property
    def named(self) -> tuple[frozenset[str], ...]:
        """The addresses in each of the lines, in lower case."""
        return tuple(frozenset(ADDRESS.findall(line.lower())) if "@" in line else frozenset() for line in self.lines)

    def about(self, *addresses: str | None, others: AbstractSet[str] = frozenset()) -> str:
        """Give the lines that explain these addresses: each that names one, and those below until another; *others* in lower case."""
        return "\n".join(self.lines[place] for place in self._places({one.lower() for one in addresses if one}, others))

    def beside(self, addresses: AbstractSet[str]) -> str:
        """Give the lines that explain none of *addresses* (in lower case) alone: what is said of all of them."""
        told = {place for address in addresses for place in self._places({address}, addresses)}
        return "\n".join(line for place, line in enumerate(self.lines) if place not in told)

    def _places(self, wanted: AbstractSet[str], others: AbstractSet[str]) -> list[int]:
        kept: list[int] = []
        left, talk = 0, list[int]()
        for place, (line, named) in enumerate(zip(self.lines, self.named, strict=True)):
            if named and not named.isdisjoint(wanted):
                kept += talk if not left else ()
                left = _LINES_ABOUT
            elif not line.strip():
                left = 1 if left == _LINES_ABOUT - 1 else 0
            elif named and (not line[:1].isspace() or not named.isdisjoint(others)):
                left = 0
            talk = [*talk, place] if line.lstrip().startswith((">>>", "<<<")) else []  # a dialogue explains the line below it
            if left:
                kept.append(place)
                left -= 1
        return kept


def part(mail: ParsedMail, wording: Wording) -> Parted:
    """Take *mail* apart; never raises."""
    text = mail.text[:_MOST]
    if broken_off(mail):
        text = text[: text.rfind("\n") + 1]
    attached = _attached(mail.parts)
    if attached and broken_off(mail):
        attached.popitem()
    cut = _first_field(text, len(text)) if attached else _cut(text, wording)
    return Parted(text[:cut], attached or _fields(text[cut:]))


def broken_off(mail: ParsedMail) -> bool:
    """Tell whether the bytes end within a line: an address there may be the beginning of a longer one, and is not to be read."""
    return not mail.raw.data.endswith((b"\n", b"\r"))


def _cut(text: str, wording: Wording) -> int:
    """Find where the returned message begins: at its first field, or else at the line that announces it."""
    start = _first_field(text, len(text))
    if start == len(text):
        return min((hit.start for hit in wording.hits("bounces", "copy", text)), default=start)
    above = text[:start].rstrip()
    line = above.rfind("\n") + 1
    return line if above[line:].lstrip().startswith(_RULES) else start


def _first_field(text: str, end: int) -> int:
    """Find the first of several fields in *text* before *end*."""
    for found in _SURE.finditer(text, 0, end):
        start = found.start()
        if len(_LINE.findall(text, start, start + _WINDOW)) >= _FEWEST:
            while start and _LINE.match(text, before := text.rfind("\n", 0, start - 1) + 1) and before < start:
                start = before  # `From:` and `Subject:` may stand above the first sure field
            return start
    return end


def _attached(parts: Sequence[Part]) -> dict[str, str]:
    """Give the fields of the first returned message that is a part of its own."""
    for place, one in enumerate(parts):
        if one.kind in _LETTER_TYPES and place + 1 < len(parts) and len(parts[place + 1].message):
            return _first_of((name.lower(), str(value)) for name, value in parts[place + 1].message.raw_items())
        if one.kind in _HEAD_TYPES:
            return _fields(text_of_part(one.message))
    return {}


def _fields(text: str) -> dict[str, str]:
    return _first_of((name.lower(), value) for name, value in _FIELD.findall(text[:8000]))


def _first_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in fields:
        found.setdefault(name, value)
    return found
