"""Where many things happen at once the daemon stops and asks; what it must still do, it does; and the owner's word lets it go on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.build import AT, JANE, SETTINGS
from support.household import Household

from bouncer.demo.answers import Got, automatic, human, notice
from bouncer.edge.memory_mail import MemorySender
from bouncer.errors import Busy
from bouncer.model import Book, Breaker, Contact, Delivery, EventKind, Letter, OutboxState, Pace, Status

Make = Callable[..., Household]
PEOPLE = tuple(Contact(name=f"Person {chr(65 + n)}", email=f"p{n}@d{n}.example") for n in range(24))
SWIFT = replace(SETTINGS, pace=Pace(per_day=60, per_week=60, hours=(0, 24), days=("monday", "tuesday", "wednesday", "thursday", "friday")))
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
BLOCKED = Delivery(OutboxState.REFUSED, "rcpt", 550, "5.7.1", "5.7.1 Message blocked: your IP address is on a block list")
DONE = Delivery(OutboxState.SENT, "final", 250)
BUSY = Busy("contacts.yaml is open in an editor")
NOBODY = Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "5.1.1 User unknown")


async def written_to(house: Household, number: int) -> dict[str, Got]:
    """Have check-ins go out until *number* people have theirs, and give each as it arrived, by name."""
    while len(house.sender.sent) < number:
        assert await house.outgoing.round(number - len(house.sender.sent)) > 0
    name_of = {person.email: person.name for person in PEOPLE}
    return {
        name_of[letter.to.address]: Got(letter.to.address, letter.data, AT) for letter in house.sender.sent if letter.purpose != "summary"
    }


async def rounds(house: Household, number: int) -> None:
    """Have so many go by; where nothing was ever taken, each is of one letter."""
    for _ in range(number):
        await house.outgoing.round()


async def moves(house: Household, got: Got, name: str) -> None:
    """Have *name* answer from a new employer."""
    words = f"Hello,\n\nmy new address is {name[-1].lower()}.new@newco.example.\n\n{name}"
    await house.daemon.handle(house.arrived(automatic(got, name, "Automatic reply: Hello", words)))


def moved(house: Household) -> int:
    """Count the entries that have a new address."""
    return sum(contact.email.endswith("@newco.example") for contact in house.daemon.world.contacts.load().contacts)


def tripped(house: Household) -> list[Breaker]:
    """Give what has tripped."""
    return [trip.breaker for trip in house.ledger.tripped()]


class TestManyNewAddresses:
    """More than 3 in a week, of a small book."""

    async def test_the_fourth_is_asked_about_and_the_rest_goes_on(self, household: Make) -> None:
        """Three are written; the next waits and holds check-ins to that contact back; an absence is still noted."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 6)
        names = sorted(got)
        for name in names[:3]:
            await moves(house, got[name], name)
        assert (moved(house), tripped(house), house.ledger.questions()) == (3, [], ())
        await moves(house, got[names[3]], names[3])
        assert (moved(house), tripped(house)) == (3, [Breaker.ADDRESSES])
        (question,) = house.ledger.questions()
        assert question.name == names[3]
        assert question.hold
        assert question.why.startswith("many addresses change at once: ")
        away = "I am out of the office and will be back on 4 May 2026."
        await house.daemon.handle(house.arrived(automatic(got[names[4]], names[4], "Automatic reply", away)))
        assert house.contact(names[4]).status is Status.AWAY
        assert house.outgoing.health().sending_stopped is None
        (trouble,) = house.outgoing.health().troubles
        assert trouble.startswith("4 addresses would have changed by themselves within seven days; up to 3 do so without asking you.")
        assert "`bouncer resume`" in trouble

    async def test_the_owners_word_lets_it_go_on_and_counts_anew(self, household: Make) -> None:
        """What was asked stays asked, and a yes to it is the owner's own change."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 8)
        names = sorted(got)
        for name in names[:4]:
            await moves(house, got[name], name)
        house.ledger.resume(Breaker.ADDRESSES, "you let it go on", house.clock.now())
        await house.clock.advance(timedelta(minutes=1))
        house.daemon.redo()
        assert house.daemon.troubles.now == {}
        (question,) = house.ledger.questions()
        house.daemon.write(house.ledger.answer(question.id, accept=True, at=house.clock.now()), house.clock.now())
        assert moved(house) == 4
        for name in names[4:7]:
            await moves(house, got[name], name)
        assert (moved(house), tripped(house)) == (7, [])
        await moves(house, got[names[7]], names[7])
        assert (moved(house), tripped(house)) == (7, [Breaker.ADDRESSES])

    async def test_it_stays_tripped_over_weeks_and_restarts(self, household: Make) -> None:
        """Time alone is no word of the owner's."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 6)
        names = sorted(got)
        for name in names[:4]:
            await moves(house, got[name], name)
        people = house.daemon.world.contacts.load().contacts
        later = household(*people, settings=SWIFT, ledger=house.ledger, at=AT + 30 * DAY)
        later.daemon.begin()
        assert list(later.daemon.troubles.now) == ["breaker/addresses"]
        await moves(later, got[names[4]], names[4])
        assert moved(later) == 3

    async def test_a_few_a_week_never_trip_it(self, household: Make) -> None:
        """Three a week, week after week."""
        house = household(*PEOPLE[:9], settings=SWIFT)
        got = await written_to(house, 9)
        for number, name in enumerate(sorted(got)):
            await house.clock.advance(7 * DAY if number % 3 == 0 else timedelta(hours=1))
            await moves(house, got[name], name)
        assert (moved(house), tripped(house)) == (9, [])

    async def test_in_a_dry_run_there_is_nothing_to_trip(self, household: Make) -> None:
        """Everything is asked about anyway."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 6)
        dry = household(*PEOPLE[:8], settings=replace(SWIFT, live=False), ledger=house.ledger)
        for name in got:
            await moves(dry, got[name], name)
        assert (moved(dry), tripped(dry)) == (0, [])


class TestRefusalsOfUs:
    """They stop the check-ins."""

    async def test_the_third_domain_that_refuses_us_is_the_last_that_is_tried(self, household: Make) -> None:
        """In the middle of a round; no contact is touched, and no later round goes on."""
        house = household(*PEOPLE[:8], settings=SWIFT, sender=MemorySender(lambda _: BLOCKED))
        for _ in range(4):
            await house.service.send()
            await house.clock.advance(timedelta(hours=1))
        assert len(house.onlooker.letters) == 3
        assert tripped(house) == [Breaker.REFUSALS]
        assert house.contacts.load().contacts == PEOPLE[:8]
        said = house.outgoing.health().sending_stopped
        assert said is not None
        assert said.startswith("3 domains refused us, not the address, for the same reason (")
        assert "`bouncer resume`" in said

    async def test_bounces_that_come_later_count_as_well(self, household: Make) -> None:
        """A notice with our token; a fourth letter would have been due."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 3)
        for letter in got.values():
            bounce = notice(letter, "failed", "5.7.1", "550 5.7.1 Message rejected due to spam content")
            await house.daemon.handle(house.arrived(bounce))
        assert await house.outgoing.round() == 0
        assert tripped(house) == [Breaker.REFUSALS]

    async def test_forged_ones_do_not(self, household: Make) -> None:
        """Whoever has no token of ours cannot silence us."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        got = await written_to(house, 3)
        for letter in got.values():
            bounce = notice(letter, "failed", "5.7.1", "550 5.7.1 Message rejected due to spam content", with_original=False)
            await house.daemon.handle(house.arrived(bounce))
        assert await house.outgoing.round() == 5
        assert tripped(house) == []

    async def test_one_that_comes_in_while_the_connection_is_made_stops_that_letter(self, household: Make) -> None:
        """It is not armed, and leaves once the owner says so."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        await written_to(house, 3)

        class Slow(MemorySender):
            async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
                house.ledger.trip(Breaker.REFUSALS, "Three domains refused us.", house.clock.now())
                return await super().send(letter, arm)

        slow = Slow()
        house.daemon.world.senders["main"] = slow  # type: ignore[index]
        assert await house.outgoing.round() == 0
        assert slow.sent == []
        house.daemon.world.senders["main"] = house.sender  # type: ignore[index]
        house.ledger.resume(Breaker.REFUSALS, "you let it go on", house.clock.now())
        assert await house.outgoing.round() == 5
        assert house.daemon.troubles.now == {}

    async def test_after_the_owners_word_three_more_are_needed(self, household: Make) -> None:
        """What was looked at does not count again."""
        house = household(*PEOPLE[:8], settings=SWIFT, sender=MemorySender(lambda _: BLOCKED))
        await rounds(house, 4)
        assert (len(house.onlooker.letters), tripped(house)) == (3, [Breaker.REFUSALS])
        await house.clock.advance(timedelta(minutes=1))
        house.ledger.resume(Breaker.REFUSALS, "you let it go on", house.clock.now())
        await house.clock.advance(timedelta(minutes=1))
        await rounds(house, 2)
        assert (len(house.onlooker.letters), tripped(house)) == (5, [])
        await house.outgoing.round()
        assert (len(house.onlooker.letters), tripped(house)) == (6, [Breaker.REFUSALS])

    async def test_the_summary_still_goes_out_and_says_so(self, household: Make) -> None:
        """It is how the owner is asked."""
        house = household(*PEOPLE[:8], settings=SWIFT, sender=MemorySender(lambda letter: BLOCKED if letter.purpose == "checkin" else DONE))
        await rounds(house, 4)
        house.clock._now = MONDAY
        assert await house.outgoing.round() == 1
        (summary,) = [letter for _, letter, _ in house.onlooker.letters if letter.purpose == "summary"]
        assert b"Sending has stopped" in summary.data
        assert b"bouncer resume" in summary.data

    async def test_unknown_users_only_slow_it_down(self, household: Make) -> None:
        """A stale book: at the seventh of twenty the pace is halved and said so, and it never stops."""
        fates = iter([DONE])
        slow = replace(SWIFT, pace=replace(SWIFT.pace, per_day=8))
        house = household(*PEOPLE, settings=slow, sender=MemorySender(lambda _: next(fates, NOBODY)))
        await rounds(house, 3)
        assert len(house.onlooker.letters) == 8
        await house.clock.advance(DAY)
        await rounds(house, 3)
        assert len(house.onlooker.letters) == 12
        assert tripped(house) == []
        assert house.daemon.troubles.now["pace"].endswith("until fewer do, half as many go out.")
        assert house.outgoing.health().sending_stopped is None


