"""The wording packs as data: what `rules/**.yaml` and the owner's `rules.d/` hold, before the core compiles them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that a rule must read (*gives*: slot or field -> words), or must leave alone."""

    text: str
    gives: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One wording: any of *phrases* (RE2 with slots, no capture group) in the part *within* means *means*."""

    name: str
    means: str  # a finding's type, a kind, or a reason in Sisimai's vocabulary
    within: str  # "subject", "body", "signature", "diagnostic", ...
    phrases: tuple[str, ...]
    examples: tuple[Example, ...]
    counter_examples: tuple[Example, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    unless: tuple[str, ...] = ()  # phrases that, in the same sentence, make the match none
    lines: tuple[int, ...] = ()  # the line of each phrase, then of each `unless`
    confidence: float = 0.9
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Pack:
    """One file of rules; *words* are named lists of plain strings (prefixes, month names, quote headers...).

    *parts* are pieces of phrases by name; *spaced* says that the language puts spaces between words.
    """

    name: str
    kind: Literal["bounces", "replies"]
    rules: tuple[Rule, ...]
    language: str | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    spaced: bool = True


@dataclass(frozen=True, slots=True)
class PhraseAnalysis:
    """A phrase with its parts put in, and by what a text that it matches is known.

    One word of each of *needs* is in it, the first being the most telling; where no word is certain, *probe* (RE2) matches in it.
    """

    flat: str
    needs: tuple[frozenset[str], ...] = ()
    probe: str = ""


@dataclass(frozen=True, slots=True)
class PackAnalysis:
    """What is worked out of a pack's *phrases*, by phrase, and of what makes a match none, there only with its parts put in."""

    phrases: Mapping[str, PhraseAnalysis] = field(default_factory=dict)
    vetoes: Mapping[str, str] = field(default_factory=dict)
