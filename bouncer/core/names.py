"""A name as the owner wrote it, taken apart: whom to greet, and what an address book sorts by."""

import unicodedata

_TITLES = "dr dr. dipl.-ing. dott. frau herr ing. m. mag. miss mme mr mr. mrs mrs. ms ms. prof prof. sir sr. sra."
_HONORIFICS = frozenset(_TITLES.split())
_FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})  # languages in which the family name stands first
_SHORTEST = 2


def given_name(name: str, language: str = "en") -> str:
    """Give the name to greet by; the whole name where no given name can be told, and nothing where it is no name at all."""
    text = " ".join(name.split())
    if "@" in text or not any(ch.isalpha() for ch in text):
        return ""
    family, comma, given = text.partition(", ")
    if comma and " " not in family and given:
        text = f"{given} {family}"  # as address books write it
    elif language.partition("-")[0].lower() in _FAMILY_FIRST or _east_asian(text):
        return text
    words = [word for word in text.split() if word.lower() not in _HONORIFICS]
    if not words or len(words[0].strip(".")) < _SHORTEST or words[0].endswith("."):
        return text
    return words[0]


def given_and_family(name: str, language: str = "en") -> tuple[str, str]:
    """Give the given names and the family name; a name of one word, or one in an East Asian script without a space, is all given name."""
    text = " ".join(name.split())
    family, comma, given = text.partition(", ")
    if comma and " " not in family and given:
        return given, family
    if language.partition("-")[0].lower() in _FAMILY_FIRST or _east_asian(text):
        family, _, given = text.partition(" ")
        return (given, family) if given else (family, "")
    given, _, family = text.rpartition(" ")
    return (given, family) if given else (family, "")


def _east_asian(text: str) -> bool:
    return any(unicodedata.name(ch, "").startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA")) for ch in text)
