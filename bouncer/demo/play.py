"""`bouncer demo`: the production daemon against fifteen people on loopback, two weeks in half a minute, and its outcome checked."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from bouncer.config import load
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.wiring import build
from bouncer.daemon.world import World
from bouncer.demo.answers import Got, from_the_owner
from bouncer.demo.cast import CAST, Person
from bouncer.demo.clock import VirtualClock
from bouncer.demo.files import write_files
from bouncer.demo.mailworld import USER, MailWorld
from bouncer.demo.screen import Screen
from bouncer.errors import OutcomeWrong
from bouncer.model import Contact, Handled, Question

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # a Monday
DAYS, FRIDAY, EVENING = 14, 4, 18
STEP = timedelta(minutes=30)
REMINDER = 0.5  # seconds after which the mailbox says once more that there is mail
PATIENCE = 10.0  # seconds for a message to be taken in before the play is given up


@dataclass(slots=True)
class Ended:
    """How the play ended: the contact file before and after, what waits for the owner, and the summaries as they arrived."""

    before: str
    after: str
    questions: tuple[Question, ...]
    summaries: tuple[bytes, ...]
    wrong: tuple[str, ...]
    refused: tuple[str, ...]


class _Watching(Screen):
    """The screen, counting what the daemon has taken in."""

    taken = 0

    def handled(self, handled: Handled) -> None:
        """Count messages from the mailbox and show everything."""
        super().handled(handled)
        self.taken += handled.raw.key is not None
        self.news.set()

    def begin(self) -> None:
        """Begin to count, in the running loop."""
        self.news = asyncio.Event()


@dataclass(slots=True)
class Play:
    """One performance in *directory*, which keeps the configuration, the contact file and the state."""

    directory: Path
    out: Console
    pause: float = 0.0  # seconds of real time between steps in which something happened
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    people: Mapping[str, Person] = field(default_factory=lambda: {person.address: person for person in CAST})
    coming: list[tuple[datetime, Got]] = field(default_factory=list)  # letters that will be answered, and when
    summaries: list[bytes] = field(default_factory=list)
    put: int = 0

    def perform(self) -> Ended:
        """Play it and give how it ended; raises OutcomeWrong where the daemon got stuck."""
        mail = MailWorld(self.refuse, self.receive, self.clock.now)
        settings = load(write_files(self.directory, mail.imap_port, mail.smtp_port, CAST))
        before = settings.contacts.read_text(encoding="utf-8")
        screen = _Watching(self.out, self.clock.now, lambda address: self.people[address].name if address in self.people else address)
        world = build(settings, screen, self.clock)
        daemon = Daemon(settings, world)
        try:
            asyncio.run(self.weeks(mail, Service(daemon, Outgoing(daemon)), screen))
            contacts, questions = world.contacts.load().contacts, world.ledger.questions()
        finally:
            asyncio.run(_close(world))
        after = settings.contacts.read_text(encoding="utf-8")
        wrong = tuple(check(contacts, questions))
        return Ended(before, after, questions, tuple(self.summaries), wrong, tuple(screen.refused))

    async def weeks(self, mail: MailWorld, service: Service, screen: _Watching) -> None:
        """Let the days pass, half an hour at a time."""
        screen.begin()
        async with mail:
            running = asyncio.create_task(service.run())
            try:
                await asyncio.sleep(0.2)
                while self.clock.now() < START + timedelta(days=DAYS, hours=2) and not running.done():
                    await self.clock.advance(self.step())
                    if await self.answer(mail, screen):
                        await asyncio.sleep(self.pause)
            finally:
                service.stop()
                await running

    def step(self) -> timedelta:
        """Give half an hour by day, and the way to the next working morning in the evening."""
        now = self.clock.now()
        if now.hour < EVENING:
            return STEP
        ahead = 3 if now.weekday() == FRIDAY else 1
        return now.replace(hour=START.hour, minute=0) + timedelta(days=ahead) - now

    async def answer(self, mail: MailWorld, screen: _Watching) -> bool:
        """Put what is due into the mailbox and wait until the daemon has taken it in; gives whether there was anything."""
        due = [got for when, got in self.coming if when <= self.clock.now()]
        self.coming = [(when, got) for when, got in self.coming if when > self.clock.now()]
        for got in due:
            for folder, data in self.people[got.recipient].behave(Got(got.recipient, got.data, self.clock.now())):
                await mail.put(data, folder)
                self.put += 1
                await self.taken_in(mail, folder, screen)
                if self.people[got.recipient].chats:
                    await mail.put(from_the_owner(data, self.clock.now()), "Sent")
        return bool(due)

    async def taken_in(self, mail: MailWorld, folder: str, screen: _Watching) -> None:
        """Wait until everything in the mailbox has been handled, the message just put into *folder* included."""
        try:
            async with asyncio.timeout(PATIENCE):
                while screen.taken < self.put:
                    screen.news.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(screen.news.wait(), REMINDER)
                        continue
                    await mail.remind(folder)
        except TimeoutError as error:
            raise OutcomeWrong(
                f"{self.put - screen.taken} messages lie in the mailbox and were not taken in within {PATIENCE:g} s."
            ) from error

    def refuse(self, address: str) -> str | None:
        """Answer RCPT as the recipient's server would."""
        person = self.people.get(address)
        return person.refusal if person else None

    async def receive(self, recipient: str, data: bytes) -> None:
        """Take a letter: a person's is answered later, the owner's own summary is kept."""
        if recipient == USER:
            self.summaries.append(data)
        elif recipient in self.people:
            self.coming.append((self.clock.now() + timedelta(minutes=40), Got(recipient, data, self.clock.now())))


async def _close(world: World) -> None:
    for sender in world.senders.values():
        await sender.aclose()
    world.reader.close()
    world.ledger.close()


def check(contacts: tuple[Contact, ...], questions: tuple[Question, ...]) -> Iterator[str]:
    """Give a sentence for every person of the cast whose entry, or whose place before the owner, is not as it must be."""
    entries = {contact.name: contact for contact in contacts}
    asked = {question.name for question in questions}
    for person in CAST:
        entry = entries.get(person.name)
        if entry is None:
            yield f"{person.name} is gone from the file."
            continue
        wanted = {
            "email": person.address,
            "status": None,
            "away_until": None,
            "title": person.title or None,
            "company": person.company,
            "previous": "",
            **person.ends,
        }
        found = {
            "email": entry.email,
            "status": entry.status,
            "away_until": ("*" if wanted["away_until"] == "*" else str(entry.away_until)) if entry.away_until else None,
            "title": entry.title,
            "company": entry.company or "",
            "previous": ",".join(old.email for old in entry.previous),
        }
        yield from (
            f"{person.name}: {name} is {found[name]!r} and should be {value!r}." for name, value in wanted.items() if found[name] != value
        )
        if (person.name in asked) != person.asked:
            yield f"{person.name}: {'should' if person.asked else 'should not'} wait for the owner's decision."
