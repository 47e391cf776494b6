"""The daemon at work: watchers in their threads, one queue, one loop; it says how it is, and stops without leaving anything half done."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.build import AT, JANE, SETTINGS, raw
from support.household import Household, Reader

from bouncer.daemon import service as module
from bouncer.demo.answers import automatic
from bouncer.edge.clock import SchedulerClock
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory_mail import MemorySender
from bouncer.edge.status import read_status
from bouncer.errors import BouncerError, LoginRefused, MessageFault, OwnerFault, Problem, SecretMissing, ServerFault, StorageFault
from bouncer.model import Contact, Delivery, Letter, OutboxState

Make = Callable[..., Household]
BROKEN = OwnerFault((Problem("contacts.yaml", 7, "", "this is no YAML"),))
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def running(house: Household) -> AsyncIterator["asyncio.Task[None]"]:
    """Have the service run, and stopped at the end."""
    task = asyncio.create_task(house.service.run())
    try:
        await until(lambda: task.done() or len(house.service.threads) == len(house.daemon.settings.accounts[0].folders))
        yield task
    finally:
        house.service.stop()
        await asyncio.wait({task}, timeout=30)
    assert task.done()


async def until(true: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - it is about what other threads do
            await asyncio.sleep(0.01)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """Give what the service manager was told since the last time."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)  # noqa: FBT003 - the socket has it so
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        def told() -> list[str]:
            lines: list[str] = []
            while True:
                try:
                    lines += line.recv(4096).decode().splitlines()
                except BlockingIOError:
                    return lines

        yield told


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a message whose effects cannot be kept be taken again at once."""
    monkeypatch.setattr(module, "_WAIT", 0.01)


class TestWatching:
    """What arrives while it runs."""

    async def test_what_arrives_is_taken_from_every_folder(self, household: Make) -> None:
        """From Junk as from the Inbox."""
        house = household()
        async with running(house):
            house.mailbox.put(raw("in the Inbox").data)
            house.mailbox.put(raw("in Junk").data, "\\Junk")
            await until(lambda: house.kinds().count("received") == 2)
        assert set(house.ledger.seen("main")) == {"INBOX", "\\Junk"}

    async def test_it_goes_on_where_it_stopped(self, household: Make, tmp_path: Path) -> None:
        """What was taken before is not read again, what came in between is."""
        first = household(state=tmp_path)
        first.mailbox.put(raw("one").data)
        async with running(first):
            await until(lambda: first.kinds() == ["received"])
        first.close()
        second = household(state=tmp_path)
        second.mailbox = second.daemon.world.mailboxes["main"] = first.mailbox  # type: ignore[index,assignment]
        first.mailbox._stopped = False
        first.mailbox.put(raw("two").data)
        async with running(second):
            await until(lambda: second.kinds() == ["received", "received"])
        assert second.reader.read_so_far == 1

    async def test_trouble_is_said_once_and_so_is_its_end(self, household: Make) -> None:
        """However often the watcher tries in between."""
        house = household()
        fault = LoginRefused("IMAP imap.home.example:993 (account main): login refused")
        house.mailbox.fault = fault
        async with running(house):
            await until(lambda: len(house.onlooker.told) >= 2)
            await asyncio.sleep(0.2)
            house.mailbox.fault = None
            await until(lambda: not house.daemon.troubles.now)
        told = [pair for pair in house.onlooker.told if pair[0] == "imap/main/INBOX"]
        assert told == [("imap/main/INBOX", str(fault)), ("imap/main/INBOX", None)]

    async def test_an_account_that_refuses_does_not_keep_the_mail_of_another_back(self, household: Make) -> None:
        """Each watcher stands alone."""
        house = household()
        async with running(house):
            house.mailbox.put(raw("hello").data)
            await until(lambda: house.kinds() == ["received"])
            house.mailbox.fault = ServerFault("gone")
            house.mailbox.put(raw("later").data)
            await until(lambda: house.daemon.troubles.now)
            house.mailbox.fault = None
            await until(lambda: house.kinds() == ["received"] * 2)

    @pytest.mark.usefixtures("impatient")
    async def test_a_message_waits_for_a_broken_contact_file(self, household: Make) -> None:
        """It is taken again and again, neither counted as poison nor passed over, and the next one comes after it."""
        house = household(reader=Reader(MessageFault("too dear")))
        async with running(house):
            house.contacts.fault = BROKEN
            house.mailbox.put(raw("first").data)
            house.mailbox.put(raw("second").data)
            await until(lambda: house.reader.read_so_far >= 5)
            assert house.ledger.seen("main") == {}
            assert house.daemon.troubles.now == {"contacts": str(BROKEN)}
            house.contacts.fault = None
            await until(lambda: house.kinds() == ["received"] * 2)
            await house.clock.advance(MINUTE)
            assert house.daemon.troubles.now == {}
        assert house.ledger.quarantined() == ()


class TestStopping:
    """Whatever it is at."""

    @pytest.mark.usefixtures("impatient")
    async def test_what_was_read_ahead_stays_on_the_server(self, household: Make, tmp_path: Path) -> None:
        """A queue that is full, a watcher that waits to put one more in: stopped all the same, and nothing is lost."""
        house = household(state=tmp_path)
        async with running(house):
            house.contacts.fault = BROKEN
            for number in range(module._QUEUE + 20):
                house.mailbox.put(raw(f"number {number}").data)
            await until(house.service.queue.full)
        assert not any(thread.is_alive() for thread in house.service.threads)
        house.close()
        again = household(state=tmp_path)
        again.mailbox = again.daemon.world.mailboxes["main"] = house.mailbox  # type: ignore[index,assignment]
        assert await again.daemon.look(SETTINGS.accounts[0]) == module._QUEUE + 20

    async def test_the_letter_in_hand_is_finished(self, household: Make) -> None:
        """Its final reply is waited for and recorded, though the clock's job is what sends it; no further one leaves."""
        house = household(JANE, Contact(name="Bob", email="bob@bolt.example"))
        await house.outgoing.round()
        house.contacts.save(
            *house.contacts.load().contacts, Contact(name="Cy", email="cy@c.example"), Contact(name="Di", email="di@d.example")
        )
        reached, reply = asyncio.Event(), asyncio.Event()

        class Slow(MemorySender):
            async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
                reached.set()
                await reply.wait()
                return await super().send(letter, arm)

        slow = Slow()
        house.daemon.world.senders["main"] = slow  # type: ignore[index]

        class Clock(SchedulerClock):
            now = house.clock.now  # the moment of the test, the scheduler of production

        object.__setattr__(house.daemon.world, "clock", Clock())
        task = asyncio.create_task(house.service.run())
        await asyncio.wait_for(reached.wait(), 30)
        house.service.stop()
        await asyncio.sleep(0.3)
        assert not task.done()
        reply.set()
        await asyncio.wait_for(task, 30)
        assert len(slow.sent) == 1
        assert house.ledger.armed() == ()
        assert house.kinds().count("sent") == 2

    async def test_it_stops_at_once_where_nothing_is_in_hand(self, household: Make) -> None:
        """And says so to whoever waits."""
        house = household()
        async with running(house) as task:
            house.service.stop()
            await asyncio.wait_for(task, 30)

    async def test_a_reader_that_is_gone_ends_it_with_that_fault(self, household: Make) -> None:
        """So that the service manager starts it anew."""
        gone = BouncerError("The reading process is gone; start bouncer again.")
        house = household(reader=Reader(gone))
        async with running(house) as task:
            house.mailbox.put(b"poison")
            await until(task.done)
        assert task.exception() is gone

    async def test_a_fault_of_our_own_outside_a_message_ends_it_too(self, household: Make) -> None:
        """It must not look like a proper end."""

        class Odd(SqliteLedger):
            def quarantine(self, *_: object) -> bool:
                raise RuntimeError("odd")

        house = household(ledger=Odd(":memory:"), reader=Reader(MessageFault("too dear")))
        async with running(house) as task:
            house.mailbox.put(b"poison")
            await until(task.done)
        assert isinstance(task.exception(), RuntimeError)