class TestAFileThatLostPeople:
    """More than 3 of a small one, at once."""

    @pytest.fixture
    def house(self, household: Make) -> Household:
        """Give a household in which nobody has been written to and everybody is known."""
        house = household(*PEOPLE[:8], settings=SWIFT)
        house.daemon.begin()
        return house

    async def test_nothing_is_sent_until_the_people_are_back(self, house: Household) -> None:
        """Four are missing; then the owner puts them back, and it goes on by itself."""
        house.contacts.save(*PEOPLE[:4])
        for _ in range(2):
            await house.service.send()
            await house.service.redo()
        assert house.sender.sent == []
        assert house.ledger.due(AT + 30 * DAY) == ()
        assert tripped(house) == [Breaker.BOOK]
        said = house.outgoing.health().sending_stopped
        assert said is not None
        assert said.startswith("The contact file has lost 4 of its 8 people at once. Nothing is sent or written until")
        house.contacts.save(*PEOPLE[:8])
        await house.service.redo()
        assert (tripped(house), house.daemon.troubles.now) == ([], {})
        assert await house.outgoing.round() == 1

    async def test_three_may_be_struck_out(self, house: Household) -> None:
        """That is the owner's business."""
        house.contacts.save(*PEOPLE[:5])
        assert await house.outgoing.round() == 1
        assert tripped(house) == []

    async def test_a_slow_farewell_is_none_at_once(self, house: Household) -> None:
        """Two a day."""
        for left in (6, 4, 2):
            house.contacts.save(*PEOPLE[:left])
            await house.service.redo()
        assert tripped(house) == []
        assert len(house.daemon.world.contacts.load().contacts) == 2

    async def test_the_owners_word_makes_it_the_file_that_counts(self, house: Household) -> None:
        """And from it further losses are counted."""
        house.contacts.save(*PEOPLE[:4])
        await house.service.redo()
        house.ledger.sync(house.contacts.load(), house.clock.now())
        house.ledger.resume(Breaker.BOOK, "you let it go on", house.clock.now())
        await house.service.redo()
        assert house.daemon.troubles.now == {}
        assert await house.outgoing.round() == 1
        house.contacts.save(*PEOPLE[8:])
        await house.service.redo()
        assert tripped(house) == [Breaker.BOOK]

    async def test_a_word_for_another_file_is_none_for_this_one(self, house: Household) -> None:
        """It lost still more while the owner looked: asked again, with the new number."""
        house.contacts.save(*PEOPLE[:4])
        await house.service.redo()
        house.contacts.save(PEOPLE[0])
        await house.service.redo()
        (trip,) = house.ledger.tripped()
        assert trip.why == "The contact file has lost 7 of its 8 people at once."
        assert trip.why in house.daemon.troubles.now["breaker/book"]
        house.ledger.sync(Book(PEOPLE[:4], "looked at"), house.clock.now())
        house.ledger.resume(Breaker.BOOK, "you let it go on", house.clock.now())
        await house.service.redo()
        assert tripped(house) == []
        assert house.ledger.recent(AT).people == 1

    async def test_it_stays_so_over_a_restart(self, house: Household, household: Make) -> None:
        """What is remembered is who was in the file, and that it has tripped."""
        house.contacts.save(*PEOPLE[:4])
        await house.service.redo()
        later = household(*PEOPLE[:4], settings=SWIFT, ledger=house.ledger, at=AT + DAY)
        later.daemon.begin()
        assert await later.outgoing.round() == 0
        assert later.kinds().count("tripped") == 1
        whole = household(*PEOPLE[:8], settings=SWIFT, ledger=house.ledger, at=AT + DAY)
        whole.daemon.begin()
        assert await whole.outgoing.round() == 1
        assert whole.kinds().count("resumed") == 1

    async def test_a_stop_of_somebody_who_is_missing_is_heeded(self, house: Household) -> None:
        """For ever, whether they come back or not."""
        got = await written_to(house, 8)
        missing = PEOPLE[7]
        house.contacts.save(*PEOPLE[:4])
        await house.daemon.handle(house.arrived(human(got[missing.name], missing.name, "Please do not write to me again.")))
        assert missing.email in house.ledger.activity(AT, "UTC").suppressed
        assert "stopped" in house.kinds()

    async def test_bounces_are_recorded_and_what_they_would_change_is_asked(self, house: Household) -> None:
        """Of those who are there and of those who are not; the file is not written."""
        got = await written_to(house, 8)
        house.contacts.save(*PEOPLE[:4])
        for person in (PEOPLE[0], PEOPLE[7]):
            await house.daemon.handle(house.arrived(notice(got[person.name], "failed", "5.1.1", "550 5.1.1 User unknown")))
        assert house.kinds().count("bounced") == 2
        assert {person.email for person in (PEOPLE[0], PEOPLE[7])} <= house.ledger.activity(AT, "UTC").suspect_since.keys()
        assert house.contacts.load().contacts == PEOPLE[:4]
        assert [question.name for question in house.ledger.questions()] == [PEOPLE[0].name, PEOPLE[7].name]
        assert all(question.why.startswith("the contact file has lost people: ") for question in house.ledger.questions())

    async def test_what_was_committed_before_is_written_only_afterwards(self, house: Household) -> None:
        """A change that the disk had held up waits with everything else."""
        got = await written_to(house, 8)
        jam, house.contacts.jam = house.contacts.jam, BUSY
        await moves(house, got[PEOPLE[0].name], PEOPLE[0].name)
        house.contacts.jam = jam
        house.contacts.save(*PEOPLE[:4])
        await house.service.redo()
        assert (moved(house), len(house.ledger.pending()) > 0) == (0, True)
        house.contacts.save(*PEOPLE[:8])
        await house.service.redo()
        assert (moved(house), house.ledger.pending()) == (1, ())

    async def test_the_summary_says_so_and_plans_nothing(self, house: Household) -> None:
        """The question reaches the owner."""
        house.ledger.note(EventKind.HEALTH, "all well", AT)
        house.contacts.save(*PEOPLE[:4])
        house.clock._now = MONDAY
        assert await house.outgoing.round() == 1
        (summary,) = house.sender.sent
        assert summary.purpose == "summary"
        assert b"has lost 4 of its 8 people" in summary.data.replace(b"=\r\n", b"")
        assert b"Coming check-ins" not in summary.data

    async def test_an_empty_book_may_be_filled(self, household: Make) -> None:
        """Nobody was ever in it, so nobody is lost."""
        house = household(JANE)
        house.contacts.save()
        house.daemon.begin()
        house.contacts.save(*PEOPLE[:10])
        assert await house.outgoing.round() == 1
        assert tripped(house) == []
