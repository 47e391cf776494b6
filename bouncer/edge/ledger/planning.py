"""What planning asks of the past, and what the summary asks of one week."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bouncer.edge.ledger.breakers import outcomes
from bouncer.edge.ledger.codec import moment, stamp
from bouncer.edge.ledger.database import Row, Transaction
from bouncer.edge.ledger.history import events_between
from bouncer.edge.ledger.outbox import sent_between, unanswered
from bouncer.edge.ledger.questions import open_at
from bouncer.model import Activity, Address, Conversation, EventKind, PersonId, Week

OWED = timedelta(days=30)  # an answer that the owner has left alone for longer is not waited for any more
ASKED = timedelta(days=60)  # whoever has been asked after somebody lost for longer will not answer any more
UNCERTAIN = timedelta(days=30)  # after that an unknown letter no longer counts as open, only as contact
_DAY = len("2026-11-25")
_TRIED = """SELECT count(*) FROM outbox WHERE tried >= ? AND purpose <> 'summary' AND state IN ('armed', 'sent', 'refused', 'unknown')"""


def activity(tx: Transaction, at: datetime, zone: str) -> Activity:
    """Give what planning needs; a day or week is over when its end has come in *zone*, whatever the clock said in between."""
    today = at.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    (ever,) = tx.rows("SELECT count(*) FROM outbox WHERE purpose <> 'summary' AND state IN ('sent', 'unknown')")[0]
    (owed,) = tx.rows("SELECT count(DISTINCT person) FROM waiting WHERE answered IS NULL AND at >= ?", stamp(at - OWED))[0]
    opened = tx.rows(
        """SELECT DISTINCT person FROM outbox WHERE state IN ('due', 'ready', 'armed', 'unknown') AND purpose <> 'summary'
           AND (state <> 'unknown' OR uncertain >= ?)""",
        stamp(at - UNCERTAIN),
    )
    (queued,) = tx.rows("SELECT count(*) FROM outbox WHERE state IN ('due', 'ready', 'armed') AND purpose <> 'summary'")[0]
    return Activity(
        person_of=dict(tx.rows("SELECT address, person FROM address WHERE present = 1")),
        last_contact={p: moment(t) for p, t in tx.rows("SELECT id, last_contact FROM person WHERE last_contact IS NOT NULL")},
        open_checkins=frozenset(p for (p,) in opened),
        held=frozenset(p for (p,) in tx.rows("SELECT person FROM question WHERE closed IS NULL AND hold = 1 AND person IS NOT NULL")),
        suppressed=frozenset(a for (a,) in tx.rows("SELECT address FROM suppressed")),
        suspect_since={a: moment(since) for a, since in tx.rows("SELECT address, since FROM suspect")},
        sent_today=_tried_since(tx, _midnight(today, zone)),
        sent_this_week=_tried_since(tx, _midnight(monday, zone)),
        sent_ever=ever,
        unanswered_by_owner=owed,
        paused_domains={
            domain: moment(until).astimezone(ZoneInfo(zone)).date()
            for domain, until in tx.rows("SELECT domain, until FROM paused WHERE until > ?", stamp(at))
        },
        periods=frozenset(tx.rows("SELECT person, period FROM outbox")),
        queued=queued,
        snoozed={person: date.fromisoformat(detail[:_DAY]) for person, _, detail in _last(tx, EventKind.SNOOZED) if detail},
        hints={person: (moment(when), detail) for person, when, detail in _last(tx, EventKind.HINT) if detail},
        outcomes=outcomes(tx),
    )


def _last(tx: Transaction, kind: EventKind) -> list[Row]:
    """Give person, moment and detail of everybody's last event of *kind*; the detail of somebody forgotten is empty."""
    return tx.rows(
        """SELECT person, at, detail FROM event WHERE id IN
           (SELECT max(id) FROM event WHERE kind IN ('snoozed', 'hint') AND kind = ? AND person IS NOT NULL GROUP BY person)""",
        kind,
    )


def last_mail(tx: Transaction, person: PersonId) -> Conversation | None:
    """Give the last mail that *person* wrote to the owner, of those with a subject to go by; None where there is none."""
    row = tx.row(
        """SELECT message_id, subject, at FROM waiting WHERE person = ? AND subject <> '' AND message_id IS NOT NULL
           ORDER BY at DESC LIMIT 1""",
        person,
    )
    return Conversation(row[0], row[1], moment(row[2])) if row else None


def week(tx: Transaction, year: int, number: int, zone: str) -> Week:
    """Give ISO week *number* of *year*, from Monday 00:00 to Monday 00:00 in *zone*, as it looked at its end."""
    monday = date.fromisocalendar(year, number, 1)
    start, end = _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)
    return Week(
        year=year,
        week=number,
        start=start,
        end=end,
        events=events_between(tx, start, end),
        questions=open_at(tx, end),
        sent=sent_between(tx, start, end),
        answers_waiting=_waiting_at(tx, end),
        asked=unanswered(tx, end - ASKED, end),
    )


def _waiting_at(tx: Transaction, end: datetime) -> tuple[tuple[str, Address, datetime], ...]:
    """Give who waited for the owner at *end*, each once with the first message that waits, oldest first."""
    rows = tx.rows(
        """SELECT name, display, address, min(at) FROM waiting WHERE at < ?1 AND at >= ?2 AND coalesce(answered, ?1) >= ?1
           GROUP BY person ORDER BY min(at), person""",
        stamp(end),
        stamp(end - OWED),
    )
    return tuple((name, Address(display, address), moment(at)) for name, display, address, at in rows)


def _tried_since(tx: Transaction, start: datetime) -> int:
    """Count what was tried since *start*, refused letters too: a stale book must not be worked through in a day."""
    (count,) = tx.rows(_TRIED, stamp(start))[0]
    return int(count)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
