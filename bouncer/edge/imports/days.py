"""The day of a connection as LinkedIn writes it: `26 Jul 2025`, `07/26/25`, `26.07.2025`, `2025年7月26日`, or with the name of a month."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

_NUMBERS = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})\D{0,2}(?:\s.*)?", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]+)\.?,?\s+(?:de\s+)?(\d{4})")
_AMERICAN = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2}),?\s+(\d{4})")
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl", "cs", "tr", "ru", "uk", "fi", "hu", "ro", "el")
_LETTERS = 3  # of the name of a month, where it is shortened
_CENTURY, _YEAR, _MONTHS = 100, 1000, 12


def day_of(text: str) -> date | None:
    """Give the day that *text* says, or None. Of `07/08/25` the first number is the month, as where LinkedIn comes from."""
    bare = text.strip()
    try:
        if found := _NAMED.match(bare):
            return date(int(found[3]), _months()[found[2].casefold()], int(found[1]))
        if found := _AMERICAN.match(bare):
            return date(int(found[3]), _months()[found[1].casefold()], int(found[2]))
        if found := _NUMBERS.fullmatch(bare):
            return _numbered(*map(int, found.groups()), dotted="." in bare)
    except (KeyError, ValueError):
        pass
    return None


def _numbered(first: int, second: int, third: int, *, dotted: bool) -> date:
    if first >= _YEAR:
        return date(first, second, third)
    year = third + 2000 if third < _CENTURY else third
    return date(year, second, first) if dotted or first > _MONTHS else date(year, first, second)


@cache
def _months() -> Mapping[str, int]:
    """Give the names of the months in the languages of LinkedIn, whole and shortened."""
    from babel.dates import get_month_names  # noqa: PLC0415 - the daemon has no use for it

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    names.setdefault(name.casefold().rstrip("."), number)
                    names.setdefault(name.casefold()[:_LETTERS], number)
    return names