class TestSayingHowItIs:
    """To the service manager, and to `bouncer status`."""

    async def test_ready_is_said_with_the_status_and_stopping_at_the_end(self, household: Make, manager: Callable[[], list[str]]) -> None:
        """Offline or not: READY needs no server."""
        house = household()
        house.mailbox.fault = ServerFault("unreachable")
        async with running(house):
            pass
        told = manager()
        assert told[0] == "READY=1"
        assert told[1] == "STATUS=live; 2 folders watched; 0 decisions wanted; 0 troubles"
        assert told[-1] == "STOPPING=1"

    async def test_it_is_not_ready_before_the_contact_file_is(self, household: Make, manager: Callable[[], list[str]]) -> None:
        """A broken one ends it, and nothing was watched."""
        house = household()
        house.contacts.fault = BROKEN
        with pytest.raises(OwnerFault):
            await house.service.run()
        assert manager() == []
        assert house.service.threads == []

    async def test_the_watchdog_is_fed_while_the_watchers_show_signs_of_life(
        self, household: Make, manager: Callable[[], list[str]]
    ) -> None:
        """Not once one of them has been silent for more than twenty minutes, and again when it speaks."""
        house = household()
        for ahead, speaks, fed in ((1, True, True), (20, False, True), (1, False, False), (0, True, True)):
            await house.clock.advance(ahead * MINUTE)
            house.service.alive("main/INBOX", None)
            if speaks:
                house.service.alive("main/\\Junk", None)
            await house.service.feed()
            assert ("WATCHDOG=1" in manager()) == fed

    @pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(days=-400)])
    async def test_a_clock_that_is_set_changes_nothing_of_that(
        self, household: Make, manager: Callable[[], list[str]], ahead: timedelta
    ) -> None:
        """Nobody is restarted for a machine that learns the time, and nobody who is silent is spared for it."""
        house = household()
        house.service.alive("main/INBOX", None)
        house.clock.jump(ahead)
        for minutes, fed in ((1, True), (20, False)):
            await house.clock.advance(minutes * MINUTE)
            await house.service.feed()
            assert ("WATCHDOG=1" in manager()) == fed

    async def test_a_watcher_that_waits_after_a_refused_login_is_not_deaf(self, household: Make, manager: Callable[[], list[str]]) -> None:
        """It tries again after half an hour, and restarting the daemon would only make it knock more often; but not for ever."""
        house = household()
        house.service.alive("main/INBOX", "login refused")
        for ahead, fed in ((40, True), (10, False)):
            await house.clock.advance(ahead * MINUTE)
            await house.service.feed()
            assert ("WATCHDOG=1" in manager()) == fed

    async def test_the_watchdog_goes_hungry_with_a_thread_that_ended(self, household: Make, manager: Callable[[], list[str]]) -> None:
        """Whatever it said last."""
        house = household()
        async with running(house):
            house.mailbox.stop()
            await until(lambda: not any(thread.is_alive() for thread in house.service.threads))
            manager()
            await house.clock.advance(MINUTE)
            assert "WATCHDOG=1" not in manager()

    async def test_word_is_left_for_the_status_command(self, household: Make, tmp_path: Path) -> None:
        """Troubles and signs of life, as soon as there is trouble."""
        house = household(settings=replace(SETTINGS, state=tmp_path))
        async with running(house):
            await house.clock.advance(MINUTE)
            house.service.alive("main/INBOX", "the network is down")
            left = read_status(tmp_path)
        assert left is not None
        assert left[0] == AT + MINUTE
        assert left[2].troubles == ("the network is down",)
        assert set(left[2].last_watch) == {"main/INBOX", "main/\\Junk"}


