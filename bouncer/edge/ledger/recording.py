"""One message's effects, all in one transaction: the inbound key, the events, the questions, the changes to make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bouncer.edge.ledger import breakers, inbound, outbox
from bouncer.edge.ledger.changes import commit
from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.history import Origin, append_from
from bouncer.edge.ledger.knowledge import names_in
from bouncer.edge.ledger.people import in_contact, resolve, stopped
from bouncer.edge.ledger.questions import ask
from bouncer.model import Apply, Change, Contact, Decision, EventKind, Ignore, Kind, Level, Match, RawMail, Reading, Recipient, Review

REFUSED_US = timedelta(days=3)  # how long a domain that refused us is left alone
_EVERYDAY = (Kind.HUMAN, Kind.OTHER, Kind.RECEIPT)  # the owner's own mail: no event where nobody of the book is concerned


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is being recorded."""

    reading: Reading
    match: Match
    origin: Origin
    at: datetime

    @property
    def sender(self) -> str:
        """The address in From, in lower case."""
        return self.reading.from_[0].address.lower() if self.reading.from_ else ""


def record(
    tx: Transaction,
    raw: RawMail,
    reading: Reading,
    match: Match,
    decisions: Sequence[Decision],
    contact: Contact | None,
    at: datetime,
    refusal: Recipient | None = None,
) -> tuple[tuple[int, Change], ...]:
    """Commit what follows from *raw* and give the changes to make; a message that was seen has no effect.

    *refusal* is what became of the letter of ours that *match* names.
    """
    person = resolve(tx, match.person)
    if not inbound.file(tx, raw, at, reading.verdict.kind, reading.message_id, person):
        return ()
    origin = Origin(person, _name(reading, contact), "", match.trust.level, reading.message_id)
    arrival = Arrival(reading, match, origin, at)
    _received(tx, arrival, decisions)
    outbox.proved_sent(tx, names_in(reading), at)
    if raw.key is None:
        outbox.told(tx, names_in(reading))
    if refusal is not None and match.sent is not None:
        breakers.failed(tx, match.sent.id, refusal.reason, refusal.status)
    if reading.verdict.kind is Kind.HUMAN and person is not None:
        _wait_for_owner(tx, arrival)
    made: list[tuple[int, Change]] = []
    for decision in decisions:
        match decision:
            case Apply():
                made += _apply(tx, arrival, decision)
            case Review():
                _review(tx, arrival, decision)
            case Ignore():
                pass  # counted by its inbound row
    return tuple(made)


def _received(tx: Transaction, arrival: Arrival, decisions: Sequence[Decision]) -> None:
    kind, origin = arrival.reading.verdict.kind, arrival.origin
    ignored = [d.why for d in decisions if isinstance(d, Ignore)]
    if origin.person is None and kind in _EVERYDAY and len(ignored) == len(decisions):
        return
    event = EventKind.BOUNCED if _came_back(arrival) else EventKind.RECEIVED
    append_from(tx, event, arrival.at, origin, arrival.reading.verdict.because, ": ".join((kind, *ignored)))


def _came_back(arrival: Arrival) -> bool:
    """Tell whether a letter of ours is proved to have come back: with its token, and not in a notice that speaks of somebody else."""
    named = {address.lower() for r in arrival.reading.recipients for address in (r.address, r.original) if address}
    proved = arrival.reading.verdict.kind is Kind.BOUNCE and arrival.match.trust.level >= Level.E3
    return proved and (not named or (arrival.match.mailed or "").lower() in named)


def _apply(tx: Transaction, arrival: Arrival, decision: Apply) -> tuple[tuple[int, Change], ...]:
    origin = replace(arrival.origin, why=decision.why, level=decision.level)
    when = stamp(arrival.at)
    if decision.alive:
        _alive(tx, arrival, origin)
    for address in decision.works:
        tx.run("DELETE FROM suspect WHERE address = ?", address.lower())
    for address in decision.suspect:
        tx.run("INSERT INTO suspect (address, since) VALUES (?, ?) ON CONFLICT DO NOTHING", address.lower(), when)
    for domain in decision.wait:
        tx.run(
            "INSERT INTO paused (domain, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
            domain.lower(),
            stamp(arrival.at + REFUSED_US),
        )
    if decision.suppress:
        _suppress(tx, arrival, decision, origin)
    return commit(tx, decision.changes, origin, arrival.at) if decision.changes else ()


def _alive(tx: Transaction, arrival: Arrival, origin: Origin) -> None:
    seen_at = tuple(filter(None, (arrival.sender, (arrival.match.mailed or "").lower())))
    for address in seen_at:
        tx.run("DELETE FROM suspect WHERE address = ?", address)
    if origin.person is not None:
        in_contact(tx, origin.person, arrival.at)
    _event(tx, EventKind.ALIVE, arrival, origin)


def _suppress(tx: Transaction, arrival: Arrival, decision: Apply, origin: Origin) -> None:
    addresses = [address.lower() for address in decision.suppress]
    tx.many(
        "INSERT INTO suppressed (address, at, why) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        ((address, stamp(arrival.at), decision.why) for address in addresses),
    )
    stopped(tx, origin.person, arrival.at)
    outbox.withdraw(tx, addresses, decision.why, arrival.at)
    _event(tx, EventKind.STOPPED, arrival, origin)


def _review(tx: Transaction, arrival: Arrival, decision: Review) -> None:
    origin = replace(arrival.origin, why=decision.why, level=decision.level)
    if decision.person is not None:
        person = resolve(tx, decision.person)
        names = tx.rows("SELECT name FROM person WHERE id = ?", person)
        origin = replace(origin, person=person, name=names[0][0] if names else "")
    if ask(tx, decision.changes, decision.because, origin, arrival.at, hold=decision.hold):
        append_from(tx, EventKind.REVIEW, arrival.at, origin, decision.because, origin.why)


def _event(tx: Transaction, kind: EventKind, arrival: Arrival, origin: Origin) -> None:
    append_from(tx, kind, arrival.at, origin, arrival.reading.verdict.because, origin.why)


def _wait_for_owner(tx: Transaction, arrival: Arrival) -> None:
    sender = arrival.reading.from_[0] if arrival.reading.from_ else None
    tx.run(
        "INSERT INTO waiting (person, name, display, address, message_id, at, subject) VALUES (?, ?, ?, ?, ?, ?, ?)",
        arrival.origin.person,
        arrival.origin.name,
        sender.name if sender else "",
        arrival.sender,
        arrival.reading.message_id,
        stamp(arrival.at),
        arrival.reading.subject if arrival.match.trust.level >= Level.E2 else "",  # a letter of ours may take it up
    )


def _name(reading: Reading, contact: Contact | None) -> str:
    if contact is not None:
        return contact.name
    sender = reading.from_[0] if reading.from_ else None
    return (sender.name or sender.address) if sender else ""
