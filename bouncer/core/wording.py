"""The compiled wording: every phrase of every pack, looked for in one pass over a text.

google-re2 only, so that no message and no owner's rule can hang the daemon. Most phrases name words that they need, and the words of the
text give those worth matching; a `re2.Set` of a thousand phrases holds so many states that it gives up on a long text. The few that name
none (scripts without spaces, words that are open on both sides) have a probe in one `re2.Set` per (kind, within). A Set that runs out of
memory says "no match" without a word, so one member that always matches tells that apart, and then every phrase is tried.
"""

import functools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal

import re2

from bouncer.core.calendar import Names, names, span
from bouncer.core.needs import Needs, words_in
from bouncer.core.phrases import Phrase, PhraseFault, checkable, sound_phrase
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Pack, Rule

MAX_MEM = 64 << 20  # of one Set, bytes; a law of the shipped packs shows that it suffices
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
_SPILT = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{4}")  # words behind a date, in a script without spaces
_LONGEST_MATCH = 700  # bytes; in RE2 a counted gap costs a state a letter, so the limit is kept here
_LONGEST_DATE = 240  # bytes
_REMEMBERED = 8  # texts
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
class _Form:
    """One phrase of one rule, compiled when it is first needed."""

    rule: Rule
    language: str | None
    names: Names
    not_names: frozenset[str]
    phrase: Phrase
    unless: tuple[Phrase, ...] = ()

    @cached_property
    def pattern(self) -> Any:
        return _compiled(self.phrase.whole)

    @cached_property
    def groups(self) -> Mapping[str, int]:
        """The slots by name, with the number of their group; group 1 is the whole phrase."""
        return {name if isinstance(name, str) else name.decode(): n for name, n in self.pattern.groupindex.items() if n > 1}

    @cached_property
    def vetoes(self) -> tuple[Any, ...]:
        return tuple(_compiled(veto.whole) for veto in self.unless)


@dataclass
class _Room:
    """All phrases of one (kind, within): by the words they need, and the set of the probes of those that name none."""

    forms: list[_Form] = field(default_factory=list)
    needs: list[tuple[frozenset[str], ...]] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_probe: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, form: _Form, needs: Sequence[frozenset[str]]) -> None:
        """Take in one phrase and the words it needs."""
        for word in needs[0] if needs else ():
            self.by_word[word].append(len(self.forms))
        self.needs.append(tuple(needs[1:]))
        if not needs:
            self.by_probe[form.phrase.probe].append(len(self.forms))
        self.forms.append(form)

    @cached_property
    def _set(self) -> Any:
        probes = re2.Set.SearchSet(_options(MAX_MEM))
        for probe in (*self.by_probe, "(?s:.)"):
            probes.Add(probe)
        probes.Compile()
        return probes

    def candidates(self, text: str, data: bytes) -> list[_Form]:
        """Give the phrases that may match, in the order of the packs: a word or a probe of theirs is in the text."""
        words = words_in(text)
        named = {number for word in words if word in self.by_word for number in self.by_word[word]}
        found = {number for number in named if not any(need.isdisjoint(words) for need in self.needs[number])}
        if self.by_probe:
            groups = tuple(self.by_probe.values())
            seen = self._set.Match(data) or []
            if data and len(groups) not in seen:
                return self.forms  # the set gave up
            found.update(number for index in seen if index < len(groups) for number in groups[index])
        return [self.forms[number] for number in sorted(found)]