class TestOnce:
    """One pass, for cron."""

    async def test_it_reads_and_then_sends(self, household: Make) -> None:
        """And has nothing to complain of."""
        house = household()
        house.mailbox.put(raw("hello").data, at=AT)
        assert await house.service.once() is None
        assert house.kinds() == ["received", "sent"]
        assert house.onlooker.told == []

    @pytest.mark.parametrize("fault", [ServerFault("unreachable"), LoginRefused("refused"), SecretMissing("account main: no such file")])
    async def test_a_mailbox_that_cannot_be_read_is_what_went_wrong_first(self, household: Make, fault: BouncerError) -> None:
        """The rest is done all the same."""
        house = household()
        house.mailbox.fault = fault
        assert await house.service.once() is fault
        assert len(house.sender.sent) == 1

    async def test_a_file_that_cannot_be_written_is_said_by_its_own_fault(self, household: Make) -> None:
        """The change waits, and nothing is sent meanwhile."""
        house = household()
        answer = automatic(await house.write_to(), "Jane Doe", "Automatic reply", "My new address is jane@newco.example.")
        house.mailbox.put(answer, at=AT)
        house.contacts.jam = StorageFault("contacts.yaml: No space left on device")
        assert await house.service.once() is house.contacts.jam
        house.contacts.jam = None
        assert await house.service.once() is None
        assert house.contact().email == "jane@newco.example"

    async def test_a_question_to_the_owner_is_no_failure(self, household: Make) -> None:
        """Cron must not cry for it."""
        house = household()
        house.daemon.book(AT)
        house.contacts.save(replace(JANE, email="jane@new.example", company="NewCo"))
        assert await house.service.once() is None
        assert "people" in house.daemon.troubles.now

    async def test_a_broken_file_or_disk_ends_it(self, household: Make) -> None:
        """With nothing read and nothing sent."""
        house = household()
        house.mailbox.put(raw("hello").data, at=AT)
        house.contacts.fault = BROKEN
        with pytest.raises(OwnerFault):
            await house.service.once()
        assert house.kinds() == []
        assert house.sender.sent == []

    async def test_a_letter_that_a_crash_left_armed_is_not_sent_again(self, household: Make, tmp_path: Path) -> None:
        """It is called unknown."""

        class Crash(MemorySender):
            async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:  # noqa: ARG002 - the port's word
                arm()
                raise KeyboardInterrupt

        house = household(state=tmp_path, sender=Crash())
        with pytest.raises(KeyboardInterrupt):
            await house.outgoing.round()
        house.close()
        again = household(state=tmp_path)
        assert await again.service.once() is None
        assert again.sender.sent == []
        assert [sent.state for sent in again.ledger.armed()] == [OutboxState.UNKNOWN]
