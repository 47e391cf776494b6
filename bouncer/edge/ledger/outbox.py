"""The way of a letter: `due -> ready -> armed -> sent | refused | unknown`, each step committed before the next begins."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bouncer.edge.ledger.codec import dump, letter_from, letter_to, moment, stamp
from bouncer.edge.ledger.database import Row, Transaction
from bouncer.edge.ledger.history import append
from bouncer.edge.ledger.people import in_contact
from bouncer.errors import UsageError
from bouncer.model import FORGOTTEN, Delivery, EventKind, Letter, OutboxState, Planned, Sent

UNREACHABLE_PAUSE = timedelta(minutes=5)  # our own server could not be reached
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=24)
TRIES = 11  # with these pauses a letter is given up after four to five days (RFC 5321 section 4.5.4.1)

_SENT = """SELECT id, purpose, person, address, message_id, state, coalesce(tried, queued), subject, account, text,
    (SELECT json_group_array(name) FROM outbox_name WHERE outbox = outbox.id AND name LIKE '<%'), period FROM outbox"""
_NAMED = f"""{_SENT} WHERE state IN ('armed', 'sent', 'refused', 'unknown') AND id IN
    (SELECT outbox FROM outbox_name WHERE name IN (SELECT value FROM json_each(?))) ORDER BY id"""  # noqa: S608 - fixed text
_UNANSWERED = f"""{_SENT} WHERE purpose = 'ask' AND state = 'sent' AND tried >= ?1 AND tried < ?2
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.person = outbox.person AND e.kind = 'received' AND e.detail LIKE 'human%'
                    AND e.at > outbox.tried AND e.at < ?2) ORDER BY tried, id"""  # noqa: S608 - fixed text
_LATELY = f"""{_SENT} WHERE state IN ('armed', 'sent', 'refused', 'unknown') AND lower(address) IN
    (SELECT value FROM json_each(?)) ORDER BY tried DESC, id DESC LIMIT 20"""  # noqa: S608 - fixed text
_KINDS = {OutboxState.SENT: EventKind.SENT, OutboxState.REFUSED: EventKind.REFUSED, OutboxState.UNKNOWN: EventKind.UNKNOWN}


def enqueue(tx: Transaction, planned: Sequence[Planned], at: datetime) -> int:
    """Put *planned* into the outbox; a (person, period) that was there before, whatever became of it, is not put in again."""
    return sum(
        tx.run(
            """INSERT INTO outbox (person, period, address, purpose, not_before, why, state, queued) VALUES (?, ?, ?, ?, ?, ?, 'due', ?)
               ON CONFLICT DO NOTHING""",
            p.person,
            p.period,
            p.address,
            p.purpose,
            stamp(p.not_before),
            p.why,
            stamp(at),
        )
        for p in planned
    )


def due(tx: Transaction, at: datetime) -> tuple[tuple[int, Planned], ...]:
    """Give what may go out: its time has come, nothing about the person waits, and the domain is not paused."""
    rows = tx.rows(
        """SELECT id, person, address, purpose, not_before, why, period FROM outbox
           WHERE state IN ('due', 'ready') AND not_before <= ?1
           AND NOT EXISTS (SELECT 1 FROM question q WHERE q.person = outbox.person AND q.closed IS NULL AND q.hold = 1)
           AND lower(address) NOT IN (SELECT address FROM suppressed)
           AND NOT EXISTS (SELECT 1 FROM paused WHERE until > ?1 AND lower(outbox.address) LIKE '%@' || domain)
           ORDER BY not_before, id""",
        stamp(at),
    )
    return tuple(
        (i, Planned(person, address, purpose, moment(not_before), why, period))
        for i, person, address, purpose, not_before, why, period in rows
    )


def letter(tx: Transaction, outbox: int) -> Letter | None:
    """Give the letter of a `ready` row, the same bytes as were composed; None where there is none to send."""
    row = tx.row("SELECT letter FROM outbox WHERE id = ? AND state = 'ready'", outbox)
    return letter_from(row[0]) if row else None


def ready(tx: Transaction, outbox: int, composed: Letter) -> None:
    """Keep the letter, and every name that an answer to it may bear; a letter that was never armed may be replaced."""
    _expect(tx, outbox, "due", "ready")
    tx.run(
        "UPDATE outbox SET state = 'ready', letter = ?, message_id = ?, subject = ?, account = ? WHERE id = ?",
        letter_to(composed),
        composed.message_id,
        composed.subject,
        composed.account,
        outbox,
    )
    _name(tx, outbox, (composed.message_id, composed.envid))


def arm(tx: Transaction, outbox: int, at: datetime) -> None:
    """Commit that the next byte may be the message; refused where the letter was taken back in the meantime."""
    _expect(tx, outbox, "ready")
    if not any(i == outbox for i, _ in due(tx, at)):
        raise UsageError(f"Letter {outbox} may not go out now: its address, its domain or its person is held back.")
    tx.run("UPDATE outbox SET state = 'armed', tried = ? WHERE id = ?", stamp(at), outbox)


def delivered(tx: Transaction, outbox: int, delivery: Delivery, at: datetime) -> None:
    """Note how the submission ended; a letter that an answer has proved sent stays sent."""
    needed = ("ready", "armed") if delivery.state in (OutboxState.REFUSED, OutboxState.READY) else ("armed", "unknown")
    state = _expect(tx, outbox, *needed, "sent")
    if tx.row("SELECT 1 FROM outbox WHERE id = ? AND person = ?", outbox, FORGOTTEN):
        delivery = replace(delivery, server_ids=(), text="")  # it was on its way meanwhile; the server's words name the person
    _name(tx, outbox, delivery.server_ids)
    if state == "sent":
        return
    if delivery.state is OutboxState.READY:
        _again(tx, outbox, delivery, at)
    else:
        kept = tx.row("SELECT letter FROM outbox WHERE id = ? AND purpose <> 'summary' AND person <> ?", outbox, FORGOTTEN)
        _end(tx, outbox, delivery.state, at, delivery.said)
        if delivery.state is OutboxState.REFUSED and kept:
            tx.run("UPDATE outbox SET letter = ? WHERE id = ?", kept[0], outbox)  # until the refusal is taken as evidence


def untold(tx: Transaction) -> tuple[tuple[Letter, Delivery], ...]:
    """Give every letter that a server refused and that was not yet taken as evidence, with how it was refused."""
    rows = tx.rows("SELECT letter, text FROM outbox WHERE state = 'refused' AND letter IS NOT NULL ORDER BY tried, id")
    return tuple((letter_from(text), _refusal(said)) for text, said in rows)


def told(tx: Transaction, names: Iterable[str]) -> None:
    """Keep no longer the letters that bear one of *names*: their refusal is on record."""
    tx.run(
        """UPDATE outbox SET letter = NULL WHERE state = 'refused' AND letter IS NOT NULL
           AND id IN (SELECT outbox FROM outbox_name WHERE name IN (SELECT value FROM json_each(?)))""",
        dump(list(names)),
    )


def _refusal(said: str) -> Delivery:
    """Give the delivery that `Delivery.said` was made of: code, status (RFC 3463) and text."""
    code, _, text = said.partition(" ")
    status = text.partition(" ")[0]
    coded = status.replace(".", "").isdigit() and status.count(".") == 2  # noqa: PLR2004 - class, subject and detail
    return Delivery(OutboxState.REFUSED, "rcpt", int(code) if code.isdigit() else None, status if coded else None, text)


def drop(tx: Transaction, outbox: int, why: str, at: datetime) -> None:
    """Take a letter out unsent; it stays in the books, so the same period is not planned again."""
    _expect(tx, outbox, "due", "ready")
    person, address = tx.rows("SELECT person, address FROM outbox WHERE id = ?", outbox)[0]
    tx.run("UPDATE outbox SET state = 'dropped', letter = NULL, text = ? WHERE id = ?", why, outbox)
    append(tx, EventKind.DROPPED, at, person=person, detail=f"{address}: {why}")


def withdraw(tx: Transaction, addresses: Sequence[str], why: str, at: datetime) -> None:
    """Drop every letter to *addresses* (lower case) that has not left."""
    rows = tx.rows(
        "SELECT id FROM outbox WHERE state IN ('due', 'ready') AND lower(address) IN (SELECT value FROM json_each(?))",
        dump(list(addresses)),
    )
    for (outbox,) in rows:
        drop(tx, outbox, why, at)


def open_ended(tx: Transaction) -> tuple[Sent, ...]:
    """Give the messages whose fate is open."""
    return tuple(map(as_sent, tx.rows(f"{_SENT} WHERE state IN ('armed', 'unknown') ORDER BY id")))


def adrift(tx: Transaction, at: datetime) -> int:
    """Turn what a crash left armed into unknown: it may have been sent, so it is never sent again."""
    rows = tx.rows("SELECT id FROM outbox WHERE state = 'armed'")
    for (outbox,) in rows:
        _end(tx, outbox, OutboxState.UNKNOWN, at, "bouncer was stopped before the server had answered")
    return len(rows)


def proved_sent(tx: Transaction, names: Iterable[str], at: datetime) -> None:
    """Resolve armed and unknown letters to sent where something out there bears one of their *names*."""
    rows = tx.rows(
        """SELECT DISTINCT o.id FROM outbox_name n JOIN outbox o ON o.id = n.outbox
           WHERE n.name IN (SELECT value FROM json_each(?)) AND o.state IN ('armed', 'unknown')""",
        dump(list(names)),
    )
    for (outbox,) in rows:
        _end(tx, outbox, OutboxState.SENT, at, "")


def named(tx: Transaction, names: Iterable[str]) -> tuple[Sent, ...]:
    """Give the messages of ours that bear one of *names*: a Message-ID with brackets, `b.TOKEN`, or an id the server gave."""
    return tuple(map(as_sent, tx.rows(_NAMED, dump(list(names)))))


def lately_to(tx: Transaction, addresses: Iterable[str]) -> tuple[Sent, ...]:
    """Give the newest letters that were tried to any of *addresses* (lower case), for notices that name nothing else."""
    return tuple(map(as_sent, tx.rows(_LATELY, dump(list(addresses)))))


def sent_between(tx: Transaction, start: datetime, end: datetime) -> tuple[Sent, ...]:
    """Give what was tried from *start* up to *end*, as it was known then: a fate that became clear later does not count yet."""
    rows = tx.rows(
        f"""{_SENT.replace("state,", "CASE WHEN uncertain < ?2 AND coalesce(resolved, ?2) >= ?2 THEN 'unknown' ELSE state END,")}
        WHERE tried >= ?1 AND tried < ?2 AND state IN ('armed', 'sent', 'refused', 'unknown') ORDER BY tried, id""",
        stamp(start),
        stamp(end),
    )
    return tuple(map(as_sent, rows))


def unanswered(tx: Transaction, start: datetime, end: datetime) -> tuple[Sent, ...]:
    """Give the questions after somebody lost that left from *start* up to *end* and that whoever was asked had not answered by then."""
    return tuple(map(as_sent, tx.rows(_UNANSWERED, stamp(start), stamp(end))))


def as_sent(row: Row) -> Sent:
    """Give a row of the outbox as the noun."""
    i, purpose, person, address, message_id, state, at, subject, account, text, names, period = row
    aliases = tuple(name for name in json.loads(names) if name != message_id)
    return Sent(i, purpose, person, address, message_id or "", OutboxState(state), moment(at), subject, account, text, aliases, period)


def token_name(name: str) -> str | None:
    """Give the `b.TOKEN` in a Message-ID or plus-address of ours: some providers rewrite the domain around it."""
    found = name.strip("<>").partition("@")[0].rpartition("+")[2].lower()
    return found if found.startswith("b.") else None


def _expect(tx: Transaction, outbox: int, *states: str) -> str:
    row = tx.row("SELECT state FROM outbox WHERE id = ?", outbox)
    if row is None:
        raise UsageError(f"There is no letter {outbox} in the outbox.")
    if row[0] not in states:
        raise UsageError(f"Letter {outbox} is {row[0]}, which this step does not follow.")
    return str(row[0])


def _name(tx: Transaction, outbox: int, names: Iterable[str]) -> None:
    every = {form for name in names if name for form in (name, token_name(name)) if form}
    tx.many("INSERT INTO outbox_name (name, outbox) VALUES (?, ?) ON CONFLICT DO NOTHING", ((name, outbox) for name in sorted(every)))


def _end(tx: Transaction, outbox: int, state: OutboxState, at: datetime, text: str) -> None:
    when = stamp(at)
    tx.run(
        """UPDATE outbox SET resolved = CASE WHEN state = 'unknown' AND ?1 <> 'unknown' THEN ?2 ELSE resolved END,
           uncertain = CASE WHEN ?1 = 'unknown' THEN coalesce(uncertain, ?2) ELSE uncertain END,
           tried = coalesce(tried, ?2), letter = NULL, state = ?1,
           text = CASE WHEN state = 'unknown' THEN text ELSE ?3 END WHERE id = ?4""",
        state,
        when,
        text,
        outbox,
    )
    person, address, message_id, tried = tx.rows("SELECT person, address, message_id, tried FROM outbox WHERE id = ?", outbox)[0]
    if state is not OutboxState.REFUSED:
        in_contact(tx, person, moment(tried))
    append(tx, _KINDS[state], at, person=person, detail=f"{address}: {text}" if text else address, message_id=message_id)


def _again(tx: Transaction, outbox: int, delivery: Delivery, at: datetime) -> None:
    (attempts,) = tx.rows("SELECT attempts FROM outbox WHERE id = ?", outbox)[0]
    if delivery.phase in ("connect", "login"):
        pause = UNREACHABLE_PAUSE
    else:
        pause = min(FIRST_PAUSE * 2**attempts, LONGEST_PAUSE)
        attempts += 1
    if attempts >= TRIES and delivery.phase != "mail":  # a sender turned away for now is no fault of this letter's
        _end(tx, outbox, OutboxState.REFUSED, at, delivery.said)
        return
    tx.run(
        "UPDATE outbox SET state = 'due', letter = NULL, tried = NULL, attempts = ?, not_before = ?, text = ? WHERE id = ?",
        attempts,
        stamp(at + pause),
        delivery.said,
        outbox,
    )
