"""People: one for every entry of the contact file, by random id, and all the addresses each is known by."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from bouncer.edge.ledger.codec import because_to, dump, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.identity import Remembered, Seat, fields_of, owners, seats
from bouncer.model import Because, Book, Contact, Level, PersonId

NewId = Callable[[], PersonId]


def sync(tx: Transaction, book: Book, at: datetime, new_id: NewId) -> tuple[str, ...]:
    """Seat every contact of *book*; gives what only the owner can tell, a book already synced costs nothing."""
    if not book.digest or not tx.row("SELECT 1 FROM meta WHERE key = 'book' AND value = ?", book.digest):
        _take_in(tx, book, at, new_id)
    doubled = tx.row("SELECT value FROM meta WHERE key = 'doubled'")
    asked = tx.rows("SELECT why FROM question WHERE closed IS NULL AND same IS NOT NULL ORDER BY id")
    return (*(json.loads(doubled[0]) if doubled else ()), *(why for (why,) in asked))


def person(tx: Transaction, address: str) -> PersonId | None:
    """Give who is known by *address*, or None."""
    row = tx.row("SELECT person FROM address WHERE address = ?", address.lower())
    return row[0] if row else None


def resolve(tx: Transaction, person: PersonId | None) -> PersonId | None:
    """Give the person that *person* is by now: two may have turned out to be one after a token was made."""
    row = tx.row("SELECT person FROM alias WHERE was = ?", person)
    return row[0] if row else person


def present_addresses(tx: Transaction, person: PersonId | None) -> tuple[str, ...]:
    """Give the addresses that stand as `email` in the file for *person*."""
    return tuple(a for (a,) in tx.rows("SELECT address FROM address WHERE person = ? AND present = 1 ORDER BY address", person))


def has_new_address(tx: Transaction, person: PersonId, before: str, after: str) -> None:
    """Take in that the `email` of *person* is *after* now; *before* stays known until the file no longer names it."""
    tx.run("UPDATE address SET present = 0 WHERE address = ? AND person = ?", before.lower(), person)
    tx.run(
        """INSERT INTO address (address, person, present) VALUES (?, ?, 1)
           ON CONFLICT DO UPDATE SET person = excluded.person, present = 1 WHERE address.present = 0 OR address.person = excluded.person""",
        after.lower(),
        person,
    )


def in_contact(tx: Transaction, person: PersonId, at: datetime) -> None:
    """Remember that *person* and the owner were in contact at *at*; the latest counts."""
    text = stamp(at)
    tx.run("UPDATE person SET last_contact = ? WHERE id = ? AND coalesce(last_contact, '') < ?", text, person, text)


def merge(tx: Transaction, was: PersonId, into: PersonId) -> None:
    """Make *was* and *into* one person, with all their past; letters of *was* that have not left are dropped."""
    tx.run("UPDATE outbox SET state = 'dropped', text = 'two entries are one person' WHERE person = ? AND state IN ('due', 'ready')", was)
    tx.run("UPDATE OR IGNORE outbox SET person = ? WHERE person = ?", into, was)  # ignored: both had a letter of that period
    for table in ("address", "alias", "event", "change", "question", "waiting", "inbound"):
        tx.run(f"UPDATE {table} SET person = ? WHERE person = ?", into, was)  # noqa: S608 - names from the line above
    tx.run(
        """UPDATE person SET listed = max(person.listed, gone.listed), last_contact = CASE
           WHEN coalesce(person.last_contact, '') > coalesce(gone.last_contact, '') THEN person.last_contact ELSE gone.last_contact END
           FROM person AS gone WHERE person.id = ? AND gone.id = ?""",
        into,
        was,
    )
    tx.run("DELETE FROM person WHERE id = ?", was)
    tx.run("INSERT INTO alias (was, person) VALUES (?, ?)", was, into)


def same(tx: Transaction, person: PersonId, other: PersonId) -> None:
    """Carry out the owner's word that *person* is *other*: from now on their entries share one person."""
    into = resolve(tx, other) or other
    tx.run("UPDATE person SET shared = 1 WHERE id = ? AND listed = 1", into)
    merge(tx, person, into)
    tx.run("DELETE FROM meta WHERE key = 'book'")  # the next sync looks again


