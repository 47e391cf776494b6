r"""What `{address}`, `{person}`, `{org}`, `{role}`, `{date}`, `{phone}`, `{domain}` and `{gap}` stand for in a phrase.

Each slot is one RE2 pattern, made here and nowhere else, so that a pack never describes an address or a date itself.
RE2's `\w` and `\b` know ASCII only: letters are written as Unicode classes throughout.
"""

import functools
from collections.abc import Iterable

import re2
from babel import Locale, UnknownLocaleError

SLOTS = ("address", "person", "org", "role", "date", "phone", "domain")
GAP = r"[^.!?;。\n]{0,80}?(?:\n[^.!?;。\n]{1,80}?)?"  # a few words of the same sentence, over one line break at most

_ADDRESS = r"[\pL\pN_][\pL\pM\pN_%+&'.=-]*@(?:[\pL\pN][\pL\pM\pN-]*\.)+(?:xn--[a-z0-9-]+|\pL[\pL\pM]+)"
_DOMAIN = r"(?:[\pL\pN][\pL\pM\pN-]*\.)+\pL[\pL\pM]+"
_HONORIFIC = (
    r"(?:(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|hr|fr|mme|mlle|m|sr|sra|srta|sig|dott|dhr|mevr|pan|pana|pani|panią|panem|г-н)\.? )?"  # noqa: RUF001 - Cyrillic is meant
    r"(?:(?:dr|prof|ing|mag)\.? )*"
)
_NAME = r"(?:\p{Lu}\.(?:-?\p{Lu}\.)*|\p{Lu}[\pL\pM]*(?:['-]\p{Lu}?[\pL\pM]+)*)"  # an initial, or a word with a capital
_PARTICLE = r"(?:(?:van|von|der|den|de|del|della|di|da|dos|das|du|la|le|bin|al|el|af|av|ter|ten|zu|zum|zur) ){0,3}"
_UNCASED = (
    r"(?:[\p{Han}\p{Hiragana}\p{Katakana}ー々]{2,10}|\p{Hangul}{2,5}"
    r"|[\p{Hebrew}]{2,}(?: [\p{Hebrew}'-]{2,})?|[\p{Arabic}]{2,}(?: [\p{Arabic}]{2,})?)"
)
_PERSON = rf"(?-i:{_NAME}(?: {_PARTICLE}{_NAME}){{0,3}}|{_UNCASED})"
_ORG_WORD = r"[\p{Lu}\p{Lo}\pN][\pL\pM\pN&'/+-]*(?:\.[\pL\pN]+)*"
_ORG_GLUE = r"(?:& |and |und |et |y |e |i |of |the |de |der |für |for |du |des )*"
_ORG = rf"(?-i:{_ORG_WORD}(?: {_ORG_GLUE}{_ORG_WORD}){{0,5}}(?: (?:Inc|Ltd|Corp|Co|Bros|S\.A|S\.p\.A|Sp\. z o\.o|a\.s|s\.r\.o)\.?)?)"
_ROLE = r"[\pL][^\n.,;:!?@<>()\"。、]{1,70}"
_PHONE = r"(?:\+ ?|00|\()?[0-9][0-9 ()./-]{4,22}[0-9](?: ?(?:x|ext\.?|extension|durchwahl|poste) ?[0-9]{1,6})?"


def pattern(slot: str, language: str | None, words: Iterable[str] = ()) -> str:
    """Give the RE2 pattern, without a group, of *slot* in *language*; *words* are the pack's own `date-words`, for `{date}`.

    Raises KeyError for a name that is no slot.
    """
    if slot == "date":
        return _date(language, tuple(words))
    return {"address": _ADDRESS, "person": _PERSON, "org": _ORG, "role": _ROLE, "phone": _PHONE, "domain": _DOMAIN}[slot]


def prefix(slot: str) -> str:
    """Give what may stand before the slot without belonging to it: `Mr`, `<`, `mailto:`."""
    return {"address": r"(?:[<\[\"'(]|mailto:)*", "person": _HONORIFIC, "org": '"?', "domain": '[@"<]*'}.get(slot, "")


def suffix(slot: str) -> str:
    """Give what may stand behind the slot without belonging to it."""
    return {"address": r"[>\])\"']*", "org": '"?', "domain": '[">]*'}.get(slot, "")


@functools.cache
def names(language: str | None, what: str) -> tuple[tuple[str, int], ...]:
    """Give every CLDR name of *what* ("months", "days") with its number (January 1, Monday 0), lower case, longest first."""
    try:
        locale = Locale.parse((language or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in getattr(locale, what)[context][width].items():
                word = name.lower().rstrip(".")
                if len(word) > 1 or not word.isascii():
                    found.setdefault(word, number)
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


@functools.cache
def _date(language: str | None, words: tuple[str, ...]) -> str:
    """Give a span of date words: numbers, CLDR names of months and weekdays with any ending, the pack's own words, and glue."""
    called = [name for what in ("months", "days") for name, _ in names(language, what)]
    called += [name for what in ("months", "days") for name, _ in names("en", what)]
    ending = r"[\pL\pM]{0,4}"
    named = "|".join(
        _literal(word) + (ending if len(word) > 3 and word not in words else "")  # noqa: PLR2004 - an abbreviation has no ending
        for word in sorted({*called, *words}, key=lambda word: (-len(word), word))
    )
    number = r"[0-9]{1,4}(?:st|nd|rd|th|er|ère|º|ª|°|-?[гйое]{1,2}|e|de|:a|:e)?"
    unit = r" ?[年月日号號년월일]"
    token = rf"(?:{number}(?:{unit})?|(?:{named})\.?|\([^()\n]{{1,12}}\))"
    glue = r"(?: ?[.,/-] ?| of (?:the )?| de | den | d\. | the | di | do | em | a | r\. | den | del | på | the | )?"
    return rf"{token}(?:{glue}{token}){{0,8}}"


def _literal(word: str) -> str:
    return str(re2.escape(word)).replace(r"\ ", " ").replace(r"\-", "-")
