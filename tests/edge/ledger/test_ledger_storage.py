"""The file under the ledger: who may read it, which version it is, and what is said when the disk fails."""

import os
import resource
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.ledger import DAY, TITLE, applied, jane, mail, match, planned, reading
from support.processes import in_child

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.database import Database
from bouncer.edge.ledger.schema import MIGRATIONS, Migration, backup_path, migrate
from bouncer.errors import Busy, OwnerFault, StorageFault
from bouncer.model import Apply, EventKind, Level
from bouncer.ports import Ledger

SECOND = Migration("a column more", ("ALTER TABLE claim ADD COLUMN why TEXT", "UPDATE claim SET why = 'before'"))
BROKEN = Migration("half of it works", ("ALTER TABLE claim ADD COLUMN why TEXT", "INSERT INTO nowhere VALUES (1)"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give where a ledger of this test may be."""
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def filed(path: Path) -> Iterator[SqliteLedger]:
    """Give a ledger on a file that knows Jane."""
    made = SqliteLedger(path)
    jane(made)
    yield made
    made.close()


def test_the_ledger_is_the_port(filed: SqliteLedger) -> None:
    """The type checker sees it in this line; here it is only exercised."""
    port: Ledger = filed
    assert port.questions() == ()


def test_only_the_owner_may_read_any_of_its_files(filed: SqliteLedger, path: Path) -> None:
    """Mail of other people is in them."""
    filed.hold()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm", "ledger.sqlite3.lock"), 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_ledger_that_others_could_read_is_closed_to_them(filed: SqliteLedger, path: Path) -> None:
    """A restore from a backup may have opened it up."""
    filed.close()
    path.chmod(0o644)
    SqliteLedger(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_commit_is_on_the_disk_when_it_returns(filed: SqliteLedger) -> None:
    """WAL and FULL, with foreign keys enforced and writers that wait for each other."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with filed._database.reading() as tx:
        assert [tx.rows(f"PRAGMA {name}")[0][0] for name in pragmas] == ["wal", 2, 1, 5000]


def test_what_was_recorded_is_there_after_a_restart(filed: SqliteLedger, path: Path) -> None:
    """People, pending changes, questions and the outbox."""
    who, raw = filed.person(JANE.email), mail("title", 5)
    made = filed.record(raw, reading(raw), match(who), [Apply((TITLE,), "title", Level.E4)], JANE, AT)
    filed.enqueue([planned(who or "")], AT)
    filed.close()
    again = SqliteLedger(path)
    try:
        assert (again.person(JANE.email), again.pending(), again.has(raw)) == (who, made, True)
        assert [p.person for _, p in again.due(AT)] == [who]
        assert again.seen("main") == {"INBOX": (1, 5)}
    finally:
        again.close()


def test_events_are_never_rewritten_or_deleted(filed: SqliteLedger) -> None:
    """The database itself refuses."""
    filed.note(EventKind.HEALTH, "once", AT)
    for sql in ("UPDATE event SET detail = 'else'", "DELETE FROM event", "UPDATE event SET at = '2000'"):
        with pytest.raises(sqlite3.IntegrityError, match="never"), filed._database.writing() as tx:
            tx.run(sql)
    assert [e.detail for e in filed.events()] == ["once"]


# -- versions


def test_a_newer_ledger_is_refused_in_one_sentence(filed: SqliteLedger, path: Path) -> None:
    """And left exactly as it is."""
    filed.close()
    _sql(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(OwnerFault) as fault:
        SqliteLedger(path)
    assert str(fault.value) == f"{path}: is of schema version 99; this bouncer knows up to {len(MIGRATIONS)}: install a newer bouncer"
    assert fault.value.exit_code == 78
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    """Its tables are not ours to add to."""
    path.parent.mkdir()
    _sql(path, "CREATE TABLE tunes (name TEXT)")
    with pytest.raises(OwnerFault, match="is a database of another program"):
        SqliteLedger(path)
    assert _sql(path, "SELECT name FROM sqlite_master") == [("tunes",)]


def test_a_migration_keeps_a_copy_of_what_was(filed: SqliteLedger, path: Path) -> None:
    """The copy opens as the ledger it was, and only the owner may read it."""
    filed.claim("one", AT)
    filed.close()
    database = Database(path)
    migrate(database, (*MIGRATIONS, SECOND))
    database.close()
    assert _sql(path, "SELECT period, why FROM claim") == [("one", "before")]
    assert _sql(path, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
    copy = backup_path(path, len(MIGRATIONS))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    old = SqliteLedger(copy)
    assert not old.claim("one", AT)
    old.close()


def test_a_migration_that_fails_changes_nothing(filed: SqliteLedger, path: Path) -> None:
    """Schema and version go together or not at all."""
    filed.claim("one", AT)
    filed.close()
    database = Database(path)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(database, (*MIGRATIONS, BROKEN))
    database.close()
    again = SqliteLedger(path)
    assert not again.claim("one", AT)
    again.close()


def test_nothing_is_migrated_where_no_copy_can_be_kept(filed: SqliteLedger, path: Path) -> None:
    """The disk may be full, or something else may stand where the copy should go."""
    filed.close()
    backup_path(path, len(MIGRATIONS)).mkdir()
    database = Database(path)
    with pytest.raises(StorageFault, match="cannot be used"):
        migrate(database, (*MIGRATIONS, SECOND))
    database.close()
    assert _sql(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_new_ledger_needs_no_copy_and_a_current_one_no_migration(filed: SqliteLedger, path: Path) -> None:
    """Opening is not migrating."""
    filed.close()
    SqliteLedger(path).close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["ledger.sqlite3"]


def test_two_that_migrate_at_once_migrate_once(filed: SqliteLedger, path: Path) -> None:
    """The second finds the work done."""
    filed.close()
    first, second = Database(path), Database(path)
    later = Migration("counts itself", ("INSERT INTO claim (period, at) VALUES ('migrated', '')",))

    class Slow(tuple[Migration, ...]):
        """Lets the other in between reading the version and migrating."""

        __slots__ = ()

        def __getitem__(self, index: object) -> tuple[Migration, ...]:  # type: ignore[override]
            migrate(second, tuple(self))
            return tuple(self)[index]  # type: ignore[index,return-value]

    migrate(first, Slow((*MIGRATIONS, later)))
    first.close()
    second.close()
    assert _sql(path, "SELECT count(*) FROM claim") == [(1,)]


# -- two at once


def test_two_daemons_on_one_state_directory_are_refused(filed: SqliteLedger, path: Path) -> None:
    """The second is told who has it; a command beside the daemon may read and write."""
    filed.hold()
    filed.hold()
    second = SqliteLedger(path)
    with pytest.raises(Busy, match=rf"Another bouncer \(process {os.getpid()}\) already runs on the state directory") as fault:
        second.hold()
    assert fault.value.exit_code == 75
    assert second.claim("beside", AT)
    assert not filed.claim("beside", AT)
    filed.close()
    second.hold()
    second.close()


def test_a_daemon_that_was_killed_holds_nothing(path: Path) -> None:
    """The lock dies with its process."""

    def daemon() -> None:
        SqliteLedger(path).hold()
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(daemon) == -signal.SIGKILL
    after = SqliteLedger(path)
    after.hold()
    after.close()


def test_a_state_directory_that_has_gone_cannot_be_held(filed: SqliteLedger, path: Path) -> None:
    """It is the directory that is claimed."""
    path.parent.rename(path.parent.with_name("elsewhere"))
    with pytest.raises(StorageFault, match=r"lock .* cannot be made: No such file"):
        filed.hold()


def test_a_ledger_in_memory_is_held_by_whoever_has_it() -> None:
    """There is nobody to share it with."""
    for ledger in (SqliteLedger(":memory:"), SqliteLedger(":memory:")):
        ledger.hold()
        ledger.close()


def test_a_ledger_that_another_program_keeps_locked_is_busy(filed: SqliteLedger, path: Path) -> None:
    """One sentence, after the time that writers wait for each other; then all is well again."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with filed._database.reading() as tx:
        tx.rows("PRAGMA busy_timeout = 1")
    with pytest.raises(Busy, match="locked"):
        filed.claim("one", AT)
    assert filed.person(JANE.email) is not None  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert filed.claim("one", AT)


# -- a disk that fails


def _full(ledger: SqliteLedger) -> None:
    with ledger._database.reading() as tx:
        tx.rows(f"PRAGMA max_page_count = {tx.rows('PRAGMA page_count')[0][0]}")


def _read_only(ledger: SqliteLedger) -> None:
    with ledger._database.reading() as tx:
        tx.rows("PRAGMA query_only = ON")


@pytest.mark.parametrize(("break_it", "sentence"), [(_full, "is full: free some space"), (_read_only, "is read-only")])
def test_a_disk_that_takes_nothing_is_said_and_nothing_is_half_done(
    ledger: SqliteLedger, break_it: Callable[[SqliteLedger], None], sentence: str
) -> None:
    """The message does not count as seen, so it is taken in once there is room again."""
    who = jane(ledger)
    break_it(ledger)
    long = Apply((TITLE,), "why " * 30_000, Level.E4, alive=True, suppress=("jane@acme.example",))
    raw = mail("title", 1)
    with pytest.raises(StorageFault, match=sentence) as fault:
        ledger.record(raw, reading(raw), match(who), [long], JANE, AT)
    assert fault.value.exit_code == 74
    assert (ledger.events(), ledger.pending(), ledger.seen("main")) == ((), (), {})
    with ledger._database.reading() as tx:
        tx.rows("PRAGMA max_page_count = 1000000")
        tx.rows("PRAGMA query_only = OFF")
    assert not ledger.has(raw)
    made = ledger.record(raw, reading(raw), match(who), [long], JANE, AT)
    ledger.settle(made, applied(TITLE), AT)
    assert ledger.pending() == ()


def test_a_failing_disk_is_said(path: Path) -> None:
    """The system refuses a write (here by a limit on the file's size): StorageFault, and what was there is still there."""

    def daemon() -> None:
        ledger = SqliteLedger(path)
        jane(ledger)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 200_000, resource.RLIM_INFINITY))
        with pytest.raises(StorageFault, match=r"disk that holds the ledger .* fails"):
            _write_for_ever(ledger)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        count = len(ledger.events())
        ledger.note(EventKind.HEALTH, "mended", AT)
        assert len(ledger.events()) == count + 1
        ledger.close()

    assert in_child(daemon) == 0
    after = SqliteLedger(path)
    assert after.events()[0].detail == "mended"
    after.close()


def test_a_damaged_ledger_is_said(filed: SqliteLedger, path: Path) -> None:
    """Whether a page of it is gone or the whole."""
    with filed._database.reading() as tx:
        (page,) = tx.rows("SELECT rootpage FROM sqlite_master WHERE name = 'address'")[0]
    filed.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    hurt = SqliteLedger(path)
    with pytest.raises(StorageFault, match=r"is damaged: restore it from a backup"):
        hurt.person(JANE.email)
    hurt.close()
    path.write_bytes(b"contacts:\n  - name: Jane\n" * 400)
    with pytest.raises(StorageFault, match=r"is not a database, or is damaged"):
        SqliteLedger(path)


def test_a_place_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A file where the directory should be, or a directory where the file should be."""
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "ledger.sqlite3", tmp_path):
        with pytest.raises(StorageFault, match="cannot be opened"):
            SqliteLedger(place)


def test_a_fault_of_the_program_is_not_blamed_on_the_disk(filed: SqliteLedger) -> None:
    """A wrong statement stays a bug."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"), filed._database.writing() as tx:
        tx.run("DELETE FROM nowhere")
    with pytest.raises(ValueError, match="no zone"):
        filed.claim("naive", AT.replace(tzinfo=None))
    assert filed.claim("naive", AT)


def _write_for_ever(ledger: SqliteLedger) -> None:
    for day in range(1000):
        ledger.note(EventKind.HEALTH, "x" * 10_000, AT + day * DAY)


def _sql(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
