"""A whole bouncer in memory: the daemon over twins, a clock that stands still, and an onlooker that remembers."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from bouncer.core.read import read
from bouncer.core.refused import refusal
from bouncer.core.wording import Wording
from bouncer.daemon.compiling import compiled
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.world import World
from bouncer.demo.answers import Got
from bouncer.demo.clock import VirtualClock
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory import MemoryContacts
from bouncer.edge.memory_mail import MemoryMailbox, MemorySender
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.errors import BouncerError
from bouncer.model import (
    Book,
    Change,
    Contact,
    Delivery,
    Handled,
    InboundKey,
    Letter,
    Planned,
    RawMail,
    Reading,
    Receipt,
    Settings,
    Swept,
    Traces,
)
from bouncer.ports import Ledger, Sender
from support.build import AT, JANE, SETTINGS
from support.trust import KEYS


@cache
def wording() -> Wording:
    """Give the shipped packs, compiled."""
    return compiled(load_packs(directory("rules")))


class Reader:
    """Reads in this process; *fault* is met by every message whose bytes hold *poison*."""

    def __init__(self, fault: Exception | None = None, poison: bytes = b"poison") -> None:
        """Read everything, or stumble over *poison*."""
        self.fault, self.poison = fault, poison
        self.read_so_far = 0
        self.closed = False

    async def read(self, raw: RawMail) -> Reading:
        """Read one message."""
        self.read_so_far += 1
        if self.fault is not None and self.poison in raw.data:
            raise self.fault
        return read(raw, wording())

    async def refused(self, letter: Letter, delivery: Delivery, at: datetime) -> Reading:
        """Read one refusal."""
        if self.fault is not None:
            raise self.fault
        return refusal(letter, delivery, at, wording())

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class Contacts(MemoryContacts):
    """A contact file that can break and mend: while *fault* is set nothing can be read, while *jam* is, nothing written."""

    fault: BouncerError | None = None
    jam: BouncerError | None = None

    def save(self, *contacts: Contact) -> None:
        """Have the owner save *contacts*."""
        self._contacts = list(contacts)

    def load(self) -> Book:
        """Read it."""
        if self.fault is not None:
            raise self.fault
        return super().load()

    def apply(self, changes: "list[Change]") -> Receipt:  # type: ignore[override]
        """Write it."""
        if fault := self.fault or self.jam:
            raise fault
        return super().apply(changes)

    def forget(self, traces: Traces) -> Swept:
        """Write it without somebody."""
        if fault := self.fault or self.jam:
            raise fault
        return super().forget(traces)


@dataclass
class Memory:
    """An onlooker that remembers all it saw."""

    seen: list[Handled] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    letters: list[tuple[Planned, Letter, Delivery]] = field(default_factory=list)
    told: list[tuple[str, str | None]] = field(default_factory=list)

    def handled(self, handled: Handled) -> None:
        """See a message."""
        self.seen.append(handled)

    def wrote(self, receipt: Receipt) -> None:
        """See the file."""
        self.receipts.append(receipt)

    def sent(self, planned: Planned, letter: Letter, delivery: Delivery) -> None:
        """See a letter."""
        self.letters.append((planned, letter, delivery))

    def trouble(self, where: str, sentence: str | None) -> None:
        """See trouble come and go."""
        self.told.append((where, sentence))


class Household:
    """Everything together; close it."""

    def __init__(
        self,
        *contacts: Contact,
        settings: Settings = SETTINGS,
        at: datetime = AT,
        sender: Sender | None = None,
        reader: Reader | None = None,
        ledger: Ledger | None = None,
        state: Path | None = None,
    ) -> None:
        """Keep *contacts* (Jane where none are given) at the moment *at*; the ledger is in memory, or in *state*."""
        self.contacts = Contacts(contacts or (JANE,))
        self.clock = VirtualClock(at)
        self.ledger = ledger or SqliteLedger(state / "ledger.sqlite3" if state else ":memory:")
        self.sender = sender or MemorySender()
        self.mailbox = MemoryMailbox(folders=settings.accounts[0].folders)
        self.reader = reader or Reader()
        self.onlooker = Memory()
        world = World(
            ledger=self.ledger,
            contacts=self.contacts,
            senders={account.name: self.sender for account in settings.accounts},
            mailboxes={account.name: self.mailbox for account in settings.accounts},
            reader=self.reader,
            clock=self.clock,
            keys=KEYS,
            templates=load_templates(directory("config") / "templates"),
            random=lambda: 0.0,
            onlooker=self.onlooker,
        )
        self.daemon = Daemon(settings, world)
        self.outgoing = Outgoing(self.daemon)
        self.service = Service(self.daemon, self.outgoing)
        self._uid = 0

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()

    def contact(self, name: str = JANE.name) -> Contact:
        """Give the entry of *name* as the file has it now."""
        return next(contact for contact in MemoryContacts.load(self.contacts).contacts if contact.name == name)

    async def write_to(self) -> Got:
        """Have the check-in that is due go out, and give it as it arrives."""
        assert await self.outgoing.round() == 1
        letter = self.onlooker.letters[-1][1]
        return Got(letter.to.address, letter.data, self.clock.now())

    def arrived(self, data: bytes) -> RawMail:
        """Give *data* as the next message of the Inbox."""
        self._uid += 1
        return RawMail(data, f"INBOX:{self._uid}", InboundKey("main", "INBOX", 1, self._uid), self.clock.now())

    def kinds(self) -> list[str]:
        """Give the kinds of all events, oldest first."""
        return [event.kind.value for event in reversed(self.ledger.events())]
