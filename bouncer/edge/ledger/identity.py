"""Which entry of the contact file is which person: decided from the file and from what is remembered, without touching anything.

A person is known by every address of their entry. An owner's edit that keeps one of them, or the name and all but one field, is the
same person; where it might be, the owner is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bouncer.model import Contact, PersonId, Previous

_APART, _WITHIN = "\x1e", "\x1f"  # between fields, and between the items of one


@dataclass(frozen=True, slots=True)
class Remembered:
    """A person as of the last reading of the file; *shared*: the owner said that several entries are this person."""

    name: str
    fields: str  # as `fields_of` gives them
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Who an entry is: *person* None is somebody new, who may be *doubt*; *others* turned out to be the same person."""

    entries: tuple[int, ...]  # the entry, and further ones with the same `email`
    person: PersonId | None
    others: tuple[PersonId, ...] = ()
    doubt: PersonId | None = None


def folded(name: str) -> str:
    """Give *name* for comparing: case and spacing do not matter."""
    return " ".join(name.casefold().split())


def fields_of(contact: Contact) -> str:
    """Give what is compared of *contact*, as one string.

    Not `status`, `away_until` and `previous`: those are bouncer's own notes, and an owner who finds somebody again deletes them.
    """
    c = contact
    single = (c.email, c.company, c.title, c.linkedin, c.language, c.country, c.timezone, c.every, c.account)
    several = (_WITHIN.join(c.also), _WITHIN.join(c.phones), _WITHIN.join(c.tags))
    return _APART.join([value or "" for value in single + several])


def linkedin_of(fields: str) -> str | None:
    """Give the LinkedIn profile in what `fields_of` made."""
    return fields.split(_APART)[3] or None


def contact_from(name: str, fields: str, addresses: Sequence[str]) -> Contact:
    """Give the entry that `fields_of` was made of, with *addresses* (lower case) that are in it no more as former ones."""
    email, company, title, linkedin, language, country, timezone, every, account, *lists = (part or None for part in fields.split(_APART))
    also, phones, tags = (tuple(part.split(_WITHIN)) if part else () for part in lists)
    present = {(email or "").lower(), *map(str.lower, also)}
    return Contact(
        name=name,
        email=email or "",
        also=also,
        company=company,
        title=title,
        phones=phones,
        linkedin=linkedin,
        language=language,
        country=country,
        timezone=timezone,
        every=every,
        tags=tags,
        account=account,
        previous=tuple(Previous(address) for address in addresses if address not in present),
    )


def owners(contacts: Sequence[Contact]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Give the entry that each address (lower case) belongs to, and a sentence for each address that two entries hold now.

    `email` is stronger than `also`, and both than `previous`: a present address wins over a former one.
    """
    owner: dict[str, int] = {}
    doubled: dict[str, str] = {}
    for index, contact in enumerate(contacts):
        address = contact.email.lower()
        first = owner.setdefault(address, index)
        if first != index:
            doubled[address] = _twice(address, contacts[first], contact)
    for index, contact in enumerate(contacts):
        for address in map(str.lower, contact.also):
            first = owner.setdefault(address, index)
            if first != index:
                doubled.setdefault(address, _twice(address, contacts[first], contact))
    for index, contact in enumerate(contacts):
        for former in contact.previous:
            owner.setdefault(former.email.lower(), index)
    return owner, tuple(doubled.values())


def seats(
    contacts: Sequence[Contact], owner: Mapping[str, int], person_of: Mapping[str, PersonId], people: Mapping[PersonId, Remembered]
) -> Iterator[Seat]:
    """Give a seat for every entry; entries with one `email` sit together, with the first of them."""
    together: dict[int, list[int]] = {}
    for index, contact in enumerate(contacts):
        together.setdefault(owner[contact.email.lower()], []).append(index)
    claims: dict[int, dict[PersonId, None]] = {first: {} for first in together}  # in the order of the entry's addresses
    claimants: dict[PersonId, dict[int, None]] = {}
    for address, entry in owner.items():
        person = person_of.get(address)
        if person is not None:
            first = owner[contacts[entry].email.lower()]
            claims[first][person] = None
            claimants.setdefault(person, {})[first] = None
    keeper = {
        person: next(iter(firsts)) if len(firsts) == 1 else max(firsts, key=lambda i: _strength(contacts[i], person, person_of, people))
        for person, firsts in claimants.items()
    }
    gone = _Gone(people, claimants.keys())
    for first, entries in together.items():
        kept = [p for p in claims[first] if keeper[p] == first or people[p].shared]
        if kept:
            yield _known(contacts[first], tuple(entries), kept, person_of, people)
        else:
            same, doubt = gone.find(contacts[first])
            lost = next(iter(claims[first]), None)
            yield Seat(tuple(entries), same, doubt=None if same else lost or doubt)


def _known(
    contact: Contact,
    entries: tuple[int, ...],
    kept: Sequence[PersonId],
    person_of: Mapping[str, PersonId],
    people: Mapping[PersonId, Remembered],
) -> Seat:
    if len(kept) == 1:
        return Seat(entries, kept[0])
    main = max(kept, key=lambda person: _strength(contact, person, person_of, people)[::-1])  # the name counts most here
    name = folded(people[main].name)
    return Seat(entries, main, tuple(p for p in kept if p != main and not people[p].shared and folded(people[p].name) == name))


def _strength(
    contact: Contact, person: PersonId, person_of: Mapping[str, PersonId], people: Mapping[PersonId, Remembered]
) -> tuple[bool, bool]:
    """Compare claims on *person*: by `email`, then by name; `max` leaves a tie to the first in the file."""
    return person_of.get(contact.email.lower()) == person, folded(people[person].name) == folded(contact.name)


class _Gone:
    """The people whom no entry claims, by name; each is found once."""

    def __init__(self, people: Mapping[PersonId, Remembered], claimed: AbstractSet[PersonId]) -> None:
        self._people = people
        self._named: dict[str, list[PersonId]] = {}
        for person, remembered in people.items():
            if person not in claimed:
                self._named.setdefault(folded(remembered.name), []).append(person)

    def find(self, contact: Contact) -> tuple[PersonId | None, PersonId | None]:
        """Give who has the name and all but one field of *contact*, and who has only the name."""
        named = self._named.get(folded(contact.name), [])
        if not named:
            return None, None
        mine = fields_of(contact).split(_APART)
        close = [p for p in named if sum(a != b for a, b in zip(mine, self._people[p].fields.split(_APART), strict=False)) <= 1]
        if len(close) == 1:
            named.remove(close[0])
            return close[0], None
        return None, (close or named)[0]


def _twice(address: str, first: Contact, second: Contact) -> str:
    return (
        f"{address} is in two entries, {first.name} (line {first.line}) and {second.name} (line {second.line}): "
        "take it out of one of them, or make them one entry."
    )
