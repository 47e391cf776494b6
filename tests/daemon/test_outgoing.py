"""What goes out: within the pace, each step committed before the next, never twice, and nothing while its effects could not be kept."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.build import ACCOUNT, AT, JANE, SETTINGS
from support.household import Household, Reader
from support.ledger import BECAUSE, match, reading
from support.ledger import mail as bytes_of

from bouncer.daemon.week import summary_due
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory_mail import MemorySender
from bouncer.errors import LoginRefused, MessageFault, OwnerFault, Problem, ServerFault, StorageFault
from bouncer.model import Address, Contact, Delivery, EventKind, Health, Letter, Level, OutboxState, Review, SentHeader, Status

Make = Callable[..., Household]
PEOPLE = tuple(Contact(name=f"Person {n}", email=f"p{n}@d{n}.example") for n in range(12))
BROKEN = OwnerFault((Problem("contacts.yaml", 7, "", "this is no YAML"),))
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
WELL = Health(live=True)


def answer(state: OutboxState, phase: str = "final", code: int | None = None, text: str = "", **more: str) -> Delivery:
    """Give how a submission ended."""
    return Delivery(state, phase, code, text=text, **more)  # type: ignore[arg-type]


class TestPace:
    """How many leave, and when."""

    async def test_the_first_live_letter_is_one_letter(self, household: Make) -> None:
        """Where nothing has ever gone out, one goes; the next round sends what the day allows."""
        house = household(*PEOPLE)
        assert await house.outgoing.round() == 1
        assert await house.outgoing.round() == SETTINGS.pace.per_day - 1
        assert await house.outgoing.round() == 0

    async def test_the_week_is_a_cap_of_its_own(self, household: Make) -> None:
        """Over the days of a week, no more than it allows."""
        house = household(*PEOPLE, settings=replace(SETTINGS, pace=replace(SETTINGS.pace, per_day=5, per_week=7)))
        house.daemon.book(AT)
        long_ago = AT - timedelta(days=300)
        house.ledger.note_sent_folder("main", [SentHeader(None, (), (Address("", p.email),), long_ago) for p in PEOPLE], AT)
        total = 0
        for _ in range(3):
            total += await house.outgoing.round() + await house.outgoing.round()
            await house.clock.advance(timedelta(days=1))
        assert total == 7

    async def test_a_limit_of_the_owners_is_kept(self, household: Make) -> None:
        """`once --limit 0` sends none."""
        house = household(*PEOPLE)
        assert await house.outgoing.round(0) == 0
        assert house.sender.sent == []

    async def test_what_was_held_up_does_not_leave_at_night(self, household: Make) -> None:
        """The server was away on Friday; on Saturday and early on Monday the letter waits for the contact's working hours."""
        friday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
        down = [True]
        sender = MemorySender(lambda _: answer(OutboxState.READY, "connect", trouble="down") if down[0] else answer(OutboxState.SENT))
        house = household(sender=sender, at=friday)
        assert await house.outgoing.round() == 0
        down[0] = False
        house.sender.sent.clear()
        for ahead, sent in ((timedelta(hours=2), 0), (timedelta(hours=18), 0), (timedelta(hours=44), 0), (timedelta(hours=2), 1)):
            await house.clock.advance(ahead)
            await house.outgoing.round()
            assert [letter.purpose for letter in house.sender.sent].count("checkin") == sent, house.clock.now()

    async def test_a_contact_that_changed_meanwhile_is_not_written_to(self, household: Make) -> None:
        """Planned, then paused by the owner: dropped, with why."""
        house = household(JANE, at=AT.replace(hour=8))
        assert await house.outgoing.round() == 0
        house.contacts.save(replace(JANE, status=Status.PAUSED))
        await house.clock.advance(timedelta(hours=2))
        assert await house.outgoing.round() == 0
        assert house.sender.sent == []
        assert "dropped" in house.kinds()


