"""Entries that are added: recorded like every change, seated by the next reading of the file, taken back one by one or all at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, TITLE, applied, book, jane, refused

from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import UsageError
from bouncer.model import ENTRY, FORGOTTEN, Change, Contact, EventKind, Level, Previous, Status, Traces

ANN = Contact(
    name="Ann Lee",
    email="Ann@New.example",
    also=("ann@home.example",),
    company="New & Co",
    phones=("+44 20 7946 0018",),
    linkedin="https://www.linkedin.com/in/annlee",
    tags=("it",),
    status=Status.AWAY,
    away_until=date(2026, 12, 1),
    previous=(Previous("ann@old.example", "Old", "2026-01-01"),),
)
CY = Contact(name="Cy Dee", email="cy@dell.example")


def adding(*contacts: Contact) -> list[Change]:
    """Give the changes that add *contacts*."""
    return [Change.adding(contact, BECAUSE) for contact in contacts]


def added(ledger: SqliteLedger, wanted: Sequence[Change]) -> list[int]:
    """Have *wanted* reach the file; gives the events, in the order of *wanted*."""
    made = ledger.commit(wanted, "you added them", AT)
    ledger.settle(made, applied(*wanted), AT)
    return [event.id for event in reversed(ledger.events(limit=len(wanted)))]


def test_an_addition_waits_until_the_file_was_written(ledger: SqliteLedger) -> None:
    """What a crash left pending is given again, every field of it."""
    made = ledger.commit(adding(ANN), "you added them", AT)
    assert ledger.pending() == made
    assert made[0][1] == Change("Ann@New.example", ENTRY, None, ANN, BECAUSE)
    assert ledger.events() == ()


def test_an_addition_that_reached_the_file_is_an_event_with_its_why(ledger: SqliteLedger) -> None:
    """It is the owner's own word, under the name of whoever was added."""
    added(ledger, adding(ANN))
    (event,) = ledger.events()
    assert (event.kind, event.name, event.detail, event.level) == (EventKind.CHANGED, "Ann Lee", "you added them", Level.E6)
    assert (event.change, event.because) == (Change("Ann@New.example", ENTRY, None, ANN, BECAUSE), BECAUSE)
    assert ledger.pending() == ()


def test_whoever_was_added_is_somebody_from_the_next_reading_of_the_file_on(ledger: SqliteLedger) -> None:
    """Then the event is found by their address."""
    jane(ledger)
    (event,) = added(ledger, adding(ANN))
    assert ledger.person(ANN.email) is None
    assert ledger.sync(book(JANE, ANN), AT) == ()
    who = ledger.person("ann@new.example")
    assert who is not None
    assert [e.id for e in ledger.events(person=who)] == [event]


def test_the_file_is_read_again_though_another_process_read_it_first(ledger: SqliteLedger) -> None:
    """The daemon may see the new entry before the command that added it has settled: the event is hers all the same."""
    jane(ledger)
    made = ledger.commit(adding(ANN), "you added them", AT)
    ledger.sync(book(JANE, ANN), AT)
    ledger.settle(made, applied(*adding(ANN)), AT)
    ledger.sync(book(JANE, ANN), AT)
    assert [event.person for event in ledger.events(limit=1)] == [ledger.person(ANN.email)]


def test_an_addition_that_the_file_refused_is_told_and_not_asked_about(ledger: SqliteLedger) -> None:
    """A yes could only fail again; nobody is made up of it."""
    jane(ledger)
    made = ledger.commit([*adding(CY), TITLE], "you added them", AT)
    ledger.settle(made, refused(*adding(CY), why="cy@dell.example belongs to Jane Doe on line 2"), AT)
    assert [(event.kind, event.detail) for event in ledger.events()] == [
        (EventKind.CONFLICT, "cy@dell.example belongs to Jane Doe on line 2")
    ]
    assert ledger.questions() == ()
    assert ledger.pending() == made[1:]


def test_undoing_an_addition_is_to_take_out_the_very_entry(ledger: SqliteLedger) -> None:
    """Under the address it was put in with, whatever became of the person since; and only once."""
    (event,) = added(ledger, adding(ANN))
    ledger.sync(book(replace(ANN, email="ann@third.example")), AT)
    ((number, inverse),) = ledger.undo(event, AT)
    assert (inverse.contact, inverse.field, inverse.before, inverse.after) == ("Ann@New.example", ENTRY, ANN, None)
    with pytest.raises(UsageError, match="undone already"):
        ledger.undo(event, AT)
    ledger.settle([(number, inverse)], refused(inverse), AT)
    assert [change.before for _, change in ledger.undo(event, AT)] == [ANN]


