"""From settings to a world: which implementation stands behind each port."""

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bouncer.core.read import read
from bouncer.core.refused import refusal
from bouncer.core.warming import warming
from bouncer.core.wording import Wording
from bouncer.daemon.compiling import compiled
from bouncer.daemon.world import Journal, World
from bouncer.edge.clock import SchedulerClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.dkim import Resolve, demand, keys_for, signers
from bouncer.edge.imap import ImapMailbox
from bouncer.edge.keys import load_keys
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.oauth import Tokens
from bouncer.edge.packs import load_packs
from bouncer.edge.resolver import Resolver
from bouncer.edge.secrets import secret
from bouncer.edge.shipped import directory
from bouncer.edge.smtp import SmtpSender
from bouncer.edge.templates import load_templates
from bouncer.edge.worker import Worker
from bouncer.errors import MessageFault, OwnerFault, Problem, StorageFault
from bouncer.model import Account, Book, Delivery, Letter, RawMail, Reading, Settings
from bouncer.ports import Clock, Ledger, Onlooker

LEDGER, HISTORY = "ledger.sqlite3", "history"  # in the state directory


@dataclass(frozen=True, slots=True)
class Signed:
    """A message of an account whose DKIM is verified here, with the keys that its signatures name, on its way to the worker."""

    raw: RawMail
    keys: Mapping[str, bytes]
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal in our own SMTP session, on its way to the worker."""

    letter: Letter
    delivery: Delivery
    at: datetime


class WorkerReader:
    """Reads in the worker's children; implements `ports.Reader`. Make it before any thread is started."""

    def __init__(self, own_rules: Path | None = None, verified: Iterable[str] = (), resolve: Resolve | None = None) -> None:
        """Start the worker with the shipped packs and those under *own_rules*; raises OwnerFault where one is wrong.

        DKIM is verified in the mail of the accounts called *verified*, with keys that *resolve* finds, by default in the DNS.
        """
        self._worker: Worker[RawMail | Refused | Signed, Reading] = Worker(partial(_prepare, own_rules))
        self._verified = frozenset(verified)
        self._resolve = resolve or Resolver().txt

    async def read(self, raw: RawMail) -> Reading:
        """Read one message; raises MessageFault. Waits for the DNS where the message is signed and that counts."""
        if raw.key is None or raw.key.account not in self._verified or raw.truncated:
            return await self._worker.read(raw)
        keys = await asyncio.to_thread(keys_for, raw.data, self._resolve)
        if keys:
            with suppress(MessageFault):  # too dear together; without the signatures it may do
                return await self._worker.read(Signed(raw, keys, datetime.now(UTC)))
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


def _prepare(own_rules: Path | None) -> Callable[[RawMail | Refused | Signed], Reading]:
    """Compile the packs, in the worker's own process: the daemon itself has no use for them."""
    packs = load_packs(directory("rules"), own_rules)
    function = partial(_read, compiled(packs))
    for raw in warming(packs):
        function(raw)
    return function


def _read(wording: Wording, given: RawMail | Refused | Signed) -> Reading:
    if isinstance(given, Signed):
        return replace(read(given.raw, wording), signed=signers(given.raw.data, given.keys, given.at))
    if isinstance(given, Refused):
        return refusal(given.letter, given.delivery, given.at, wording)
    return read(given, wording)


def open_reader(own_rules: Path | None = None, verified: Iterable[str] = (), resolve: Resolve | None = None) -> WorkerReader:
    """Start a reader with the shipped packs and the owner's, which verifies the DKIM of the accounts called *verified*.

    Raises OwnerFault where a pack is wrong, the directory missing, or dkimpy wanted and not there.
    """
    if own_rules is not None and not own_rules.is_dir():
        raise OwnerFault((Problem(str(own_rules), 0, "rules", "there is no such directory"),))
    verified = tuple(verified)
    if verified:
        demand("accounts.verify_dkim")
    return WorkerReader(own_rules, verified, resolve)


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


def introduce(ledger: Ledger, settings: Settings, book: Book, at: datetime) -> None:
    """Have the empty *ledger* that stands for one that is not there yet know whoever is in *book*; one that is there knows them."""
    if not (settings.state / LEDGER).exists():
        ledger.sync(book, at)


def build(settings: Settings, onlooker: Onlooker | None = None, clock: Clock | None = None) -> World:
    """Give the real world that *settings* describe. Call it before any thread is started.

    Raises OwnerFault, StorageFault and Busy; where a file of the owner's is wrong, nothing was written.
    """
    with ExitStack() as opened:
        reader = open_reader(settings.rules, [account.name for account in settings.accounts if account.verify_dkim])
        opened.callback(reader.close)
        templates = load_templates(directory("config") / "templates", settings.templates)
        contacts = open_contacts(settings.contacts, settings.state / HISTORY)
        contacts.load()
        ledger = SqliteLedger(settings.state / LEDGER)
        opened.callback(ledger.close)
        passwords = {account.name: password(account, settings.state) for account in settings.accounts}
        world = World(
            ledger=ledger,
            contacts=contacts,
            senders={account.name: SmtpSender(account, passwords[account.name]) for account in settings.accounts},
            mailboxes={
                account.name: ImapMailbox(account, passwords[account.name], settings.max_message_bytes, settings.poll_minutes)
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


def password(account: Account, state: Path) -> Callable[[], str]:
    """Give what is asked at each login of *account*: its password, or an access token from the login that is kept in *state*.

    What it gives may raise SecretMissing and, where a sign-in server is asked, ServerFault and StorageFault.
    """
    return Tokens(account, state) if account.auth == "xoauth2" else partial(secret, account)
