"""People: one for every entry of the contact file, by random id, and all the addresses each is known by."""

from datetime import datetime

from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.identity import folded, linkedin_of
from bouncer.model import PersonId, Traces


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
    look_again(tx)
    tx.run("UPDATE address SET present = 0 WHERE address = ? AND person = ?", before.lower(), person)
    tx.run(
        """INSERT INTO address (address, person, present) SELECT ?1, ?2, 1 WHERE EXISTS (SELECT 1 FROM person WHERE id = ?2)
           ON CONFLICT DO UPDATE SET person = excluded.person, present = 1 WHERE address.present = 0 OR address.person = excluded.person""",
        after.lower(),
        person,
    )
    stops_go_along(tx)


def out_of_the_file(tx: Transaction, person: PersonId | None) -> None:
    """Take in that *person* is in the file no more, as the owner wished: their addresses stay known."""
    tx.run("UPDATE person SET listed = 0 WHERE id = ?", person)
    tx.run("UPDATE address SET present = 0 WHERE person = ?", person)


def in_contact(tx: Transaction, person: PersonId, at: datetime) -> None:
    """Remember that *person* and the owner were in contact at *at*; the latest counts."""
    text = stamp(at)
    tx.run("UPDATE person SET last_contact = ? WHERE id = ? AND coalesce(last_contact, '') < ?", text, person, text)


def merge(tx: Transaction, was: PersonId, into: PersonId, at: datetime) -> None:
    """Make *was* and *into* one person, with all their past; letters of *was* that have not left are dropped.

    Whether they are one needs no answer any more.
    """
    tx.run("UPDATE outbox SET state = 'dropped', text = 'two entries are one person' WHERE person = ? AND state IN ('due', 'ready')", was)
    tx.run("UPDATE OR IGNORE outbox SET person = ? WHERE person = ?", into, was)  # ignored: both had a letter of that period
    for table in ("address", "alias", "event", "change", "question", "waiting", "inbound"):
        tx.run(f"UPDATE {table} SET person = ? WHERE person = ?", into, was)  # noqa: S608 - names from the line above
    tx.run(
        """UPDATE person SET listed = max(person.listed, gone.listed),
           stopped = coalesce(min(person.stopped, gone.stopped), person.stopped, gone.stopped), last_contact = CASE
           WHEN coalesce(person.last_contact, '') > coalesce(gone.last_contact, '') THEN person.last_contact ELSE gone.last_contact END
           FROM person AS gone WHERE person.id = ? AND gone.id = ?""",
        into,
        was,
    )
    tx.run("UPDATE OR IGNORE job SET person = ? WHERE person = ?", into, was)
    tx.run("DELETE FROM job WHERE person = ?", was)  # of which LinkedIn said the same, or something older
    tx.run("DELETE FROM person WHERE id = ?", was)
    tx.run("INSERT INTO alias (was, person) VALUES (?, ?)", was, into)
    stops_go_along(tx)
    tx.run(
        """UPDATE question SET closed = ?, accepted = 1 WHERE closed IS NULL AND person = ?
           AND (same = person OR same IN (SELECT was FROM alias WHERE person = question.person))""",
        stamp(at),
        into,
    )


def stopped(tx: Transaction, person: PersonId | None, at: datetime) -> None:
    """Remember that *person* asked not to be written to; the first time counts."""
    tx.run("UPDATE person SET stopped = coalesce(stopped, ?) WHERE id = ?", stamp(at), person)
    stops_go_along(tx)


def stops_go_along(tx: Transaction) -> None:
    """Suppress every address of whoever asked not to be written to, however it came to them: the person has asked, not the address."""
    tx.run(
        """INSERT INTO suppressed (address, at, why) SELECT a.address, p.stopped, 'asked not to be written to'
           FROM person p JOIN address a ON a.person = p.id WHERE p.stopped IS NOT NULL ON CONFLICT DO NOTHING"""
    )


def same(tx: Transaction, person: PersonId, other: PersonId, at: datetime) -> None:
    """Carry out the owner's word that *person* is *other*: from now on their entries share one person."""
    into = resolve(tx, other) or other
    tx.run("UPDATE person SET shared = 1 WHERE id = ? AND listed = 1", into)
    merge(tx, person, into, at)
    look_again(tx)


def look_again(tx: Transaction) -> None:
    """Have the next `sync` look at the whole file, be it the same as the last one: people were changed without it."""
    tx.run("DELETE FROM meta WHERE key = 'book'")


def traces(tx: Transaction, person: PersonId) -> Traces | None:
    """Give what *person* is known by; None where there is nobody of that id."""
    who = resolve(tx, person)
    row = tx.row("SELECT id, name, fields FROM person WHERE id = ?", who)
    if row is None:
        return None
    addresses = tuple(address for (address,) in tx.rows("SELECT address FROM address WHERE person = ? ORDER BY address", who))
    profile = linkedin_of(row[2])
    return Traces(row[0], addresses, (row[1],), (profile,) if profile else ())


def namesakes(tx: Transaction, traces: Traces) -> frozenset[str]:
    """Give those names of *traces* that another person has as well."""
    others = {folded(name) for (name,) in tx.rows("SELECT name FROM person WHERE id IS NOT ?", traces.person)}
    return frozenset(name for name in traces.names if folded(name) in others)
