"""From settings to a world: which implementation stands behind each port."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bouncer.core.read import read
from bouncer.core.refused import refusal
from bouncer.core.warming import warming
from bouncer.core.wording import Wording, compile_packs
from bouncer.daemon.world import Journal, World
from bouncer.edge.clock import SchedulerClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.imap import ImapMailbox
from bouncer.edge.keys import load_keys
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.packs import load_packs
from bouncer.edge.secrets import secret
from bouncer.edge.shipped import directory
from bouncer.edge.smtp import SmtpSender
from bouncer.edge.templates import load_templates
from bouncer.edge.worker import Worker
from bouncer.errors import MessageFault, OwnerFault, Problem, StorageFault
from bouncer.model import Account, Delivery, Letter, RawMail, Reading, Settings
from bouncer.ports import Clock, Onlooker

LEDGER, HISTORY = "ledger.sqlite3", "history"  # in the state directory


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal in our own SMTP session, on its way to the worker."""

    letter: Letter
    delivery: Delivery
    at: datetime


class WorkerReader:
    """Reads in the worker's children; implements `ports.Reader`. Make it before any thread is started."""

    def __init__(self, own_rules: Path | None = None) -> None:
        """Start the worker with the shipped packs and those under *own_rules*; raises OwnerFault where one is wrong."""
        self._worker: Worker[RawMail | Refused, Reading] = Worker(partial(_prepare, own_rules))

    async def read(self, raw: RawMail) -> Reading:
        """Read one message; raises MessageFault."""
        return await self._worker.read(raw)

    async def refused(self, letter: Letter, delivery: Delivery, at: datetime) -> Reading:
        """Read one refusal; raises MessageFault."""
        return await self._worker.read(Refused(letter, delivery, at))

    def read_all(self, batch: Sequence[RawMail]) -> Iterator[Reading | MessageFault]:
        """Read many messages one after the other."""
        return self._worker.read_all(batch)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()


def _prepare(own_rules: Path | None) -> Callable[[RawMail | Refused], Reading]:
    """Compile the packs, in the worker's own process: the daemon itself has no use for them."""
    packs = load_packs(directory("rules"), own_rules)
    function = partial(_read, compile_packs(packs))
    for raw in warming(packs):
        function(raw)
    return function


def _read(wording: Wording, given: RawMail | Refused) -> Reading:
    if isinstance(given, Refused):
        return refusal(given.letter, given.delivery, given.at, wording)
    return read(given, wording)


def open_reader(own_rules: Path | None = None) -> WorkerReader:
    """Start a reader with the shipped packs and the owner's; raises OwnerFault where a pack is wrong or the directory missing."""
    if own_rules is not None and not own_rules.is_dir():
        raise OwnerFault((Problem(str(own_rules), 0, "rules", "there is no such directory"),))
    return WorkerReader(own_rules)


def look_into(settings: Settings) -> SqliteLedger:
    """Give the ledger there is; where there is none yet, an empty one in memory, so that looking leaves nothing behind.

    Raises StorageFault where the state directory may not be looked into.
    """
    path = settings.state / LEDGER
    try:
        there = path.exists()
    except OSError as fault:
        said = f"The ledger {path} cannot be looked into: {fault.strerror or fault}; is this the user that bouncer runs as?"
        raise StorageFault(said) from fault
    return SqliteLedger(path if there else ":memory:")


def build(settings: Settings, onlooker: Onlooker | None = None, clock: Clock | None = None) -> World:
    """Give the real world that *settings* describe. Call it before any thread is started.

    Raises OwnerFault, StorageFault and Busy; where a file of the owner's is wrong, nothing was written.
    """
    with ExitStack() as opened:
        reader = open_reader(settings.rules)
        opened.callback(reader.close)
        templates = load_templates(directory("config") / "templates", settings.templates)
        contacts = open_contacts(settings.contacts, settings.state / HISTORY)
        contacts.load()
        ledger = SqliteLedger(settings.state / LEDGER)
        opened.callback(ledger.close)
        world = World(
            ledger=ledger,
            contacts=contacts,
            senders={account.name: SmtpSender(account, _password(account)) for account in settings.accounts},
            mailboxes={
                account.name: ImapMailbox(account, _password(account), settings.max_message_bytes, settings.poll_minutes)
                for account in settings.accounts
            },
            reader=reader,
            clock=clock or SchedulerClock(),
            keys=load_keys(settings.state),
            templates=templates,
            random=random.SystemRandom().random,
            onlooker=onlooker or Journal(),
        )
        opened.pop_all()
    return world


def _password(account: Account) -> partial[str]:
    return partial(secret, account)
