"""Words from mail, fit for the contact file and for a comparison."""

import re
import unicodedata

from bouncer.core.plain import one_line

_WORD = re.compile(r"[^\W\d_]{2,}")
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
_LEGAL = "ab ag as bv co company corp corporation gmbh group holding inc incorporated kg limited llc llp ltd nv oy plc sa sarl se spa srl"
LEGAL_FORMS = frozenset(_LEGAL.split())


def fit(text: str | None) -> str | None:
    """Give a value that may go into the contact file as it is (one short line, nothing unseen), or None."""
    bare = (text or "").strip()
    return bare if bare and one_line(bare) == bare else None


def words_of(name: str) -> frozenset[str]:
    """Give the words of a name, folded: no case, no accents, no initials."""
    if name.isascii():
        return frozenset(_WORD.findall(name.lower()))
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return frozenset(_WORD.findall(bare.casefold()))


def mixed_scripts(text: str) -> bool:
    """Tell whether one word of *text* holds letters of two scripts whose letters pass for each other."""
    scripts = ({unicodedata.name(letter, "").partition(" ")[0] for letter in word} & _ALIKE for word in _WORD.findall(text))
    return any(len(found) > 1 for found in scripts)


def plain(text: str) -> frozenset[str] | str:
    """Give what of a text counts when two are compared: its words, the legal form of a company aside."""
    return words_of(text) - LEGAL_FORMS or text.strip().casefold()


def same_company(one: str, other: str) -> bool:
    """Tell whether two names may be of one company: one says all that the other says."""
    here, there = plain(one), plain(other)
    if isinstance(here, str) or isinstance(there, str):
        return here == there
    return here <= there or there <= here
