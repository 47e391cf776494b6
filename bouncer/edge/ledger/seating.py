"""Bringing the people in line with the contact file: the whole of it, or only the entries that were edited."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from bouncer.edge.ledger.codec import because_to, dump, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.identity import Remembered, Seat, contact_from, fields_of, owners, seats
from bouncer.edge.ledger.people import merge, resolve, stops_go_along
from bouncer.model import Because, Book, Contact, Level, PersonId

NewId = Callable[[], PersonId]

_entry = attrgetter(*(field.name for field in fields(Contact) if field.name != "line"))


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is remembered: *held* maps an address to its person and whether it is present, *listed* are those in the file."""

    held: Mapping[str, tuple[PersonId, int]]
    people: dict[PersonId, Remembered]
    listed: frozenset[PersonId]


def sync(tx: Transaction, before: Book | None, book: Book, at: datetime, new_id: NewId) -> tuple[str, ...]:
    """Seat every contact of *book* and give what only the owner can tell; *before* is what this process synced last.

    A book that is synced already costs nothing, and where only some entries differ from *before*, those alone are looked at.
    """
    if news := _news(tx, before, book):
        _take_in(tx, book.digest, *news, at, new_id)
    doubled = tx.row("SELECT value FROM meta WHERE key = 'doubled'")
    asked = tx.rows("SELECT why FROM question WHERE closed IS NULL AND same IS NOT NULL ORDER BY id")
    return (*(json.loads(doubled[0]) if doubled else ()), *(why for (why,) in asked))


def lost(tx: Transaction, before: Book | None, book: Book) -> tuple[str, ...]:
    """Give the names of the people in the file as it was synced last whom no entry of *book* is; *before* as in `sync`."""
    news = _news(tx, before, book)
    if news is None:
        return ()
    contacts, roll = news
    found = seats(contacts, owners(contacts)[0], {address: who for address, (who, _) in roll.held.items()}, roll.people)
    gone = roll.listed.difference(who for seat in found for who in (seat.person, *seat.others))
    return tuple(sorted(roll.people[who].name for who in gone))


def remembered(tx: Transaction, person: PersonId) -> Contact | None:
    """Give the entry of *person* as far as it is remembered: not its status, and of `previous` the addresses alone."""
    row = tx.row("SELECT id, name, fields FROM person WHERE id = ?", resolve(tx, person))
    if row is None:
        return None
    who, name, compared = row
    return contact_from(name, compared, [a for (a,) in tx.rows("SELECT address FROM address WHERE person = ? ORDER BY address", who)])


def _news(tx: Transaction, before: Book | None, book: Book) -> tuple[tuple[Contact, ...], Roll] | None:
    """Give the entries to look at, and who may be concerned; None where *book* is synced already."""
    known: dict[str, str] = dict(tx.rows("SELECT key, value FROM meta WHERE key IN ('book', 'apart')"))
    if book.digest and known.get("book") == book.digest:
        return None
    apart = before is not None and before.digest != "" and known == {"book": before.digest, "apart": "1"}
    edited = _edited(tx, before, book) if before is not None and apart else None
    return edited or (book.contacts, _whole(tx))


def _edited(tx: Transaction, before: Book, book: Book) -> tuple[tuple[Contact, ...], Roll] | None:
    """Give the entries that differ from *before* and who may be concerned; None where anybody else may be.

    No address of *before* was in two entries, so whoever holds an address now is whose entry has it.
    """
    was = {contact.email.lower(): contact for contact in before.contacts}
    fresh: list[Contact] = []
    gone: list[Contact] = []
    for contact in book.contacts:
        old = was.pop(contact.email.lower(), None)
        if old is None or (old is not contact and _entry(old) != _entry(contact)):
            fresh.append(contact)
            gone += [old] if old else []
    gone += was.values()
    if not _apart(fresh):
        return None
    touched = dump(sorted({address for contact in (*fresh, *gone) for address in contact.addresses}))
    edited = dump([contact.email.lower() for contact in gone])
    roll = _roll(
        tx,
        """listed = 0 OR id IN (SELECT person FROM address WHERE address IN (SELECT value FROM json_each(?1)))
           OR id IN (SELECT person FROM address WHERE address IN (SELECT value FROM json_each(?2)))""",
        touched,
        edited,
    )
    theirs = {roll.held[contact.email.lower()][0] for contact in gone if contact.email.lower() in roll.held}
    if len(theirs) < len(gone) or roll.listed - theirs or any(roll.people[who].shared for who in theirs):
        return None
    return tuple(fresh), roll


def _apart(contacts: Sequence[Contact]) -> bool:
    """Tell whether no address is in two entries."""
    every = [address for contact in contacts for address in contact.addresses]
    return len(set(every)) == len(every)


