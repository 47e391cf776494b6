"""How people fared: the days on which they gave a sign of life, and what changed about them."""

from collections import defaultdict
from datetime import date, datetime
from functools import cache

from bouncer.edge.ledger.codec import change_from, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.model import Change, Life, PersonId

# Of ten years of a large network, most days are asked for nothing but to be the first or the last one: one row a person, read by the index.
_DAY = len("2026-11-25")
_ALIVE = "FROM event WHERE kind = 'alive' AND person = p.id"
_SEEN = f"""SELECT id, (SELECT at {_ALIVE} AND at < ?2 ORDER BY at LIMIT 1),
    (SELECT at {_ALIVE} AND at < ?1 ORDER BY at DESC LIMIT 1),
    (SELECT group_concat(substr(at, 1, {_DAY}), '') {_ALIVE} AND at < ?2 AND at >= ?1) FROM person p"""  # noqa: S608 - fixed text
# What was taken back before that moment never was.
_TURNS = """SELECT person, substr(at, 1, 10), change FROM event e WHERE kind = 'changed' AND at < ?1 AND person IS NOT NULL
    AND json_extract(change, '$.field') IN ('email', 'company', 'status')
    AND NOT EXISTS (SELECT 1 FROM change c JOIN event u ON u.id = c.event
                    WHERE c.undoes = e.id AND c.state <> 'refused' AND c.state = 'applied' AND u.at < ?1)
    ORDER BY at, id"""


def lives(tx: Transaction, end: datetime, since: date) -> dict[PersonId, Life]:
    """Give the life of everybody of whom the ledger knows something from before *end*; days are those of UTC.

    Of the days before *since* on which somebody gave a sign of life, only the first and the last are given.
    """
    turns = defaultdict[PersonId, list[tuple[date, Change]]](list)
    for person, day, change in tx.rows(_TURNS, stamp(end)):
        turns[person].append((_day(day), change_from(change)))
    found: dict[PersonId, Life] = {}
    for person, first, last, others in tx.rows(_SEEN, min(since.isoformat(), stamp(end)), stamp(end)):
        if first or person in turns:
            found[person] = Life(_days(first, last, others or ""), tuple(turns.pop(person, ())))
    return found | {person: Life((), tuple(theirs)) for person, theirs in turns.items()}


def _days(first: str | None, last: str | None, others: str) -> tuple[date, ...]:
    """Give the days, each once, oldest first, of two moments and of the days in *others*, which holds them without anything between."""
    days = [others[place : place + _DAY] for place in range(0, len(others), _DAY)] if others else []
    if first:
        days.append(first[:_DAY])
    if last:
        days.append(last[:_DAY])
    return tuple(map(_day, sorted(set(days))))


@cache
def _day(text: str) -> date:
    return date.fromisoformat(text)
