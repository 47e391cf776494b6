"""Single fields of an export, made fit for the contact file: one line, nothing unseen, and only what is what it says."""

import re
import unicodedata
from collections.abc import Iterable

from bouncer.edge.contacts.addresses import why_invalid

_LONGEST = 300  # characters of one field
_UNSEEN = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
_DIRECTION = frozenset("\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u061c\ufeff")
_PICTURES = frozenset({"So", "Sk"})
_ANGLES = re.compile(r"<([^<>]+)>")
_BETWEEN = re.compile(r"\s*(?::::|[;,\n])\s*")  # Google writes `:::`
_RUINED = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number
_PAGE = re.compile(r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/(?:mwlite/)?(?:in|pub)/[^\s?#,;]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_FEWEST = 5  # digits of a telephone number
_EAST_ASIAN = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")


def line_of(text: str) -> str:
    """Give *text* as one line without what cannot be seen; nothing longer than 300 characters."""
    if text.isascii() and text.isprintable():
        return (" ".join(text.split()) if "  " in text else text.strip())[:_LONGEST].strip()
    shown = "".join(" " if c.isspace() else c for c in text[: 4 * _LONGEST] if c.isspace() or not _unseen(c))
    return " ".join(shown.split())[:_LONGEST].strip()


def name_line(text: str) -> str:
    """Give a name as one line; pictures that people put beside it are no part of it."""
    if text.isascii():
        return line_of(text)
    return line_of("".join(c for c in text if unicodedata.category(c) not in _PICTURES and c not in "\ufe0e\ufe0f\u200d\u20e3"))


def whole_name(given: str, middle: str, family: str) -> str:
    """Join the parts of a name; in East Asia the family name stands first, without a blank."""
    if given and family and _east_asian(given) and _east_asian(family):
        return family + given
    return " ".join(part for part in (given, middle, family) if part)


def addresses_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the mail addresses in *texts*, each once, and what stands for one and is none, each as a sentence."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for text in texts:
        for part in _ANGLES.findall(text) or _BETWEEN.split(text):
            address = line_of(part.strip().removeprefix("mailto:").removeprefix("MAILTO:")).strip("\"' .")
            if not address:
                continue
            if why := why_invalid(address):
                wrong.append(f"`{address[:60]}` is no e-mail address: {why}")
            else:
                found.setdefault(address.lower(), address)
    return tuple(found.values()), tuple(wrong)


def phones_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the telephone numbers in *texts*, and as a sentence each that a spreadsheet has ruined."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    for text in texts:
        for part in text.split(":::"):
            number = line_of(part.strip().removeprefix("tel:"))
            if _RUINED.fullmatch(number):
                wrong.append(f"`{number}` is what a spreadsheet has made of a telephone number")
            elif sum(c.isdigit() for c in number) >= _FEWEST:
                found.setdefault(number)
    return tuple(found), tuple(wrong)


def tags_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Give labels and categories as tags; those that a program gives by itself (`* myContacts`) are none."""
    parts = map(line_of, texts)
    return tuple(dict.fromkeys(part for part in parts if part and not part.startswith("*") and part not in ("myContacts", "starred")))


def listed(cell: str) -> list[str]:
    """Give the items of a cell that holds a list."""
    return _BETWEEN.split(cell)


def page_in(texts: Iterable[str]) -> str | None:
    """Give the first LinkedIn page of a person in *texts*."""
    for text in texts:
        if found := _PAGE.search(text):
            url = line_of(found[0])
            return url if "://" in url else f"https://{url}"
    return None


def language_of(text: str) -> str | None:
    """Give *text* where it is the code of a language (BCP 47)."""
    return text.strip() if _LANGUAGE.fullmatch(text.strip()) else None


def country_of(text: str) -> str | None:
    """Give *text* where it is the code of a country (ISO 3166)."""
    return text.strip().upper() if _COUNTRY.fullmatch(text.strip()) else None


def _unseen(char: str) -> bool:
    return char in _DIRECTION or unicodedata.category(char) in _UNSEEN


def _east_asian(text: str) -> bool:
    return all(unicodedata.name(c, "").startswith(_EAST_ASIAN) for c in text if not c.isspace())