class Wording:
    """All packs, compiled."""

    def __init__(self, packs: Sequence[Pack], rooms: Mapping[tuple[str, str], _Room]) -> None:
        """Keep what `compile_packs` made."""
        self.packs = tuple(packs)
        self._rooms = rooms
        self._recent: dict[tuple[str, str, str], tuple[Hit, ...]] = {}  # several steps ask for the same text
        self._known: dict[tuple[str, ...], frozenset[str]] = {}
        self._words: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def hits(self, kind: Literal["bounces", "replies"], within: str, text: str) -> tuple[Hit, ...]:
        """Give every match of the rules of *kind* for the part *within* in *text*, by place, then in the order of the packs.

        Matches of one phrase do not overlap; those of different phrases may. A match inside a sentence that one of the rule's `unless`
        phrases also matches is none.
        """
        room = self._rooms.get((kind, within))
        if room is None or not text:
            return ()
        key = (kind, within, text)
        if key not in self._recent:
            plain = alike(text)
            data = plain.encode("utf-8", "replace")
            seen = _Text(text, data)
            found = [hit for form in room.candidates(plain, data) for hit in _matches(form, seen)]
            if len(self._recent) >= _REMEMBERED:
                del self._recent[next(iter(self._recent))]
            self._recent[key] = tuple(sorted(found, key=lambda hit: hit.start))
        return self._recent[key]

    def warm(self, languages: Collection[str] = ()) -> None:
        """Compile the sets of probes now, and every phrase of *languages*: the rest is compiled when it is first needed."""
        for room in self._rooms.values():
            room.candidates("", b"")
            for form in room.forms:
                if form.language in languages:
                    _ = form.pattern, form.vetoes

    def known(self, name: str, *languages: str) -> frozenset[str]:
        """Give the words of the lists called *name* in lower case: those of *languages*, or of all where none is given."""
        key = (name, *languages)
        if key not in self._known:
            lists = self.words(name)
            chosen = languages or tuple(lists)
            self._known[key] = frozenset(word.lower() for language in chosen for word in lists.get(language, ()))
        return self._known[key]

    def words(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Give the packs' word lists called *name* by language; "" stands for packs without one."""
        if name not in self._words:
            lists: dict[str, tuple[str, ...]] = {}
            for pack in self.packs:
                if name in pack.words:
                    lists[pack.language or ""] = lists.get(pack.language or "", ()) + pack.words[name]
            self._words[name] = lists
        return self._words[name]


def compile_packs(packs: Sequence[Pack]) -> Wording:
    """Compile *packs*, in their order. Raises OwnerFault naming file and line of every phrase that RE2 or the slots refuse."""
    problems: list[Problem] = []
    parsed = re2.Set.SearchSet(_options())
    not_names: dict[str | None, frozenset[str]] = {}
    for pack in packs:
        not_names[pack.language] = not_names.get(pack.language, frozenset()).union(map(str.lower, pack.words.get("not-names", ())))
    rooms: dict[tuple[str, str], _Room] = defaultdict(_Room)
    for pack in packs:
        needs = Needs(pack.parts)
        for rule in pack.rules:
            forms, wrong = _forms(rule, pack, not_names[pack.language] | not_names.get("en", frozenset()), parsed, needs)
            problems += wrong
            for form, words in forms:
                rooms[pack.kind, rule.within].add(form, words)
    if problems:
        raise OwnerFault(tuple(problems))
    return Wording(packs, rooms)


def prove(wording: Wording, only: Sequence[Pack] | None = None) -> tuple[Problem, ...]:
    """Run every rule's own examples and counter-examples; one Problem for each that does not come out as its pack says.

    An example must be hit, with the slots it gives in one and the same hit; a counter-example must not be hit at all.
    """
    return tuple(
        problem for pack in (wording.packs if only is None else only) for rule in pack.rules for problem in _prove(wording, pack, rule)
    )


def _prove(wording: Wording, pack: Pack, rule: Rule) -> Iterator[Problem]:
    for example in rule.examples:
        seen = [hit.slots for hit in wording.hits(pack.kind, rule.within, example.text) if hit.rule is rule]
        if not any(example.gives.items() <= slots.items() for slots in seen):
            what = f"reads {dict(seen[0])} in it, not {dict(example.gives)}" if seen else "does not match it"
            yield Problem(rule.file, example.line or rule.line, rule.name, f"example {example.text!r}: the rule {what}")
    for example in rule.counter_examples:
        for hit in wording.hits(pack.kind, rule.within, example.text):
            if hit.rule is rule:
                yield Problem(
                    rule.file, example.line or rule.line, rule.name, f"counter-example {example.text!r}: the rule matches {hit.quote!r}"
                )


def _check(pattern: str, parsed: Any) -> None:
    """Parse *pattern* into the set *parsed*, which is twenty times faster than compiling it; raises re2.error with the reason."""
    try:
        parsed.Add(pattern.encode())
    except re2.error:
        re2.compile(pattern.encode(), _options())
        raise


def _forms(
    rule: Rule, pack: Pack, not_names: frozenset[str], parsed: Any, needs: Needs
) -> tuple[list[tuple[_Form, tuple[frozenset[str], ...]]], list[Problem]]:
    """Compile the phrases of *rule*; every problem with the line of its phrase."""
    forms: list[tuple[_Form, tuple[frozenset[str], ...]]] = []
    problems: list[Problem] = []
    called = names(pack.language, pack.words.get("date-words", ()))
    lines = rule.lines or (rule.line,) * (len(rule.phrases) + len(rule.unless))
    for number, text in enumerate((*rule.phrases, *rule.unless)):
        try:
            phrase = sound_phrase(text, pack.parts, pack.spaced)
            _check(checkable(phrase), parsed)
        except (PhraseFault, re2.error) as fault:
            why = fault.args[0].decode("utf-8", "replace") if isinstance(fault.args[0], bytes) else fault.args[0]
            problems.append(Problem(rule.file, lines[number], rule.name, f"phrase {text!r} {why}"))
            continue
        if number < len(rule.phrases):
            words = needs.words(text) if pack.spaced else ()
            forms.append((_Form(rule, rule.options.get("language", pack.language), called, not_names, phrase), words))
        else:
            for form, _ in forms:
                form.unless += (phrase,)
    return forms, problems


@dataclass
class _Text:
    """A text and the bytes that RE2 sees of it."""

    text: str
    data: bytes

    @cached_property
    def _ends(self) -> list[int] | None:
        """Where each character ends in the bytes; None where every character is one byte."""
        return None if len(self.data) == len(self.text) else list(accumulate(len(c.encode("utf-8", "replace")) for c in alike(self.text)))

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


def _matches(form: _Form, text: _Text) -> Iterator[Hit]:
    place = 0
    for _ in range(_MOST_MATCHES):
        match = form.pattern.search(text.data, place)
        if not match:
            return
        spans = _slots(form, match)
        first_slot = min((name for name in spans if spans[name][0] == match.start(1)), default=None)
        sound = _sound(form, text, match, spans)
        if not sound and (shorter := _without_date(form, text, match)):
            match, spans = shorter, _slots(form, shorter)
            sound = _sound(form, text, match, spans)
        start, end = match.span(1)
        start = spans[first_slot][0] if first_slot else start
        if sound and "date" in spans:
            lasts = [match.end(n) for name, n in form.groups.items() if name.startswith("date")]
            end = max(last for _, last in spans.values()) if end in lasts else max(end, *(last for _, last in spans.values()))
        place = max(end if sound else start + 1, place + 1)
        if sound and not (form.vetoes and any(veto.search(text.sentence(start, end)) for veto in form.vetoes)):
            yield _hit(form, text, start, end, spans)


def _sound(form: _Form, text: _Text, match: Any, spans: dict[str, tuple[int, int]]) -> bool:
    """Tell whether *match* is not too long and its slots hold what they are for; *spans* are cut down to that."""
    return bool(match.end(1) - match.start(1) <= _LONGEST_MATCH and _trim(form, text, spans, match.end(1)))


def _without_date(form: _Form, text: _Text, match: Any) -> Any:
    """Match again without the last date, where the phrase can do so: in "I left Acme after ten years" nothing behind "after" is one."""
    dates = [match.start(n) for name, n in form.groups.items() if name.startswith("date") and match.start(n) >= 0]
    shorter = form.pattern.search(text.data[: max(dates)], match.start()) if dates else None
    return shorter if shorter and shorter.start(1) == match.start(1) else None


def _slots(form: _Form, match: Any) -> dict[str, tuple[int, int]]:
    """Give the slots that matched, numbered anew: of `from {date}` or `since {date}` in one phrase whichever is there is the `date`."""
    spans: dict[str, tuple[int, int]] = {}
    for name, n in sorted(form.groups.items(), key=lambda group: group[1]):
        if match.start(n) >= 0:
            slot = name.partition("_")[0]
            count = sum(taken.partition("_")[0] == slot for taken in spans) + 1
            spans[slot if count == 1 else f"{slot}_{count}"] = match.span(n)
    return spans


def _trim(form: _Form, text: _Text, spans: dict[str, tuple[int, int]], whole: int) -> bool:
    """Cut every `{date}` in *spans* down to its date and every `{person}` to their name; False where one holds none."""
    for name in [name for name in spans if name.startswith("person")]:
        first, last = spans[name]
        inner = text.data[first:last].decode("utf-8", "replace")
        skipped = _common(inner, form.not_names)
        if skipped == len(inner):
            return False
        spans[name] = (first + len(inner[:skipped].encode()), last)
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


def _common(name: str, not_names: frozenset[str]) -> int:
    """Give how many characters at the beginning of *name* are words that are no name: "However Jane Doe"."""
    skipped = 0
    for word in name.split(" "):
        if word.lower().strip(".'") not in not_names:
            break
        skipped += len(word) + 1
    return min(skipped, len(name))


def _hit(form: _Form, text: _Text, start: int, end: int, spans: Mapping[str, tuple[int, int]]) -> Hit:
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
    return re2.compile(pattern.encode(), _options())


def _options(memory: int = 1 << 20) -> Any:
    """Give RE2's options; *memory* in bytes is what one matcher remembers of what it has seen, beyond it starts anew."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    return options
