"""A name without the ending that a sentence gives it: "z Tomaszem Nowickim (tomasz.nowicki@...)" is Tomasz Nowicki.

The address decides: a word is changed only where what comes out is a part of the address beside it, letter for letter but for accents, so
that no name is made that the mail does not hold. What the address does not tell stays as written.
"""

import re
import unicodedata

_FEWEST = 3  # letters that are certain to be a name
_LONGEST = 4  # letters of an ending that is only left out
_STROKE = str.maketrans({"\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u0131": "i"})  # letters that NFKD leaves whole

# Polish and Czech: what the end of a word stands for. "Ewą" is Ewa, "Agnieszce" Agnieszka, "Markiem" Marek, "Lukášovou" Lukášová.
_SLAVIC = (
    ("ovou", "ov\u00e1"),
    ("ov\u00e9", "ov\u00e1"),
    ("\u0105", "a"),
    ("\u0119", "a"),
    ("ej", "a"),
    ("iej", "a"),
    ("ou", "a"),
    ("u", "a"),
    ("y", "a"),
    ("i", "a"),
    ("i", "ia"),
    ("i", "ie"),
    ("\u00ed", "e"),
    ("ie", "a"),
    ("\u011b", "a"),
    ("cie", "ta"),
    ("rze", "ra"),
    ("ce", "ka"),
    ("\u00e9ho", "\u00fd"),
    ("\u00e9mu", "\u00fd"),
    ("\u00fdm", "\u00fd"),
    ("\u00e9", "\u00e1"),
    ("kowi", "ek"),
    ("kovi", "ek"),
    ("kiem", "ek"),
    ("kem", "ek"),
    ("ka", "ek"),
    ("\u0142owi", "e\u0142"),
    ("\u0142em", "e\u0142"),
    ("\u0142a", "e\u0142"),
    ("lovi", "el"),
    ("lem", "el"),
    ("la", "el"),
)
_FEMININE = ("ou", "\u00e1")  # behind a woman's first name: "Janou Malou" is Jana Malá
# Finnish: the end of a word in one of its cases, and the end of the name that it may stand for: Lahti|seen, Lahti|nen; Mä|elle, Mä|ki
_CASES = re.compile(r"s?[^\W\d_aeiouyäö]?[aeiouyäö]{0,2}(?:n|h[aeiouyäö]n|ll[aäe]|lt[aä]|st[aä]|ss[aä]|n[aä]|t[aä])")
_NAMED = re.compile(r"nen|s|[ktp]?[aeiouy]")
_OTHER = "se"  # behind a name it makes a case of another: Salmi|sen is of Salminen
_FEWEST_ALIKE = 2  # letters that a Finnish name keeps in all its cases


def nominative(name: str, address: str) -> str:
    """Give *name* with every word as a part of the local part of *address* has it; as written unless each word has one."""
    parts = [part for part in map(_plain, re.split(r"[\W\d_]+", address.rpartition("@")[0])) if len(part) >= _FEWEST]
    words: list[str] = []
    for word in name.split():
        found = _bare(word, parts, woman=bool(words) and words[0].endswith(("a", "e")))
        if found is None:
            return name
        words.append(found)
    return " ".join(words)


def _bare(word: str, parts: list[str], *, woman: bool) -> str | None:
    """Give *word* without its ending, None where none of *parts* tells it; *woman* says that a woman's first name stands before it."""
    plain = _plain(word)
    if len(plain) != len(word):
        return None
    for ending, named in (_FEMININE, *_SLAVIC) if woman else _SLAVIC:
        made = word.removesuffix(ending) + named
        if word.endswith(ending) and _plain(made) in parts:
            return made
    fits = [part for part in parts if plain.startswith(part) and len(plain) - len(part) <= _LONGEST and plain[len(part) :][:2] != _OTHER]
    return word[: len(max(fits, key=len))] if fits else next((name for part in parts if (name := _finnish(word, plain, part))), None)


def _finnish(word: str, plain: str, part: str) -> str | None:
    alike = next((place for place, (one, other) in enumerate(zip(plain, part, strict=False)) if one != other), 0)
    told = alike >= _FEWEST_ALIKE and _CASES.fullmatch(word, alike) and _NAMED.fullmatch(part, alike)
    return word[:alike] + part[alike:] if told else None


def _plain(text: str) -> str:
    """Give *text* in lower case without accents, letter for letter."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text.lower().translate(_STROKE)) if not unicodedata.combining(ch))
