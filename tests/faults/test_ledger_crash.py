"""Kill -9 at every statement of the ledger and at every write beside it, and again while it recovers; and a disk that takes no more.

A small daemon takes in mail, corrects a contact file, sends letters and carries out the owner's word. A forked child runs it and is
killed at one point; a second child goes on from there and may be killed too; a third runs to the end. Whatever the point, the file is
right, every change and question is there once, and no letter was handed over twice.

All points are tried once, and a sample of the pairs; `BOUNCER_CRASH_PAIRS=20000` tries more, `BOUNCER_SEED` another sample.
"""

import json
import os
import random
import resource
import signal
import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.deadly import Points, traced
from support.ledger import DAY, MOVE, TITLE, book, delivery, letter, mail, match, planned, reading
from support.pictures import Picture, judged, pictures, scratch
from support.processes import in_child

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.codec import value_to
from bouncer.edge.ledger.database import Database
from bouncer.edge.ledger.schema import MIGRATIONS, Migration, migrate
from bouncer.errors import StorageFault, UsageError
from bouncer.model import Apply, Change, Contact, EventKind, Level, OutboxState, Receipt, Review

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
PAIRS = int(os.environ.get("BOUNCER_CRASH_PAIRS", "60"))
BOB = Contact(name="Bob Ray", email="bob@corp.example")
PHONE = Change(BOB.email, "phones", None, ("+44 20 7946 0018",), TITLE.because)
NEXT = Migration(
    "a row and a column more", ("ALTER TABLE claim ADD COLUMN why TEXT", "INSERT INTO claim (period, at) VALUES ('migrated', '')")
)
EXPECTED = {"jane": {"email": "jane@newco.example", "title": None}, "bob": {"phones": {"list": ["+44 20 7946 0018"]}}}


@dataclass(slots=True)
class World:
    """What outlives a crash: the ledger's file, the contact file, and what the mail server was given."""

    root: Path
    point: Points

    def open(self) -> SqliteLedger:
        """Open the ledger, with a point before each statement of it."""
        with traced(self.point):
            return SqliteLedger(self.root / "ledger.sqlite3")

    def file(self) -> dict[str, dict[str, object]]:
        """Read the contact file."""
        path = self.root / "contacts.json"
        return json.loads(path.read_text()) if path.exists() else {"jane": {"email": JANE.email, "title": None}, "bob": {"phones": None}}

    def apply(self, changes: list[Change]) -> Receipt:
        """Write the contact file whole, each change a compare-and-set; one that is made already counts as made."""
        entries, applied = self.file(), []
        for change in changes:
            fields = entries["bob" if change.contact == BOB.email else "jane"]
            assert fields[change.field] in (value_to(change.before), value_to(change.after))
            fields[change.field] = value_to(change.after)
            applied.append(change)
        self.point("before the file")
        draft = self.root / "contacts.part"
        draft.write_text(json.dumps(entries))
        draft.replace(self.root / "contacts.json")
        self.point("after the file")
        return Receipt(tuple(applied), (), "", "")

    def submit(self, message_id: str) -> None:
        """Hand a letter over."""
        self.point("before the wire")
        with (self.root / "wire").open("a") as wire:
            wire.write(message_id + "\n")
        self.point("after the wire")

    def wire(self) -> list[str]:
        """Give what the server was given."""
        path = self.root / "wire"
        return path.read_text().split() if path.exists() else []


class Honest:
    """The order of steps that the ledger is made for."""

    def write(self, world: World, ledger: SqliteLedger, made: tuple[tuple[int, Change], ...]) -> None:
        """Make committed changes, then settle them."""
        if made:
            ledger.settle(made, world.apply([change for _, change in made]), AT)

    def submit(self, world: World, ledger: SqliteLedger, outbox: int, message_id: str) -> None:
        """Arm, hand over, note the end."""
        ledger.arm(outbox, AT)
        world.submit(message_id)
        ledger.delivered(outbox, delivery(OutboxState.SENT), AT)


class SettlesFirst(Honest):
    """Says that it was done, and then does it."""

    def write(self, world: World, ledger: SqliteLedger, made: tuple[tuple[int, Change], ...]) -> None:
        """Settle before the file is written."""
        if made:
            ledger.settle(made, Receipt(tuple(change for _, change in made), (), "", ""), AT)
            world.apply([change for _, change in made])


class ArmsLate(Honest):
    """Hands over, and then notes that it is about to."""

    def submit(self, world: World, ledger: SqliteLedger, outbox: int, message_id: str) -> None:
        """Arm after the wire."""
        world.submit(message_id)
        ledger.arm(outbox, AT)
        ledger.delivered(outbox, delivery(OutboxState.SENT), AT)


