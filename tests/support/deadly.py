"""Points at which a process is killed: before each statement of a ledger, and before each step on the disk below one directory."""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bouncer.edge.ledger import database

_STEPS = ("open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate", "ctypes.dlsym")  # audit events; the last is renameat2's


@dataclass(slots=True)
class Points:
    """Counts the points at which a process may die, and dies at the chosen one; *trace* says what each was, *pause* is called at each."""

    deadly: int = 0
    passed: int = 0
    trace: list[str] | None = None
    pause: Callable[[str], None] | None = None

    def __call__(self, what: str) -> None:
        """Come to a point."""
        self.passed += 1
        if self.trace is not None:
            self.trace.append(what)
        if self.pause is not None:
            self.pause(what)
        if self.passed == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def traced(point: Points) -> Iterator[None]:
    """Have every ledger that is opened meanwhile come to a point before each of its statements."""

    def connect(*args: object, **options: object) -> sqlite3.Connection:
        connection = genuine(*args, **options)  # type: ignore[call-overload]
        connection.set_trace_callback(point)
        return connection

    genuine, database.sqlite3.connect = database.sqlite3.connect, connect
    try:
        yield
    finally:
        database.sqlite3.connect = genuine


def watch_disk(point: Points, root: Path) -> None:
    """Come to a point before each step on the disk below *root*. For good: to be called in a child that ends with what it does."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS:
            named = [os.fsdecode(a) for a in arguments if isinstance(a, str | bytes | os.PathLike)]
            if event == "ctypes.dlsym" or any(name.startswith(str(root)) for name in named):
                point(f"{event} {' '.join(named)}")

    sys.addaudithook(hook)
