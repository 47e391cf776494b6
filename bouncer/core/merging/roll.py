"""Who is whom: a record of an export is held against everybody in the contact file, and against who came in before it."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from bouncer.core.decide.texts import same_company, words_of
from bouncer.core.plain import one_line
from bouncer.model import Contact
from bouncer.model.importing import Record

_PROFILE = re.compile(r"linkedin\.com(?:/mwlite)?/(in|pub)/([^/?#\s]+)", re.IGNORECASE)
_TITLES = frozenset({
    "ba", "bsc", "cpa", "dipl", "dr", "frau", "herr", "ing", "jr", "mag", "mba", "miss", "mme", "mr", "mrs", "ms", "msc", "phd", "pmp",
    "prof", "sir", "sr",
})  # fmt: skip
_CROWD = 100  # of whom a name and a company tell nobody apart
_LATIN = re.compile(r"[^\W\d_]", re.ASCII)

Name = frozenset[str] | str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why it cannot be told whom a record is about."""

    why: str


def profile_of(url: str | None) -> str | None:
    """Give one form for all ways to write the address of a person's LinkedIn page; None where it is none."""
    found = _PROFILE.search(url or "")
    return f"{found[1]}/{unquote(found[2])}".casefold() if found else None


@lru_cache(maxsize=1 << 16)  # of an address book, each name is asked for several times
def name_of(text: str) -> Name:
    """Give what counts of a name when two are compared: its words without case, accents, initials, titles and degrees, in any order."""
    first = text.partition(", ")[0]  # what follows is letters after the name, or the given name behind a family name
    return words_of(first if " " in first.strip() else text) - _TITLES or text.strip().casefold()


def alike(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: they share a word, or cannot be compared."""
    here, there = words_of(one), words_of(other)
    if not here or not there or bool(_LATIN.search(one)) != bool(_LATIN.search(other)):
        return True
    return not here.isdisjoint(there)


class Roll:
    """The contacts as they become, record by record, found by address, LinkedIn page, and name."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        """Begin with those of the contact file."""
        self.contacts: list[Contact] = []
        self._present: dict[str, int] = {}
        self._former: dict[str, int] = {}
        self._pages: defaultdict[str, set[int]] = defaultdict(set)
        self._names: defaultdict[Name, list[int]] = defaultdict(list)
        for contact in contacts:
            self.add(contact)
        self.first_new = len(self.contacts)

    def namesakes(self, records: Sequence[Record]) -> frozenset[int]:
        """Give the numbers of those *records* whose name and company another one of them has as well, so that both say nothing."""
        first: dict[tuple[Name, Name], Record] = {}
        found: set[int] = set()
        for record in records:
            key = name_of(record.name), words_of(record.company or "") or (record.company or "").casefold()
            other = first.setdefault(key, record)
            if other is not record and not _one(other, record):
                found |= {other.number, record.number}
        return frozenset(found)

    def find(self, record: Record, unsure: Collection[int]) -> int | Doubt | None:
        """Give the place of the contact that *record* is about, or why that is not clear; None for somebody new.

        Order: an address is one person's alone, a LinkedIn page nearly so, and name and company count where nobody else has both.
        """
        present = {self._present[key] for address in record.emails if (key := address.lower()) in self._present}
        former = {self._former[key] for address in record.emails if (key := address.lower()) in self._former}
        page = profile_of(record.linkedin)
        for places, what in (
            (present, "an address"),
            (self._pages.get(page, set()) if page else set(), "the LinkedIn page"),
            (former, "an address"),
        ):
            if len(places) > 1:
                return Doubt(f"it has {what} of each of {self._several(places)}")
            for place in places:
                if alike(self.contacts[place].name, record.name):
                    return place
                return Doubt(f"it has {what} of {self._shown(place)}, and another name")
        return self._by_name(record, page, unsure)

    def free(self, place: int, addresses: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, Contact], ...]]:
        """Give those of *addresses* that the contact at *place* may have besides, and those that are others' already, with whose."""
        holders = [(address, self._present.get(address.lower(), place)) for address in addresses]
        mine = tuple(address for address, holder in holders if holder == place)
        return mine, tuple((address, self.contacts[holder]) for address, holder in holders if holder != place)

    def put(self, place: int, contact: Contact) -> None:
        """Let the contact at *place* be *contact* from now on."""
        self.contacts[place] = contact
        self._note(place, contact)

    def add(self, contact: Contact) -> int:
        """Take in somebody new, and give their place."""
        place = len(self.contacts)
        self.contacts.append(contact)
        self._note(place, contact)
        self._names[name_of(contact.name)].append(place)
        return place

    def _note(self, place: int, contact: Contact) -> None:
        for address in (contact.email, *contact.also):
            self._present.setdefault(address.lower(), place)
        for previous in contact.previous:
            self._former.setdefault(previous.email.lower(), place)
        if page := profile_of(contact.linkedin):
            self._pages[page].add(place)

    def _by_name(self, record: Record, page: str | None, unsure: Collection[int]) -> int | Doubt | None:
        if not record.name or not record.company:
            return None
        namesakes = self._names.get(name_of(record.name), ())
        if len(namesakes) > _CROWD:
            return None
        places = [p for p in namesakes if not self._another_page(p, page)]
        here = (
            [p for p in places if any(same_company(record.company, company) for company in _companies(self.contacts[p]))] if places else []
        )
        if not here:
            return None
        nowhere = [p for p in places if not _companies(self.contacts[p])]
        if record.number in unsure:
            return Doubt(f"more than one of that name and company is in the export, and {self._shown(here[0])} is in your contact file")
        if len(here) + len(nowhere) > 1:
            return Doubt(f"it may be any of {self._several({*here, *nowhere})}")
        return here[0]

    def _another_page(self, place: int, page: str | None) -> bool:
        mine = profile_of(self.contacts[place].linkedin)
        return page is not None and mine is not None and mine != page

    def _several(self, places: Collection[int]) -> str:
        return ", ".join(self._shown(place) for place in sorted(places))

    def _shown(self, place: int) -> str:
        contact = self.contacts[place]
        return f"{one_line(contact.name, 60)} <{contact.email}>"


def _companies(contact: Contact) -> list[str]:
    return [company for company in (contact.company, *(previous.company for previous in contact.previous)) if company]


def _one(one: Record, other: Record) -> bool:
    """Tell whether two records of one name are one person's by a surer sign."""
    pages = profile_of(one.linkedin), profile_of(other.linkedin)
    return (pages[0] is not None and pages[0] == pages[1]) or not {a.lower() for a in one.emails}.isdisjoint(
        a.lower() for a in other.emails
    )
