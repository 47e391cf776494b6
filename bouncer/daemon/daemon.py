"""`Daemon.handle`: the one paragraph that tells the story of an answer; and how the contact file is kept in step with it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bouncer.core.asking import asked_after
from bouncer.core.blame import refusal_of
from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.core.dryrun import as_questions
from bouncer.core.orders import Order, meant, order
from bouncer.daemon.breakers import Breakers
from bouncer.daemon.forgetting import complete
from bouncer.daemon.world import Troubles, World, told, word
from bouncer.errors import BouncerError, Busy, MessageFault, OwnerFault, ServerFault, StorageFault, UsageError, Withheld, arose
from bouncer.model import (
    ENTRY,
    Account,
    Book,
    Change,
    Contact,
    EventKind,
    Handled,
    Ignore,
    InboundKey,
    Known,
    Level,
    Match,
    RawMail,
    Reading,
    Receipt,
    Settings,
    Trust,
)
from bouncer.ports import Mailbox

log = logging.getLogger("bouncer")


@dataclass(slots=True)
class Daemon:
    """One owner's bouncer; it owns ledger and contact file and runs in one asyncio loop."""

    settings: Settings
    world: World
    troubles: Troubles = field(init=False)
    breakers: Breakers = field(init=False)
    half_forgotten: frozenset[int] = frozenset()  # who was being forgotten at the last look
    synced: str = ""  # digest of the contact file that the ledger's people were last brought in line with

    def __post_init__(self) -> None:
        """Look at the world through its onlooker."""
        self.troubles = Troubles(self.world.onlooker)
        self.breakers = Breakers(self.world.ledger, self.troubles)

    async def handle(self, raw: RawMail) -> None:
        """Take in one message: read it, see whom it concerns, decide, commit that, and only then write the file."""
        if self.world.ledger.has(raw):
            return
        self.settle(raw, await self.world.reader.read(raw))

    def settle(self, raw: RawMail, reading: Reading) -> None:
        """Do what follows from *reading*, be it of a mail or of a refusal in our own SMTP session."""
        at, ledger = self.world.clock.now(), self.world.ledger
        book = self.book(at)
        if self.obeyed(raw, reading, at):
            return
        known = ledger.known(reading)
        match = correlate(reading, known, self.account(raw), self.world.keys, at)
        contact = contact_of(match, known, book) or self.breakers.absent(match)
        decided = decide(reading, match, contact, self.settings, known, at, asked_after(match, known, book))
        decided = self.breakers.guarded(decided, at) if self.settings.live else as_questions(decided)
        refusal = refusal_of(reading, match)
        made = ledger.record(raw, reading, match, decided, contact, at, refusal)
        self.write(made, at)
        if refusal:
            self.breakers.look(at)
        self.world.onlooker.handled(Handled(raw, reading, match, contact, decided))

    def obeyed(self, raw: RawMail, reading: Reading, at: datetime) -> bool:
        """Do what the owner orders by mail, and tell whether this was such a mail, obeyed or not; it is no evidence then.

        The answer is committed before the message counts as seen: after a crash between the two, the question is closed already.
        """
        ledger = self.world.ledger
        if not meant(reading, self.settings):
            return False
        said = order(reading, self.account(raw), self.settings, self.world.keys, ledger.questions(), at)
        if said is None:
            return False
        made: Sequence[tuple[int, Change]] = ()
        if isinstance(said, Order):
            try:
                made = ledger.answer(said.question, said.accept, at)
            except UsageError as late:  # answered at the command line at this very moment
                said = Ignore(str(late), Level.E2)
        seen = Ignore(said.why, Level.E6) if isinstance(said, Order) else said
        match = Match(None, Trust(seen.level, ("from",)), why=seen.why)
        ledger.record(raw, reading, match, (seen,), None, at)
        ledger.note(EventKind.RECEIVED, f"{reading.verdict.kind}: {seen.why}", at)
        self.write(made, at)
        self.world.onlooker.handled(Handled(raw, reading, match, None, (seen,)))
        return True

    async def take(self, raw: RawMail) -> None:
        """Handle *raw*; one that cannot be read is tried three times and then set aside.

        Raises OwnerFault, StorageFault and Busy, where the message is not to blame and must be taken again.
        """
        while True:
            try:
                await self.handle(raw)
            except (OwnerFault, StorageFault, Busy):
                raise
            except Exception as fault:
                if isinstance(fault, BouncerError) and not isinstance(fault, MessageFault):
                    raise
                why = str(fault) if isinstance(fault, MessageFault) else f"{type(fault).__name__}: {fault}"
                at = "-" if isinstance(fault, MessageFault) else arose(fault)
                log.warning("event=unreadable source=%s why=%r at=%s", word(raw.source), told(why), at)
                if self.world.ledger.quarantine(raw, why, self.world.clock.now()):
                    return
            else:
                return

    async def look(self, account: Account) -> int:
        """Read once through the watched folders of *account* and take in what is new; gives how many messages that was.

        Raises ServerFault, with what came before it taken in. A message that the server withheld three times is set aside.
        """
        await self.look_at_sent(account)
        mailbox, seen = self.world.mailboxes[account.name], self.world.ledger.seen(account.name)
        messages, fault = await asyncio.to_thread(_as_far_as_it_goes, mailbox, seen, self.since())
        for raw in messages:
            await self.take(raw)
        if isinstance(fault, Withheld):
            self.world.ledger.quarantine(_stand_in(account, fault), str(fault), self.world.clock.now())
        if fault is not None:
            raise fault
        return len(messages)

    async def look_at_sent(self, account: Account) -> None:
        """See in the Sent folder which of our letters left and to whom the owner wrote."""
        mailbox, since = self.world.mailboxes[account.name], self.since()
        headers = await asyncio.to_thread(lambda: tuple(mailbox.sent_headers(since)))
        self.world.ledger.note_sent_folder(account.name, headers, self.world.clock.now())

    def since(self) -> datetime:
        """Give how far back a first look goes."""
        return self.world.clock.now() - timedelta(days=self.settings.catch_up_days)

    def begin(self) -> None:
        """Redo what a crash left: committed changes that did not reach the file, which compare-and-set makes harmless."""
        at = self.world.clock.now()
        if lost := self.world.ledger.adrift(at):
            log.warning("event=adrift letters=%d", lost)
        self.half_forgotten = frozenset(one.id for one in self.world.ledger.forgetting())  # whoever began it is gone
        self.redo()

    def redo(self) -> None:
        """Bring people in line with the file, and write the changes that a fault of file or disk held up."""
        at = self.world.clock.now()
        self.forget_on()
        self.book(at)
        self.write(self.world.ledger.pending(), at)
        self.breakers.look(at)

    def forget_on(self) -> None:
        """Go on with forgetting whom `bouncer forget` was to and did not end with; what was begun since the last call may be under way."""
        world = self.world
        try:
            for number in complete(world.ledger, world.contacts, self.settings.state, self.half_forgotten):
                log.info("event=forgotten number=%d", number)
        except (OwnerFault, StorageFault, Busy) as fault:
            self.troubles.note("forgetting", fault)
        else:
            self.troubles.clear("forgetting")
        self.half_forgotten = frozenset(one.id for one in world.ledger.forgetting())

    def write(self, made: Sequence[tuple[int, Change]], at: datetime) -> Receipt | None:
        """Make committed changes in the contact file; where it cannot be written they stay pending, and `redo` comes back to them."""
        if not made or self.breakers.held is not None:
            return None
        try:
            receipt = self.world.contacts.apply([change for _, change in made])
        except (OwnerFault, StorageFault, Busy) as fault:
            self.troubles.note("contacts", fault)
            return None
        self.world.ledger.settle(made, receipt, at)
        if any(change.field == ENTRY for change in receipt.applied):
            self.synced = ""  # who came is to be seated, though the file was perhaps read before they were settled
        elif receipt.before == self.synced:  # nobody but us has edited it, and `settle` knows of our own new addresses
            self.synced = receipt.after
        self.troubles.clear("contacts")
        self.world.onlooker.wrote(receipt)
        return receipt

    def book(self, at: datetime) -> Book:
        """Give the contact file as it is now, every contact in it known to the ledger; not so where it has lost people at once."""
        book = self.world.contacts.load()
        if book.digest == self.synced and self.breakers.held is None and "people" not in self.troubles.now:
            return book
        if not self.breakers.shrunken(book, at):  # the owner may have answered meanwhile
            asked = self.world.ledger.sync(book, at)
            self.synced = book.digest
            if asked:
                self.troubles.note("people", " ".join(asked))
            else:
                self.troubles.clear("people")
        return book

    def account(self, raw: RawMail) -> Account:
        """Give the account that *raw* came to; the first where it came from no mailbox."""
        name = raw.key.account if raw.key else None
        return next((a for a in self.settings.accounts if a.name == name), self.settings.accounts[0])


def _as_far_as_it_goes(mailbox: Mailbox, seen: Mapping[str, tuple[int, int]], since: datetime) -> tuple[list[RawMail], ServerFault | None]:
    """Give the messages that came, and the fault that ended it."""
    messages: list[RawMail] = []
    try:
        for raw in mailbox.fetch(seen, since):
            messages.append(raw)  # noqa: PERF402 - what came before a fault stays
    except ServerFault as fault:
        return messages, fault
    return messages, None


def _stand_in(account: Account, fault: Withheld) -> RawMail:
    """Give something for the ledger to count by where there is no message."""
    key = InboundKey(account.name, fault.folder, fault.uidvalidity, fault.uid)
    return RawMail(f"{key}\0withheld by the server".encode(), f"{fault.folder}:{fault.uid}", key)


def contact_of(match: Match, known: Known, book: Book) -> Contact | None:
    """Give the entry of the person that *match* names; a former address that is somebody else's now does not lead to them."""
    theirs = known.addresses_of.get(match.person, ()) if match.person else ()
    entries = (book.by_address[address] for address in theirs if address in book.by_address)
    return next((entry for entry in entries if entry.email.lower() in theirs), None)
