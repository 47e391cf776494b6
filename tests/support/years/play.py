"""Two years of the production daemon in half a minute: real ledger, real contact file, twins on the wires, a clock that is moved."""

import gc
import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.world import World
from bouncer.demo.answers import Got
from bouncer.demo.clock import VirtualClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.codec import stamp
from bouncer.edge.memory_mail import MemoryMailbox
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.errors import MessageFault, ServerFault
from bouncer.model import Letter, Pace, RawMail, Settings
from bouncer.model import Reading as Read
from bouncer.ports import Contacts
from support.build import ACCOUNT, OWNER
from support.household import Memory, Reader
from support.trust import KEYS
from support.years.broken import Killed
from support.years.file import OwnFile, WatchedContacts, age
from support.years.letters import answers
from support.years.promises import PER_DAY, PER_WEEK, Promises
from support.years.souls import PEER, Crowd, crowd, entry
from support.years.wire import Wire

START = datetime(2027, 1, 4, 5, 0, tzinfo=UTC)  # a Monday; the second year is a leap year
FAMILIES = frozenset({
    "outages", "kills", "restarts", "edits", "races", "block", "mass", "lists", "forgeries", "peer", "loss", "chores", "poison", "uids",
})  # fmt: skip
POISON = b"X-Poison: yes"
_TICKS = (8, 19)  # hours, UTC, at which the daemon is woken whatever lies in the outbox
_GAP, _SOON = timedelta(minutes=90), timedelta(minutes=60)  # letters whose time came lately are looked at again; in life, every minute
_SENT_FOLDER = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What two years hold: all of it follows from the seed."""

    seed: int
    contacts: int = 500
    days: int = 730
    families: frozenset[str] = FAMILIES

    def random(self, family: str) -> Random:
        """Give the chance of one family of happenings, which no other disturbs."""
        return Random(f"{self.seed}/{family}")  # noqa: S311 - a play, not a secret


@dataclass(frozen=True, slots=True)
class Variant:
    """How the daemon is put together; the honest one leaves everything as it is."""

    name: str = "honest"
    ledger: type[SqliteLedger] = SqliteLedger
    settings: Callable[[Settings], Settings] = lambda settings: settings
    contacts: Callable[[Contacts, Path], Contacts] = lambda contacts, _: contacts
    clock: Callable[[VirtualClock], VirtualClock] = lambda clock: clock


class Reading(Reader):
    """Reads in this process, and stumbles over poison as the worker does."""

    async def read(self, raw: RawMail) -> Read:
        """Read one message."""
        if POISON in raw.data:
            raise MessageFault("reading it takes more than 1 s")
        return await super().read(raw)


class Clock(VirtualClock):
    """A clock that can also be moved without waking anybody: a missed tick must be harmless."""

    def move(self, ahead: timedelta) -> None:
        """Let time pass."""
        self._now += ahead


@cache
def templates() -> dict[str, str]:
    """Give the shipped templates."""
    return dict(load_templates(directory("config") / "templates"))


@dataclass
class Play:
    """One run of a scenario in the directory *root*."""

    scenario: Scenario
    root: Path
    variant: Variant = field(default_factory=Variant)

    def __post_init__(self) -> None:
        """Make the people, the file and the wires; no daemon runs yet."""
        scenario, at = self.scenario, START
        self.clock, self.end = Clock(at), at + timedelta(days=scenario.days)
        self.crowd: Crowd = crowd(scenario.random("crowd"), scenario.contacts, at, scenario.days)
        self.file = OwnFile(self.root / "contacts.yaml")
        self.mailbox = MemoryMailbox(folders=("INBOX",))
        self.promises = Promises(self.file, self.crowd, ZoneInfo(OWNER.timezone), max(3, scenario.contacts // 50))
        self.chance, self.ids = scenario.random("answers"), scenario.random("ids")
        self.wire = Wire(
            self.crowd, self.promises, scenario.random("wire"), self.clock.now, lambda: self.ledger, self.delivered, self.point,
        )  # fmt: skip
        self.coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self.number = itertools.count()
        self.entries = {soul.name: entry(soul, scenario.random(f"entry {soul.number}")) for soul in self.crowd.souls}
        self.deadly = ""  # where the next kill strikes
        self.race: Callable[[], None] = lambda: None
        self.news = False
        self.down_until = at  # the daemon does not run before
        self.peers_letter: Callable[[Letter], None] = lambda _: None
        self.put_so_far = 0
        self.kinds: dict[str, int] = {}
        self.aside: list[Callable[[], Awaitable[None]]] = []  # what others do at this moment
        self.closing: list[Callable[[], None]] = []

    # -- what happens

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        """Have *do* happen at *when*."""
        heapq.heappush(self.coming, (when, next(self.number), do))

    def point(self, where: str) -> None:
        """Come to a point where a kill may strike."""
        if self.deadly and where == self.deadly:
            self.deadly = ""
            self.promises.tally[f"killed {where}"] += 1
            raise Killed(where)

    def raced(self) -> None:
        """Have whoever lurks save the file."""
        self.race()

    def put(self, data: bytes) -> None:
        """Let a message arrive in the owner's Inbox."""
        self.mailbox.put(data, "INBOX", self.clock.now())
        self.put_so_far += 1
        self.news = True

    def delivered(self, letter: Letter, got: Got) -> None:
        """Have whoever got a letter answer it in their time."""
        if letter.purpose == "summary":
            self.at(got.at + timedelta(minutes=1), lambda: self.put(letter.data))
            return
        soul = self.crowd.whose.get(letter.to.address.lower())
        if soul is None:
            return
        if not soul.gone(letter.to.address.lower(), got.at):
            soul.last = got
        if soul.address == PEER:
            self.peers_letter(letter)
        for later, data in answers(soul, got, self.chance):
            self.at(got.at + later, lambda data=data: self.put(data))  # type: ignore[misc]

    # -- the daemon

    def settings(self) -> Settings:
        """Give the owner's configuration."""
        pace = Pace(per_day=PER_DAY, per_week=PER_WEEK)
        plain = Settings(owner=OWNER, accounts=(ACCOUNT,), live=True, pace=pace, state=self.root / "state", catch_up_days=30)
        return self.variant.settings(plain)

    def wake(self) -> None:
        """Start the daemon, as `bouncer run` does after a crash or a stop."""
        self.ledger = self.variant.ledger(self.root / "state" / "ledger.sqlite3", lambda: self.ids.randbytes(6).hex())
        store = self.variant.contacts(open_contacts(self.file.path, self.root / "state" / "history"), self.file.path)
        world = World(
            ledger=self.ledger,
            contacts=WatchedContacts(store, self.file, self.raced, self.point),
            senders={"main": self.wire},
            mailboxes={"main": self.mailbox},
            reader=Reading(),
            clock=self.clock,
            keys=KEYS,
            templates=templates(),
            random=self.jitter,
            onlooker=Memory(),
            entropy=self.chance.randbytes,
        )
        self.daemon = Daemon(self.settings(), world)
        self.service = Service(self.daemon, Outgoing(self.daemon))
        self.service.outgoing.started = self.clock.now()
        self.daemon.begin()
        self.service.wake()
        self.clock.every(_SENT_FOLDER, "sent-folder", self.service.look_at_sent)
        self.news = True

    def jitter(self) -> float:
        """Give 0 to 1, and often one of the ends."""
        chance = self.chance.random()
        return 0.0 if chance < 0.1 else 0.999 if chance > 0.9 else self.chance.random()

    def fall(self, until: datetime) -> None:
        """Have no daemon until then."""
        self.clock.stop()
        self.ledger.close()
        self.down_until = until

    @property
    def up(self) -> bool:
        """Whether the daemon runs."""
        return self.clock.now() >= self.down_until

    # -- time

    async def run(self) -> Promises:
        """Let the years pass; raises BrokenPromise."""
        (self.root / "state").mkdir()
        self.file.begin(list(self.entries.values()))
        age(self.file.path)
        self.wake()
        today = self.clock.now().date()
        try:
            while self.clock.now() < self.end:
                await self.step()
                if self.clock.now().date() != today and self.up:
                    today = self.clock.now().date()
                    self.evening(today.toordinal())
            self.last_look()
        finally:
            self.clock.stop()
            self.ledger.close()
            for close in self.closing:
                close()
        return self.promises

    def last_look(self) -> None:
        """Look at everything once more, with a daemon that runs."""
        if not self.up:
            self.down_until = self.clock.now()
            self.wake()
        self.evening(0)
        with self.ledger._database.reading() as tx:
            self.kinds = dict(tx.rows("SELECT kind, count(*) FROM event GROUP BY kind"))

    async def step(self) -> None:
        """Move to the next moment at which anything happens, and have it happen; then mail is taken in."""
        was_up, now, tick = self.up, self.clock.now(), self.next_tick()
        soon = self.coming[0][0] if self.coming else tick
        if soon < tick:
            self.clock.move(max(soon - now, timedelta()))
        else:
            await self.survive(self.clock.advance(tick - now))
        while self.coming and self.coming[0][0] <= self.clock.now():
            await self.survive(self.happens(heapq.heappop(self.coming)[2]))
        if self.up and not was_up:
            self.wake()
        if self.up and self.news and self.mailbox.fault is None:
            await self.survive(self.take())
        if self.up:
            self.promises.after(self.ledger, self.clock.now())

    async def happens(self, do: Callable[[], None]) -> None:
        """Have one thing happen, and what it brought with it."""
        do()
        while self.aside:
            await self.aside.pop()()

    def next_tick(self) -> datetime:
        """Give when the daemon is woken next, or started."""
        now = self.clock.now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        ticks = [day + timedelta(days=ahead, hours=hour) for ahead in (0, 1) for hour in _TICKS]
        found = min(tick for tick in ticks if tick > now)
        if not self.up:
            return min(found, self.down_until)
        with self.ledger._database.reading() as tx:
            due = tx.rows("SELECT min(not_before) FROM outbox WHERE state IN ('due', 'ready') AND not_before > ?", stamp(now - _GAP))[0][0]
        return min(found, max(datetime.fromisoformat(due), now + _SOON)) if due else found

    async def survive(self, work: Awaitable[None]) -> None:
        """Do it; where a kill strikes, the next daemon finds things as they lie."""
        try:
            await work
        except Killed:
            self.fall(self.clock.now())
            self.wake()

    async def take(self) -> None:
        """Take in what the mailbox holds, one message after the other."""
        for raw in self.mailbox.fetch(self.ledger.seen("main"), self.daemon.since()):
            self.point("before a message")
            with self.service.told():
                await self.daemon.take(raw)
                self.promises.after(self.ledger, self.clock.now())
                self.heeded(raw)
        self.news = False

    def heeded(self, raw: RawMail) -> None:
        """From now on no letter may go to whoever asked for none in *raw*, which has been taken in."""
        if b"remove me from your list" in raw.data and b"dmarc=pass" in raw.data:
            sender = raw.data.partition(b"From: ")[2].partition(b"<")[2].partition(b">")[0].decode().lower()
            soul = self.crowd.whose.get(sender)
            if soul is not None and soul.stopped is None:
                soul.stopped = self.clock.now()
                self.promises.tally["stops"] += 1

    def evening(self, day: int) -> None:
        """Look at everything, once a virtual day."""
        self.promises.daily(self.ledger)
        if day % 7 == 0:
            self.file.parses()
            gc.collect()  # between, whoever plays may have let the collector rest
        if not self.news and self.mailbox.fault is None:
            self.all_taken()

    def tally(self) -> Counter[str]:
        """Give how much of everything there was."""
        counted = Counter(self.promises.tally)
        counted["messages taken in"] = self.put_so_far
        counted["writes of the file"], counted["saves by the owner"] = self.file.writes, self.file.edits
        counted["letters handed over"] = len(self.promises.ids)
        counted.update({f"event {kind}": count for kind, count in self.kinds.items()})
        return counted

    def all_taken(self) -> None:
        """Compare what the mailbox was given with what the ledger has seen."""
        with self.ledger._database.reading() as tx:
            seen = tx.rows("SELECT count(DISTINCT digest) FROM inbound WHERE folder IS NOT NULL")[0][0]
        assert seen == self.put_so_far, f"{self.put_so_far} messages came, {seen} were taken in"


def trouble() -> ServerFault:
    """Give what every call of a mailbox meets whose server is down."""
    return ServerFault("imap.home.example: connection refused; bouncer tries again.")