def _take_in(tx: Transaction, book: Book, at: datetime, new_id: NewId) -> None:
    held = {a: (p, present) for a, p, present in tx.rows("SELECT address, person, present FROM address")}
    people = {i: Remembered(n, f, bool(s)) for i, n, f, s in tx.rows("SELECT id, name, fields, shared FROM person")}
    owner, doubled = owners(book.contacts)
    placed: list[tuple[Seat, PersonId]] = []
    for seat in seats(book.contacts, owner, {a: p for a, (p, _) in held.items()}, people):
        placed.append((seat, seat.person or _unused(new_id, people)))
        if seat.person is None:
            people[placed[-1][1]] = Remembered("", "")
    _write_people(tx, book.contacts, placed, people)
    _write_addresses(tx, book.contacts, owner, placed, held)
    for seat, who in placed:
        for other in seat.others:
            merge(tx, other, who)
        if seat.doubt is not None:
            _ask(tx, book.contacts[seat.entries[0]], who, seat.doubt, at)
    tx.many(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (("book", book.digest), ("doubled", dump(doubled))),
    )


def _unused(new_id: NewId, people: Mapping[PersonId, object]) -> PersonId:
    return next(candidate for candidate in iter(new_id, None) if candidate not in people)


def _write_people(
    tx: Transaction, contacts: Sequence[Contact], placed: Iterable[tuple[Seat, PersonId]], people: Mapping[PersonId, Remembered]
) -> None:
    rows = []
    for seat, who in placed:
        contact = contacts[seat.entries[0]]
        rows.append((who, contact.name, fields_of(contact)))
    listed = {who for (who,) in tx.rows("SELECT id FROM person WHERE listed = 1")}
    tx.many(
        """INSERT INTO person (id, name, fields, listed) VALUES (?, ?, ?, 1)
           ON CONFLICT DO UPDATE SET name = excluded.name, fields = excluded.fields, listed = 1""",
        (row for row in rows if row[0] not in listed or (people[row[0]].name, people[row[0]].fields) != row[1:]),
    )
    tx.many("UPDATE person SET listed = 0 WHERE id = ?", ((who,) for who in listed - {row[0] for row in rows}))


def _write_addresses(
    tx: Transaction,
    contacts: Sequence[Contact],
    owner: Mapping[str, int],
    placed: Iterable[tuple[Seat, PersonId]],
    held: Mapping[str, tuple[PersonId, int]],
) -> None:
    """Let the addresses follow the file; whoever is no longer in it keeps those that nobody else has taken."""
    seated = {entry: who for seat, who in placed for entry in seat.entries}
    wanted = {address: (seated[entry], int(contacts[entry].email.lower() == address)) for address, entry in owner.items()}
    present = set(seated.values())
    tx.many("DELETE FROM address WHERE address = ?", ((a,) for a, (who, _) in held.items() if who in present and a not in wanted))
    tx.many("UPDATE address SET present = 0 WHERE address = ?", ((a,) for a, (who, now) in held.items() if now and who not in present))
    tx.many(
        """INSERT INTO address (address, person, present) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET person = excluded.person, present = excluded.present""",
        ((address, *row) for address, row in wanted.items() if held.get(address) != row),
    )


def _ask(tx: Transaction, contact: Contact, who: PersonId, doubt: PersonId, at: datetime) -> None:
    known = [a for (a,) in tx.rows("SELECT address FROM address WHERE person = ? ORDER BY present DESC, address", doubt)]
    name = (tx.row("SELECT name FROM person WHERE id = ?", doubt) or ("",))[0]
    why = f"Is {contact.name} <{contact.email}> (line {contact.line}) the same person as {name} <{', '.join(known) or 'no address left'}>?"
    tx.insert(
        """INSERT INTO question (at, person, name, changes, because, why, level, hold, identity, same)
           VALUES (?, ?, ?, '[]', ?, ?, ?, 1, ?, ?)""",
        stamp(at),
        who,
        contact.name,
        because_to(Because("same-person", contact.email, "header")),
        why,
        Level.E6,
        dump(["same", who, doubt]),
        doubt,
    )
