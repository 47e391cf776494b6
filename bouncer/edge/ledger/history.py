"""The events: appended, read, never rewritten."""

from dataclasses import dataclass
from datetime import datetime

from bouncer.edge.ledger.codec import because_from, because_to, change_from, change_to, moment, stamp
from bouncer.edge.ledger.database import Cell, Row, Transaction
from bouncer.model import Because, Change, Event, EventKind, Level, PersonId

_EVENT = "SELECT id, at, kind, person, name, change, because, level, detail, message_id FROM event"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom an event or a batch of changes concerns, and why it is."""

    person: PersonId | None
    name: str
    why: str
    level: Level
    message_id: str | None = None


def append(
    tx: Transaction,
    kind: EventKind,
    at: datetime,
    *,
    person: PersonId | None = None,
    name: str | None = None,
    change: Change | str | None = None,
    because: Because | None = None,
    level: Level | None = None,
    detail: str = "",
    message_id: str | None = None,
) -> int:
    """Append one event and give its id; *name* None is the person's name as the ledger knows it, *change* may be what `change_to` made."""
    if name is None:
        row = tx.row("SELECT name FROM person WHERE id = ?", person) if person else None
        name = row[0] if row else ""
    return tx.insert(
        "INSERT INTO event (at, kind, person, name, change, because, level, detail, message_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        stamp(at),
        kind,
        person or None,
        name,
        change_to(change) if isinstance(change, Change) else change,
        because_to(because) if because else None,
        level,
        detail,
        message_id,
    )


def append_from(
    tx: Transaction, kind: EventKind, at: datetime, origin: Origin, because: Because, detail: str, change: Change | str | None = None
) -> int:
    """Append the event of *kind* that *origin* gave rise to, and give its id."""
    return append(
        tx,
        kind,
        at,
        person=origin.person,
        name=origin.name,
        change=change,
        because=because,
        level=origin.level,
        detail=detail,
        message_id=origin.message_id,
    )


def events(tx: Transaction, since: datetime | None, person: PersonId | None, limit: int) -> tuple[Event, ...]:
    """Give the newest *limit* events, newest first."""
    conditions: list[str] = []
    values: list[Cell] = []
    if since is not None:
        conditions.append("at >= ?")
        values.append(stamp(since))
    if person is not None:
        conditions.append("person = coalesce((SELECT person FROM alias WHERE was = ?), ?)")
        values += [person, person]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return tuple(map(as_event, tx.rows(f"{_EVENT}{where} ORDER BY id DESC LIMIT ?", *values, limit)))


def events_between(tx: Transaction, start: datetime, end: datetime) -> tuple[Event, ...]:
    """Give the events from *start* up to *end*, oldest first."""
    return tuple(map(as_event, tx.rows(f"{_EVENT} WHERE at >= ? AND at < ? ORDER BY at, id", stamp(start), stamp(end))))


def revised(tx: Transaction) -> dict[str, datetime]:
    """Give the moment of the last change that reached the file, an undo too, by person; by address where the entry is nobody's yet."""
    rows = tx.rows(
        """SELECT coalesce(e.person, lower(json_extract(e.change, '$.contact'))), max(e.at) FROM change c JOIN event e ON e.id = c.event
           WHERE c.state = 'applied' AND e.change IS NOT NULL GROUP BY 1"""
    )
    return {whose: moment(at) for whose, at in rows if whose}


def as_event(row: Row) -> Event:
    """Give a row as the noun."""
    i, at, kind, person, name, change, because, level, detail, message_id = row
    return Event(
        id=i,
        at=moment(at),
        kind=EventKind(kind),
        person=person,
        name=name,
        change=change_from(change) if change else None,
        because=because_from(because) if because else None,
        level=Level(level) if level is not None else None,
        detail=detail,
        message_id=message_id,
    )
