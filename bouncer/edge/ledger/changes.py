"""Changes of the contact file: committed as pending before the file is written, settled after, undone by their inverse."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

from bouncer.edge.ledger.codec import change_from, change_to, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.history import Origin
from bouncer.edge.ledger.people import person as person_of
from bouncer.edge.ledger.people import present_addresses
from bouncer.errors import UsageError
from bouncer.model import ENTRY, Because, Change, Contact, Level, PersonId

_GO_WITH_EMAIL = ("previous", "status")  # written together with a new `email`, and senseless without it
_Row = tuple[Change, Origin, int | None]  # what to change, whom it concerns, and the event that it undoes


def commit(tx: Transaction, changes: Sequence[Change], origin: Origin, at: datetime) -> tuple[tuple[int, Change], ...]:
    """Commit *changes* as one pending batch; all concern the person of *origin*, but for who is added, who is nobody yet."""
    return _commit(tx, ((change, _newcomer(change, origin), None) for change in changes), at)


def commit_owners(tx: Transaction, changes: Sequence[Change], why: str, at: datetime) -> tuple[tuple[int, Change], ...]:
    """Commit what the owner wants changed as one pending batch; each change concerns whoever its address names."""
    whom = cache(partial(_whom, tx, why))
    return _commit(tx, ((change, _newcomer(change, whom(change.contact)), None) for change in changes), at)


def _whom(tx: Transaction, why: str, address: str) -> Origin:
    """Give who has *address*, as the one whom a change concerns."""
    person = person_of(tx, address)
    named = tx.row("SELECT name FROM person WHERE id = ?", person)
    return Origin(person, named[0] if named else "", why, Level.E6)


def _newcomer(change: Change, origin: Origin) -> Origin:
    """Give *origin*, but of whoever *change* adds: they are nobody until the next reading of the file seats them."""
    return replace(origin, person=None, name=change.after.name) if isinstance(change.after, Contact) else origin


def _commit(tx: Transaction, rows: Iterable[_Row], at: datetime) -> tuple[tuple[int, Change], ...]:
    (batch,), when = tx.rows("SELECT coalesce(max(batch), 0) + 1 FROM change")[0], stamp(at)
    return tuple(
        (
            tx.insert(
                """INSERT INTO change (batch, at, state, person, name, change, why, level, message_id, undoes)
                   VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?)""",
                batch,
                when,
                origin.person,
                origin.name,
                change_to(change),
                origin.why,
                origin.level,
                origin.message_id,
                undoes,
            ),
            change,
        )
        for change, origin, undoes in rows
    )


def pending(tx: Transaction) -> tuple[tuple[int, Change], ...]:
    """Give the changes not yet settled, in the order they were committed."""
    return tuple((i, change_from(change)) for i, change in tx.rows("SELECT id, change FROM change WHERE state = 'pending' ORDER BY id"))


def rebase(tx: Transaction, changes: Sequence[Change], person: PersonId | None) -> tuple[Change, ...]:
    """Name the entry by the `email` it has now: it may have moved on since *changes* were proposed."""
    present = present_addresses(tx, person) if person else ()
    if not present:
        return tuple(changes)
    return tuple(
        change if change.field == ENTRY or change.contact.lower() in present else replace(change, contact=present[0]) for change in changes
    )


def undo(tx: Transaction, event: int, at: datetime, *, whole: bool) -> tuple[tuple[int, Change], ...]:
    """Commit the inverse of the change of *event*; with a new `email` go the `previous` and `status` that came with it.

    *whole* takes back whatever is left of all that was committed along with it, the last first.
    """
    row = tx.row("SELECT id, batch, person, name, change, message_id FROM change WHERE event = ? AND undoes IS NULL", event)
    if row is None:
        raise UsageError(f"Event {event} is not a change of the contact file.")
    own, batch, person, name, text, message_id = row
    if whole:
        return _commit(tx, _all_undone(tx, event, batch), at)
    if _undone(tx, event):
        raise UsageError(f"Event {event} is undone already.")
    undone = [(event, change_from(text))]
    if undone[0][1].field == "email":
        undone += _companions(tx, own, batch, undone[0][1])
    inverse = rebase(tx, [_inverse(event, change) for event, change in undone], person)
    origin = Origin(person, name, f"the owner undid event {event}", Level.E6, message_id)
    return _commit(tx, ((change, origin, undoes) for change, (undoes, _) in zip(inverse, undone, strict=True)), at)


def _all_undone(tx: Transaction, event: int, batch: int) -> list[_Row]:
    """Give the inverse of whatever of *batch* is in the file. Raises UsageError where nothing is."""
    found: list[_Row] = []
    chosen = "SELECT event, person, name, change, message_id FROM change WHERE batch = ? AND state = 'applied' AND undoes IS NULL"
    for number, person, name, text, message_id in tx.rows(f"{chosen} ORDER BY id DESC", batch):
        if not _undone(tx, number):
            (inverse,) = rebase(tx, [_inverse(number, change_from(text))], person)
            found.append((inverse, Origin(person, name, f"the owner undid all that came with event {event}", Level.E6, message_id), number))
    if not found:
        raise UsageError(f"Event {event} and all that came with it is undone already.")
    return found


def _companions(tx: Transaction, own: int, batch: int, email: Change) -> list[tuple[int, Change]]:
    rows = tx.rows("SELECT event, change FROM change WHERE batch = ? AND id <> ? AND state = 'applied' ORDER BY id", batch, own)
    found = [(event, change_from(text)) for event, text in rows]
    return [(e, c) for e, c in found if c.contact == email.contact and c.field in _GO_WITH_EMAIL and not _undone(tx, e)]


def _undone(tx: Transaction, event: int) -> bool:
    return tx.row("SELECT 1 FROM change WHERE undoes = ? AND state <> 'refused'", event) is not None


def _inverse(event: int, change: Change) -> Change:
    because = Because("undo", f"event {event}: {change.because.quote}", change.because.where)
    return Change(change.contact, change.field, change.after, change.before, because)
