"""A phrase of a rule pack: RE2 with `{slots}` and `{parts}`, taken apart, checked, and put together as a pattern.

A space in a phrase stands for any white space within a paragraph. A phrase is matched only where a word that it needs is in the text;
where no word is certain, the longest stretch that must occur as it is (its *probe*) goes into a set that looks for all of them at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import re2

from bouncer.core import slots

_MEMORY = 2 << 20  # bytes; with half of it the longest phrases forget their states within one letter
SPACE = r"(?: +(?:\n *)?|\n *)"
_BEFORE = r"(?:^|[^\pL\pN_])"
_AFTER = r"(?:$|[^\pL\pN_])"
# RE2 takes milliseconds to compile the exact classes; `wording.alike` leaves no punctuation beyond ASCII but the East Asian kind, so that
# these few ranges say the same.
_EXTENDED = "".join(rf"\x{{{code:X}}}" for code in range(0x100, 0x180) if chr(code).isupper())  # there large and small letters take turns
_RANGES = {
    r"\pL": r"A-Za-z\x{AA}-\x{2FFF}\x{3005}-\x{3007}\x{3031}-\x{FEFF}\x{10000}-\x{10FFFF}",
    r"\pM": r"\x{300}-\x{36F}",
    r"\pN": r"0-9",
    r"\p{Lu}": rf"A-Z\x{{C0}}-\x{{DE}}{_EXTENDED}" + r"\x{218}\x{21A}\x{370}-\x{3AB}\x{400}-\x{42F}\x{460}-\x{556}\x{1E00}-\x{1EFF}",
}
_NAMED = re.compile(r"\{([a-z][a-z0-9-]*)\}")
_GROUP = re.compile(r"\((?!\?)|\(\?P?<")
_ASCII_ONLY = re.compile(r"(?:^|[^\\])(?:\\\\)*\\[bBwW]")
_PEOPLE = re.compile(r" ?\{people\}$")
_LOOSE = re.compile(r"\[\^|(?<!\\)[*+]|\{[0-9]")  # what makes a set of patterns swell
_NOTHING = re.compile(r"[)?*]*")  # behind the last slot of a phrase
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
_CLASS = re.compile(r"\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[pP].|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ATOM = re.compile(r"\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[pP].|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[a-z][a-z0-9-]*\}|.", re.DOTALL)


class PhraseFault(Exception):
    """A phrase that cannot be used, and why, for the pack's author."""


@dataclass(frozen=True)
class Phrase:
    """A sound phrase, its parts put in; what RE2 is given is made when it is first asked for.

    *spaced*: the language puts spaces between words, so that the phrase begins and ends at a word's border.
    """

    flat: str
    spaced: bool

    @cached_property
    def whole(self) -> str:
        """The pattern, with the groups `whole` and slot by slot (`address`, `address_2`...)."""
        before, after = (_BEFORE, _AFTER) if self.spaced else ("", "")
        listed, flat = _PEOPLE.search(self.flat), self.flat
        if listed is not None:  # only where the list begins; core.extract.people reads it
            flat, after = flat[: listed.start()], rf"[\s:,-]{'+' if listed[0].startswith(' ') else '*'}(?P<people>[^\s:,-])"
        return _cheap(f"(?im){before}(?P<whole>{_with_slots(flat)}){after}")

    @cached_property
    def probe(self) -> str:
        """A pattern without groups that matches in whatever the phrase matches in."""
        return _cheap(f"(?im){_probe(_PEOPLE.sub('', self.flat))}")


