"""The compiled wording: every phrase of every pack, looked for in one pass over a text.

google-re2 only, so that no message and no owner's rule can hang the daemon. Most phrases name words that they need, and the words of the
text give those worth matching; a `re2.Set` of a thousand phrases holds so many states that it gives up on a long text. The few that name
none (scripts without spaces, words that are open on both sides) have a probe in one `re2.Set` per (kind, within). A Set that runs out of
memory says "no match" without a word, so one member that always matches tells that apart, and then every phrase is tried.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal

import re2

from bouncer.core.analysis import analysed
from bouncer.core.calendar import names
from bouncer.core.matching import Form, Hit, Text, alike, matches
from bouncer.core.phrases import Phrase, options
from bouncer.errors import Problem
from bouncer.model import Pack, PackAnalysis, PhraseAnalysis, Rule

__all__ = ["Hit", "Wording", "alike", "compile_packs", "prove"]

MAX_MEM = 64 << 20  # of one Set, bytes; a law of the shipped packs shows that it suffices
_REMEMBERED = 8  # texts


@dataclass
class _Room:
    """All phrases of one (kind, within): by the words they need, and the set of the probes of those that name none."""

    forms: list[Form] = field(default_factory=list)
    needs: list[tuple[frozenset[str], ...]] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_probe: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, form: Form, analysis: PhraseAnalysis) -> None:
        """Take in one phrase by the words it needs, or by its probe where it has one."""
        for word in () if analysis.probe else analysis.needs[0]:
            self.by_word[word].append(len(self.forms))
        self.needs.append(analysis.needs if analysis.probe else analysis.needs[1:])
        if analysis.probe:
            self.by_probe[analysis.probe].append(len(self.forms))
        self.forms.append(form)

    @cached_property
    def _set(self) -> Any:
        probes = re2.Set.SearchSet(options(MAX_MEM))
        for probe in (*self.by_probe, "(?s:.)"):
            probes.Add(probe)
        probes.Compile()
        return probes

    @cached_property
    def _telling(self) -> frozenset[str]:
        return frozenset(self.by_word)

    def candidates(self, text: Text) -> list[Form]:
        """Give the phrases that may match, in the order of the packs: a word or a probe of theirs is in the text."""
        words, data = text.words, text.data
        found = set[int]().union(*(self.by_word[word] for word in self._telling & words))
        if self.by_probe:
            groups = tuple(self.by_probe.values())
            seen = self._set.Match(data) or []
            if data and len(groups) not in seen:
                return self.forms  # the set gave up
            found.update(number for index in seen if index < len(groups) for number in groups[index])
        needs = self.needs
        return [self.forms[number] for number in sorted(found) if not any(map(words.isdisjoint, needs[number]))]


class Wording:
    """All packs, compiled."""

    def __init__(self, packs: Sequence[Pack], rooms: Mapping[tuple[str, str], _Room]) -> None:
        """Keep what `compile_packs` made."""
        self.packs = tuple(packs)
        self._rooms = rooms
        self._texts: dict[str, Text] = {}
        self._recent: dict[tuple[str, str, str], tuple[Hit, ...]] = {}  # several steps ask for the same text
        self._known: dict[tuple[str, ...], frozenset[str]] = {}
        self._languages: dict[str, Mapping[str, tuple[str, ...]]] = {}
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
            seen = self._text(text)
            found = [hit for form in room.candidates(seen) for hit in matches(form, seen)]
            if len(self._recent) >= _REMEMBERED:
                del self._recent[next(iter(self._recent))]
            self._recent[key] = tuple(sorted(found, key=attrgetter("start")))
        return self._recent[key]

    def _text(self, text: str) -> Text:
        if text not in self._texts:
            if len(self._texts) >= _REMEMBERED:
                del self._texts[next(iter(self._texts))]
            self._texts[text] = Text(text)
        return self._texts[text]

    def warm(self, languages: Collection[str] = ()) -> None:
        """Compile the sets of probes now, and every phrase of *languages*: the rest is compiled when it is first needed."""
        for room in self._rooms.values():
            room.candidates(Text(""))
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

    def languages(self, name: str, word: str) -> tuple[str, ...]:
        """Give the languages whose list called *name* holds *word*, which is in lower case."""
        if name not in self._languages:
            found: dict[str, tuple[str, ...]] = {}
            for language in self.words(name):
                found.update({one: (*found.get(one, ()), language) for one in self.known(name, language)})
            self._languages[name] = found
        return self._languages[name].get(word, ())

    def words(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Give the packs' word lists called *name* by language; "" stands for packs without one."""
        if name not in self._words:
            lists: dict[str, tuple[str, ...]] = {}
            for pack in self.packs:
                if name in pack.words:
                    lists[pack.language or ""] = lists.get(pack.language or "", ()) + pack.words[name]
            self._words[name] = lists
        return self._words[name]


def compile_packs(packs: Sequence[Pack], analyses: Sequence[PackAnalysis] | None = None) -> Wording:
    """Compile *packs*, in their order, with what `core.analysis` made of each, if the caller has it.

    Raises OwnerFault naming file and line of every phrase that RE2 or the slots refuse.
    """
    not_names: dict[str | None, frozenset[str]] = {}
    for pack in packs:
        not_names[pack.language] = not_names.get(pack.language, frozenset()).union(map(str.lower, pack.words.get("not-names", ())))
    rooms: dict[tuple[str, str], _Room] = defaultdict(_Room)
    for pack, analysis in zip(packs, analysed(packs) if analyses is None else analyses, strict=True):
        nobody = not_names[pack.language] | not_names.get("en", frozenset())
        called = names(pack.language, pack.words.get("date-words", ()))
        for rule in pack.rules:
            vetoes = tuple(Phrase(analysis.vetoes[text], pack.spaced) for text in rule.unless)
            for phrase in map(analysis.phrases.__getitem__, rule.phrases):
                language = rule.options.get("language", pack.language)
                rooms[pack.kind, rule.within].add(Form(rule, language, called, nobody, Phrase(phrase.flat, pack.spaced), vetoes), phrase)
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
