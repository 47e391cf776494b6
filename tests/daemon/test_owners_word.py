"""The owner's word on what goes out: after the very first letter, on how many, and on who comes next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from support.build import AT, JANE, SETTINGS
from support.household import Household
from support.ledger import mail as bytes_of
from support.ledger import match, reading

from bouncer.core.plan import asked
from bouncer.daemon.outgoing import Outgoing
from bouncer.model import Breaker, Contact, Kind, Level

Make = Callable[..., Household]
PEOPLE = tuple(Contact(name=f"Person {n}", email=f"p{n}@d{n}.example") for n in range(12))


class TestTheFirstLetter:
    """`run` and `once` send one, and then wait for the owner."""

    async def test_after_it_nothing_goes_out_until_the_owner_has_looked(self, household: Make) -> None:
        """Not on the same day and not on the next; `resume` lets the others go, and no second time it stops."""
        house = household(*PEOPLE)
        outgoing = Outgoing(house.daemon, confirmed=False)
        sent = [await outgoing.round()]
        for _ in range(2):
            sent.append(await outgoing.round())
            await house.clock.advance(timedelta(days=1))
        assert sent == [1, 0, 0]
        assert outgoing.health().sending_stopped == (
            "The first check-in has gone out. Look at it in your folder of sent mail; no other one goes out before `bouncer resume`."
        )
        house.ledger.resume(Breaker.FIRST, "you let it go on", house.clock.now())
        assert await outgoing.round() == SETTINGS.pace.per_day
        assert outgoing.health().sending_stopped is None

    async def test_it_still_stops_after_a_restart_between_the_letter_and_the_question(self, household: Make) -> None:
        """What the ledger knows of the letter is enough."""
        house = household(*PEOPLE)
        assert await house.outgoing.round() == 1
        assert house.ledger.tripped() == ()  # as whoever was killed before the question left it
        again = Outgoing(Household(*PEOPLE, ledger=house.ledger).daemon, confirmed=False)
        assert await again.round() == 0
        assert [trip.breaker for trip in house.ledger.tripped()] == [Breaker.FIRST]

    async def test_who_has_written_before_is_not_asked(self, household: Make) -> None:
        """A bouncer that has sent more than one letter goes on as it did."""
        house = household(*PEOPLE)
        assert await house.outgoing.round() == 1
        assert await house.outgoing.round() > 1
        await house.clock.advance(timedelta(days=1))
        assert await Outgoing(house.daemon, confirmed=False).round() > 0


async def test_a_limit_holds_over_all_rounds_of_a_run(household: Make) -> None:
    """Three and no more, however many days it runs."""
    house = household(*PEOPLE)
    outgoing = Outgoing(house.daemon, most=3)
    for _ in range(6):
        await outgoing.round()
        await house.clock.advance(timedelta(days=1))
    assert [planned.purpose for planned, *_ in house.onlooker.letters if planned.purpose != "summary"] == ["checkin"] * 3


async def test_letters_that_cannot_be_written_take_nobody_elses_place(household: Make) -> None:
    """Two letters a day, and the template of the first two fails on them: they are named, and two others are written to."""
    broken = tuple(replace(person, name=f"Broken {n}=?", email=f"b{n}@b{n}.example") for n, person in enumerate(PEOPLE[:2]))
    house = household(*broken, *PEOPLE[2:6], settings=replace(SETTINGS, pace=replace(SETTINGS.pace, per_day=2, per_week=14)))
    house.daemon.book(AT)
    stuck = [house.ledger.person(person.email) or "" for person in broken]
    house.ledger.enqueue([asked(who, person.email, AT) for who, person in zip(stuck, broken, strict=True)], AT)
    for _ in range(3):
        await house.outgoing.round()
    assert len(house.sender.sent) == 2
    assert all(person.email not in str(house.sender.sent) for person in broken)
    assert "cannot stand in a header" in house.daemon.troubles.now["letters"]


async def test_whom_the_owner_asks_for_comes_next(household: Make) -> None:
    """Before those whose letters were due earlier, and within the same day's letters."""
    house = household(*PEOPLE, settings=replace(SETTINGS, pace=replace(SETTINGS.pace, per_day=2)))
    house.outgoing.queue(house.daemon.book(AT), AT)
    (first,) = house.ledger.due(AT + timedelta(days=1))
    wanted = next(person for person in PEOPLE if person.email != first[1].address)
    who = house.ledger.person(wanted.email)
    assert who is not None
    house.ledger.enqueue((asked(who, wanted.email, AT + timedelta(minutes=1)),), AT)
    await house.clock.advance(timedelta(hours=2))
    assert await house.outgoing.round() == 1
    assert house.onlooker.letters[-1][1].to.address == wanted.email


async def test_a_letter_answers_what_the_person_wrote_last(household: Make) -> None:
    """Where the mail could be believed to be theirs; a forged one never becomes the subject of a letter of ours."""
    for level, subject in ((Level.E2, "Re: Hello"), (Level.E1, None)):
        house = household(JANE)
        house.daemon.book(AT)
        raw = bytes_of(f"hello {level}")
        says = reading(raw, Kind.HUMAN)
        house.ledger.record(raw, says, match(house.ledger.person(JANE.email), level), [], JANE, AT)
        await house.clock.advance(timedelta(days=210))
        await house.write_to()
        letter = house.onlooker.letters[-1][1]
        assert (f"In-Reply-To: {says.message_id}".encode() in letter.data) is (subject is not None)
        assert (letter.subject == "Re: Hello") is (subject is not None)