def run(world: World, order: Honest) -> None:
    """Do all there is to do, whatever was done before: what the daemon does at its start, and then its rounds."""
    ledger = world.open()
    ledger.hold()
    ledger.adrift(AT)
    ledger.sync(book(JANE, BOB, digest="the file"), AT)
    order.write(world, ledger, ledger.pending())
    jane, bob = ledger.person(JANE.email), ledger.person(BOB.email)
    assert jane
    assert bob
    moved, phone = mail("my new address", uid=1), mail("my number", uid=2)
    if not ledger.has(moved):
        decisions = [Apply((MOVE, TITLE), "moved", Level.E4, alive=True)]
        order.write(world, ledger, ledger.record(moved, reading(moved), match(jane), decisions, JANE, AT))
    if not ledger.has(phone):
        asked = Review((PHONE,), "a number", Level.E1, PHONE.because, hold=True)
        ledger.record(phone, reading(phone, sender=BOB.email), match(bob, Level.E1), [asked], BOB, AT)
    for question in ledger.questions():
        order.write(world, ledger, ledger.answer(question.id, accept=True, at=AT))
    for event in ledger.events():
        if event.kind is EventKind.CHANGED and event.change and event.change.field == "title":
            undo(world, ledger, order, event.id)
    ledger.enqueue([planned(jane), planned(bob, address=BOB.email), replace(planned("owner", "summary:2026-W10"), purpose="summary")], AT)
    for outbox, entry in ledger.due(AT):
        message_id = f"<{entry.person}.{entry.period}@home.example>"
        ledger.ready(outbox, letter(entry.person, message_id, entry.address), AT)
        order.submit(world, ledger, outbox, message_id)
    ledger.close()


def undo(world: World, ledger: SqliteLedger, order: Honest, event: int) -> None:
    """Undo once; the owner who says it again is told so."""
    try:
        made = ledger.undo(event, AT)
    except UsageError:
        return
    order.write(world, ledger, made)


def faults_in(world: World) -> list[str]:
    """Give every promise that the world breaks after its last run."""
    ledger = SqliteLedger(world.root / "ledger.sqlite3")
    kinds = Counter(event.kind for event in ledger.events())
    letters = [sent.state for sent in ledger.week(2026, 10, "UTC").sent]
    fates = (kinds[EventKind.SENT], kinds[EventKind.UNKNOWN])
    once = {EventKind.CHANGED: 3, EventKind.UNDONE: 1, EventKind.REVIEW: 1, EventKind.HOLD: 1, EventKind.ACCEPTED: 1, EventKind.RECEIVED: 2}
    found = {
        f"file {world.file()}": world.file() == EXPECTED,
        "a change lost or pending": ledger.pending() == (),
        "a question lost or open": ledger.questions() == (),
        f"events {kinds}": all(kinds[kind] == count for kind, count in once.items()) and kinds[EventKind.CONFLICT] == 0,
        f"letter twice {world.wire()}": max(Counter(world.wire()).values(), default=0) <= 1,
        f"letter lost {letters}": len(letters) == sum(fates) == 3 and len(world.wire()) + fates[1] >= 3,
        f"letters said sent that were not {fates}": fates[0] <= len(world.wire()),
        "seen": ledger.seen("main") == {"INBOX": (1, 2)},
        "still due": ledger.due(AT + 400 * DAY) == (),
        "the database is whole": ledger._database._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)],
    }
    ledger.close()
    return [promise for promise, kept in found.items() if not kept]


def survives(deadly: tuple[int, ...], order: Honest) -> tuple[list[str], int]:
    """Run a new world, killed at each point of *deadly* in turn, then to the end; gives broken promises and how many kills there were."""
    with scratch() as root:
        kills = 0
        for point in deadly:
            kills += in_child(lambda point=point: run(World(Path(root), Points(point)), order)) == -signal.SIGKILL  # type: ignore[misc]
        return goes_on(Path(root), order), kills


def goes_on(root: Path, order: Honest) -> list[str]:
    """Run to the end whatever lies in *root*, and once more; gives broken promises."""
    assert in_child(lambda: run(World(root, Points()), order)) == 0
    world = World(root, Points())
    before = SqliteLedger(world.root / "ledger.sqlite3")
    events = before.events()
    before.close()
    run(world, Honest())
    broken = faults_in(world)
    after = SqliteLedger(world.root / "ledger.sqlite3")
    if after.events() != events:
        broken.append("a run with nothing to do did something")
    after.close()
    return broken


def left_by_kills(root: Path) -> list[Picture]:
    """Give what a kill leaves at each point of a run that goes on from whatever lies in *root*."""
    return pictures(root, lambda pause: run(World(root, Points(pause=pause)), Honest()))


