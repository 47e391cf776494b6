"""What waits for the owner: proposals, holds, and the owner's yes or no."""

from collections.abc import Sequence
from datetime import datetime

from bouncer.edge.ledger.changes import commit, rebase
from bouncer.edge.ledger.codec import because_from, because_to, changes_from, changes_to, dump, moment, stamp, value_to
from bouncer.edge.ledger.database import Row, Transaction
from bouncer.edge.ledger.history import Origin, append_from
from bouncer.edge.ledger.people import same
from bouncer.errors import UsageError
from bouncer.model import Because, Change, EventKind, Level, PersonId, Question

_QUESTION = "SELECT id, at, person, name, changes, because, why, level, hold FROM question"


def ask(tx: Transaction, changes: Sequence[Change], because: Because, origin: Origin, at: datetime, *, hold: bool) -> bool:
    """Put a question to the owner, unless the same is open already; True where it is new. A later hold is added to an open one."""
    identity = _identity(origin.person, changes, because)
    added = tx.run(
        """INSERT INTO question (at, person, name, changes, because, why, level, hold, identity, message_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO NOTHING""",
        stamp(at),
        origin.person,
        origin.name,
        changes_to(changes),
        because_to(because),
        origin.why,
        origin.level,
        identity,
        origin.message_id,
    )
    if hold and tx.run("UPDATE question SET hold = 1 WHERE identity = ? AND closed IS NULL AND hold = 0", identity):
        append_from(tx, EventKind.HOLD, at, origin, because, origin.why)
    return added > 0


def questions(tx: Transaction) -> tuple[Question, ...]:
    """Give the open questions, oldest first."""
    return tuple(map(_as_question, tx.rows(f"{_QUESTION} WHERE closed IS NULL ORDER BY id")))


def open_at(tx: Transaction, end: datetime) -> tuple[Question, ...]:
    """Give the questions that were open at *end*, oldest first."""
    return tuple(map(_as_question, tx.rows(f"{_QUESTION} WHERE at < ?1 AND coalesce(closed, ?1) >= ?1 ORDER BY at, id", stamp(end))))


def answer(tx: Transaction, question: int, accept: bool, at: datetime) -> tuple[tuple[int, Change], ...]:
    """Close *question* and lift its hold; a yes commits its changes, or makes two entries one person."""
    row = tx.row(f"{_QUESTION} WHERE id = ? AND closed IS NULL", question)
    if row is None:
        known = tx.row("SELECT 1 FROM question WHERE id = ?", question)
        raise UsageError(f"Question {question} is answered already." if known else f"There is no question {question}.")
    asked = _as_question(row)
    tx.run("UPDATE question SET closed = ?, accepted = ? WHERE id = ?", stamp(at), int(accept), question)
    other, message_id = tx.rows("SELECT same, message_id FROM question WHERE id = ?", question)[0]
    origin = Origin(asked.person, asked.name, f"the owner accepted: {asked.why}", Level.E6, message_id)
    append_from(tx, EventKind.ACCEPTED if accept else EventKind.REJECTED, at, origin, asked.because, asked.why)
    if not accept:
        return ()
    if other is not None and asked.person is not None:
        same(tx, asked.person, other, at)
    changes = rebase(tx, asked.changes, asked.person)
    return commit(tx, changes, origin, at)


def _identity(person: PersonId | None, changes: Sequence[Change], because: Because) -> str:
    """Give what makes two questions the same: whom and what, not the words; without a change, the rule that asks."""
    wanted = [[c.contact.lower(), c.field, value_to(c.before), value_to(c.after)] for c in changes]
    return dump([person, wanted or because.rule])


def _as_question(row: Row) -> Question:
    i, at, person, name, changes, because, why, level, hold = row
    return Question(i, moment(at), person, name, changes_from(changes), because_from(because), why, Level(level), bool(hold))
