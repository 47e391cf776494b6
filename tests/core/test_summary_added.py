"""The weekly summary on people who were added, and on those whom a yes would add."""

from dataclasses import replace

from support.weeks import ANN, AT, CAT, FAY, changed, given, question, week

from bouncer.core.summary import as_html, as_text, summarise
from bouncer.model import ENTRY, Because, Change, Contact, Event, EventKind, Line, Status, Summary

BO = Contact(name="Bo Berg", email="bo@acme.example")


def added(number: int, contact: Contact, why: str = "you imported connections.csv") -> Event:
    """Give the event by which *contact* was added."""
    return replace(changed(number, contact, ENTRY, None, contact, "", why=why), message_id=None)


def lines(made: Summary, title: str) -> list[Line]:
    """Give the lines of one section by its title."""
    return [line for section in made.sections if section.title == title for line in section.lines]


def test_who_was_added_in_one_go_is_one_line() -> None:
    """With the command that takes all of them back; however many they are, five are named."""
    people = [Contact(name=f"Person {n}", email=f"p{n}@x.example") for n in range(30)]
    made = summarise(given(week([added(n, person) for n, person in enumerate(people, start=7)])))
    (line,) = lines(made, "New in your contact file")
    assert line.who == "Person 0, Person 1, Person 2, Person 3, Person 4 and 25 more"
    assert (line.what, line.commands) == ("You imported connections.csv", ("bouncer undo 7 --all",))
    assert lines(made, "Also changed") == []


def test_who_was_added_by_hand_has_a_line_of_their_own() -> None:
    """Each takes one undo."""
    made = summarise(given(week([added(1, ANN, "you added them by hand"), replace(added(2, FAY, "by hand"), at=AT.replace(hour=20))])))
    assert [(line.who, line.commands) for line in lines(made, "New in your contact file")] == [
        ("Ann Able", ("bouncer undo 1",)),
        ("Fay Fisher", ("bouncer undo 2",)),
    ]


def test_who_was_taken_out_again_is_not_told() -> None:
    """It is as if it had not been."""
    undone = replace(added(2, BO), kind=EventKind.UNDONE, because=Because("undo", "event 1: ", "header"))
    assert lines(summarise(given(week([added(1, BO), undone]))), "New in your contact file") == []


def test_a_lead_says_what_was_said_and_what_a_yes_does() -> None:
    """Not only the new name, which says nothing by itself."""
    asked = question(3, CAT, "please turn to Bo")
    why = (
        "Cat Cooper's mailbox names Bo Berg <bo@acme.example> as successor, but only you can tell whether that person is worth knowing: E4"
    )
    lead = replace(asked, changes=(Change.adding(BO, asked.because),), why=why, hold=False)
    made = summarise(given(week(questions=[lead])))
    (line,) = lines(made, "Decisions wanted")
    assert line.what == "Cat Cooper's mailbox names Bo Berg <bo@acme.example> as successor"
    assert line.hints == ("A yes puts Bo Berg <bo@acme.example> into your contact file.",)
    assert line.why.startswith("Only you can tell")
    for shown in (as_text(made), as_html(made)):
        assert "into your contact file" in shown


def test_a_question_about_a_field_says_nothing_of_adding() -> None:
    """Only the hold is pointed out."""
    (line,) = lines(summarise(given(week(questions=[question(3, CAT, "words")]))), "Decisions wanted")
    assert line.hints == ("Until you decide, no check-in goes to them.",)


def test_a_lead_stands_with_whom_it_was_said_of_when_they_are_lost() -> None:
    """It may be the way to find them, be it somebody whom a yes would add."""
    left = changed(1, CAT, "status", None, "left", "I have left Acme")
    lead = replace(question(3, CAT, "please turn to Bo"), person=left.person, why="Cat's mailbox names Bo Berg as successor, but who knows")
    gone = replace(CAT, status=Status.LEFT)
    for wanted in ((), (Change.adding(BO, lead.because),)):
        made = summarise(given(week([left], [replace(lead, changes=wanted)]), people=(gone,)))
        (line,) = [line for section in made.sections if section.key == "lost" for line in section.lines]
        assert "Cat's mailbox names Bo Berg as successor (decision 3)." in line.hints
    made = summarise(given(week([left], [lead]), people=(gone,)))
    (line,) = [line for section in made.sections if section.key == "lost" for line in section.lines]
    assert not any("decision 3" in hint for hint in line.hints)
