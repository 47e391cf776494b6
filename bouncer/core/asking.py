"""Asking somebody after somebody lost: the question as it is planned, and whom an answer to one is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bouncer.core.plain import one_line
from bouncer.model import Book, Contact, Known, Match, PersonId, Planned, Status

LOST = frozenset({Status.LEFT, Status.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Asked:
    """The lost person whom our question was about, and their entry in the contact file."""

    person: PersonId
    contact: Contact


def question(person: PersonId, address: str, lost: PersonId, name: str, moment: datetime) -> Planned:
    """Give the letter to *person* at *address* that asks after *lost*, who is called *name*; *moment* is aware."""
    return Planned(person, address, "ask", moment, f"you asked for it: are they in touch with {one_line(name, 80)}?", f"ask:{lost}")


def sought(remembered: Contact | None, book: Book) -> Contact:
    """Give the entry of whom a letter asks after; *remembered* is it as the ledger saw it last.

    Raises LookupError, which says why, where the question has no point any more: they are gone from the file, or found.
    """
    entry = _entry(remembered.addresses if remembered else (), book)
    if entry is None:
        raise LookupError("whom it asks after is no longer in the contact file")
    if entry.status not in LOST:
        raise LookupError(f"{one_line(entry.name, 80)} is found")
    return entry


def asked_after(match: Match, known: Known, book: Book) -> Asked | None:
    """Give the lost person whom the letter that *match* answers was about; None where it was about nobody, or they have no entry."""
    person = match.sent.asks_after if match.sent else None
    theirs = known.addresses_of.get(person, ()) if person else ()
    entry = _entry(theirs, book)
    return Asked(person, entry) if person and entry else None


def _entry(theirs: Iterable[str], book: Book) -> Contact | None:
    """Give the entry of whoever has the addresses *theirs*; a former one that is somebody else's now does not lead to them."""
    held = tuple(theirs)
    entries = (book.by_address[address] for address in held if address in book.by_address)
    return next((entry for entry in entries if entry.email.lower() in held), None)
