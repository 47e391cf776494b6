"""A list of people to write to instead: "my colleague Ann Lee (ann@acme.example, ext. 123) or Bo Kim".

Read word by word behind an anchor such as "please contact", which a rule finds. Names are capitalised words that no pack calls a common
word (`not-names`); what may stand between two people is in `people-words`.
"""

import re
from dataclasses import dataclass, replace

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.letters import bears_name
from bouncer.core.mailboxes import not_a_person
from bouncer.core.wording import Wording, alike

_TOKEN = re.compile(
    r"(?P<address>[^\W_][\w.%+&'=-]*@(?:[^\W_][\w-]*\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{2,}))"
    r"|(?P<phone>(?:ext(?:ension|ensión|ensão)?|durchwahl|dw|poste|int(?:erno)?|ramal|anexo|app)\b\.?[ :]*[0-9][0-9-]{1,8}"
    r"|\bx ?-?[0-9][0-9-]{2,8}\b"
    r"|(?:\+ ?|\(|\b)[0-9][0-9 ().·/-]{3,22}[0-9](?: ?(?:x|ext\.?) ?[0-9]{1,6})?)"
    r"|(?P<name>[^\W\d_][^\W\d_]*(?:['.-][^\W\d_]+)*\.?)"
    r"|(?P<blank>\n[ ]*\n\s*)|(?P<stop>[.!?;。](?=\s|$))|(?P<space>\s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_PARTICLES = frozenset("van von der den de del della di da dos das du la le bin al el af av ter ten zu zum zur".split())  # noqa: SIM905
HONORIFICS = frozenset(
    "mr mrs ms miss dr prof herr herrn frau hr fr mme mlle sr sra srta sig dott dhr mevr pan pana pani panią panem".split()  # noqa: SIM905
)
_OR = frozenset({"or", "oder", "ou", "o", "oppure", "of", "eller", "lub", "sau"})
_BULLETS = frozenset("-*\u2022\u00b7")
_INITIAL = 2  # characters of "J."
_MOST_WORDS = 10  # before the first person
_MOST_BETWEEN = 3  # unknown words before an address or a number
_MOST = 12  # people
_LONGEST = 1200  # characters that a list may take
_PROSE = 6  # words on a line that make it a sentence rather than an entry of a list
_ACRONYM = 5  # letters of "DPR"
_ABBREVIATION = 4  # letters of "evtl."
_SHORTENED = re.compile(r"'(?:m|ll|ve|re|d|s)$")  # "I'm", "we're", "it's", "they'll"
_NEXT = re.compile(r"\s+[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the people, as written, and where in the text; *certain* says that the name is one beyond doubt."""

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    start: int = 0
    end: int = 0
    certain: bool = False


@dataclass(frozen=True)
class Words:
    """What the packs say of words in lists of people, in lower case; *nouns* says that the language capitalises its nouns."""

    between: frozenset[str]
    places: frozenset[str]
    lists: frozenset[str]
    not_names: frozenset[str]
    selves: frozenset[str] = frozenset()
    nouns: bool = False
    honorifics: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()


def words_of(wording: Wording, language: str | None) -> Words:
    """Give the words of *language*, and the English ones, for lists of people."""
    tongues = (language or "", "en")
    return Words(
        wording.known("people-words", *tongues),
        wording.known("place-words", *tongues),
        wording.known("list-words", *tongues),
        wording.known("not-names", *tongues),
        wording.known("self-words", *tongues),
        language == "de",
        wording.known("honorifics", *tongues),
        wording.known("title-words", *tongues),
    )


def people(text: str, words: Words, *, listing: bool = False) -> tuple[Somebody, ...]:
    """Give the people listed at the beginning of *text*, up to the end of the sentence or, with *listing* or a colon, of the list."""
    state = _State(words)
    state.listing = listing
    plain = alike(text[:_LONGEST])
    for match in _TOKEN.finditer(plain):
        if not state.take(match, plain):
            break
    state.close()
    attached = any(one.address or one.phone for one in state.found)
    if state.listing and attached:
        return tuple(one for one in state.found if one.address or (one.phone and one.name))[:_MOST]
    return tuple(one for one in state.found if one.address or (one.phone and one.name) or state.is_name(one))[:_MOST]


class _State:
    """Where the reading of a list stands."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.found: list[Somebody] = []
        self.name: list[tuple[str, int, int]] = []
        self.honoured = False  # an honorific stood before the name
        self.unknown = 0  # words since the last piece
        self.listing = False  # a colon or a blank line opened a list
        self.joined = True  # nothing but known words since the last person
        self.place = False  # the word before was "in": no person follows
        self.sentence = 0  # words since the last stop or line end
        self.other = False  # "or" since the last piece: a desk's address behind it is not the person's before it
        self.over = False  # somebody is named whom unknown words part from those before: what follows is theirs
        self.parted = False  # a stop or a blank line since the last piece: a name behind it is not whose address stood before it

    def take(self, match: re.Match[str], text: str) -> bool:
        """Take one token; False where the list has ended."""
        kind, word = match.lastgroup, match[0]
        if kind == "name" and self._part_of_name(match, text):
            return True
        if kind != "space" or "\n" in word or (self.listing and len(word) > 1):
            self.close()
        match kind:
            case "address" | "phone":
                return not self.over and self._attach(kind, match)
            case "name":
                return self._word(word.lower().strip(".")) and (self.listing or not _ends_sentence(match, text))
            case "stop":
                prose, self.sentence, self.parted = self.sentence > _PROSE, 0, True
                return self.listing and not (prose and self.found)
            case "space" if "\n" in word:
                self.sentence = 0
            case "blank":
                return self._blank()
            case "other" if word in _BULLETS and not text[: match.start()].rpartition("\n")[2].strip():
                self.parted = True
            case "other" if word == ":" and not self._named(match, text) and not any(one.address or one.phone for one in self.found):
                self.found, self.listing, self.joined, self.unknown = [], True, True, 0  # what stood before was what the list is of
        return True

    def _named(self, colon: re.Match[str], text: str) -> bool:
        """Tell whether a name beyond doubt stands before *colon*: "Ann Lee: ann@acme.example", in a list also "Ann Lee (sales): "."""
        if not self.found:
            return False
        behind, near = text[colon.end() :].lstrip(" +(<"), colon.start() - self.found[-1].end <= 1
        reached = behind[:1].isdigit() or WRITTEN.match(behind) is not None
        if not self.found[-1].certain:
            return near and reached and self.joined and not self.words.nouns
        return self.listing or (self.joined and (near or reached))

    def _blank(self) -> bool:
        self.unknown, self.joined, self.sentence, self.parted = 0, True, 0, True
        return self.listing

    def _part_of_name(self, match: re.Match[str], text: str) -> bool:
        """Take a word that may belong to a name: capitalised and no common word, an initial, or a particle inside one."""
        word, start, end = match[0], match.start(), match.end()
        bare = _SHORTENED.sub("", word.strip(".").lower())
        if bare in HONORIFICS or bare in self.words.honorifics:
            self.close()
            self.honoured = True
            return True
        if word.endswith(".") and len(word) > _INITIAL:
            word, end = word[:-1], end - 1
        inside = bare in _PARTICLES and bool(self.name)
        if not inside and (bare in self.words.not_names or not (word[0].isupper() or _uncased(word[0]))):
            return False
        self.name.append((word, start, end))
        if match[0].endswith(".") and len(match[0]) > _INITIAL:
            self.close()
            return text[match.end() : match.end() + 1] not in {"", " ", "\n"} or self.listing
        return True

    def close(self) -> None:
        """End the name that is being read."""
        while self.name and self.name[-1][0].lower() in _PARTICLES:
            self.name.pop()
        if not self.name:
            return
        start, end = self.name[0][1], self.name[-1][2]
        name = " ".join(word for word, _, _ in self.name)
        sure = self.honoured or (len(self.name) > 1 and not self.words.nouns)
        if (self.place and not self.honoured) or (len(self.name) == 1 and name.isupper() and len(name) <= _ACRONYM):
            self.name, self.honoured, self.place = [], False, False
            return
        last = self.found[-1] if self.found else None
        if last and last.name and last.name.lower() in self.words.titles and not last.address and not last.phone:
            self.found.pop()  # "the Senior Tutor, Dr Helen Ng"
            last = None
        alone = self.other and last is not None and last.address is not None and not bears_name(last.address, name)
        if last and last.name is None and self.joined and not last.phone and not self.parted and not alone:
            self.found[-1] = replace(last, name=name, end=end, certain=sure)
        elif self.joined or self.listing:
            self.found.append(Somebody(name, None, None, start, end, sure))
        else:
            self.over = True
        self.name, self.honoured, self.unknown, self.parted = [], False, 0, False

    def _attach(self, kind: str, match: re.Match[str]) -> bool:
        value, last = match[0].strip(), self.found[-1] if self.found else None
        if value.count("(") > value.count(")"):
            value = value.replace("(", "", 1)
        fewest = 3 if value[0].isalpha() else 5  # an extension is short; what is shorter is a house number or a day
        if kind == "phone" and sum(ch.isdigit() for ch in value) < fewest:
            return self._word(value)
        if kind == "phone" and last is None:
            return True
        if last is None or (kind == "address" and (last.address or self._another(last, value))):
            self.found.append(Somebody(None, value, None, match.start(), match.end()))
        elif kind == "address":
            self.found[-1] = replace(last, end=match.end(), address=value)
        elif last.phone is None:
            self.found[-1] = replace(last, end=match.end(), phone=value)
        self.unknown, self.joined, self.other = 0, True, False
        return True

    def _another(self, last: Somebody, address: str) -> bool:
        """Tell whether *address*, behind "or", is not that of *last*: a desk's, or "or write to orders.desk@acme.example"."""
        if not self.other or not last.name:
            return False
        return not_a_person(address) is not None or (self.unknown > 0 and not bears_name(address, last.name))

    def _word(self, word: str) -> bool:
        self.place = word in self.words.places
        self.listing = self.listing or word in self.words.lists
        self.sentence += 1
        self.other = self.other or word in _OR
        if word in self.words.selves:
            return False
        if word in self.words.between:
            return True
        self.unknown += 1
        if not self.found:
            return self.unknown <= _MOST_WORDS
        self.joined = False
        return self.listing or self.unknown <= _MOST_BETWEEN

    def is_name(self, one: Somebody) -> bool:
        """Tell whether a name without address and number is one: two words, one after an honorific, or one where nouns are small."""
        words = len((one.name or "").split())
        return words > 0 and (one.certain or words > 1 or not (self.words.nouns or self.listing))


def _uncased(letter: str) -> bool:
    return not letter.isupper() and not letter.islower() and letter.isalpha()


def _ends_sentence(match: re.Match[str], text: str) -> bool:
    """Tell whether the word of *match* has a full stop rather than being abbreviated, and a capital follows."""
    after = _NEXT.match(text, match.end())
    return after is not None and after[0][-1].isupper() and match[0].endswith(".") and len(match[0]) > _ABBREVIATION + 1