def options(memory: int = _MEMORY) -> Any:
    """Give RE2's options; *memory* in bytes is what one matcher remembers of what it has seen, beyond it starts anew."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    return options


def sound_phrase(text: str, parts: Mapping[str, str], spaced: bool) -> Phrase:
    """Put the pack's *parts* into *text*.

    Raises PhraseFault for a capture group, an ASCII-only class, an unknown slot or part, and parts that go in circles.
    """
    flat = _expand(text, parts, ())
    if _GROUP.search(re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", flat)):
        raise PhraseFault("has a capture group; write (?:...) instead of (...)")
    if _ASCII_ONLY.search(flat):
        raise PhraseFault(
            r"uses \b, \B, \w or \W, which know ASCII only; a phrase begins and ends at a word's border anyway, a letter is \pL"
        )
    if "{people}" in _PEOPLE.sub("", flat):
        raise PhraseFault("{people} must come last: it stands for the list that follows")
    return Phrase(flat, spaced)


def checkable(phrase: Phrase) -> str:
    """Give *phrase* with every slot and gap shortened to a letter: quick to compile, and as right or wrong in its syntax."""
    return _cheap(f"(?im){_NAMED.sub('@', phrase.flat)}")


def _cheap(pattern: str) -> str:
    """Put the ranges of `_RANGES` in the place of the exact classes of *pattern*."""
    return _CLASS.sub(_ranged, pattern)


def _ranged(match: re.Match[str]) -> str:
    atom = match[0]
    if atom.startswith("["):
        for name, ranges in _RANGES.items():
            atom = atom.replace(name, ranges)
        return atom
    return f"[{_RANGES[atom]}]" if atom in _RANGES else atom


def _expand(text: str, parts: Mapping[str, str], seen: tuple[str, ...]) -> str:
    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name in slots.SLOTS or name in {"gap", "line"}:
            return match[0]
        if name in seen:
            raise PhraseFault(f"part {{{name}}} contains itself")
        if name not in parts:
            raise PhraseFault(f"{{{name}}} is neither a slot ({', '.join(slots.SLOTS)}, gap, line) nor a part of this pack")
        return f"(?:{_expand(parts[name], parts, (*seen, name))})"

    return _NAMED.sub(one, text)


def _with_slots(flat: str) -> str:
    counts: dict[str, int] = {}
    made: list[str] = []
    place = 0
    for atom in _atoms(flat):
        place += len(atom)
        named = _NAMED.fullmatch(atom)
        slot = named[1] if named else ""
        if not slot:
            made.append(SPACE if atom == " " else atom)
        elif slot in {"gap", "line"}:
            made.append(slots.GAP if slot == "gap" else slots.LINE)
        else:
            counts[slot] = counts.get(slot, 0) + 1
            group = slot if counts[slot] == 1 else f"{slot}_{counts[slot]}"
            inner = slots.pattern(slot, last=_NOTHING.fullmatch(flat, place) is not None)
            made.append(_spaces(f"{slots.prefix(slot)}(?P<{group}>{inner}){slots.suffix(slot)}"))
    return "".join(made)


def _atoms(text: str) -> list[str]:
    return _ATOM.findall(text)


def _spaces(pattern: str) -> str:
    return "".join(SPACE if atom == " " else atom for atom in _atoms(pattern))


def _probe(flat: str) -> str:
    """Give of each branch of *flat* the longest stretch without slot, gap or dot; where one has none, all of *flat*."""
    branches: list[list[tuple[str, str]]] = [[]]
    for element in elements(flat):
        if element[0] == "|":
            branches.append([])
        else:
            branches[-1].append(element)
    best = [max(_stretches(branch), key=itemgetter(1)) for branch in branches]
    if all(weight for _, weight in best):
        return "|".join(_spaces(stretch) for stretch, _ in best)
    return _NAMED.sub("@", _spaces(flat)).replace("@", "(?:.|\n)+?")


def _stretches(branch: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    """Yield every stretch of the elements of *branch* that must occur as they are, with the least number of letters in it."""
    stretch, weight = "", 0
    for element, quantifier in branch:
        optional = quantifier.startswith(("?", "*", "{0"))
        if _NAMED.search(element) or "." in _dots(element) or _LOOSE.search(element) or quantifier not in {"", "?"}:
            yield stretch, weight
            stretch, weight = "", 0
        else:
            stretch += element + quantifier
            weight += 0 if optional else _least(element)
    yield stretch, weight


def _dots(element: str) -> str:
    return re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", element)


def elements(text: str, atoms: re.Pattern[str] = _ATOM) -> Iterator[tuple[str, str]]:
    """Yield the top-level elements of *text*, a group being one, each with the quantifier behind it; *atoms* says what one atom is."""
    depth, held, place = 0, "", 0
    while place < len(text):
        match = atoms.match(text, place)
        atom = match[0] if match else text[place]
        place += len(atom)
        depth += (atom == "(") - (atom == ")")
        held += atom
        if depth > 0:
            continue
        quantifier = _QUANTIFIER.match(text, place)
        place += len(quantifier[0]) if quantifier else 0
        yield held, quantifier[0] if quantifier else ""
        held = ""
    if held:
        yield held, ""


def _least(element: str) -> int:
    """Give how many characters *element* stands for at the least."""
    if not element.startswith("("):
        return 0 if element in "^$" else 1
    inner = element[3:-1] if element.startswith("(?:") else element[1:-1]
    sums = [0]
    for part, quantifier in elements(inner):
        if part == "|":
            sums.append(0)
        elif not quantifier.startswith(("?", "*", "{0")):
            sums[-1] += _least(part)
    return min(sums)