class TestNotNow:
    """When nothing at all is sent."""

    async def test_nothing_is_sent_in_a_dry_run(self, household: Make) -> None:
        """Nor even planned."""
        house = household(*PEOPLE, settings=replace(SETTINGS, live=False))
        assert await house.outgoing.round() == 0
        assert house.ledger.due(AT + timedelta(days=30)) == ()

    async def test_nothing_is_sent_with_a_broken_contact_file(self, household: Make) -> None:
        """Until it is mended."""
        house = household(*PEOPLE)
        house.contacts.fault = BROKEN
        await house.service.send()
        await house.service.redo()
        assert house.onlooker.told == [("contacts", str(BROKEN))]
        assert house.outgoing.health().sending_stopped == str(BROKEN)
        house.contacts.fault = None
        await house.service.send()
        assert house.sender.sent == []
        await house.service.redo()
        await house.service.send()
        assert len(house.sender.sent) == 1
        assert house.outgoing.health().sending_stopped is None

    @pytest.mark.parametrize("step", ["enqueue", "ready", "arm"])
    async def test_nothing_is_sent_with_a_full_disk(self, household: Make, step: str) -> None:
        """Whatever step cannot be committed, DATA is never reached; it is said, and goes on once there is room."""

        class Full(SqliteLedger):
            full = True

        def refusing(ledger: Full, *given: object) -> object:
            if ledger.full:
                raise StorageFault("The disk that holds the ledger is full: free some space; nothing was recorded.")
            return getattr(SqliteLedger, step)(ledger, *given)

        setattr(Full, step, refusing)
        ledger = Full(":memory:")
        house = household(*PEOPLE, ledger=ledger)
        await house.service.send()
        assert house.sender.sent == []
        assert house.onlooker.told[0][0] == "disk"
        assert "full" in (house.outgoing.health().sending_stopped or "")
        ledger.full = False
        await house.service.redo()
        await house.service.send()
        assert len(house.sender.sent) == 1

    async def test_after_the_disk_has_failed_between_data_and_its_reply_nothing_is_sent_again(self, household: Make) -> None:
        """The letter stays armed; a restart calls it unknown and leaves it at that."""

        class Full(SqliteLedger):
            def delivered(self, *_: object) -> None:
                raise StorageFault("The disk that holds the ledger is full: free some space; nothing was recorded.")

        house = household(ledger=Full(":memory:"))
        await house.service.send()
        await house.service.redo()
        await house.service.send()
        assert len(house.sender.sent) == 1
        house.daemon.begin()
        assert [sent.state for sent in house.ledger.armed()] == [OutboxState.UNKNOWN]

    async def test_after_stop_no_further_letter_leaves(self, household: Make) -> None:
        """The one in hand is the last."""
        house = household(*PEOPLE)
        await house.outgoing.round()
        house.outgoing.daemon.world.onlooker.sent = lambda *_: house.service.stop()  # type: ignore[method-assign]
        assert await house.outgoing.round() == 1


class TestEachStep:
    """The way of one letter."""

    async def test_it_is_armed_on_disk_before_data(self, household: Make) -> None:
        """At the moment the server would be given DATA, the ledger says armed."""
        house = household()
        states: list[OutboxState] = []

        class Watching(MemorySender):
            async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:  # noqa: ARG002 - the port's word
                states.extend(sent.state for sent in house.ledger.armed())
                arm()
                states.extend(sent.state for sent in house.ledger.armed())
                return answer(OutboxState.SENT, code=250)

        house.daemon.world.senders["main"] = Watching()  # type: ignore[index]
        assert await house.outgoing.round() == 1
        assert states == [OutboxState.ARMED]

    async def test_a_hold_between_planning_and_data_stops_it(self, household: Make) -> None:
        """A question about Jane is recorded while the connection is made: nothing is handed over, and it is no trouble."""
        house = household()

        class Slow(MemorySender):
            async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
                message = bytes_of("forged")
                hold = Review((), "is it Jane?", Level.E1, BECAUSE, hold=True)
                house.ledger.record(message, reading(message), match(letter.person, Level.E1), (hold,), JANE, AT)
                return await super().send(letter, arm)

        slow = Slow()
        house.daemon.world.senders["main"] = slow  # type: ignore[index]
        assert await house.outgoing.round() == 0
        assert slow.sent == []
        assert house.daemon.troubles.now == {}

    async def test_a_drop_after_the_text_is_unknown_and_never_repeated(self, household: Make) -> None:
        """It is shown, and the next rounds and weeks do not send it again."""
        fate = {"checkin": OutboxState.UNKNOWN, "summary": OutboxState.SENT}
        house = household(sender=MemorySender(lambda letter: answer(fate[letter.purpose], text="the connection broke")))
        for _ in range(3):
            await house.outgoing.round()
            await house.clock.advance(timedelta(days=7))
        assert [letter.purpose for letter in house.sender.sent].count("checkin") == 1
        assert house.outgoing.health().unknown_sends == 1

    async def test_a_refusal_in_our_own_session_is_evidence(self, household: Make) -> None:
        """A 5.1.1 at RCPT marks the address as a bounce would; told twice it counts once."""
        house = household(sender=MemorySender(lambda _: Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "5.1.1 User unknown")))
        await house.outgoing.round()
        assert house.contact().status is Status.SUSPECT
        assert house.kinds().count("bounced") == 1
        assert house.outgoing.untold == []

    async def test_a_refusal_is_not_forgotten_when_the_file_breaks_just_then(self, household: Make) -> None:
        """It is taken in at the next round that can."""
        house = household()

        def refuse(_: Letter) -> Delivery:
            house.contacts.fault = BROKEN
            return Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "5.1.1 User unknown")

        house.daemon.world.senders["main"] = MemorySender(refuse)  # type: ignore[index]
        await house.service.send()
        assert house.contact() == JANE
        house.contacts.fault = None
        await house.service.redo()
        await house.service.send()
        assert house.contact().status is Status.SUSPECT

    async def test_a_refusal_that_nobody_can_read_keeps_no_letter_back(self, household: Make) -> None:
        """The ledger knows that it was refused."""
        outcomes = iter([Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "x"), answer(OutboxState.SENT, code=250)])
        house = household(*PEOPLE[:2], sender=MemorySender(lambda _: next(outcomes)), reader=Reader(MessageFault("too dear")))
        sent = await house.outgoing.round() + await house.outgoing.round()
        assert sent == 1
        assert "refused" in house.kinds()

    async def test_a_refusal_for_now_is_tried_again_later(self, household: Make) -> None:
        """A 4xx is no trouble of ours and no news of the contact."""
        outcomes = iter([answer(OutboxState.READY, "rcpt", 451, "greylisted"), answer(OutboxState.SENT, code=250)])
        house = household(sender=MemorySender(lambda _: next(outcomes)))
        assert await house.outgoing.round() == 0
        assert house.daemon.troubles.now == {}
        await house.clock.advance(timedelta(hours=1))
        assert await house.outgoing.round() == 1
        assert house.contact() == JANE


