"""How people fared: the days on which they gave a sign of life, and what changed about them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from bouncer.edge.ledger.codec import change_from, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.model import Change, Life, PersonId

_SEEN = """SELECT DISTINCT person, substr(at, 1, 10) FROM event
    WHERE kind = 'alive' AND person IS NOT NULL AND at < ? ORDER BY person, substr(at, 1, 10)"""
# What was taken back before that moment never was.
_TURNS = """SELECT person, substr(at, 1, 10), change FROM event e WHERE kind = 'changed' AND at < ?1 AND person IS NOT NULL
    AND json_extract(change, '$.field') IN ('email', 'company', 'status')
    AND NOT EXISTS (SELECT 1 FROM change c JOIN event u ON u.id = c.event
                    WHERE c.undoes = e.id AND c.state <> 'refused' AND c.state = 'applied' AND u.at < ?1)
    ORDER BY at, id"""


def lives(tx: Transaction, end: datetime) -> dict[PersonId, Life]:
    """Give the life of everybody of whom the ledger knows something from before *end*; days are those of UTC."""
    seen, turns = defaultdict[PersonId, list[date]](list), defaultdict[PersonId, list[tuple[date, Change]]](list)
    for person, day in _seen(tx, end):
        seen[person].append(day)
    for person, day, change in tx.rows(_TURNS, stamp(end)):
        turns[person].append((_day(day), change_from(change)))
    return {person: Life(tuple(seen.get(person, ())), tuple(turns.get(person, ()))) for person in seen.keys() | turns.keys()}


def _seen(tx: Transaction, end: datetime) -> Iterator[tuple[PersonId, date]]:
    for person, day in tx.rows(_SEEN, stamp(end)):
        yield person, _day(day)


@cache
def _day(text: str) -> date:
    return date.fromisoformat(text)
