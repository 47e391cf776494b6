"""The whole loop on real servers: check-ins leave, Postfix and Sieve answer for real, the file is corrected, the summary arrives."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
from support.mailstack import MailStack

from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.wiring import build
from bouncer.demo.clock import VirtualClock
from bouncer.edge.contacts import open_contacts
from bouncer.model import Contact, Owner, Pace, Settings, Status

pytestmark = pytest.mark.servers

CONTACTS = """\
# By hand.
contacts:
  - name: Alice Adams
    email: alice@people.test
  - name: Leo Left
    email: left@people.test       # from the conference
    company: People Inc
  - name: Ava Away
    email: away@people.test
  - name: Mona Moved
    email: moved@people.test
  - {name: Uli Unknown, email: unknown@people.test, note: flow style is left as it is}
  - name: Nora Nowhere
    email: nora@nowhere.test
  - name: Sam Slow
    email: sam@slow.test
"""
EVERY_DAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Loop:
    """A running daemon, its time in our hands."""

    def __init__(self, stack: MailStack, directory: Path) -> None:
        """Write the contact file and wire the production world to the mail system."""
        self.stack, self.address, self.owner = stack, stack.user(), stack.user()
        self.contacts = directory / "contacts.yaml"
        self.contacts.write_text(CONTACTS)
        self.clock = VirtualClock(datetime.now(UTC))
        self.settings = Settings(
            owner=Owner(name="Olga Owner", address=self.owner),
            accounts=(stack.account(self.address),),
            contacts=self.contacts,
            state=directory / "state",
            live=True,
            pace=Pace(per_day=100, per_week=500, hours=(0, 24), days=EVERY_DAY),
            poll_minutes=60,
        )
        world = replace(build(self.settings, clock=self.clock), random=lambda: 0.5)  # no chance: all is in one week's summary
        self.daemon = Daemon(self.settings, world)
        self.service = Service(self.daemon, Outgoing(self.daemon))

    async def until(self, true: Callable[[], bool], step: timedelta = timedelta(0), patience: float = 40) -> None:
        """Move the clock by *step* again and again until something is *true*."""
        end = asyncio.get_running_loop().time() + patience
        while not true():
            if asyncio.get_running_loop().time() > end:
                events = "\n".join(map(str, self.daemon.world.ledger.events()))
                pytest.fail(f"nothing came of it; troubles: {self.daemon.troubles.now}; events: {events}")
            if step:
                await self.clock.advance(step)
            await asyncio.sleep(0.02)

    def written_to(self) -> list[str]:
        """Give the recipients of the check-ins that lie in the Sent folder, oldest first."""
        sent = (str(message_from_bytes(data)["To"]) for data in self.stack.mails(self.address, "Outgoing"))
        return [parseaddr(to)[1] for to in sent if self.owner not in to]

    def contact(self, name: str) -> Contact:
        """Give the entry of *name* as the file has it now."""
        return next(c for c in open_contacts(self.contacts, self.contacts.parent / "history").load().contacts if c.name == name)

    async def play(self) -> None:
        """Let every check-in leave and every answer come, then the week end."""
        running = asyncio.create_task(self.service.run())
        try:
            ledger, half = self.daemon.world.ledger, timedelta(minutes=30)
            for name in ("Uli Unknown", "Nora Nowhere", "Mona Moved"):
                await self.until(lambda name=name: self.contact(name).status is Status.SUSPECT, half)  # type: ignore[misc]
            await self.until(lambda: self.contact("Ava Away").status is Status.AWAY, half)
            await self.until(lambda: any(event.name == "Leo Left" and event.change for event in ledger.events()), half)
            await self.until(lambda: any(event.detail.startswith("delay") for event in ledger.events()), half)
            await self.until(lambda: "alice@people.test" in self.written_to(), half)
            await self.clock.advance(timedelta(days=8))
            await self.until(lambda: bool(self.stack.mails(self.owner)), timedelta(minutes=30))
            assert ledger.armed() == ()
        finally:
            self.service.stop()
            await running
            for sender in self.daemon.world.senders.values():
                await sender.aclose()
            self.daemon.world.reader.close()
            self.events = self.daemon.world.ledger.events()
            self.daemon.world.ledger.close()


@pytest.fixture(scope="module")
def loop(mailstack: MailStack, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    """Give the loop after it was played once."""
    played = Loop(mailstack, tmp_path_factory.mktemp("loop"))
    asyncio.run(played.play())
    return played


def test_a_real_bounce_makes_its_address_suspect(loop: Loop) -> None:
    """Unknown at LMTP (5.1.1), unknown by the domain (5.1.1), and moved (5.1.6)."""
    assert {loop.contact(name).status for name in ("Uli Unknown", "Nora Nowhere", "Mona Moved")} == {Status.SUSPECT}


def test_a_real_vacation_reply_is_an_absence_with_its_end(loop: Loop) -> None:
    """That is the coming Monday, as a date."""
    ava = loop.contact("Ava Away")
    assert ava.status is Status.AWAY
    assert ava.away_until is not None
    assert ava.away_until.weekday() == 0


def test_the_new_address_of_somebody_who_left_is_on_probation(loop: Loop) -> None:
    """Our token alone, from the mailbox that was written to, is enough to try it; the old address is kept, and the change says why."""
    changes = {event.change.field: event.change for event in loop.events if event.name == "Leo Left" and event.change}
    assert changes["email"].after == "left.new@elsewhere.test"
    assert "left.new@elsewhere.test" in changes["email"].because.quote
    assert "left@people.test" in [previous.email for previous in loop.contact("Leo Left").previous]
    assert any(event.change and event.change.after == "probation" for event in loop.events if event.name == "Leo Left")


def test_a_delay_and_silence_change_nothing(loop: Loop) -> None:
    """Postfix still tries, and Alice says nothing."""
    for name in ("Sam Slow", "Alice Adams"):
        assert loop.contact(name).status is None


def test_every_other_byte_of_the_file_is_as_it_was(loop: Loop) -> None:
    """The comments, the order and the flow-style entry survive."""
    text = loop.contacts.read_text()
    assert text.startswith("# By hand.\ncontacts:\n  - name: Alice Adams\n    email: alice@people.test\n  - name: Leo Left\n")
    assert "# from the conference" in text
    assert "note: flow style is left as it is" in text


def test_each_address_was_written_to_once_and_a_copy_lies_in_sent(loop: Loop) -> None:
    """Seven people, and for one of them a second letter to the new address, which is another."""
    checkins = loop.written_to()
    assert len(checkins) == len(set(checkins))
    assert set(checkins) >= {line.split("email: ")[1].split()[0].strip(",}") for line in CONTACTS.splitlines() if "email: " in line}


def test_the_summary_arrived_and_tells_of_it(loop: Loop) -> None:
    """One mail, both parts, and the people whose mail came back are named."""
    (data,) = loop.stack.mails(loop.owner)
    mail = message_from_bytes(data)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html"}
    for name in (b"Uli Unknown", b"Nora Nowhere", b"Ava Away"):
        assert name in parts["text/plain"]
        assert name in parts["text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