class TestServers:
    """One that takes nothing is tried once a round, and said in one sentence."""

    async def test_a_server_that_is_away_is_not_asked_for_every_letter(self, household: Make) -> None:
        """One try, one sentence, and all is well again with the first that leaves."""
        tries: list[str] = []
        down = [True]

        def outcome(letter: Letter) -> Delivery:
            tries.append(letter.to.address)
            return answer(OutboxState.READY, "connect", trouble="SMTP: nobody listens there") if down[0] else answer(OutboxState.SENT)

        house = household(*PEOPLE, sender=MemorySender(outcome))
        down[0] = False
        await house.outgoing.round()
        down[0] = True
        assert await house.outgoing.round() == 0
        assert len(tries) == 2
        assert house.onlooker.told == [("smtp/main", "SMTP: nobody listens there")]
        assert type(house.daemon.troubles.faults["smtp/main"]) is ServerFault
        down[0] = False
        await house.clock.advance(timedelta(hours=1))
        assert await house.outgoing.round() == 4
        assert house.onlooker.told[-1] == ("smtp/main", None)

    async def test_a_refused_password_is_told_from_a_server_that_is_away(self, household: Make) -> None:
        """The exit code of `once` comes from it."""
        house = household(sender=MemorySender(lambda _: answer(OutboxState.READY, "login", 535, trouble="login refused")))
        fault = await house.service.once()
        assert type(fault) is LoginRefused
        assert fault.exit_code == 77

    async def test_each_account_has_its_own_server(self, household: Make) -> None:
        """That one takes nothing does not keep the other's letters back."""
        work = replace(ACCOUNT, name="work", address="olga@work.example")
        people = [*(replace(person, account="work") for person in PEOPLE[:4]), *PEOPLE[4:8]]
        house = household(*people, settings=replace(SETTINGS, accounts=(ACCOUNT, work)))
        await house.outgoing.round()
        house.daemon.world.senders["work"] = MemorySender(lambda _: answer(OutboxState.READY, "connect", trouble="down"))  # type: ignore[index]
        await house.outgoing.round()
        assert {letter.account for _, letter, delivery in house.onlooker.letters[1:] if delivery.state is OutboxState.SENT} <= {"main"}
        assert house.daemon.troubles.now == {"smtp/work": "down"}

    async def test_a_letter_that_cannot_be_written_keeps_nobody_elses_back(self, household: Make) -> None:
        """A name that cannot stand in a header: said with its line; the others leave."""
        odd = replace(JANE, name="=?utf-8?q?Jane?=", line=12)
        house = household(*PEOPLE[:1])
        assert await house.outgoing.round() == 1
        house.contacts.save(odd, *PEOPLE[:3])
        assert await house.outgoing.round() == 2
        assert "contacts:12: jane@acme.example" in house.daemon.troubles.now["letters"]
        house.contacts.save(JANE, *PEOPLE[:3])
        assert await house.outgoing.round() == 1
        assert "letters" not in house.daemon.troubles.now


