"""What the circuit breakers count, and whether one has tripped: events that are appended, the last of a breaker holds."""

from datetime import datetime

from bouncer.edge.ledger.codec import moment, stamp
from bouncer.edge.ledger.database import Cell, Transaction
from bouncer.edge.ledger.history import append
from bouncer.model import RECENT_CHANGES, RECENT_SENDS, Breaker, EventKind, Outcome, Recent, Trip

_EVENTS = "SELECT at, kind, detail FROM event WHERE kind IN ('tripped', 'resumed') ORDER BY id"
_CHANGES = """SELECT count(*) FROM change WHERE level < 6 AND json_extract(change, '$.field') = 'email'
    AND state <> 'refused' AND at > ?"""
_OUTCOMES = """SELECT lower(address), reason, status FROM outbox WHERE tried > ? AND purpose <> 'summary'
    AND state IN ('armed', 'sent', 'refused', 'unknown') ORDER BY tried DESC, id DESC LIMIT ?"""
_SENT = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE purpose <> 'summary' AND state IN ('sent', 'unknown') LIMIT 2)"
_PEOPLE = "SELECT count(*) FROM person WHERE listed = 1"


def recent(tx: Transaction, at: datetime) -> Recent:
    """Give what there was until *at*, and nothing from before the owner last let the breaker concerned go on."""
    resumed = {breaker: when for breaker, (kind, when, _) in _last(tx).items() if kind is EventKind.RESUMED}
    week_ago = at - RECENT_CHANGES
    ((people,),) = tx.rows(_PEOPLE)
    ((changes,),) = tx.rows(_CHANGES, stamp(max(week_ago, resumed.get(Breaker.ADDRESSES, week_ago))))
    ((sent,),) = tx.rows(_SENT)
    return Recent(int(people), int(changes), outcomes(tx, resumed.get(Breaker.REFUSALS)), int(sent), frozenset(resumed))


def outcomes(tx: Transaction, since: datetime | None = None) -> tuple[Outcome, ...]:
    """Give what is known of the last check-ins that were tried, newest first; those after *since* alone, where given."""
    rows = tx.rows(_OUTCOMES, stamp(since) if since else "", RECENT_SENDS)
    return tuple(Outcome(address.rpartition("@")[2], reason, status) for address, reason, status in rows)


def failed(tx: Transaction, outbox: int, reason: str, status: str | None) -> None:
    """Remember of what a letter failed; the first notice of it counts."""
    tx.run("UPDATE outbox SET reason = ?, status = ? WHERE id = ? AND reason IS NULL", reason, status, outbox)


def tripped(tx: Transaction) -> tuple[Trip, ...]:
    """Give what has tripped and waits for the owner."""
    return tuple(Trip(breaker, when, why) for breaker, (kind, when, why) in _last(tx).items() if kind is EventKind.TRIPPED)


def trip(tx: Transaction, breaker: Breaker, why: str, at: datetime) -> None:
    """Append that *breaker* tripped; one that has is left as it is."""
    if breaker not in {trip.breaker for trip in tripped(tx)}:
        append(tx, EventKind.TRIPPED, at, detail=f"{breaker}: {why}")


def resume(tx: Transaction, breaker: Breaker, why: str, at: datetime) -> None:
    """Append that *breaker* lets things go on; one that has not tripped does already."""
    if breaker in {trip.breaker for trip in tripped(tx)}:
        append(tx, EventKind.RESUMED, at, detail=f"{breaker}: {why}")


def _last(tx: Transaction) -> dict[Breaker, tuple[EventKind, datetime, str]]:
    """Give the last event of each breaker."""
    last: dict[Breaker, tuple[EventKind, datetime, str]] = {}
    rows: list[tuple[Cell, ...]] = tx.rows(_EVENTS)
    for at, kind, detail in rows:
        name, _, why = str(detail).partition(": ")
        last[Breaker(name)] = EventKind(str(kind)), moment(str(at)), why
    return last
