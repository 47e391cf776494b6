"""After the file was written: which changes reached it, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bouncer.edge.ledger.codec import change_from
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.history import Origin, append_from
from bouncer.edge.ledger.people import has_new_address, look_again, out_of_the_file, person
from bouncer.edge.ledger.questions import ask
from bouncer.model import ENTRY, Change, EventKind, Level, Previous, Receipt, Value

_PENDING = """SELECT id, batch, person, name, change, why, level, message_id, undoes FROM change
    WHERE state = 'pending' AND id BETWEEN ? AND ?"""


def settle(tx: Transaction, made: Sequence[tuple[int, Change]], receipt: Receipt, at: datetime) -> None:
    """Settle the pending ones of *made*; one that *receipt* does not name stays pending, and a second call does nothing."""
    applied, refused = set(receipt.applied), dict(receipt.refused)
    conflicts: dict[int, list[tuple[Change, str, Origin]]] = {}
    numbers = [number for number, _ in made]
    pending = {row[0]: row for row in tx.rows(_PENDING, min(numbers, default=0), max(numbers, default=0))}
    events: list[tuple[int, int]] = []
    for number in numbers:
        if number not in pending:
            continue
        _, batch, person, name, text, why, level, message_id, undoes = pending.pop(number)
        change, origin = change_from(text), Origin(person, name, why, Level(level), message_id)
        if change in applied:
            kind = EventKind.CHANGED if undoes is None else EventKind.UNDONE
            events.append((append_from(tx, kind, at, origin, change.because, origin.why, text), number))
            _follow(tx, change, origin)
        elif change in refused:
            tx.run("UPDATE change SET state = 'refused' WHERE id = ?", number)
            conflicts.setdefault(batch, []).append((change, refused[change], origin))
    tx.many("UPDATE change SET state = 'applied', event = ? WHERE id = ?", events)
    for items in conflicts.values():
        _conflict(tx, items, dict(receipt.stale), at)


def _follow(tx: Transaction, change: Change, origin: Origin) -> None:
    """Take in what follows from *change*, which is in the file."""
    if change.field == ENTRY:
        _came_or_went(tx, change, origin)
    elif change.field == "email" and isinstance(change.after, str) and origin.person is not None:
        has_new_address(tx, origin.person, change.contact, change.after)


def _came_or_went(tx: Transaction, change: Change, origin: Origin) -> None:
    """Leave it to the next reading of the file to seat who came; whoever went at the owner's word is not missed."""
    if change.after is None:
        out_of_the_file(tx, origin.person or person(tx, change.contact))
    look_again(tx)


def _conflict(tx: Transaction, items: Sequence[tuple[Change, str, Origin]], now: Mapping[Change, Value], at: datetime) -> None:
    """Say each change that the file refused, and ask once for all of one batch: a yes is to what the file says *now*.

    Whole entries are not asked about: the owner, who alone adds them and takes them out, has read why not.
    """
    for change, reason, origin in items:
        append_from(tx, EventKind.CONFLICT, at, origin, change.because, reason, change)
    items = [item for item in items if item[0].field != ENTRY]
    if not items:
        return
    first, _, origin = items[0]
    why = "; ".join(dict.fromkeys(reason for _, reason, _ in items))
    asked = Origin(origin.person, origin.name, f"{why} ({origin.why})", origin.level, origin.message_id)
    ask(tx, _anew([change for change, _, _ in items], now, at), first.because, asked, at, hold=False)


def _anew(changes: Sequence[Change], now: Mapping[Change, Value], at: datetime) -> list[Change]:
    """Give *changes* against what their fields say *now*; an address of the owner's that one would replace goes into `previous` as well."""
    anew = [replace(change, before=now.get(change, change.before)) for change in changes]
    for change in changes:
        theirs = now.get(change)
        if change.field == "email" and isinstance(theirs, str):
            kept = Previous(theirs, until=at.date().isoformat(), why=change.because.rule)
            before = Change(change.contact, "previous", None, None, change.because)
            with_it = next(
                (one for one in anew if (one.contact, one.field, one.because) == (change.contact, "previous", change.because)), before
            )
            anew = [one for one in anew if one is not with_it]
            anew.append(replace(with_it, after=(*_former(with_it.after), kept)))
    return anew


def _former(value: Value) -> tuple[Previous, ...]:
    return tuple(item for item in value if isinstance(item, Previous)) if isinstance(value, tuple) else ()
