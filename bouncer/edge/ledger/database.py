"""SQLite itself: one connection, explicit transactions, and its faults as sentences. Nothing else imports sqlite3."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bouncer.errors import Busy, StorageFault

Row = tuple[Any, ...]
Cell = str | int | None

_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",  # milliseconds; before anything that needs a lock
    "PRAGMA journal_mode = WAL",  # readers and the one writer do not wait for each other
    "PRAGMA synchronous = FULL",  # a commit is on the disk when it returns
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
)
_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk that holds the ledger {path} is full: free some space; nothing was recorded.",
    sqlite3.SQLITE_READONLY: "The ledger {path} cannot be written: the file or its file system is read-only; nothing was recorded.",
    sqlite3.SQLITE_PERM: "The ledger {path} cannot be written: its permissions forbid it; nothing was recorded.",
    sqlite3.SQLITE_CANTOPEN: "The ledger {path} cannot be opened: is its directory there, and may bouncer write into it?",
    sqlite3.SQLITE_IOERR: "The disk that holds the ledger {path} fails: look at the system's log; nothing was recorded.",
    sqlite3.SQLITE_CORRUPT: "The ledger {path} is damaged: restore it from a backup; nothing was recorded.",
    sqlite3.SQLITE_NOTADB: "The ledger {path} is not a database, or is damaged: restore it from a backup.",
}


class Transaction:
    """What may be done between BEGIN and COMMIT."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on *connection*, which has begun a transaction."""
        self._connection = connection

    def rows(self, sql: str, *values: Cell) -> list[Row]:
        """Give every row that *sql* selects."""
        rows: list[Row] = self._connection.execute(sql, _storable(values)).fetchall()
        return rows

    def row(self, sql: str, *values: Cell) -> Row | None:
        """Give the first row that *sql* selects, or None."""
        row: Row | None = self._connection.execute(sql, _storable(values)).fetchone()
        return row

    def run(self, sql: str, *values: Cell) -> int:
        """Execute *sql* and give how many rows it changed."""
        return self._connection.execute(sql, _storable(values)).rowcount

    def insert(self, sql: str, *values: Cell) -> int:
        """Execute an INSERT and give the new row's id."""
        return int(self._connection.execute(sql, _storable(values)).lastrowid or 0)

    def many(self, sql: str, rows: Iterable[Sequence[Cell]]) -> None:
        """Execute *sql* for each of *rows*."""
        self._connection.executemany(sql, map(_storable, rows))


class Database:
    """One database file, or one in memory where *path* is None; raises StorageFault where the disk fails and Busy where it is locked."""

    def __init__(self, path: Path | None) -> None:
        """Open *path*, made with mode 0600 (and its directory 0700) where it is not there."""
        self.path = path
        if path is not None:
            _prepare(path)
        with self._faults():
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        try:
            with self._faults():
                for pragma in _PRAGMAS:
                    self._connection.execute(pragma).fetchall()
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Do all of the block or nothing of it; other writers wait, at most five seconds."""
        yield from self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """See one state of the database for the whole block."""
        yield from self._transaction("BEGIN")

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy of the database to *target* (mode 0600), on disk when this returns."""
        draft = target.with_name(target.name + ".part")
        with self._faults():
            draft.unlink(missing_ok=True)
            _prepare(draft)
            copy = sqlite3.connect(draft, isolation_level=None)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()
            descriptor = os.open(draft, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            draft.replace(target)

    def wipe(self) -> None:
        """Leave nothing of what was deleted in the file, nor in its write-ahead log: both are written anew, the log is cut to nothing.

        Raises Busy where another process keeps reading an old state for five seconds.
        """
        with self._faults():
            self._connection.execute("VACUUM")
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Busy(f"Another program has kept the ledger {self.path} open for reading for five seconds; try again.")

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        self._connection.close()

    def _transaction(self, begin: str) -> Iterator[Transaction]:
        with self._faults():
            self._connection.execute(begin)
            try:
                yield Transaction(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has rolled back by itself after some faults
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            code = getattr(fault, "sqlite_errorcode", None) or 0
            primary = code & 0xFF  # the upper bits are the extended code
            if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no room for the -shm file beside the database
                primary = sqlite3.SQLITE_FULL
            if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Busy(f"Another program has kept the ledger {self.path} locked for five seconds; try again.") from fault
            if primary in _SENTENCES:
                raise StorageFault(_SENTENCES[primary].format(path=self.path)) from fault
            raise
        except OSError as fault:
            raise StorageFault(f"The ledger {self.path} cannot be used: {fault.strerror or fault}.") from fault


def _prepare(path: Path) -> None:
    """Make *path* and its directory; SQLite gives its -wal and -shm files the mode of the file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            # Not opened here: closing any descriptor of the file would drop the locks of another connection in this process.
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
    except OSError as fault:
        raise StorageFault(f"The ledger {path} cannot be opened: {fault.strerror or fault}.") from fault


def _storable(values: Sequence[Cell]) -> Sequence[Cell]:
    """Replace what has no UTF-8 form: undecodable bytes of a header arrive as lone surrogates."""
    for value in values:
        if isinstance(value, str) and not value.isascii():
            break
    else:
        return values
    return [value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value for value in values]
