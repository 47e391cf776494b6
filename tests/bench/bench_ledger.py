"""How long the ledger takes: `python tests/bench/bench_ledger.py [PEOPLE ...]` prints a table (default 1,000 and 100,000 people)."""

import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.build import AT
from support.ledger import BECAUSE, DAY, applied, delivery, letter, mail, match, planned, reading

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Apply, Book, Change, Contact, EventKind, Kind, Level, OutboxState, Previous

ROUNDS, YEARS = 200, 10


def people(count: int) -> tuple[Contact, ...]:
    """Give *count* invented contacts, each with two addresses."""
    return tuple(
        Contact(
            name=f"Person {n}",
            email=f"person{n}@company{n // 20}.example",
            also=(f"p{n}@home.example",),
            company=f"Company {n // 20}",
            title="Engineer",
            tags=("met", "it"),
        )
        for n in range(count)
    )


def timed(act: Callable[[], object]) -> float:
    """Give how many milliseconds *act* took."""
    start = perf_counter()
    act()
    return (perf_counter() - start) * 1000


def answer(ledger: SqliteLedger, contact: Contact, n: int) -> None:
    """Take in one answer that changes an entry, from `has` to `settle`."""
    raw = mail(f"answer {n}", uid=n + 1)
    assert not ledger.has(raw)
    says = reading(raw, Kind.HUMAN, contact.email)
    known = ledger.known(says)
    changes = (
        Change(contact.email, "title", "Engineer", "CTO", BECAUSE),
        Change(contact.email, "previous", None, (Previous(contact.email),), BECAUSE),
    )
    decision = Apply(changes, "says so", Level.E4, alive=True)
    made = ledger.record(raw, says, match(known.person_of[contact.email]), [decision], contact, AT)
    ledger.settle(made, applied(*changes), AT)


def send(ledger: SqliteLedger, contact: Contact, n: int) -> None:
    """Take one check-in from plan to sent."""
    person = ledger.person(contact.email) or ""
    ledger.enqueue([planned(person, f"round {n}", contact.email)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(person, f"<b.{n}@home.example>", contact.email), AT)
    ledger.arm(outbox, AT)
    ledger.delivered(outbox, delivery(OutboxState.SENT), AT)


def past(ledger: SqliteLedger, book: Book) -> None:
    """Give the ledger ten years: a letter, an answer and a change a year for every tenth person."""
    ids = [ledger.person(contact.email) or "" for contact in book.contacts[::10]]
    with ledger._database.writing() as tx:
        for year in range(YEARS):
            at = (AT - (year + 1) * 365 * DAY).isoformat(timespec="microseconds")
            tx.many(
                """INSERT INTO outbox (person, period, address, purpose, not_before, why, state, queued, tried)
                   VALUES (?, ?, 'x@y.example', 'checkin', ?, '', 'sent', ?, ?)""",
                ((who, f"year {year}", at, at, at) for who in ids),
            )
            for kind in (EventKind.SENT, EventKind.RECEIVED, EventKind.CHANGED):
                tx.many(
                    "INSERT INTO event (at, kind, person, name, detail) VALUES (?, ?, ?, 'Person', '')", ((at, kind, who) for who in ids)
                )


def table(count: int) -> None:
    """Print what each step takes with *count* people."""
    with TemporaryDirectory() as root:
        path = Path(root) / "ledger.sqlite3"
        ledger = SqliteLedger(path)
        book = Book(people(count), "first")
        edited = Book((*book.contacts[:-1], replace(book.contacts[-1], company="Other")), "second")
        rows = [
            ("sync, everybody new", timed(lambda: ledger.sync(book, AT))),
            ("sync, the same file", timed(lambda: ledger.sync(book, AT))),
            ("sync, one entry edited", timed(lambda: ledger.sync(edited, AT))),
        ]
        past(ledger, book)
        some = [book.contacts[n * 7919 % count] for n in range(ROUNDS)]
        rows += [
            ("has + known + record + settle, median", median(timed(lambda n=n, c=c: answer(ledger, c, n)) for n, c in enumerate(some))),
            ("plan to sent (five commits), median", median(timed(lambda n=n, c=c: send(ledger, c, n)) for n, c in enumerate(some))),
            ("activity", timed(lambda: ledger.activity(AT, "Europe/London"))),
        ]
        ledger._database._connection.executemany(
            "INSERT INTO event (at, kind, name, detail) VALUES (?, 'health', '', '')",
            [(AT.isoformat(timespec="microseconds"),)] * 5000,
        )
        rows += [
            ("week of 5,000 events and more", timed(lambda: ledger.week(2026, 10, "Europe/London"))),
            ("newest 1,000 events", timed(ledger.events)),
            ("events of one person", timed(lambda: ledger.events(person=ledger.person(some[0].email)))),
        ]
        ledger.close()
        rows.append(("open", timed(lambda: SqliteLedger(path).close())))
        size = path.stat().st_size / 1e6
    print(f"\n{count:,} people, {YEARS} years of past ({size:.0f} MB on disk)")
    for what, milliseconds in rows:
        print(f"  {what:<40}{milliseconds:>10.2f} ms")
    print(f"  most memory so far{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>34.0f} MB")


if __name__ == "__main__":
    for number in [int(argument) for argument in sys.argv[1:]] or [1_000, 100_000]:
        table(number)
