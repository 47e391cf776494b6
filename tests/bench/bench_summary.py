"""How long a summary takes: `python tests/bench/bench_summary.py [EVENTS] [PEOPLE]` prints a table (default 5,000 and 10,000)."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.build import AT, SETTINGS

from bouncer.core.summary import as_html, as_text
from bouncer.daemon.week import week_summary
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.codec import change_to, stamp
from bouncer.model import Because, Book, Change, Contact, Health

WEEK, YEARS = (2026, 10), 10
NEWS = (("company", "Old", "New"), ("status", None, "left"), ("title", None, "Chief"), ("email", "old@x.example", "new@y.example"))
Result = TypeVar("Result")


def fill(ledger: SqliteLedger, book: Book, events: int, chance: Random) -> None:
    """Give the ledger ten years of signs of life, two a person and year, and a week of *events* changes."""
    ledger.sync(book, AT)
    people = ledger.activity(AT, "UTC").person_of
    with ledger._database.writing() as tx:  # ten years through the front door would take ten minutes
        days = ((person, AT - timedelta(days=chance.randint(8, 365 * YEARS))) for person in people.values() for _ in range(2 * YEARS))
        tx.many("INSERT INTO event (at, kind, person, name, detail) VALUES (?, 'alive', ?, '', '')", ((stamp(at), who) for who, at in days))
        for number, contact in zip(range(events), book.contacts * (events // len(book.contacts) + 1), strict=False):
            change = Change(contact.email, *NEWS[number % len(NEWS)], Because("rule", f"words {number}", "body"))
            tx.run(
                "INSERT INTO event (at, kind, person, name, change, detail, message_id) VALUES (?, 'changed', ?, ?, ?, 'why', ?)",
                stamp(AT + timedelta(seconds=number)), people[contact.email], contact.name, change_to(change), f"<{number}@x.example>",
            )  # fmt: skip


def timed(what: str, work: Callable[[], Result]) -> Result:
    """Do *work* and print what processor time it took."""
    start = process_time()
    result = work()
    print(f"{what:<40}{process_time() - start:8.2f} s")
    return result


def main(events: int = 5_000, people: int = 10_000) -> None:
    """Print the table."""
    contacts = tuple(
        Contact(name=f"Person {n}", email=f"person{n}@company{n // 20}.example", company=f"Company {n // 20}") for n in range(people)
    )
    book, health = Book(contacts, "bench"), Health(live=True)
    with TemporaryDirectory() as directory:
        ledger = SqliteLedger(Path(directory) / "ledger.sqlite3")
        fill(ledger, book, events, Random(7))  # noqa: S311 - invented people
        print(f"{events:,} events in the week, {people:,} people, {YEARS} years")
        made = timed("gathered", lambda: week_summary(SETTINGS, ledger, book, health, WEEK, AT + timedelta(days=5), lambda: 0.5))
        timed("as text", lambda: as_text(made))
        page = timed("as a page", lambda: as_html(made))
        print(f"{'page':<40}{len(page.encode()) / 1024:8.1f} KB")
        ledger.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
