"""Which words a phrase cannot do without: one of them stands in every text that the phrase matches.

A text of a few hundred words then names the few phrases worth matching, however many packs there are. Only whole words count, so the
phrase is taken apart at what is certainly no letter; where no word is certain the set of probes (see `core.wording`) must do.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bouncer.core.phrases import elements

_FAR = "\u0e00-\u0e7f\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff"  # scripts in which words touch their neighbours
_ATOM = re.compile(
    rf"[^\W\d_{_FAR}]+(?![*+?{{])"
    r"|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[pP].|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[a-z][a-z0-9-]*\}|.",
    re.DOTALL,
)
_UNSPACED = re.compile(f"[{_FAR}]")
_WORD = re.compile(r"[^\W\d_]+")
_AT, _DIGIT = "@", "0"  # no words, but as telling: an address, a number
MARKS = frozenset({_AT, _DIGIT})
_DIGITS = re.compile("[0-9]")
_MARKED = {"{address}": frozenset({_AT}), "@": frozenset({_AT}), "{phone}": frozenset({_DIGIT}), "[0-9]": frozenset({_DIGIT})}
_MOST = 48  # spellings of one word
_STARTS = (3, 4, 5)  # letters of a beginning that are looked for
_MOST_SETS = 4  # of one phrase
_FEW = 9  # characters of a class that are spelt out
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """a am an and are at be by for from has have i in is it my not of on or that the this to was will with you your
        ich bin ist nicht im der die das den und zu mit von auf auch bei sie mich mir ein eine hat wird werden
        de la le el les des en un une et est je ne pas que para por no se o os e em do da il di per non sono che""",
    )
)  # words so common that they tell nothing


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a phrase: letters in a few spellings, what is no letter, anything at all, or alternatives with spaces in them."""

    kind: Literal["letters", "gap", "any", "either"]
    spellings: tuple[str, ...] = ()
    branches: tuple[tuple["_Piece", ...], ...] = ()
    optional: bool = False
    marks: frozenset[str] = frozenset()  # of MARKS, in whatever it matches


class Needs:
    """What the phrases of one pack need; each of its *parts* is taken apart once."""

    def __init__(self, parts: Mapping[str, str], spaced: bool = True) -> None:
        """Keep the *parts*, which `core.phrases` has found to be sound; only where words are *spaced* they can be told apart."""
        self._parts, self._spaced = parts, spaced
        self._known: dict[tuple[str, str], _Piece] = {}

    def words(self, phrase: str) -> tuple[frozenset[str], ...]:
        """Give sets of words (case-folded), the most telling first: every match of *phrase* holds one of each set as a whole word.

        Behind them stands, one by one, what it needs of MARKS. A match begins and ends at a word's border, but where a list of people
        follows without a space.
        """
        text, listed, _ = phrase.partition("{people}")
        branches = tuple(self._pieces(branch) for branch in _branches(text))
        if listed and not text.endswith(" "):
            branches = tuple((*branch, _Piece("any")) for branch in branches)
        marks = tuple(frozenset({mark}) for mark in sorted(_common_marks(branches)))
        if not self._spaced:
            return marks
        if len(branches) == 1:
            found = dict.fromkeys((*_chunks(branches[0]), *_groups(branches[0])))
            return (*sorted(found, key=_worth, reverse=True)[:_MOST_SETS], *marks)
        needs = [_need(branch) for branch in branches]
        return (frozenset().union(*needs), *marks) if all(needs) else marks

    def _pieces(self, branch: Sequence[tuple[str, str]]) -> tuple[_Piece, ...]:
        return tuple(self._piece(element, quantifier) for element, quantifier in branch)

    def _piece(self, element: str, quantifier: str) -> _Piece:
        key = (element, quantifier)
        if key not in self._known:
            self._known[key] = self._read(element, quantifier)
        return self._known[key]

    def _read(self, element: str, quantifier: str) -> _Piece:
        optional = quantifier.startswith(("?", "*", "{0"))
        repeated = bool(quantifier) and not quantifier.startswith("?")
        if element.startswith("(?:"):
            made = self._group(element[3:-1], optional)
        elif element[1:-1] in self._parts and element.startswith("{"):
            made = self._group(self._parts[element[1:-1]], optional)
        elif element in _MARKED:
            made = _Piece("any" if element.startswith("{") else "gap", optional=optional, marks=_MARKED[element])
        else:
            made = _single(element, optional)
        return _Piece("any") if repeated and made.kind == "letters" else made

    def _group(self, inner: str, optional: bool) -> _Piece:
        branches = tuple(self._pieces(branch) for branch in _branches(inner))
        if not all(piece.kind == "letters" for branch in branches for piece in branch):
            return _Piece("either", branches=branches, optional=optional, marks=_common_marks(branches))
        spelt: list[str] = []
        for branch in branches:
            spelt += ["".join(parts) for parts in itertools.islice(itertools.product(*map(_options, branch)), _MOST + 1)]
        return _Piece("letters", tuple(dict.fromkeys(spelt)), optional=optional) if len(spelt) <= _MOST else _Piece("any")


def words_in(text: str) -> set[str]:
    """Give the words of *text*, case-folded, their beginnings with a star, and which of MARKS are in it."""
    words = set(_WORD.findall(text.casefold()))
    marks = (mark for mark, found in ((_AT, "@" in text), (_DIGIT, _DIGITS.search(text))) if found)
    return words.union(marks, *map(_starts, words))


@functools.lru_cache(maxsize=20_000)
def _starts(word: str) -> tuple[str, ...]:
    return tuple(f"{word[:size]}*" for size in _STARTS if len(word) >= size)


