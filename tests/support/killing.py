"""The production daemon in a directory of its own, with a count of the steps at which `kill -9` may strike.

A step is whatever may change what outlives the process: each statement of a writing transaction of the ledger, its commit, each call into
the file system, the exchange of the contact file, and either side of the wire. A kill between two of them leaves the same as at the latter.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.world import World
from bouncer.demo.clock import VirtualClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory_mail import MemoryMailbox
from bouncer.model import Book, Change, Delivery, Letter, OutboxState, RawMail, Reading, Receipt, Settings, Swept, Traces, Written
from bouncer.ports import Contacts
from support.children import CALLS
from support.household import Memory, Reader
from support.trust import KEYS
from support.years.play import templates

_WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "PRAGMA user_version =", "COMMIT", "ROLLBACK")
_PICTURE = frozenset({"meta", "person", "address", "sqlite_sequence"})
_SEEN: dict[bytes, Reading] = {}  # read once by the warm parent


@dataclass(slots=True)
class Steps:
    """Counts the steps and dies at one, given by number or the first of a name; *trace* says what each was, *pause* is called at each."""

    deadly: int | str = 0
    passed: int = 0
    trace: list[str] | None = None
    pause: Callable[[str], None] | None = None
    writing: bool = False

    def __call__(self, what: str) -> None:
        """Come to a step."""
        self.passed += 1
        if self.trace is not None:
            self.trace.append(what)
        if self.pause is not None:
            self.pause(what)
        if self.deadly in (self.passed, what):
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, sql: str) -> None:
        """Come to a statement of the ledger; what only reads is no step."""
        if sql.startswith("BEGIN"):
            self.writing = sql.startswith("BEGIN IMMEDIATE")
        if self.writing and sql.lstrip().startswith(_WRITES):
            self(sql.partition("\n")[0][:60])

    def watch_files(self, root: Path) -> None:
        """Come to a step at each call that touches *root*; only in a process that ends soon, for a hook stays."""
        inside = str(root)

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event == "ctypes.dlopen" or (event in CALLS and (event.startswith("fcntl") or inside in str(args[0] if args else ""))):
                self(event)

        sys.addaudithook(hook)


class Warm(Reader):
    """Reads what the parent has read from memory."""

    async def read(self, raw: RawMail) -> Reading:
        """Read one message."""
        if raw.data not in _SEEN:
            _SEEN[raw.data] = await super().read(raw)
        return _SEEN[raw.data]


@dataclass(slots=True)
class Wire:
    """The submission server: what it took is in a file; *refuses* are recipients that it refuses, *late* arms after the message."""

    root: Path
    step: Steps
    refuses: tuple[str, ...] = ()
    late: bool = False

    async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Take one letter, or refuse it."""
        if letter.to.address in self.refuses:
            self.step("refused")
            return Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "5.1.1 Recipient address rejected: User unknown")
        if not self.late:
            arm()
        self.step("before the wire")
        with (self.root / "wire").open("a", encoding="ascii") as wire:
            wire.write(letter.to.address + "\n")
        self.step("after the wire")
        if self.late:
            arm()
        return Delivery(OutboxState.SENT, "final", 250, "2.0.0", "2.0.0 Ok")

    async def aclose(self) -> None:
        """Nothing is open."""


class Mailbox(MemoryMailbox):
    """A mailbox whose Sent folder lies in files."""

    def __init__(self, root: Path, inbox: tuple[bytes, ...], at: datetime) -> None:
        """Hold what came and what was sent."""
        super().__init__(folders=("INBOX",))
        self.sent = root / "sent"
        self.sent.mkdir(exist_ok=True)
        for data in inbox:
            self.put(data, "INBOX", at)
        for path in sorted(self.sent.iterdir()):
            self.put(path.read_bytes(), "\\Sent", at)

    def append_sent(self, letter: Letter, at: datetime) -> None:
        """File a copy."""
        (self.sent / letter.message_id.strip("<>")).write_bytes(letter.data)
        super().append_sent(letter, at)


@dataclass(slots=True)
class Meddled:
    """A contact file that its owner saves once, just before bouncer writes."""

    inner: Contacts
    meddle: Callable[[], None]

    def load(self) -> Book:
        """Read it."""
        return self.inner.load()

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Write it, after the owner did."""
        self.meddle()
        return self.inner.apply(changes)

    def written(self, traces: Traces) -> Written:
        """Pass it on."""
        return self.inner.written(traces)

    def forget(self, traces: Traces) -> Swept:
        """Pass it on."""
        return self.inner.forget(traces)


class Honest(Daemon):
    """The daemon as it is."""

    late = False


class ArmsLate(Honest):
    """Tells the ledger that a letter is about to leave when it has left."""

    late = True


class SettlesFirst(Honest):
    """Says that a change was made, and then makes it."""

    def write(self, made: Any, at: datetime) -> Receipt | None:
        """Settle before the file is written."""
        if made:
            self.world.ledger.settle(made, Receipt(tuple(change for _, change in made), (), "", ""), at)
        return super().write(made, at)


@dataclass
class House:
    """One start of the daemon in *root*; close it."""

    root: Path
    settings: Settings
    at: datetime
    inbox: tuple[bytes, ...] = ()
    refuses: tuple[str, ...] = ()
    meddle: Callable[[], None] | None = None
    kind: type[Honest] = Honest
    step: Steps = field(default_factory=Steps)

    def __post_init__(self) -> None:
        """Open everything."""
        state = self.root / "state"
        numbers = count(1)
        self.ledger = SqliteLedger(state / "ledger.sqlite3", lambda: f"{next(numbers):012x}")  # the same people whatever happened
        self.ledger._database._connection.set_trace_callback(self.step.statement)
        contacts: Contacts = open_contacts(self.root / "contacts.yaml", state / "history")
        if self.meddle:
            contacts = Meddled(contacts, self.meddle)
        world = World(
            ledger=self.ledger,
            contacts=contacts,
            senders={"main": Wire(self.root, self.step, self.refuses, self.kind.late)},
            mailboxes={"main": Mailbox(self.root, self.inbox, self.at)},
            reader=Warm(),
            clock=VirtualClock(self.at),
            keys=KEYS,
            templates=templates(),
            random=lambda: 0.0,
            onlooker=Memory(),
        )
        self.daemon = self.kind(self.settings, world)
        self.service = Service(self.daemon, Outgoing(self.daemon))

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()

    def wire(self) -> list[str]:
        """Give the recipients of what the server took."""
        path = self.root / "wire"
        return path.read_text(encoding="ascii").split() if path.exists() else []

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Give every row of the ledger, by table, but for its picture of the contact file, which follows at the next look."""
        connection = self.ledger._database._connection
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if name not in _PICTURE]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608 - names of our own
