"""Words from mail, fit for the contact file and for a comparison."""

import re
import unicodedata

from bouncer.core.plain import one_line

_WORD = re.compile(r"[^\W\d_]{2,}")


def fit(text: str | None) -> str | None:
    """Give a value that may go into the contact file as it is (one short line, nothing unseen), or None."""
    bare = (text or "").strip()
    return bare if bare and one_line(bare) == bare else None


def words_of(name: str) -> frozenset[str]:
    """Give the words of a name, folded: no case, no accents, no initials."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return frozenset(_WORD.findall(bare.casefold()))
