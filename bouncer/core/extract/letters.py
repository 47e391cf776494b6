"""Names and the local parts of addresses, letter by letter: which name an address bears."""

import re
import unicodedata
from collections.abc import Sequence

# letters that NFKD leaves whole
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i"})
_DOUBLED = re.compile(r"(?<=[aou])e|(?<=a)a")  # the second letter of ae, oe, ue and aa, in which ä, ö, ü and å are often written
_TELLING = 4  # letters of a name that may stand anywhere in a local part
_SHORT = 2  # letters of one that must begin or end it, and of initials


def letters(text: str) -> str:
    """Give the letters of *text* in lower case, without accents and in one spelling: Müller, Mueller and Muller are the same."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    return _DOUBLED.sub("", "".join(ch for ch in plain if ch.isalpha()))


def initialled(local: str, named: Sequence[str]) -> bool:
    """Tell whether *local* is a name of those in *named* with the initial of another, before it or behind: jdoe, doe.j."""
    return any(len(word) > 1 and other is not word and local in {other[:1] + word, word + other[:1]} for word in named for other in named)


def holds_name(local: str, named: Sequence[str]) -> bool:
    """Tell whether the letters *local* are one of *named* with another's initial, or hold two of them: jdoe, janedoe."""
    return initialled(local, named) or sum(len(word) > 1 and word in local for word in named) > 1


def bears_name(address: str, name: str) -> bool:
    """Tell whether the local part of *address* holds a word of *name*, or is its initials: jane.doe, jdoe, jd12."""
    local, words = letters(address.rpartition("@")[0]), [found for word in name.split() if (found := letters(word))]
    if any(len(word) >= _TELLING and word in local for word in words) or initialled(local, words):
        return True
    short = any(len(word) > _SHORT and (local.startswith(word) or local.endswith(word)) for word in words)
    return short or (len(words) >= _SHORT and local == "".join(word[0] for word in words))
