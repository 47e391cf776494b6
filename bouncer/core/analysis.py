"""What is worked out of a pack's phrases before any text is seen: that they are sound, and by what a text that they match is known.

It takes two seconds for all packs and depends on them alone, so that it can be kept (see `edge.analyses`) and is not done at every start.
"""

from collections.abc import Sequence
from typing import Any

import re2

from bouncer.core.needs import MARKS, Needs
from bouncer.core.phrases import Phrase, PhraseFault, checkable, options, sound_phrase
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Pack, PackAnalysis, PhraseAnalysis


def analysed(packs: Sequence[Pack], known: Sequence[PackAnalysis] = ()) -> tuple[PackAnalysis, ...]:
    """Analyse the phrases of each of *packs*; *known* holds for each what is known already, of the same phrases with the same parts.

    Raises OwnerFault naming file and line of every phrase that RE2 or the slots refuse.
    """
    problems: list[Problem] = []
    parsed = re2.Set.SearchSet(options())
    given = known or (PackAnalysis(),) * len(packs)
    made = tuple(_pack(pack, before, parsed, problems) for pack, before in zip(packs, given, strict=True))
    if problems:
        raise OwnerFault(tuple(problems))
    return made


def _pack(pack: Pack, known: PackAnalysis, parsed: Any, problems: list[Problem]) -> PackAnalysis:
    """Analyse one pack; what is wrong goes to *problems*, with the line of its phrase."""
    needs = Needs(pack.parts, pack.spaced)
    phrases: dict[str, PhraseAnalysis] = {}
    vetoes: dict[str, str] = {}
    for rule in pack.rules:
        lines = rule.lines or (rule.line,) * (len(rule.phrases) + len(rule.unless))
        for number, text in enumerate((*rule.phrases, *rule.unless)):
            try:
                if number >= len(rule.phrases):
                    vetoes[text] = known.vetoes.get(text) or _sound(text, pack, parsed).flat
                else:
                    phrases[text] = known.phrases.get(text) or _phrase(text, pack, parsed, needs)
            except (PhraseFault, re2.error) as fault:
                why = fault.args[0].decode("utf-8", "replace") if isinstance(fault.args[0], bytes) else fault.args[0]
                problems.append(Problem(rule.file, lines[number], rule.name, f"phrase {text!r} {why}"))
    return PackAnalysis(phrases, vetoes)


def _phrase(text: str, pack: Pack, parsed: Any, needs: Needs) -> PhraseAnalysis:
    phrase, words = _sound(text, pack, parsed), needs.words(text)
    return PhraseAnalysis(phrase.flat, words, "" if words and words[0].isdisjoint(MARKS) else phrase.probe)


def _sound(text: str, pack: Pack, parsed: Any) -> Phrase:
    """Parse it into the set *parsed*, which is twenty times faster than compiling it; raises PhraseFault or re2.error with the reason."""
    phrase = sound_phrase(text, pack.parts, pack.spaced)
    pattern = checkable(phrase).encode()
    try:
        parsed.Add(pattern)
    except re2.error:
        re2.compile(pattern, options())
        raise
    return phrase
