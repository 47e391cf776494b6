"""A ledger that the former schema made, rows and all, is brought up to date: nothing is lost, killed in the middle or not."""

import signal
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.deadly import Points, traced
from support.ledger import DAY, book, mail, planned
from support.processes import in_child

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.schema import MIGRATIONS, backup_path
from bouncer.model import Contact, EventKind

FORMER = (Path(__file__).parents[2] / "support" / "ledger_v1.sql").read_text(encoding="utf-8")
MOVED = replace(JANE, email="jane@newco.example")
BOB = Contact(name="Bob Ray", email="bob@corp.example")  # he asked not to be written to


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a ledger as the former bouncer left it."""
    made = tmp_path / "ledger.sqlite3"
    connection = sqlite3.connect(made)
    connection.executescript(FORMER)
    connection.close()
    return made


def rows(path: Path, version: int = 1) -> dict[str, list[tuple[object, ...]]]:
    """Give every row by table, as far as the tables of *version* go."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}  # noqa: S608
    finally:
        connection.close()


def test_nothing_of_the_former_ledger_is_lost(path: Path) -> None:
    """Every row is there; a person has one column more, when they asked not to be written to, and a mail its subject."""
    before = rows(path)
    SqliteLedger(path).close()
    after = rows(path, len(MIGRATIONS))
    for table in ("person", "waiting"):
        assert [row[:-1] for row in after.pop(table)] == before.pop(table)
    assert before.items() <= after.items()
    assert (after["forgotten"], after["forgetting"]) == ([], [])
    assert rows(backup_path(path, 1))["event"] == before["event"]


def test_it_goes_on_where_the_former_one_left_off(path: Path) -> None:
    """What was seen is seen, what was sent is not sent again, what waits still waits, and an old change can be undone."""
    ledger = SqliteLedger(path)
    assert ledger.has(mail("please stop"))
    assert ledger.enqueue([planned("aaaaaaaaaaaa")], AT) == 0
    assert [question.name for question in ledger.questions()] == ["Bob Ray"]
    title = next(e.id for e in ledger.events() if e.kind is EventKind.CHANGED and e.change and e.change.field == "title")
    assert [change.after for _, change in ledger.undo(title, AT)] == [None]
    assert ledger.sync(book(MOVED, BOB), AT) == ()
    assert (ledger.person(MOVED.email), ledger.person(BOB.email)) == ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    ledger.close()


def test_who_had_asked_not_to_be_written_to_before_is_stopped_at_a_new_address_too(path: Path) -> None:
    """And who had not is not."""
    ledger = SqliteLedger(path)
    ledger.sync(book(replace(MOVED, email="jane@third.example"), replace(BOB, email="bob@new.example")), AT + DAY)
    assert ledger.activity(AT, "UTC").suppressed == {"bob@corp.example", "bob@new.example"}
    ledger.close()


def test_killed_at_any_statement_it_is_the_former_or_the_new_one(path: Path) -> None:
    """Never half of it; the next start finishes, and finds the same rows as an undisturbed one."""
    copy = path.with_name("copy.sqlite3")
    copy.write_bytes(path.read_bytes())
    SqliteLedger(copy).close()
    expected, former = rows(copy, len(MIGRATIONS)), path.read_bytes()
    point = 0
    while True:
        point += 1
        for left in path.parent.glob("ledger.sqlite3*"):
            left.unlink()
        path.write_bytes(former)
        status = in_child(lambda point=point: _open(path, Points(point)))  # type: ignore[misc]
        connection = sqlite3.connect(path)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        whole = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name IN ('forgotten', 'forgetting', 'person_stopped')"
        ).fetchone()
        connection.close()
        assert (version, whole) in ((1, (0,)), (2, (3,)), (3, (3,)), (4, (3,)), (5, (3,)), (6, (3,))), point
        SqliteLedger(path).close()
        assert rows(path, len(MIGRATIONS)) == expected, point
        if status == 0:
            break
        assert status == -signal.SIGKILL
    print(f"{point - 1} kills")
    assert point > len(MIGRATIONS[1].statements)


def test_the_former_bouncer_could_not_have_opened_the_new_one(path: Path) -> None:
    """Its version tells: this is what keeps rows from being read wrongly after a step back."""
    SqliteLedger(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert len(MIGRATIONS) > 1
    connection.close()


def _open(path: Path, point: Points) -> None:
    with traced(point):
        ledger = SqliteLedger(path)
    ledger.close()
