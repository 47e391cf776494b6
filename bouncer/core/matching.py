"""One phrase against one text: where it matches, which words are in its slots, and what makes a match none."""

import functools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import re2

from bouncer.core.calendar import Names, span
from bouncer.core.needs import words_in
from bouncer.core.phrases import Phrase, options
from bouncer.model import Rule

_ALIKE = str.maketrans(
    {
        **dict.fromkeys(map(chr, (0x09, 0x0D, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)), " "),
        **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4\u0060\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
        "\u0130": "I",
        "\u2026": ".",
    }
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n[ ]*\n|。")
_STRAY = re.compile(r"[.!?]\s+[^\W\d_]|(?:[^\W\d_]+\s+){3}")  # more than a date and its brackets: another sentence, other words
_MOST_MATCHES = 40  # of one phrase in one text; what repeats more often is no letter
_FAR = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"  # scripts in which words may stand without spaces
_SPILT = re.compile(rf"[{_FAR}]{{4}}|[{_FAR}~\u301c][^\n]*[0-9] ?[/月월]")  # behind a date: words, or another date
_LONGEST_MATCH = 700  # bytes; in RE2 a counted gap costs a state a letter, so the limit is kept here
_LONGEST_DATE = 240  # bytes
_LIST = 300  # characters shown of a list of people
_STOP = re2.compile(r"[.!?;][ \n]|\n\n|。".encode())  # where a sentence ends


def alike(text: str) -> str:
    """Give *text* with white space, quotes, dashes and full-width forms made plain, character for character: every offset stays right."""
    plain = text.translate(_ALIKE)
    if plain.isascii():
        return plain
    odd = {ord(ch): " " for ch in set(plain) if ch > "\x7f" and not "\u3000" < ch < "\u3040" and unicodedata.category(ch)[0] in "PS"}
    return plain.translate(odd) if odd else plain


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: *quote* is text[start:end], *slots* the words as written (`address`, `address_2`...), *spans* where."""

    rule: Rule
    language: str | None
    slots: Mapping[str, str]
    spans: Mapping[str, tuple[int, int]]
    start: int
    end: int
    quote: str


@dataclass
class Form:
    """One phrase of one rule, compiled when it is first needed."""

    rule: Rule
    language: str | None
    names: Names
    not_names: frozenset[str]
    phrase: Phrase
    unless: tuple[Phrase, ...] = ()

    @cached_property
    def pattern(self) -> Any:
        """The whole phrase, for RE2."""
        return _compiled(self.phrase.whole)

    @cached_property
    def groups(self) -> Mapping[str, int]:
        """The slots by name, with the number of their group; group 1 is the whole phrase."""
        return {name if isinstance(name, str) else name.decode(): n for name, n in self.pattern.groupindex.items() if n > 1}

    @cached_property
    def vetoes(self) -> tuple[Any, ...]:
        """What makes a match none in the same sentence."""
        return tuple(_compiled(veto.whole) for veto in self.unless)


@dataclass
class Text:
    """A text, made plain (see `alike`), the bytes that RE2 sees of it, and its words: made once, however many rooms look at it."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The text made plain."""
        return alike(self.text)

    @cached_property
    def data(self) -> bytes:
        """The bytes for RE2."""
        return self.plain.encode("utf-8", "replace")

    @cached_property
    def words(self) -> set[str]:
        """The words by which phrases are found (see `core.needs`)."""
        return words_in(self.plain)

    @cached_property
    def _ends(self) -> list[int] | None:
        """Where each character ends in the bytes; None where every character is one byte."""
        return None if len(self.data) == len(self.text) else list(accumulate(len(c.encode("utf-8", "replace")) for c in self.plain))

    @cached_property
    def _stops(self) -> list[int]:
        """Where each sentence ends, behind its stop."""
        return [match.end() for match in _STOP.finditer(self.data)]

    def place(self, offset: int) -> int:
        """Give the character at byte *offset*."""
        return offset if self._ends is None else bisect_right(self._ends, offset)

    def sentence(self, start: int, end: int) -> bytes:
        """Give the sentence around bytes *start* to *end*."""
        stops = self._stops
        number = bisect_right(stops, start)
        head = stops[number - 1] if number else 0
        after = bisect_left(stops, end)
        return self.data[head : stops[after] if after < len(stops) else len(self.data)]


def matches(form: Form, text: Text) -> Iterator[Hit]:
    """Yield the matches of *form* in *text*, left to right, none inside another; at most a few dozen."""
    place = 0
    for _ in range(_MOST_MATCHES):
        match = form.pattern.search(text.data, place)
        if not match:
            return
        spans, start, sound = _read(form, text, match)
        if not sound and (shorter := _without_date(form, text, match)):
            match, (spans, start, sound) = shorter, _read(form, text, shorter)
        end = match.end(1)
        if sound and "date" in spans:
            lasts = [match.end(n) for name, n in form.groups.items() if name.startswith("date")]
            end = max(last for _, last in spans.values()) if end in lasts else max(end, *(last for _, last in spans.values()))
        place = max(end if sound else start + 1, place + 1)
        if sound and not (form.vetoes and any(veto.search(text.sentence(start, end)) for veto in form.vetoes)):
            yield _hit(form, text, start, end, spans)


def _read(form: Form, text: Text, match: Any) -> tuple[dict[str, tuple[int, int]], int, bool]:
    """Give the slots of *match* cut down to what they are for, where it begins then, and whether all is sound."""
    spans, start = _slots(form, match), match.start(1)
    first_slot = min((name for name in spans if spans[name][0] == start), default=None)
    sound = match.end(1) - start <= _LONGEST_MATCH and _trim(form, text, spans, match.end(1))
    return spans, spans[first_slot][0] if first_slot else start, sound


def _without_date(form: Form, text: Text, match: Any) -> Any:
    """Match again without the last date, where the phrase allows it: in "I left after ten years" nothing behind "after" is one."""
    dates = [match.start(n) for name, n in form.groups.items() if name.startswith("date") and match.start(n) >= 0]
    shorter = form.pattern.search(text.data[: max(dates)], match.start()) if dates else None
    return shorter if shorter and shorter.start(1) == match.start(1) else None


def _slots(form: Form, match: Any) -> dict[str, tuple[int, int]]:
    """Give the slots that matched, numbered anew: of `from {date}` or `since {date}` in one phrase whichever is there is the `date`."""
    spans: dict[str, tuple[int, int]] = {}
    for name, n in sorted(form.groups.items(), key=lambda group: group[1]):
        if match.start(n) >= 0:
            slot = name.partition("_")[0]
            count = sum(taken.partition("_")[0] == slot for taken in spans) + 1
            spans[slot if count == 1 else f"{slot}_{count}"] = match.span(n)
    return spans


def _trim(form: Form, text: Text, spans: dict[str, tuple[int, int]], whole: int) -> bool:
    """Cut every `{date}` in *spans* down to its date and every `{person}` to their name; False where one holds none.

    An `{address}` whose beginning the words before it have taken in gets it back.
    """
    for name in [name for name in spans if name.startswith("person")]:
        first, last = spans[name]
        inner = text.data[first:last].decode("utf-8", "replace")
        skipped = _common(inner, form.not_names)
        if skipped == len(inner):
            return False
        spans[name] = (first + len(inner[:skipped].encode()), last)
    for name in [name for name in spans if name.startswith("address")]:
        spans[name] = (_whole_address(text.data, spans[name][0]), spans[name][1])
    for name in [name for name in spans if name.startswith("date")]:
        first, last = spans[name]
        next_slot = min((begin for begin, _ in spans.values() if begin > first), default=len(text.data))
        ahead = text.data[first : min(next_slot, first + _LONGEST_DATE)].decode("utf-8", "ignore")
        inner = text.data[first:last].decode("utf-8", "replace")
        found = span(ahead, form.names, begins=True) or span(inner, form.names)
        skipped = found[0] if found else 0
        after = inner[found[1] :] if found and last < whole else ""
        if found is None or _STRAY.search(inner[:skipped]) or _STRAY.search(after) or _SPILT.search(after):
            return False
        longer = span(ahead[skipped:], form.names, begins=True) if skipped else found
        end = skipped + longer[1] if longer else found[1]
        spans[name] = (first + len(ahead[:skipped].encode()), first + len(ahead[:end].encode()))
    return True


def _whole_address(data: bytes, start: int) -> int:
    """Give where the address begins of which a part begins at byte *start*: half a local part would be somebody else's."""
    while start and (data[start - 1 : start].isalnum() or data[start - 1] in b"._%+-"):
        start -= 1
    while data[start : start + 1] in {b"-", b"."}:  # a hyphen that ties a preposition on
        start += 1
    return start


def _common(name: str, not_names: frozenset[str]) -> int:
    """Give how many characters at the beginning of *name* are words that are no name: "However Jane Doe"."""
    skipped = 0
    for word in name.split(" "):
        if word.lower().strip(".'") not in not_names:
            break
        skipped += len(word) + 1
    return min(skipped, len(name))


def _hit(form: Form, text: Text, start: int, end: int, spans: Mapping[str, tuple[int, int]]) -> Hit:
    placed = {name: (text.place(a), text.place(b)) for name, (a, b) in spans.items()}
    first, last = text.place(start), text.place(end)
    slots = {name: text.text[a:b] for name, (a, b) in placed.items()}
    if "people" in placed:
        begin = placed["people"][0]
        rest = _SENTENCE_END.split(text.text[begin : begin + _LIST], maxsplit=1)[0]
        slots["people"], placed["people"] = rest, (begin, begin + len(rest))
    return Hit(form.rule, form.language, slots, placed, first, last, text.text[first:last])


@functools.cache
def _compiled(pattern: str) -> Any:
    """Compile *pattern* once: rules share what makes them no match."""
    return re2.compile(pattern.encode(), options())
