"""The coming weeks, and whether the pace can meet the wishes."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.build import AT, SETTINGS

from bouncer.core.outlook import outlook, pace_note
from bouncer.core.plan import plan
from bouncer.model import Activity, Book, Contact, Pace, Settings, Status


def people(number: int, **fields: object) -> tuple[Contact, ...]:
    """Give so many people, each at a company of their own."""
    return tuple(replace(Contact(name=f"P {n}", email=f"p{n}@c{n}.example"), **fields) for n in range(number))


def known(contacts: tuple[Contact, ...], **fields: object) -> Activity:
    """Give an activity in which nobody was written to for 400 days."""
    persons = {c.email: f"{n:012x}" for n, c in enumerate(contacts, 1)}
    return replace(
        Activity(person_of=persons, last_contact=dict.fromkeys(persons.values(), AT - timedelta(days=400)), sent_ever=9), **fields
    )


def test_each_day_and_week_has_its_number_and_nobody_comes_twice() -> None:
    """Three weeks of the default pace, from a Wednesday: two already out this week."""
    crowd = people(60)
    letters = outlook(Book(crowd, ""), known(crowd, sent_this_week=2), SETTINGS, AT, lambda: 0.5, days=19)
    assert len({letter.person for letter in letters}) == len(letters)
    assert max(Counter(letter.not_before.date() for letter in letters).values()) == 5
    assert list(Counter(letter.not_before.isocalendar()[1] for letter in letters).values()) == [13, 15, 15]
    assert all(letter.not_before.weekday() < 5 for letter in letters)
    assert list(letters) == sorted(letters, key=lambda letter: letter.not_before)


def test_its_first_day_is_what_the_plan_would_do_now() -> None:
    """The outlook is the plan, said ahead."""
    crowd = people(20)
    now = plan(Book(crowd, ""), known(crowd), SETTINGS, AT, lambda: 0.5)
    assert set(now) <= set(outlook(Book(crowd, ""), known(crowd), SETTINGS, AT, lambda: 0.5))


def test_nothing_due_is_an_empty_outlook() -> None:
    """And a contact that becomes due within the days is in it."""
    crowd = people(1)
    fresh = known(crowd, last_contact={"000000000001": AT - timedelta(days=177)})
    assert outlook(Book(crowd, ""), fresh, SETTINGS, AT, lambda: 0.5, days=2) == ()
    assert len(outlook(Book(crowd, ""), fresh, SETTINGS, AT, lambda: 0.5, days=7)) == 1


def test_the_days_are_the_owners() -> None:
    """Late on a Sunday in Auckland it is Monday already, though UTC says otherwise."""
    crowd = people(9)
    settings = replace(SETTINGS, owner=replace(SETTINGS.owner, timezone="Pacific/Auckland"))
    letters = outlook(Book(crowd, ""), known(crowd), settings, datetime(2026, 3, 8, 12, tzinfo=UTC), lambda: 0.0, days=1)
    assert {letter.not_before for letter in letters} == {datetime(2026, 3, 8, 20, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("number", "pace", "said"),
    [
        (1000, Pace(), "To write to 1,000 people as often as you wish takes 39 letters a week; at 15 a week a full round takes 15 months."),
        (
            20,
            Pace(per_week=1, per_person_days=60),
            "To write to 20 people as often as you wish takes 3 letters a week; at 1 a week a full round takes 5 months.",
        ),
        (9, Pace(per_day=0), "To write to 9 people as often as you wish takes 1 letter a week; your pace allows none."),
        (300, Pace(), None),
        (0, Pace(per_day=0), None),
    ],
)
def test_a_pace_that_falls_short_is_said(number: int, pace: Pace, said: str | None) -> None:
    """Nothing is dropped silently."""
    settings: Settings = replace(SETTINGS, pace=pace)
    assert pace_note(Book(people(number), ""), settings) == said


def test_those_who_rest_wish_for_nothing() -> None:
    """Who is gone, has stopped or is never to be written to takes no place."""
    book = Book((*people(500, status=Status.LEFT), *people(500, every="never"), *people(10)), "")
    assert pace_note(book, SETTINGS) is None
