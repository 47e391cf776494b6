"""What a batch of changes is made against, and what it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from bouncer.edge.contacts.tree import Data, Refused
from bouncer.model import Change, Contact, Value

Piece = TypeVar("Piece")


class Entries(Protocol[Piece]):
    """What a batch is made against. `rewrite` raises Refused where the piece cannot be changed without touching anything else."""

    def where(self, address: str) -> tuple[int, ...]:
        """Give the places of the entries that have *address*, in lower case, anywhere."""
        ...

    def contact(self, place: int) -> Contact:
        """Give the contact at *place*."""
        ...

    def piece(self, place: int) -> Piece:
        """Give what is written at *place*."""
        ...

    def data(self, piece: Piece) -> Mapping[str, Data]:
        """Give the plain data of *piece*."""
        ...

    def everybody(self) -> Iterable[Contact]:
        """Give all contacts, in the order of their places."""
        ...

    def untouched(self, piece: Piece) -> None:
        """Raise Refused where *piece* holds more than its plain data, such as a comment, so that it may not be taken out."""
        ...

    def rewrite(self, piece: Piece, wants: Mapping[str, Data]) -> Piece:
        """Give *piece* with each of *wants* under its key (None: without it) and otherwise the same, proved by reading it again."""
        ...


class Stale(Refused):
    """The field says something else by now: *now*."""

    def __init__(self, change: Change, now: Value) -> None:
        """Say so."""
        super().__init__(f"`{change.field}` is {_shown(now)} by now, not {_shown(change.before)}")
        self.now = now


@dataclass(slots=True)
class Draft(Generic[Piece]):
    """What a batch comes to: each change made or refused, the new pieces and contacts by their place, and who comes and goes."""

    applied: list[Change] = field(default_factory=list)
    refused: list[tuple[Change, str]] = field(default_factory=list)
    stale: list[tuple[Change, Value]] = field(default_factory=list)
    pieces: dict[int, Piece] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)  # lower-case address -> place of the contact that has it since this batch
    added: list[tuple[Change, Contact]] = field(default_factory=list)  # the n-th is at place -1 - n as long as it has no other
    gone: dict[int, Change] = field(default_factory=dict)  # by the place of the entry that goes
    elsewhere: frozenset[Contact] | None = None  # everybody in the file but for their `email`, once somebody asked

    @property
    def touches(self) -> bool:
        """Whether the file is to be written."""
        return bool(self.pieces or self.added or self.gone)

    def holder(self, entries: Entries[Piece], place: int) -> Contact:
        """Give the contact at *place* as of now."""
        return self.added[-1 - place][1] if place < 0 else self.contacts.get(place) or entries.contact(place)

    def give_up(self, changes: Iterable[Change], why: str) -> None:
        """Refuse *changes* after all, which are of whole entries."""
        late = dict.fromkeys(changes)
        self.applied = [change for change in self.applied if change not in late]
        self.refused += [(change, why) for change in late]


def free(entries: Entries[Piece], draft: Draft[Piece], place: int, contact: Contact) -> None:
    """Raise Refused where another contact has one of the present addresses of *contact*, be it since this batch."""
    for address in present(contact):
        for other in {*entries.where(address), draft.holders.get(address, place)} - {place}:
            holder = draft.holder(entries, other)
            if other not in draft.gone and address in present(holder):
                where = f" on line {holder.line}" if other >= 0 else ", who is added as well"
                raise Refused(f"{address} belongs to {holder.name}{where}")


def present(contact: Contact) -> tuple[str, ...]:
    """Give the addresses at which *contact* is reached now, in lower case."""
    return tuple(address.lower() for address in (contact.email, *contact.also))


def _shown(value: Value) -> str:
    if not value:
        return "absent"
    if isinstance(value, str):
        return f"`{value}`"
    if isinstance(value, Contact):
        return value.name
    return ", ".join(f"`{item if isinstance(item, str) else item.email}`" for item in value)
