"""The names of a language's months and weekdays, and where in a text a date ends.

The names are CLDR's; a pack adds what CLDR does not know (`date-words`: "tomorrow", "the end of"). A name may carry an ending: most
languages decline them.
"""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from babel import Locale, UnknownLocaleError

_CLOCK = (
    r"[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|a\.m\.|p\.m\.|uhr|o'clock|h(?:[0-9]{2})?|[時点點시](?:[0-9]{1,2}分)?)(?![^\W\d_])"
    r"|[0-9]{1,2}:[0-9]{2}|w/[cb](?![^\W\d_])"
)
_TOKEN = re.compile(
    rf"(?P<clock>{_CLOCK})|[0-9]+|(?<=[0-9])[年月日号號년월일]|(?<=[0-9] )[년월일]|[^\W\d_]+|\s+|.", re.DOTALL | re.IGNORECASE
)
_MINGUO = re.compile(r"1[0-9]{2}(?:年|(?P<mark>[./-])[0-9]{1,2}(?P=mark)[0-9]{1,2}(?![0-9]))")  # a year of the Republic of China, 115年
_FIRST_MINGUO = 1911
_START = re.compile(r"(?<=[^\W\d_])[0-9]|(?<![^\W_])[^\W_]|(?<=[\u3040-\u30ff])[\u4e00-\u9fff]")  # where a date may begin
_REST = re.compile(r"[\s.,)'-]*[^\W\d_]{0,4}[\s.,)]*")  # an ending, a comma
_FIRST = frozenset("primo primero primeiro premier \u00eent\u00e2i".split())  # "dal primo gennaio"  # noqa: SIM905
_MONTH_BEHIND = re.compile(r"\s+(?:de\s+)?([^\W\d_]+)")
_FULL_STOP = re.compile(
    r"\.\s+[^\W\d_a-z]"
)  # behind a month's whole name or a year: a sentence ends, and what follows is no part of the date
_APOSTROPHE = re.compile(r"[^\W\d_]+'[^\W\d_]+")  # a Ukrainian Friday
_UNITS = {"年": "year", "년": "year", "月": "month", "월": "month", "日": "day", "号": "day", "號": "day", "일": "day"}
_GLUE = frozenset(
    re.findall(
        r"\w+",
        """of the on a and und et och og ja d da de del dell der dem den di do du e el em i il in la le les lo um à am az be dnia
        dne dia día feira på av af en y și kl r roku rok p и і й та г года р року ος ης την του της""",  # noqa: RUF001 - Cyrillic and Greek are meant
    )
)
_SHORT = 3  # letters of an abbreviation, which takes no ending
_ENDING = 5  # letters that an ending may have
_SUFFIX = 4  # letters that a number may carry: 4th, 18-ig
_YEARS = range(1990, 2101)
_MOST_GLUE = 3
_UNSPACED = 0x2E7F  # letters beyond it stand without spaces between words
_LONGEST = 120  # characters of a date

