"""Questions after people lost, in the summary: whom the owner asked and who has not answered."""

from collections.abc import Sequence
from dataclasses import replace

from support.weeks import AT, CAT, EVE, FAY, PEOPLE, given, week

from bouncer.core.summary import as_html, as_text, summarise
from bouncer.model import Address, Contact, OutboxState, Section, Sent, Status, Summary

ANN_ADDRESS = Address("Ann Able", "ann@newco.example")
PERSONS = {contact.email: f"{number:012x}" for number, contact in enumerate(PEOPLE)}


def ask(helper: Contact, lost: Contact) -> Sent:
    """Give a question that left on Wednesday."""
    who = PERSONS[helper.email]
    return Sent(9, "ask", who, helper.email, "<b.9@home.example>", OutboxState.SENT, AT, period=f"ask:{PERSONS[lost.email]}")


def told(asked: Sequence[Sent], people: tuple[Contact, ...] = PEOPLE, *, changed: bool = True) -> Summary:
    """Give the summary of a week with these questions open; *changed*: with something else to tell."""
    made = replace(week(waiting=[("Ann", ANN_ADDRESS, AT)] if changed else ()), asked=tuple(asked))
    return summarise(replace(given(made, people), person_of=PERSONS))


def section(made: Summary) -> Section | None:
    """Give the section, where there is one."""
    return next((section for section in made.sections if section.key == "asked"), None)


def test_who_was_asked_after_whom_and_when() -> None:
    """One line each, of which a forgotten one can be erased."""
    found = section(told([ask(EVE, CAT), ask(FAY, CAT)]))
    assert found is not None
    assert found.title == "Asked, and no answer yet"
    assert [(line.who, line.what) for line in found.lines] == [
        ("Eve Eder", "Asked after Cat Cooper on Wednesday 4 March 2026"),
        ("Fay Fisher", "Asked after Cat Cooper on Wednesday 4 March 2026"),
    ]
    assert found.lines[0].person == PERSONS[EVE.email]
    assert found.lines[0].named == ((PERSONS[CAT.email], "Cat Cooper"),)


def test_it_stands_in_text_and_page() -> None:
    """After the lost, before those who wait for the owner."""
    made = told([ask(EVE, CAT)])
    assert "Asked after Cat Cooper" in as_html(made)
    assert as_text(made).index("ASKED, AND NO ANSWER YET") < as_text(made).index("THEY ANSWERED AND WAIT FOR YOU")


def test_whoever_was_found_or_is_gone_from_the_file_is_not_waited_for() -> None:
    """The question has no point any more."""
    found = tuple(replace(contact, status=None) if contact is CAT else contact for contact in PEOPLE)
    assert section(told([ask(EVE, CAT)], found)) is None
    assert section(told([ask(EVE, CAT)], tuple(contact for contact in PEOPLE if contact is not CAT))) is None
    unreachable = tuple(replace(contact, status=Status.UNREACHABLE) if contact is CAT else contact for contact in PEOPLE)
    assert section(told([ask(EVE, CAT)], unreachable)) is not None


def test_nothing_asked_is_no_section() -> None:
    """Nothing empty is shown."""
    assert section(told([])) is None


def test_an_open_question_alone_leaves_the_week_a_quiet_one() -> None:
    """Three lines, the last of which counts it."""
    made = told([ask(EVE, CAT)], changed=False)
    assert (made.sections, made.subject) == ((), "Your network, week 10: a quiet week")
    assert "one question after people lost had no answer yet" in made.footer
    assert "question" not in told([], changed=False).footer


def test_a_hostile_name_is_shown_as_text() -> None:
    """Of the lost as of those who were asked."""
    evil = replace(CAT, name="<h1>Cat</h1>\nBcc: x@evil.example")
    made = told([ask(EVE, evil)], tuple(evil if contact is CAT else contact for contact in PEOPLE))
    assert "<h1>Cat" not in as_html(made)
    assert "Asked after <h1>Cat</h1> Bcc: x@evil.example on" in as_text(made).replace("\n  ", " ")
