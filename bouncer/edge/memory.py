"""The twin of the contact file, for tests and rehearsals."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from bouncer.edge.contacts.batch import drafted
from bouncer.edge.contacts.removal import is_theirs
from bouncer.edge.contacts.tree import Data
from bouncer.edge.contacts.values import as_entry
from bouncer.model import Book, Change, Contact, Receipt, Swept, Traces, Written


class MemoryContacts:
    """The twin of a contact file: the same batches, with no text to disturb."""

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        """Begin with *contacts*, which are taken for valid."""
        self._contacts = list(contacts)

    def load(self) -> Book:
        """Give the book; its digest is one of the contacts as they print."""
        return Book(tuple(self._contacts), hashlib.sha256(repr(self._contacts).encode()).hexdigest())

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Make all *changes* that fit; see `ports.Contacts`."""
        before = self.load().digest
        draft = drafted(self, changes)
        for place, contact in draft.contacts.items():
            self._contacts[place] = contact
        self._contacts = [one for place, one in enumerate(self._contacts) if place not in draft.gone] + [one for _, one in draft.added]
        return Receipt(tuple(draft.applied), tuple(draft.refused), before, self.load().digest, tuple(draft.stale))

    def written(self, traces: Traces) -> Written:
        """Give the entries of the person of *traces*, as they print."""
        return Written(tuple((contact.line, repr(contact)) for contact in self._contacts if is_theirs(contact, traces)))

    def forget(self, traces: Traces) -> Swept:
        """Take the person of *traces* out."""
        theirs = [contact for contact in self._contacts if is_theirs(contact, traces)]
        self._contacts = [contact for contact in self._contacts if contact not in theirs]
        return Swept(tuple(contact.line for contact in theirs))

    def where(self, address: str) -> tuple[int, ...]:
        """Give the places of the contacts that have *address* anywhere."""
        return tuple(place for place, contact in enumerate(self._contacts) if address in contact.addresses)

    def contact(self, place: int) -> Contact:
        """Give the contact at *place*."""
        return self._contacts[place]

    def piece(self, place: int) -> Mapping[str, Data]:
        """Give the plain data of the contact at *place*, which is all that is written of it."""
        return as_entry(self._contacts[place])

    def data(self, piece: Mapping[str, Data]) -> Mapping[str, Data]:
        """Give *piece*."""
        return piece

    def everybody(self) -> Iterable[Contact]:
        """Give all contacts."""
        return self._contacts

    def untouched(self, piece: Mapping[str, Data]) -> None:
        """Find nothing in *piece* but its plain data: there is nothing else."""

    def rewrite(self, piece: Mapping[str, Data], wants: Mapping[str, Data]) -> Mapping[str, Data]:
        """Give *piece* with each of *wants* under its key."""
        return {name: value for name, value in {**piece, **wants}.items() if value is not None}