Kind = Literal["number", "month", "weekday", "word", "glue", "unit"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a date: *value* is the number, the month (1 to 12) or the weekday (Monday 0), *word* as written."""

    kind: Kind
    word: str
    value: int
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Names:
    """What a language calls months and weekdays, and the pack's own words, all in lower case; `names` makes one of each."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    words: frozenset[str] = frozenset()
    relative: Mapping[str, str] = field(default_factory=dict)  # "tomorrow" -> "1", "week" -> "?"

    def month(self, word: str) -> int | None:
        """Give the month that *word* names, with an ending or without; None where it names none."""
        return _named(word.lower(), self.months, self._months)

    def weekday(self, word: str) -> int | None:
        """Give the weekday that *word* names, Monday being 0; None where it names none."""
        return _named(word.lower(), self.weekdays, self._weekdays)

    @cached_property
    def unspaced(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of months and those of weekdays that stand without spaces around them."""
        both = ([name for name in called if len(name) > 1 and ord(name[0]) > _UNSPACED] for called in (self.months, self.weekdays))
        months, weekdays = map(tuple, both)
        return months, weekdays

    @cached_property
    def _months(self) -> "_Starts":
        return _by_start(self.months)

    @cached_property
    def _weekdays(self) -> "_Starts":
        return _by_start(self.weekdays)


_Starts = Mapping[str, tuple[tuple[str, int], ...]]


def _by_start(called: Mapping[str, int]) -> _Starts:
    """Sort names by the letters that a word with an ending must share with them."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for name, number in called.items():
        start = name[: _SHORT + 1]
        found[start] = (*found.get(start, ()), (name, number))
    return found


@functools.cache
def names(language: str | None, words: tuple[str, ...] = ()) -> Names:
    """Give the names of *language* (a BCP 47 tag) together with the English ones; English alone where CLDR knows no better.

    *words* are a pack's `date-words`; one written `tomorrow=1` says how many days ahead of the mail it is, one written `unora=february`
    another way to write a month or a weekday, which is given in English.
    """
    months, weekdays = map(dict, _cldr("en"))
    english = {**months, **weekdays}
    meant = {word.lower(): value for word, _, value in (entry.partition("=") for entry in words)}
    for word in [word for word, value in meant.items() if value in english]:
        value = meant.pop(word)
        (months if value in _cldr("en")[0] else weekdays)[word] = english[value]
    with suppress(UnknownLocaleError, ValueError):
        for known, found in zip((months, weekdays), _cldr((language or "en").replace("-", "_")), strict=True):
            known.update(found)
    return Names(months, weekdays, frozenset(part for word in meant for part in word.split()), {w: d or "?" for w, d in meant.items()})


@functools.cache
def _cldr(language: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    locale = Locale.parse(language)
    both: list[dict[str, int]] = []
    for kind in (locale.months, locale.days):
        named: dict[str, int] = {}
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in kind[context][width].items():
                    word = name.lower().strip(".").split("-")[0].replace("\u02bc", "'")
                    if not word[0].isdigit():
                        named.setdefault(word, number)
        both.append(named)
    return both[0], both[1]


def _find(word: str, called: Iterable[tuple[str, int]]) -> int | None:
    """Find *word* among names: the one it shares the longest beginning with."""
    best: tuple[int, int] | None = None
    for name, number in called:
        shared = next((n for n, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
        if shared > _SHORT and shared >= len(name) - 2 and len(word) - shared <= _ENDING:
            best = max(best or (0, 0), (shared, number))
    return best[1] if best else None


def _named(word: str, called: Mapping[str, int], starts: _Starts) -> int | None:
    return called[word] if word in called else _find(word, starts.get(word[: _SHORT + 1], ()))


def tokens(text: str, called: Names) -> tuple[Token, ...]:
    """Give the tokens of the date at the very beginning of *text*, as far as they belong to it; nothing where none begins there.

    What may stand between the parts of a date ("of", "de", a comma, an hour) is kept only where a date goes on behind it.
    """
    return _tokens(text[: 2 * _LONGEST], called)


@functools.lru_cache(maxsize=256)  # many phrases meet the same date
def _tokens(text: str, called: Names) -> tuple[Token, ...]:
    found: list[Token] = []
    held: list[Token] = []
    while match := _TOKEN.match(text, held[-1].end if held else found[-1].end if found else 0, _LONGEST):
        last = held[-1] if held else found[-1] if found else None
        token = _token(match, called, last, text)
        if last and (_whole(last) or _complete(found)) and _FULL_STOP.match(text, last.end):
            break
        if token is None or sum(one.kind == "glue" and one.word.isalpha() for one in held) >= _MOST_GLUE:
            break
        held.append(token)
        if token.kind != "glue":
            found += held
            held = []
    return tuple(found)


def _whole(token: Token) -> bool:
    """Tell whether *token* is a month's name that is not abbreviated."""
    return token.kind == "month" and len(token.word) > _SHORT + 1


def _complete(found: Sequence[Token]) -> bool:
    """Tell whether *found* ends in a year and holds day and month: in "1. 9. 2026. Po dobu..." no Monday follows."""
    kinds = [token.kind for token in found if token.kind in {"number", "month"}]
    return len(kinds) == 3 and kinds[-1] == "number" and found[-1].value in _YEARS  # noqa: PLR2004 - day, month and year


def span(text: str, called: Names, *, begins: bool = False) -> tuple[int, int] | None:
    """Give where in *text* a date is: at its very beginning, else (not with *begins*) the first one that reaches its end."""
    found = tokens(text, called)
    if found or begins:
        return (0, found[-1].end) if found else None
    for match in _START.finditer(text):
        found = tokens(text[match.start() :], called)
        if found and _REST.fullmatch(text, match.start() + found[-1].end):
            return match.start(), match.start() + found[-1].end
    return None


def _token(match: re.Match[str], called: Names, last: Token | None, text: str) -> Token | None:
    word, (start, end) = match[0], match.span()
    if match["clock"]:
        return Token("glue", word, 0, start, end)
    if word[0].isdigit():
        if _MINGUO.match(text, start):
            return Token("number", str(int(word) + _FIRST_MINGUO), int(word) + _FIRST_MINGUO, start, end)
        number = int(word) if len(word) in {1, 2, 4} else -1
        sound = number in _YEARS if len(word) == 4 else number > 0  # noqa: PLR2004 - a year has four digits
        return Token("number", word, number, start, end) if sound else None
    if word in _UNITS and last and (last.kind == "number" or last.word.isspace()):
        return Token("unit", _UNITS[word], 1, start, end)
    made = Token("glue", word, 0, start, end)
    if word[0].isalpha():
        return _first(made, called, text) or _word(made, called, last, text)
    return made if (word.isspace() and word.count("\n") < 2) or word in "./-,()'·°" else None  # noqa: PLR2004 - a blank line ends it


def _first(made: Token, called: Names, text: str) -> Token | None:
    """Read "primo" before a month as the number 1."""
    behind = _MONTH_BEHIND.match(text, made.end) if made.word.lower() in _FIRST else None
    return replace(made, kind="number", word="1", value=1) if behind and called.month(behind[1]) is not None else None


def _word(made: Token, called: Names, last: Token | None, text: str) -> Token | None:
    """Read a word: a name, a word of the pack's, an ending that a number carries, or glue."""
    start, lower = made.start, made.word.lower()
    whole = _APOSTROPHE.match(text, start)
    if whole and called.weekday(whole[0]) is not None:
        return replace(made, kind="weekday", word=whole[0], value=called.weekday(whole[0]) or 0, end=whole.end())
    kinds: tuple[Literal["month", "weekday"], ...] = ("month", "weekday")
    for kind, known, find, unspaced in zip(
        kinds, (called.months, called.weekdays), (called.month, called.weekday), called.unspaced, strict=True
    ):
        number = find(lower)
        if number is None and unspaced and not lower.isascii():
            name = next((name for name in unspaced if text.startswith(name, start)), None)
            number, made = (known[name], replace(made, end=start + len(name))) if name else (None, made)
        if number is not None:
            return replace(made, kind=kind, value=number)
    if lower in called.words:
        return replace(made, kind="word", value=1)
    if ord(lower[0]) > _UNSPACED:
        word = max((word for word in called.words if text.startswith(word, start)), key=len, default="")
        if word:
            return replace(made, kind="word", word=word, value=1, end=start + len(word))
    after_number = last is not None and last.end == start and (last.kind == "number" or last.word in {"-", "'"})
    if lower in _GLUE or (after_number and len(lower) <= _SUFFIX):
        return made
    return None