class TestTheCopy:
    """In Sent."""

    async def test_it_is_filed_after_the_final_reply(self, household: Make) -> None:
        """Byte for byte what was sent, and only where it was."""
        house = household()
        assert await house.outgoing.round() == 1
        (header,) = house.mailbox.sent_headers(AT)
        assert header.message_id == house.sender.sent[0].message_id

    @pytest.mark.parametrize("state", [OutboxState.UNKNOWN, OutboxState.REFUSED, OutboxState.READY])
    async def test_nothing_is_filed_of_what_was_not_taken(self, household: Make, state: OutboxState) -> None:
        """A copy in Sent would later be read as proof that the letter left."""
        house = household(sender=MemorySender(lambda _: answer(state, "final" if state is OutboxState.UNKNOWN else "mail", 550)))
        await house.outgoing.round()
        assert tuple(house.mailbox.sent_headers(AT)) == ()

    async def test_a_provider_that_files_it_is_left_to_it(self, household: Make) -> None:
        """`sent_copy: server`."""
        house = household(settings=replace(SETTINGS, accounts=(replace(ACCOUNT, sent_copy="server"),)))
        await house.outgoing.round()
        assert tuple(house.mailbox.sent_headers(AT)) == ()

    async def test_a_failure_to_file_it_is_said_and_never_a_second_letter(self, household: Make) -> None:
        """Not in this round, not in the next."""
        house = household()
        house.mailbox.fault = ServerFault("IMAP: the mailbox is full")
        assert await house.outgoing.round() == 1
        assert house.onlooker.told == [("sent/main", "No copy in Sent: IMAP: the mailbox is full")]
        for _ in range(2):
            assert await house.outgoing.round() == 0
        assert len(house.sender.sent) == 1


class TestTheSummary:
    """Once for each ISO week, on its day and hour."""

    async def test_it_goes_out_once_however_often_the_clock_ticks(self, household: Make) -> None:
        """After the hour, once; a week later the next, of that week's events."""
        house = household()
        await house.outgoing.round()
        house.clock._now = MONDAY.replace(hour=6)
        await house.outgoing.round()
        assert [letter.purpose for letter in house.sender.sent] == ["checkin"]
        house.clock._now = MONDAY
        for _ in range(3):
            await asyncio.gather(house.outgoing.round(), house.outgoing.round())
        assert [letter.purpose for letter in house.sender.sent] == ["checkin", "summary"]
        assert house.sender.sent[1].to.address == SETTINGS.owner.address
        assert b"Auto-Submitted: auto-generated" in house.sender.sent[1].data

    async def test_it_comes_late_where_the_machine_was_off(self, household: Make) -> None:
        """On Thursday, and of the week that it is about."""
        house = household()
        await house.outgoing.round()
        house.clock._now = MONDAY + timedelta(days=3)
        await house.outgoing.round()
        assert house.sender.sent[-1].purpose == "summary"
        assert house.sender.sent[-1].data.count(b"week 10") > 0

    async def test_a_week_in_which_nothing_happened_has_none(self, household: Make) -> None:
        """No mail for the sake of mail."""
        house = household(at=MONDAY)
        assert summary_due(SETTINGS, house.ledger, MONDAY, WELL) is None

    async def test_its_hour_is_the_owners_own(self, household: Make) -> None:
        """Seven in Auckland is Sunday evening in UTC."""
        settings = replace(SETTINGS, owner=replace(SETTINGS.owner, timezone="Pacific/Auckland"))
        house = household(settings=settings)
        await house.outgoing.round(0)
        house.daemon.book(AT)
        house.ledger.note(EventKind.HEALTH, "all well", AT)
        assert summary_due(settings, house.ledger, datetime(2026, 3, 8, 17, 59, tzinfo=UTC), WELL) is None
        due = summary_due(settings, house.ledger, datetime(2026, 3, 8, 18, 0, tzinfo=UTC), WELL)
        assert due is not None
        assert due.period == "summary:2026-W10"

    async def test_it_is_not_counted_as_a_check_in(self, household: Make) -> None:
        """A day's allowance used up does not keep it back, nor does it use any up."""
        house = household(settings=replace(SETTINGS, pace=replace(SETTINGS.pace, per_day=1)))
        await house.outgoing.round()
        house.contacts.save(JANE, *PEOPLE[:1])
        house.clock._now = MONDAY + timedelta(hours=2)
        assert await house.outgoing.round() == 2

    async def test_in_a_dry_run_none_is_mailed(self, household: Make, tmp_path: Path) -> None:
        """`bouncer summary` shows it."""
        house = household(state=tmp_path)
        await house.outgoing.round()
        dry = Household(settings=replace(SETTINGS, live=False), ledger=house.ledger, at=MONDAY)
        assert await dry.outgoing.round() == 0
        assert dry.sender.sent == []