def test_whoever_was_taken_out_again_is_not_missed(ledger: SqliteLedger) -> None:
    """A file that lost many people at once is held for the owner, unless it was the owner's own word; others who go are missed."""
    jane(ledger)
    events = added(ledger, adding(ANN, CY))
    ledger.sync(book(JANE, ANN, CY), AT)
    made = ledger.undo(events[0], AT)
    ledger.settle(made, applied(*(change for _, change in made)), AT)
    assert ledger.lost(book(JANE)) == ("Cy Dee",)
    assert ledger.sync(book(JANE, CY), AT) == ()
    assert ledger.person(ANN.email) is not None


def test_what_was_added_together_is_taken_back_together(ledger: SqliteLedger) -> None:
    """Changes and additions of one batch, the last first, but for what is undone already."""
    jane(ledger)
    events = added(ledger, [TITLE, *adding(ANN, CY)])
    ledger.sync(book(JANE, ANN, CY), AT)
    single = ledger.undo(events[1], AT)
    ledger.settle(single, applied(*(change for _, change in single)), AT)
    made = ledger.undo(events[0], AT, whole=True)
    assert [(change.contact, change.field) for _, change in made] == [("cy@dell.example", ENTRY), ("jane@acme.example", "title")]
    ledger.settle(made, applied(*(change for _, change in made)), AT)
    with pytest.raises(UsageError, match="all that came with it is undone already"):
        ledger.undo(events[2], AT, whole=True)
    assert ledger.pending() == ()


def test_another_batch_is_not_taken_back_with_it(ledger: SqliteLedger) -> None:
    """Only what was committed in one go."""
    (first,) = added(ledger, adding(ANN))
    added(ledger, adding(CY))
    assert [change.contact for _, change in ledger.undo(first, AT, whole=True)] == ["Ann@New.example"]


@pytest.mark.parametrize(
    "back",
    [
        Contact(name="Ann", email="ANN@home.example"),
        Contact(name="Ann", email="ann+work@home.example"),
        Contact(name="Ann", email="a@a.example", also=("ann@new.example",)),
        Contact(name="Ann", email="a@a.example", previous=(Previous("ann@new.example"),)),
        Contact(name="Ann", email="a@a.example", linkedin="linkedin.com/in/annlee/"),
    ],
)
def test_whoever_was_forgotten_is_never_added_again(ledger: SqliteLedger, back: Contact) -> None:
    """By no address and by no profile; nothing of the batch is committed, and it is told who it is."""
    forget(ledger)
    assert ledger.forgotten([CY, back]) == (back,)
    with pytest.raises(UsageError, match=r"You had bouncer forget Ann <\S+>, and whoever is forgotten is not added again"):
        ledger.commit(adding(CY, back), "you added them", AT)
    assert ledger.pending() == ()


def test_a_namesake_of_somebody_who_was_forgotten_is_added(ledger: SqliteLedger) -> None:
    """A name alone says nothing."""
    forget(ledger)
    namesake = Contact(name="Ann Lee", email="ann@other.example", linkedin="https://www.linkedin.com/in/annlee2")
    assert ledger.forgotten([namesake]) == ()
    assert len(ledger.commit(adding(namesake), "you added them", AT)) == 1


def test_forgetting_takes_the_addition_with_it(ledger: SqliteLedger) -> None:
    """Be it pending after a crash, or not yet seen in the file: nobody is brought back, and nothing names them."""
    added(ledger, adding(replace(ANN, email="ANN@home.example")))
    ledger.commit(adding(ANN), "you added them", AT)
    forget(ledger)
    assert ledger.pending() == ()
    (event,) = (event for event in ledger.events() if event.kind is EventKind.CHANGED)
    assert (event.person, event.name, event.change) == (FORGOTTEN, "", None)


def test_an_address_that_changes_is_still_no_addition(ledger: SqliteLedger) -> None:
    """`commit` takes the owner's changes of people in the file too, and says whom they concern."""
    who = jane(ledger)
    added(ledger, [TITLE])
    (event,) = ledger.events()
    assert (event.person, event.name, event.change, event.level) == (who, "Jane Doe", TITLE, Level.E6)


def forget(ledger: SqliteLedger) -> None:
    """Have the ledger forget Ann, to the end."""
    traces = Traces(None, ("ann@new.example", "ann@home.example"), ("Ann Lee",), ("https://www.linkedin.com/in/annlee",))
    number, _ = ledger.forget(traces, AT + DAY)
    ledger.wipe(number)