def _common_marks(branches: Sequence[Sequence[_Piece]]) -> frozenset[str]:
    """Give the marks that every one of *branches* needs."""
    found = (frozenset[str]().union(*(piece.marks for piece in branch if not piece.optional)) for branch in branches)
    return MARKS.intersection(*found)


def _need(pieces: Sequence[_Piece]) -> frozenset[str]:
    """Give the best of the candidates of *pieces*, which stand between borders of words."""
    found = [*_chunks(pieces), *_groups(pieces)]
    return max(found, key=_worth, default=frozenset())


def _worth(words: frozenset[str]) -> tuple[int, int]:
    """Rate a set of words: the least telling word decides, then how few there are."""
    return (min(0 if word in _COMMON else len(word) for word in words), -len(words))


def _chunks(pieces: Sequence[_Piece]) -> Iterator[frozenset[str]]:
    """Yield the spellings of every word that stands between borders."""
    for inside, run in itertools.groupby(enumerate(pieces), key=lambda item: _spelt(item[1])):
        chunk = list(run)
        while chunk and chunk[-1][1].kind == "gap":
            chunk.pop()
        while chunk and chunk[0][1].kind == "gap":
            chunk.pop(0)
        if not inside or not chunk or not _border(pieces, chunk[0][0], -1):
            continue
        whole = _border(pieces, chunk[-1][0], 1)
        options = [_options(piece) for _, piece in chunk]
        spelt = ["".join(parts) for parts in itertools.islice(itertools.product(*options), _MOST + 1)]
        words = frozenset(_telling(one, whole) for one in spelt)
        if len(spelt) <= _MOST and "" not in words:
            yield words


def _telling(spelt: str, whole: bool) -> str:
    """Give the longest word of *spelt*; without *whole* its last word may go on, and then its beginning stands for it ("urlau*")."""
    words: list[str] = _WORD.findall(spelt)
    if whole or not words:
        return max(words, key=len, default="")
    start = words[-1][: _STARTS[-1]] if spelt.endswith(words[-1]) else ""
    return max((*words[:-1], f"{start}*" if len(start) >= _STARTS[0] else ""), key=len)


def _spelt(piece: _Piece) -> bool:
    """Tell whether *piece* can be a part of a word's spelling: letters, or the hyphen of `e-?mail`."""
    return piece.kind == "letters" or (piece.kind == "gap" and piece.optional)


def _options(piece: _Piece) -> tuple[str, ...]:
    if piece.kind == "gap":
        return (" ", "")
    return (*piece.spellings, "") if piece.optional else piece.spellings


def _groups(pieces: Sequence[_Piece]) -> Iterator[frozenset[str]]:
    """Yield what each group of alternatives needs, where all of them need something."""
    for place, piece in enumerate(pieces):
        if piece.kind == "either" and not piece.optional and _border(pieces, place, -1) and _border(pieces, place, 1):
            needs = [_need(branch) for branch in piece.branches]
            if all(needs):
                yield frozenset().union(*needs)


def _border(pieces: Sequence[_Piece], place: int, step: int) -> bool:
    """Tell whether a word surely ends beside *place*, to the left (-1) or the right (1); beyond the last piece it does."""
    beside = pieces[place + 1 :] if step > 0 else pieces[:place][::-1]
    return _bare(beside, step) is not False


def _bare(pieces: Sequence[_Piece], step: int) -> bool | None:
    """Tell whether *pieces*, met in the direction *step*, begin with something that is no letter; None where they may be nothing."""
    for piece in pieces:
        found = _bare_piece(piece, step)
        if found is False or (found and not piece.optional):
            return found
    return None


def _bare_piece(piece: _Piece, step: int) -> bool | None:
    if piece.kind != "either":
        return piece.kind == "gap"
    found = [_bare(branch[::step], step) for branch in piece.branches]
    return False if False in found else None if None in found else True


def _single(element: str, optional: bool) -> _Piece:
    """Read a run of letters, one character, one class or one slot."""
    if element in {"^", "$", "{gap}", "{line}"}:
        return _Piece("gap")  # words of their own: a phrase is not meant to begin within the last word of a {gap}
    if element.startswith("["):
        return _class(element, optional)
    if element in {r"\d", r"\s"} or (element.startswith("\\") and not element[1].isalpha()):
        return _Piece("gap", optional=optional)
    if _UNSPACED.match(element):
        return _Piece("any")  # a word of Chinese, Japanese or Thai touches its neighbours
    if _WORD.fullmatch(element):
        return _Piece("letters", (element.casefold(),), optional=optional)
    return _Piece("gap", optional=optional) if len(element) == 1 and element != "." else _Piece("any")


def _class(element: str, optional: bool) -> _Piece:
    """Read a class: a few letters are spellings, what holds no letter is a gap, and all else may be anything."""
    inner = element[1:-1]
    plain = inner.replace("\\", "") if "\\p" not in inner.lower() and "\\x" not in inner else "^"
    if plain.startswith("^"):
        return _Piece("any")
    if plain == "0-9" or not any(ch.isalpha() for ch in plain):
        return _Piece("gap", optional=optional)
    if len(plain) <= _FEW and plain.isalpha():
        return _Piece("letters", tuple(ch.casefold() for ch in plain), optional=optional)
    return _Piece("any")


def _branches(text: str) -> list[list[tuple[str, str]]]:
    """Split *text* at its top-level bars, each branch into its elements."""
    made: list[list[tuple[str, str]]] = [[]]
    for element in elements(text, _ATOM):  # a run of letters being one atom
        if element[0] == "|":
            made.append([])
        else:
            made[-1].append(element)
    return made
