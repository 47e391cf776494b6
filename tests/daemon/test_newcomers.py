"""Entries that are added beside a running daemon, or at the owner's yes to a lead: taken in, redone after a crash, taken out in peace."""

from collections.abc import Callable

import pytest
from support.build import AT, JANE
from support.household import Household

from bouncer.demo.answers import automatic
from bouncer.errors import Busy
from bouncer.model import Because, Change, Contact, EventKind

Make = Callable[..., Household]
LEFT = "I have left Acme. Please contact my successor Bo Berg, bo@acme.example, from now on.\n\nJane"
BO = Contact(name="Bo Berg", email="bo@acme.example", company="Acme")
CROWD = [Contact(name=f"Person {n}", email=f"p{n}@new.example", every="never") for n in range(20)]


@pytest.fixture
def house(household: Make) -> Household:
    """Give a house that knows Jane."""
    house = household()
    house.daemon.book(AT)
    return house


def added(house: Household, *contacts: Contact) -> list[tuple[int, Change]]:
    """Commit what adds *contacts*, as the command line does."""
    because = Because("by-hand", "", "header")
    return list(house.ledger.commit([Change.adding(contact, because) for contact in contacts], "you added them", AT))


async def test_a_yes_to_a_colleague_in_an_auto_reply_adds_them(house: Household) -> None:
    """Until then nobody is added, and from then on they are somebody like any other."""
    got = await house.write_to()
    await house.daemon.handle(house.arrived(automatic(got, "Jane Doe", "Automatic reply", LEFT)))
    (lead,) = [question for question in house.ledger.questions() if question.changes]
    assert [contact.name for contact in house.contacts.load().contacts] == ["Jane Doe"]
    house.daemon.write(house.ledger.answer(lead.id, accept=True, at=AT), AT)
    house.daemon.book(AT)
    assert house.contact("Bo Berg") == BO
    who = house.ledger.person(BO.email)
    assert who is not None
    assert [event.kind for event in house.ledger.events(person=who)] == [EventKind.CHANGED]


async def test_the_same_lead_twice_is_one_question(house: Household) -> None:
    """An auto-reply comes again and again."""
    got = await house.write_to()
    for subject in ("Automatic reply", "Out of office"):
        await house.daemon.handle(house.arrived(automatic(got, "Jane Doe", subject, LEFT)))
    assert len([question for question in house.ledger.questions() if question.changes]) == 1


def test_what_could_not_be_written_is_written_by_the_next_round(house: Household) -> None:
    """The file was open in an editor; the event comes when the entry has."""
    made = added(house, BO)
    house.contacts.jam = Busy("open in an editor")
    house.daemon.write(made, AT)
    assert house.kinds().count("changed") == 0
    house.contacts.jam = None
    house.daemon.redo()
    house.daemon.book(AT)
    assert house.contact("Bo Berg") == BO
    assert [event.person for event in house.ledger.events(limit=1)] == [house.ledger.person(BO.email)]


def test_who_was_added_before_a_crash_is_somebody_after_it(house: Household) -> None:
    """The file had been written, the ledger not settled."""
    made = added(house, BO)
    house.contacts.apply([change for _, change in made])
    house.daemon.redo()
    house.daemon.book(AT)
    assert house.ledger.pending() == ()
    assert [event.person for event in house.ledger.events(limit=1)] == [house.ledger.person(BO.email)]


def test_taking_back_an_import_is_no_loss_of_people(house: Household) -> None:
    """The daemon goes on: it was the owner's own word; the same loss by hand is held for the owner."""
    house.daemon.write(added(house, *CROWD), AT)
    house.daemon.book(AT)
    event = house.ledger.events(limit=1)[0].id
    house.daemon.write(house.ledger.undo(event, AT, whole=True), AT)
    house.daemon.book(AT)
    assert house.contacts.load().contacts == (JANE,)
    assert house.ledger.tripped() == ()


def test_losing_as_many_by_hand_is_held_for_the_owner(house: Household) -> None:
    """For that is how a file looks of which half was lost."""
    house.daemon.write(added(house, *CROWD), AT)
    house.daemon.book(AT)
    house.contacts.save(JANE)
    house.daemon.book(AT)
    assert [trip.breaker.value for trip in house.ledger.tripped()] == ["book"]
