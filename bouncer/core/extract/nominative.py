"""A name without the ending that a sentence gives it: "z Tomaszem Nowickim (tomasz.nowicki@...)" is Tomasz Nowicki.

Only letters are left out, so that what is given stands in the mail as it is; what would need others ("Evu", for Eva) stays as written.
"""

import re
import unicodedata

_FEWEST = 3  # letters that are certain to be a name
_LONGEST = 4  # letters of an ending
_STROKE = str.maketrans({"\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u0131": "i"})  # letters that NFKD leaves whole


def nominative(name: str, address: str) -> str:
    """Give *name* with every word cut to the part of the local part of *address* that it begins with; as written unless each has one."""
    parts = [_plain(part) for part in re.split(r"[\W\d_]+", address.rpartition("@")[0])]
    words = [_cut(word, [part for part in parts if len(part) >= _FEWEST]) for word in name.split()]
    return name if None in words else " ".join(word for word in words if word)


def _cut(word: str, parts: list[str]) -> str | None:
    plain = _plain(word)
    fits = [part for part in parts if plain.startswith(part) and len(plain) - len(part) <= _LONGEST]
    return word[: len(max(fits, key=len))] if fits and len(plain) == len(word) else None


def _plain(text: str) -> str:
    """Give *text* in lower case without accents, letter for letter."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text.lower().translate(_STROKE)) if not unicodedata.combining(ch))
