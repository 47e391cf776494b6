"""A whole bouncer under attack: the production daemon over a real ledger and a real contact file, and what of it may not move."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bouncer.core.compose import compose
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.world import World
from bouncer.demo.answers import Got, automatic, stranger
from bouncer.demo.clock import VirtualClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory_mail import MemoryMailbox, MemorySender
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.model import Contact, InboundKey, PersonId, Planned, RawMail, SummarySettings
from bouncer.ports import Ledger, Reader
from support.build import ACCOUNT, AT, OWNER, SETTINGS
from support.household import Memory
from support.household import Reader as PlainReader
from support.trust import KEYS

NAMES = (
    "Jane Doe", "Bob Best", "Carla Conti", "Dmitri Orlov", "Élodie Martin", "Fritz Weiß", "Gül Aydın", "Hans Meyer-Lund", "Ines Paredes",
    "Jun Takeda", "Klara Nováková", "Liam O'Neill",
)  # fmt: skip
DOMAINS = ("acme.example", "bolt.example", "cargo.example", "delta-works.example", "elm.example", "foundry.example")
QUIET = frozenset({"received", "review", "hold"})  # the events that forged mail may leave behind


@dataclass(frozen=True)
class Person:
    """A contact, the id the ledger knows them by, and our letter as it reached them."""

    contact: Contact
    id: PersonId
    got: Got

    @property
    def token(self) -> str:
        """The token of that letter."""
        return self.got.message_id[3:43]


@dataclass(frozen=True)
class Standing:
    """All that forged mail must leave as it is: the file's bytes, and what the ledger holds beside events and questions."""

    file: str
    suppressed: frozenset[str]
    suspect: frozenset[str]
    paused: frozenset[str]
    alive: tuple[tuple[str, datetime], ...]
    letters: tuple[int, int]
    pending: int
    tripped: int
    quarantined: int


class Stage:
    """The bouncer; close it."""

    def __init__(
        self, path: Path, people: int = len(NAMES), reader: Reader | None = None, ledger: type[SqliteLedger] = SqliteLedger
    ) -> None:
        """Keep *people* contacts in *path*, each of whom got a check-in two days ago."""
        self.file = path / "contacts.yaml"
        self.file.write_text(_file(people), encoding="utf-8")
        self.clock = VirtualClock(AT - timedelta(days=2))
        self.sender, self.onlooker = MemorySender(), Memory()
        self.ledger: Ledger = ledger(path / "ledger.sqlite3")
        world = World(
            ledger=self.ledger,
            contacts=open_contacts(self.file, path / "history"),
            senders={ACCOUNT.name: self.sender},
            mailboxes={ACCOUNT.name: MemoryMailbox()},
            reader=reader or PlainReader(),
            clock=self.clock,
            keys=KEYS,
            templates=load_templates(directory("config") / "templates"),
            random=lambda: 0.0,
            onlooker=self.onlooker,
        )
        self.settings = replace(
            SETTINGS, pace=replace(SETTINGS.pace, per_day=100, per_week=500), summary=SummarySettings(answers_by_mail=True)
        )
        self.daemon = Daemon(self.settings, world)
        self.outgoing = Outgoing(self.daemon)
        self.people: list[Person] = []
        self.replays: list[bytes] = []
        self._uid = 0

    async def write(self) -> None:
        """Send everybody their check-in, by the production path, and let two days pass."""
        at, world = self.clock.now(), self.daemon.world
        book = self.daemon.book(at)
        ids = {contact.email: self.ledger.person(contact.email) or "" for contact in book.contacts}
        self.ledger.enqueue([Planned(ids[c.email], c.email, "checkin", at, "180 days", "checkin:hostile") for c in book.contacts], at)
        for outbox, planned in self.ledger.due(at):
            contact = book.by_address[planned.address]
            letter = compose(planned, contact, ACCOUNT, OWNER, world.templates, KEYS, at, world.entropy)
            await self.outgoing.post(outbox, planned, letter)
            self.people.append(Person(contact, planned.person, Got(planned.address, letter.data, at)))
        await self.clock.advance(timedelta(days=2))

    async def prepare(self) -> None:
        """Have a question open, a change that was believed and kept, and one that was believed and undone by the owner."""
        asked, kept, undone = self.people[-3:]
        await self.take(claim(asked, f"x.{asked.contact.email}", proved=False))
        for person in (kept, undone):
            self.replays.append(claim(person, f"x.{person.contact.email}", proved=True))
            await self.take(self.replays[-1])
        event = next(e for e in self.ledger.events() if e.change and e.change.field == "email" and e.person == undone.id)
        self.daemon.write(self.ledger.undo(event.id, self.clock.now()), self.clock.now())
        self.people = self.people[:-3]

    async def take(self, data: bytes) -> None:
        """Have *data* arrive as the next message, by the production path."""
        self._uid += 1
        await self.daemon.take(RawMail(data, f"INBOX:{self._uid}", InboundKey("main", "INBOX", 1, self._uid), self.clock.now()))

    def standing(self) -> Standing:
        """Give what must not move."""
        activity = self.ledger.activity(self.clock.now(), "UTC")
        with self.ledger._database.reading() as tx:
            alive = tx.rows("SELECT person, max(at) FROM event WHERE kind = 'alive' GROUP BY person ORDER BY person")
        return Standing(
            file=sha256(self.file.read_bytes()).hexdigest(),
            suppressed=activity.suppressed,
            suspect=frozenset(activity.suspect_since),
            paused=frozenset(activity.paused_domains),
            alive=tuple(alive),
            letters=(len(self.sender.sent), len(activity.periods)),
            pending=len(self.ledger.pending()),
            tripped=len(self.ledger.tripped()),
            quarantined=len(self.ledger.quarantined()),
        )

    def last_event(self) -> int:
        """Give the number of the newest event."""
        return max((event.id for event in self.ledger.events(limit=1)), default=0)

    def loud(self, after: int, limit: int = 10) -> list[str]:
        """Give the events later than *after* that forged mail may not cause."""
        events = self.ledger.events(limit=limit)
        return [f"{e.kind.value}: {e.detail}" for e in reversed(events) if e.id > after and e.kind.value not in QUIET]

    def person(self, email: str) -> Person:
        """Give the one whose letter went to *email*."""
        return next(person for person in self.people if person.contact.email == email)

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()


def claim(person: Person, new: str, *, proved: bool) -> bytes:
    """Give an auto-reply with the *new* address; genuine where it is *proved*, else without any word of the provider's."""
    if proved:
        return automatic(person.got, person.contact.name, "Automatic reply: Hello", f"Hello,\n\nmy new address is {new}.\n")
    return stranger(AT, person.contact.name, person.contact.email, f"Hello,\n\nmy new address is {new}.\n")


def others(stage: Stage, person: Person) -> Sequence[Person]:
    """Give everybody else."""
    return [other for other in stage.people if other.id != person.id]


def _file(people: int) -> str:
    lines = ["# mine, by hand", "contacts:"]
    for number, name in enumerate(NAMES[:people]):
        domain = DOMAINS[number % len(DOMAINS)]
        local = "".join(c for c in name.split()[0].lower() if "a" <= c <= "z") or "x"
        lines += [
            f'  - name: "{name}"   # met at a fair',
            f"    email: {local}{number}@{domain}",
            f"    also: [{local}{number}@home.example]",
        ]
        lines += [f"    company: {domain.split('.')[0].title()}", "    title: Engineer", f"    note: 'number {number}: a friend'", ""]
    return "\n".join(lines) + "\n"
