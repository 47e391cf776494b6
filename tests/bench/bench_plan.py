"""How long planning takes: `python tests/bench/bench_plan.py [PEOPLE]` prints a table (default 100,000 people, ten years of ledger)."""

import gc
import resource
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from support.build import AT, SETTINGS

from bouncer.core.forecast import forecast
from bouncer.core.outlook import outlook, pace_note
from bouncer.core.plan import plan
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.codec import stamp
from bouncer.model import Activity, Book

YEARS, PER_WEEK, MEGABYTE = 10, 15, 1 << 20
COUNTRIES = ("GB", "DE", "FR", "US", "JP", "", "", "EG")
ZONES = ("", "Europe/Paris", "America/New_York", "")
Result = TypeVar("Result")


def entries(number: int) -> Iterable[dict[str, str]]:
    """Give invented contacts, twenty to a company; some with a country, a time zone, an interval or a former address."""
    for n in range(number):
        every = ("", "", "1 year", "3 months")[n % 4]
        fields = {
            "name": f"Person {n}",
            "email": f"person{n}@company{n // 20}.example",
            "company": f"Company {n // 20}",
            "country": COUNTRIES[n % 8],
            "timezone": ZONES[n % 4],
            "every": every,
            "status": "left" if n % 50 == 0 else "",
        }
        yield {name: value for name, value in fields.items() if value}


def write(directory: Path, number: int) -> tuple[Path, Path]:
    """Write the same people as YAML and as JSON."""
    yaml, json = directory / "contacts.yaml", directory / "contacts.json"
    with yaml.open("w", encoding="utf-8") as file:
        file.write("contacts:\n")
        for entry in entries(number):
            file.write("  - " + "\n    ".join(f"{name}: {value}" for name, value in entry.items()) + "\n")
    with json.open("w", encoding="utf-8") as file:
        lines = ("  {" + ", ".join(f'"{name}": "{value}"' for name, value in entry.items()) + "}" for entry in entries(number))
        file.write('{"contacts": [\n' + ",\n".join(lines) + "\n]}\n")
    return yaml, json


def live_through(ledger: SqliteLedger, chance: Random) -> None:
    """Give the ledger ten years at the usual pace: letters, an event for each, and when people were last heard of."""
    activity = ledger.activity(AT, "UTC")
    people = sorted(activity.person_of.values())
    weeks = [AT - timedelta(weeks=back) for back in range(YEARS * 52, 0, -1)]
    sent = [(chance.choice(people), week + timedelta(hours=n)) for week in weeks for n in range(PER_WEEK)]
    with ledger._database.writing() as tx:  # ten years through the front door would take ten minutes
        tx.many(
            """INSERT INTO outbox (person, period, address, purpose, not_before, why, state, queued, tried)
               VALUES (?, ?, 'x@company.example', 'checkin', ?, 'due', 'sent', ?, ?) ON CONFLICT DO NOTHING""",
            ((person, f"checkin:{at:%G-W%V}", stamp(at), stamp(at), stamp(at)) for person, at in sent),
        )
        tx.many(
            "INSERT INTO event (at, kind, person, name, detail) VALUES (?, ?, ?, 'Person', 'x@company.example')",
            ((stamp(at), kind, person) for person, at in sent for kind in ("sent", "received", "alive", "hint")),
        )
        heard = ((stamp(AT - timedelta(days=chance.randint(1, 3650))), person) for person in people if chance.random() < 0.8)
        tx.many("UPDATE person SET last_contact = ? WHERE id = ?", heard)


def measured(label: str, act: Callable[[], Result]) -> Result:
    """Do it and print how long it took and by how much the process grew at most."""
    gc.collect()
    process = psutil.Process()
    before, start, began = process.memory_info().rss, perf_counter(), process_time()
    result = act()
    seconds, busy = perf_counter() - start, process_time() - began
    grown = max(process.memory_info().rss, peak()) - before if peak() > before else process.memory_info().rss - before
    print(f"{label:<36} {seconds:8.2f} s, {busy:.2f} s of them at work {grown / MEGABYTE:8.0f} MB")
    return result


def peak() -> int:
    """Give the most memory that this process has ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(number: int) -> None:
    """Print the table."""
    chance = Random(7)  # noqa: S311 - the same people every time
    with TemporaryDirectory() as name:
        directory = Path(name)
        yaml, json = write(directory, number)
        print(f"{number:,} people, {YEARS} years of {PER_WEEK} letters a week; most memory above what there was before")
        measured("loading JSON", lambda: open_contacts(json, directory / "history").load())
        book = measured("loading YAML", lambda: open_contacts(yaml, directory / "history").load())
        ledger = SqliteLedger(directory / "ledger.sqlite3")
        try:
            ledger.sync(book, AT)
            live_through(ledger, chance)
            plan_it(book, ledger, chance)
        finally:
            ledger.close()


def plan_it(book: Book, ledger: SqliteLedger, chance: Random) -> None:
    """Print what the ledger and the plan cost."""
    activity: Activity = measured("what planning asks of the ledger", lambda: ledger.activity(AT, "UTC"))
    measured("one plan", lambda: plan(book, activity, SETTINGS, AT, chance.random))
    measured("one plan, again", lambda: plan(book, activity, SETTINGS, AT, chance.random))
    measured("the coming week", lambda: outlook(book, activity, SETTINGS, AT, chance.random))
    measured("`bouncer plan --weeks 4`", lambda: forecast(book, activity, (), SETTINGS, AT, chance.random, 28))
    measured("whether the pace meets the wishes", lambda: pace_note(book, SETTINGS))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