def _whole(tx: Transaction) -> Roll:
    return _roll(tx, "1")


def _roll(tx: Transaction, condition: str, *values: str) -> Roll:
    """Give those people for whom *condition* holds, which is a text of this file."""
    chosen = f"FROM person WHERE {condition}"
    rows = tx.rows(f"SELECT id, name, fields, shared, listed {chosen}", *values)
    held = tx.rows(f"SELECT address, person, present FROM address WHERE person IN (SELECT id {chosen})", *values)  # noqa: S608
    return Roll(
        held={address: (who, present) for address, who, present in held},
        people={who: Remembered(name, compared, bool(shared)) for who, name, compared, shared, _ in rows},
        listed=frozenset(who for who, _, _, _, listed in rows if listed),
    )


def _take_in(tx: Transaction, digest: str, contacts: Sequence[Contact], roll: Roll, at: datetime, new_id: NewId) -> None:
    owner, doubled = owners(contacts)
    unused = _unused(tx, new_id)
    found = seats(contacts, owner, {address: who for address, (who, _) in roll.held.items()}, roll.people)
    placed = [(seat, seat.person or next(unused)) for seat in found]
    _write_people(tx, contacts, placed, roll)
    _write_addresses(tx, contacts, owner, placed, roll.held)
    stops_go_along(tx)
    for seat, who in placed:
        for other in seat.others:
            merge(tx, other, who, at)
        if seat.doubt is not None:
            _ask(tx, contacts[seat.entries[0]], who, resolve(tx, seat.doubt) or seat.doubt, at)
    _name_added(tx)
    tx.many(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (("book", digest), ("doubled", dump(doubled)), ("apart", str(int(_apart(contacts))))),
    )


def _unused(tx: Transaction, new_id: NewId) -> Iterator[PersonId]:
    """Give ids that nobody has or had, each once."""
    given = {who for (who,) in tx.rows("SELECT id FROM person UNION ALL SELECT was FROM alias")}
    while True:
        new = new_id()
        if new not in given:
            given.add(new)
            yield new


def _write_people(tx: Transaction, contacts: Sequence[Contact], placed: Iterable[tuple[Seat, PersonId]], roll: Roll) -> None:
    rows = []
    for seat, who in placed:
        contact = contacts[seat.entries[0]]
        rows.append((who, contact.name, fields_of(contact)))
    same = {(who, roll.people[who].name, roll.people[who].fields) for who in roll.listed}
    tx.many(
        """INSERT INTO person (id, name, fields, listed) VALUES (?, ?, ?, 1)
           ON CONFLICT DO UPDATE SET name = excluded.name, fields = excluded.fields, listed = 1""",
        (row for row in rows if row not in same),
    )
    tx.many("UPDATE person SET listed = 0 WHERE id = ?", ((who,) for who in roll.listed.difference(row[0] for row in rows)))


def _write_addresses(
    tx: Transaction,
    contacts: Sequence[Contact],
    owner: Mapping[str, int],
    placed: Sequence[tuple[Seat, PersonId]],
    held: Mapping[str, tuple[PersonId, int]],
) -> None:
    """Let the addresses follow the file; whoever is no longer in it keeps those that nobody else has taken."""
    seated = {entry: who for seat, who in placed for entry in seat.entries}
    wanted = {address: (seated[entry], int(contacts[entry].email.lower() == address)) for address, entry in owner.items()}
    present = {*seated.values(), *(other for seat, _ in placed for other in seat.others)}
    tx.many("DELETE FROM address WHERE address = ?", ((a,) for a, (who, _) in held.items() if who in present and a not in wanted))
    tx.many("UPDATE address SET present = 0 WHERE address = ?", ((a,) for a, (who, now) in held.items() if now and who not in present))
    tx.many(
        """INSERT INTO address (address, person, present) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET person = excluded.person, present = excluded.present""",
        ((address, *row) for address, row in wanted.items() if held.get(address) != row),
    )


_ADDED = """SELECT id, json_extract(change, '$.contact') FROM event
    WHERE person IS NULL AND kind = 'changed' AND json_extract(change, '$.field') = 'entry'"""


def _name_added(tx: Transaction) -> None:
    """Say of the events by which entries were added whom they concern, now that those are somebody."""
    added = [(address.lower(), event) for event, address in tx.rows(_ADDED)]
    tx.many("UPDATE event SET person = (SELECT person FROM address WHERE address = ? AND present = 1) WHERE id = ?", added)
    tx.many("UPDATE change SET person = (SELECT person FROM event WHERE id = ?1) WHERE event = ?1", ((event,) for _, event in added))


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
