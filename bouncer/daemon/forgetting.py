"""Forgetting somebody for good: ledger first, so that nobody writes to them from then on, then the contact file, then the rest of the disk.

Each step may be done twice. Until the last one the ledger says that there is something to do, and whoever comes by goes on with it.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bouncer.edge.state import sweep_state
from bouncer.model import Book, Contact, Erased, Forgetting, PersonId, Swept, Traces
from bouncer.ports import Contacts, Ledger


def traces_of(contact: Contact | None, person: PersonId | None, book: Book, ledger: Ledger) -> Traces:
    """Give what *contact* of *book*, or *person* of *ledger*, is known by: not an address or a name that somebody else has now."""
    known = ledger.traces(person) if person else None
    entries = [*([contact] if contact else []), *(c for c in book.contacts if person and ledger.person(c.email) == person)]
    addresses = {*(address for entry in entries for address in entry.addresses), *(known.addresses if known else ())}
    present = {entry.email.lower() for entry in entries}
    others = [entry for entry in book.contacts if entry.email.lower() not in present]
    addresses -= {address.lower() for entry in others for address in (entry.email, *entry.also)}
    names = {*(entry.name for entry in entries), *(known.names if known else ())}
    profiles = {*(entry.linkedin for entry in entries if entry.linkedin), *(known.linkedin if known else ())}
    traces = Traces(known.person if known else None, tuple(sorted(addresses)), tuple(sorted(names)), tuple(sorted(profiles)))
    shared = {_folded(name) for name in (*ledger.namesakes(traces), *(entry.name for entry in others))}
    kept = tuple(name for name in traces.names if _folded(name) not in shared)
    return Traces(traces.person, traces.addresses, kept, traces.linkedin)


def forget(ledger: Ledger, contacts: Contacts, state: Path, traces: Traces, at: datetime) -> Erased:
    """Erase the person of *traces* but for the keyed hashes.

    Raises OwnerFault, StorageFault and Busy; what is done then stays done, and `complete` does the rest.
    """
    number, rows = ledger.forget(traces, at)
    swept, files, left = _sweep(ledger, contacts, state, Forgetting(number, traces))
    return Erased(rows, swept, files, left)


def complete(ledger: Ledger, contacts: Contacts, state: Path, only: frozenset[int] | None = None) -> Iterator[int]:
    """Go on with whatever was begun, or with those of it in *only*, giving the number of each that is done. Raises as `forget`."""
    for forgetting in ledger.forgetting():
        if only is None or forgetting.id in only:
            _sweep(ledger, contacts, state, forgetting)
            yield forgetting.id


def _sweep(ledger: Ledger, contacts: Contacts, state: Path, forgetting: Forgetting) -> tuple[Swept, tuple[str, ...], tuple[str, ...]]:
    swept, files, left = Swept(), tuple[str, ...](), tuple[str, ...]()
    if forgetting.traces is not None:
        swept = contacts.forget(forgetting.traces)
        files, left = sweep_state(state, forgetting.traces)
    ledger.wipe(forgetting.id)
    return swept, files, left


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
