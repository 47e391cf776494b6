"""A question after somebody lost, from the outbox to the owner's yes: sent once, recognised in the answer, and never applied by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE
from support.household import Household

from bouncer.core.asking import question
from bouncer.core.plan import elsewhere
from bouncer.demo.answers import Got, automatic, human
from bouncer.model import Contact, Letter, Status

Make = Callable[..., Household]
BOB = Contact(name="Bob Best", email="bob@bolt.example", every="never")
LOST = replace(JANE, status=Status.LEFT)


@pytest.fixture
def house(household: Make) -> Household:
    """Give a house whose Jane is lost and whose Bob is to be asked after her."""
    house = household(LOST, BOB)
    house.daemon.book(AT)
    assert ask(house) == 1
    return house


def ask(house: Household) -> int:
    """Put the question into the outbox, and give how many were new."""
    jane, bob = house.ledger.person(LOST.email), house.ledger.person(BOB.email)
    assert jane is not None
    assert bob is not None
    return house.ledger.enqueue((question(bob, BOB.email, jane, LOST.name, AT),), AT)


async def sent(house: Household) -> Letter:
    """Have the question go out."""
    assert await house.outgoing.round() == 1
    return house.onlooker.letters[-1][1]


async def test_the_question_names_whom_it_is_about_and_goes_to_who_may_know(house: Household) -> None:
    """Within the pace, as a letter of its own purpose."""
    letter = await sent(house)
    assert (letter.to.address, letter.purpose) == (BOB.email, "ask")
    assert b"Are you still in touch with Jane Doe?" in letter.data


async def test_nobody_is_asked_twice_after_the_same_person(house: Household) -> None:
    """Neither while the question waits nor years after it went out."""
    assert ask(house) == 0
    await sent(house)
    await house.clock.advance(timedelta(days=900))
    assert ask(house) == 0


async def test_the_answer_is_a_proposal_and_a_yes_applies_it(house: Household) -> None:
    """Until then the file stays as it is; then the old address stays on file with who gave the new one."""
    letter = await sent(house)
    got = Got(letter.to.address, letter.data, house.clock.now())
    await house.daemon.handle(house.arrived(human(got, "Bob Best", "try jane@newco.example")))
    assert house.contact() == LOST
    (asked,) = house.ledger.questions()
    assert (asked.name, asked.person) == ("Jane Doe", house.ledger.person(LOST.email))
    assert "Bob Best, whom we asked after Jane Doe, names jane@newco.example" in asked.why
    house.daemon.write(house.ledger.answer(asked.id, accept=True, at=AT), AT)
    jane = house.contact()
    assert (jane.email, jane.status) == ("jane@newco.example", Status.PROBATION)
    assert [(p.email, p.why) for p in jane.previous] == [(LOST.email, "Bob Best: try jane@newco.example")]
    assert house.contact("Bob Best") == BOB


def waits(house: Household, weeks: int = 0) -> list[str]:
    """Give the addresses of those who were asked and had not answered at the end of a week."""
    year, week, _ = (AT + timedelta(weeks=weeks)).isocalendar()
    return [letter.address for letter in house.ledger.week(year, week, "UTC").asked]


async def test_a_question_waits_until_it_is_answered_or_two_months_have_gone(house: Household) -> None:
    """As it stood at the end of each week: an answer that came later changes nothing of an earlier one."""
    assert waits(house) == []  # it has not left yet
    letter = await sent(house)
    assert waits(house) == waits(house, weeks=7) == [BOB.email]
    assert waits(house, weeks=8) == waits(house, weeks=-1) == []
    await house.clock.advance(timedelta(days=14))
    got = Got(letter.to.address, letter.data, house.clock.now())
    await house.daemon.handle(house.arrived(human(got, "Bob Best", "no idea, sorry")))
    assert (waits(house, weeks=1), waits(house, weeks=2)) == ([BOB.email], [])


async def test_an_auto_reply_is_no_answer(house: Household) -> None:
    """Whoever is on holiday may know all the same."""
    letter = await sent(house)
    got = Got(letter.to.address, letter.data, house.clock.now())
    await house.daemon.handle(house.arrived(automatic(got, "Bob Best", "Away", "I am out of the office until 20 March.")))
    assert waits(house) == [BOB.email]


async def test_a_no_leaves_everything_as_it_is(house: Household) -> None:
    """And nobody else is touched."""
    letter = await sent(house)
    got = Got(letter.to.address, letter.data, house.clock.now())
    await house.daemon.handle(house.arrived(human(got, "Bob Best", "try jane@newco.example")))
    (asked,) = house.ledger.questions()
    assert house.ledger.answer(asked.id, accept=False, at=AT) == ()
    assert house.contact() == LOST


async def test_the_question_is_dropped_where_the_lost_one_was_found_meanwhile(house: Household) -> None:
    """The owner wrote a new address into the file: nobody is bothered any more."""
    house.contacts.save(replace(JANE, every="never"), BOB)
    assert await house.outgoing.round() == 0
    assert house.sender.sent == []
    assert any("Jane Doe is found" in event.detail for event in house.ledger.events())


async def test_who_is_no_longer_to_be_written_to_is_not_asked_either(house: Household) -> None:
    """Bob was paused after the question was put."""
    house.contacts.save(LOST, replace(BOB, status=Status.PAUSED))
    assert await house.outgoing.round() == 0
    assert house.sender.sent == []


class TestAnotherAddress:
    """A letter to another address on file, after the first one failed."""

    @pytest.fixture
    def lost(self, household: Make) -> Household:
        """Give a house that has such a letter to Jane in its outbox."""
        house = household(replace(LOST, also=("jane@club.example",)))
        house.daemon.book(AT)
        jane = house.ledger.person(LOST.email)
        assert jane is not None
        house.ledger.enqueue((elsewhere(jane, LOST, "jane@club.example", AT),), AT)
        return house

    async def test_it_leaves_though_the_first_address_is_given_up(self, lost: Household) -> None:
        """To that address alone."""
        letter = await sent(lost)
        assert letter.to.address == "jane@club.example"
        assert letter.subject == "Do you still read this address?"

    async def test_it_stays_where_the_address_is_off_the_file_by_now(self, lost: Household) -> None:
        """The owner's file is what counts."""
        lost.contacts.save(LOST)
        assert await lost.outgoing.round() == 0
        assert lost.sender.sent == []

    async def test_it_stays_where_the_address_is_the_first_by_now(self, lost: Household) -> None:
        """A usual letter does then."""
        lost.contacts.save(replace(JANE, email="jane@club.example", also=(JANE.email,), every="never"))
        assert await lost.outgoing.round() == 0

    async def test_it_stays_where_the_contact_asked_for_peace_meanwhile(self, lost: Household) -> None:
        """For ever."""
        lost.contacts.save(replace(LOST, also=("jane@club.example",), status=Status.STOPPED))
        assert await lost.outgoing.round() == 0