def points(order: Honest) -> list[str]:
    """Give what happens at each point of an undisturbed run in *order*."""
    with scratch() as root:
        point = Points(trace=[])
        run(World(Path(root), point), order)
        return point.trace or []


def test_a_run_that_nobody_disturbs_keeps_every_promise() -> None:
    """The control: the promises can be kept, and the points cover the schema, every kind of commit, the file and the wire."""
    assert survives((), Honest()) == ([], 0)
    trace = points(Honest())
    for part in (
        "CREATE TABLE event",
        "PRAGMA user_version = 1",
        "COMMIT",
        "before the file",
        "after the file",
        "before the wire",
        "after the wire",
    ):
        assert part in [what[: len(part)] for what in trace], part
    assert len(trace) > 200


def test_killed_at_any_point_it_loses_nothing_and_repeats_nothing() -> None:
    """Every single point: what a kill there leaves is gone on from, once for all points at which that is the same."""
    with scratch() as root:
        left = left_by_kills(Path(root))
    for point, broken in enumerate(judged(left, lambda place: goes_on(place, Honest())), start=1):
        assert not broken, f"killed at point {point} ({left[point - 1].what!r}): {broken}"
    different = len({shown.digest for shown in left})
    print(f"{len(left)} points, {different} of them different")
    assert len(left) == len(points(Honest()))
    assert different > 30


def test_killed_again_while_it_recovers_it_still_keeps_its_promises() -> None:
    """A sample of all pairs of points."""
    total, chosen = len(points(Honest())), random.Random(SEED)  # noqa: S311 - a sample, not a secret
    killed = 0
    for _ in range(PAIRS):
        pair = (chosen.randint(1, total), chosen.randint(1, total))
        broken, kills = survives(pair, Honest())
        assert not broken, f"BOUNCER_SEED={SEED}, killed at {pair}: {broken}"
        killed += kills
    print(f"{PAIRS} pairs of {total} points, {killed} kills")
    assert killed > PAIRS


def migrate_in(world: World) -> None:
    """Open the ledger with a bouncer that knows one migration more."""
    database = Database(world.root / "ledger.sqlite3")
    database._connection.set_trace_callback(world.point)
    migrate(database, (*MIGRATIONS, NEXT))
    database.close()


def test_killed_while_it_migrates_the_ledger_is_the_old_or_the_new_one() -> None:
    """Never half of it: the next start finishes, once."""
    point = 0
    while True:
        point += 1
        with scratch() as root:
            run(World(Path(root), Points()), Honest())
            status = in_child(lambda root=root, point=point: migrate_in(World(Path(root), Points(point))))  # type: ignore[misc]
            world = World(Path(root), Points())
            migrate_in(world)
            assert sqlite3_rows(world, "SELECT period FROM claim") == [("migrated",)], point
            assert sqlite3_rows(world, "PRAGMA integrity_check") == [("ok",)], point
            assert len(sqlite3_rows(world, "SELECT 1 FROM event WHERE kind = 'changed'")) == 3, point
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert point > 10


def sqlite3_rows(world: World, sql: str) -> list[tuple[object, ...]]:
    """Ask the ledger's file whatever its version."""
    connection = sqlite3.connect(world.root / "ledger.sqlite3")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def run_until_full(world: World, limit: int) -> None:
    """Run with files of at most *limit* bytes, which SQLite meets as a failing disk; ends the process with 3 where it was said so."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        run(world, Honest())
    except StorageFault:
        os._exit(3)


def test_whichever_write_of_the_ledger_the_disk_refuses_nothing_is_lost_or_repeated() -> None:
    """The first page that does not fit is every third one in turn; with room again, the next run does what is left."""
    said = 0
    for limit in range(0, 1_000_000, 3 * 4096):
        with scratch() as root:
            status = in_child(lambda root=root, limit=limit: run_until_full(World(Path(root), Points()), limit))  # type: ignore[misc]
            assert status in (0, 3), f"limit {limit}"
            said += status == 3
            assert in_child(lambda root=root: run(World(Path(root), Points()), Honest())) == 0  # type: ignore[misc]
            broken = faults_in(World(Path(root), Points()))
            assert not broken, f"limit {limit}: {broken}"
            if status == 0:
                break
    print(f"{said} failing writes")
    assert said > 30


@pytest.mark.parametrize(("order", "promise"), [(SettlesFirst(), "file"), (ArmsLate(), "letter twice")])
def test_the_harness_catches_an_order_that_breaks_a_promise(order: Honest, promise: str) -> None:
    """Without these it would prove nothing."""
    trace = points(order)
    near = [n for n, what in enumerate(trace, start=1) if what in ("before the file", "after the wire", "COMMIT")]
    assert any(broken.startswith(promise) for point in near for broken in survives((point,), order)[0])
