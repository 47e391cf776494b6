"""The week as it was told: kept when its summary is written, and the same bytes ever after; and when a silent week is told at all."""

import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.build import AT, JANE, SETTINGS
from support.household import Household
from support.ledger import applied, mail, match, reading

from bouncer.core.summary import as_html, as_text
from bouncer.daemon.forgetting import forget, traces_of
from bouncer.daemon.week import summary_due, told_week
from bouncer.model import Apply, Because, Change, Contact, EventKind, Health, Letter, Level, Review, Settings, Status, Summary

Make = Callable[..., Household]
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
WELL = Health(live=True)
BOB = Contact(name="Bob Best", email="bob@bolt.example")
MOVED = Change(JANE.email, "company", JANE.company, "NewCo", Because("joined", "I am at NewCo now", "body"))
GONE = Change(BOB.email, "status", None, "left", Because("left", "Bob has left", "body"))


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Make]:
    """Give households that are closed at the end."""
    made: list[Household] = []

    def make(settings: Settings = SETTINGS, at: datetime = AT) -> Household:
        made.append(Household(JANE, BOB, settings=settings, at=at, state=tmp_path))
        made[-1].daemon.begin()
        return made[-1]

    yield make
    for house in made:
        house.close()


def learn(house: Household, change: Change, number: int, at: datetime) -> None:
    """Have a believed message change the contact file."""
    raw, who = mail(f"message {number}", number), house.ledger.person(change.contact)
    made = house.ledger.record(raw, reading(raw), match(who), (Apply((change,), "it carries our token", Level.E4, alive=True),), None, at)
    house.ledger.settle(made, applied(change), at)


def ask(house: Household, change: Change, number: int, at: datetime) -> None:
    """Have a message be a question to the owner."""
    raw, who = mail(f"message {number}", number), house.ledger.person(change.contact)
    asked = Review((change,), "somebody else said so", Level.E1, change.because, hold=False)
    house.ledger.record(raw, reading(raw), match(who), (asked,), BOB, at)


def told(house: Household, at: datetime, number: int = 10, settings: Settings = SETTINGS) -> tuple[str, str]:
    """Give what `bouncer summary --week` shows of a week of 2026 at *at*, as text and as page."""
    made: Summary = told_week(settings, house.ledger, house.contacts.load(), WELL, (2026, number), at, lambda: 0.5)
    return as_text(made), as_html(made)


def mailed(house: Household) -> tuple[str, str]:
    """Give text and page of the last summary that went out."""
    letter: Letter = next(sent for sent in reversed(house.sender.sent) if sent.purpose == "summary")
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    return text.get_content().replace("\r\n", "\n"), page.get_content().replace("\r\n", "\n")


async def after_a_week(household: Make, settings: Settings = SETTINGS) -> Household:
    """Give a household that has told of a week in which Jane moved and somebody said that Bob is gone."""
    house = household(settings)
    await house.outgoing.round()
    learn(house, MOVED, 1, AT)
    ask(house, GONE, 2, AT)
    house.contacts.save(replace(JANE, company="NewCo"), BOB)
    house.clock._now = MONDAY
    await house.outgoing.round(0)
    return house


async def test_after_a_year_of_changes_the_week_is_told_in_the_same_bytes(household: Make) -> None:
    """People renamed, gone and new, questions answered, changes taken back, other settings: the mail that went out is shown."""
    house = await after_a_week(household)
    before = mailed(house)
    later = MONDAY + 52 * WEEK
    for question in house.ledger.questions():
        house.ledger.answer(question.id, accept=True, at=later)
    change = next(event.id for event in house.ledger.events() if event.kind is EventKind.CHANGED)
    undo = house.ledger.undo(change, later)
    house.ledger.settle(undo, applied(*(made for _, made in undo)), later)
    house.contacts.save(
        replace(JANE, name="Jane Roe", email="jane@third.example", status=Status.STOPPED, previous=()),
        Contact(name="New", email="new@x.example"),
    )
    house.ledger.sync(house.contacts.load(), later)
    elsewhere = replace(SETTINGS, owner=replace(SETTINGS.owner, timezone="Asia/Tokyo"), pace=replace(SETTINGS.pace, per_week=0))
    assert "Jane Doe" in before[0]
    assert told(house, later, settings=elsewhere) == before


async def test_whoever_was_forgotten_since_stands_as_forgotten(household: Make) -> None:
    """In what was mailed, too; the rest of it is as it was."""
    house = await after_a_week(household)
    text, before = mailed(house)
    hers = traces_of(JANE, house.ledger.person(JANE.email), house.contacts.load(), house.ledger)
    forget(house.ledger, house.contacts, house.daemon.settings.state, hers, MONDAY)
    now, page = told(house, MONDAY + 52 * WEEK)
    for gone in ("Jane", "jane@", "NewCo"):
        assert gone in text + before
        assert gone not in now + page
    assert "* (forgotten): What was said here is erased with them" in now
    assert now.partition("NEW JOBS")[0] == text.partition("NEW JOBS")[0]


async def test_a_dry_run_keeps_what_it_would_have_told(household: Make) -> None:
    """It mails nothing; the first word on a week stays."""
    house = await after_a_week(household, replace(SETTINGS, live=False))
    assert house.sender.sent == []
    before = told(house, MONDAY)
    house.contacts.save(replace(JANE, name="Jane Roe"))
    await house.outgoing.round()
    assert told(house, MONDAY + 52 * WEEK) == before
    assert "Jane Doe" in before[0]


async def test_a_week_that_was_never_told_says_so_and_nothing_of_today(household: Make) -> None:
    """Neither what is planned now nor how bouncer is now belongs to it."""
    house = household()
    learn(house, MOVED, 1, AT)
    text, _ = told(house, MONDAY + 3 * WEEK)
    assert "I am at NewCo now" in text
    assert "No summary of this week was made at the time" in " ".join(text.split())
    assert "COMING" not in text
    assert "No summary of this week" not in told(house, MONDAY)[0]


class TestSilence:
    """It must not look like health, nor fill a mailbox."""

    async def test_when_nothing_happens_there_is_a_sign_of_life_every_fourth_week(self, household: Make) -> None:
        """Three lines; and the summary itself is nothing that happens."""
        house = await after_a_week(household)
        house.contacts.save(JANE)
        weeks = []
        for number in range(1, 10):
            house.sender.sent.clear()
            house.clock._now = MONDAY + number * WEEK
            await house.outgoing.round(0)
            if house.sender.sent:
                weeks.append(number)
        assert weeks == [4, 8]

    async def test_before_anything_ever_happened_there_is_none(self, household: Make) -> None:
        """The first mail is one with something in it."""
        house = household()
        assert summary_due(SETTINGS, house.ledger, MONDAY + 9 * WEEK, WELL) is None

    async def test_a_bouncer_in_trouble_is_never_silent(self, household: Make) -> None:
        """A deaf one hears nothing, so nothing happens; but what goes wrong on a Wednesday is in the next summary."""
        house, deaf = household(), Health(live=True, troubles=("main/INBOX: the server cannot be reached.",))
        due = summary_due(SETTINGS, house.ledger, MONDAY, deaf)
        assert due is not None
        assert due.period == "summary:2026-W10"
        assert summary_due(SETTINGS, house.ledger, MONDAY + timedelta(days=2), deaf) is None
