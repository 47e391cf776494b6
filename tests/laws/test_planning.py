"""Whatever the book and the past, a plan keeps within the pace, the hours and what people have asked for."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.build import ACCOUNT, OWNER

from bouncer.core.hours import zone_of
from bouncer.core.plan import allowance, obstacle, plan
from bouncer.model import Activity, Book, Contact, Pace, Settings, Status

ZONES = st.sampled_from([None, "Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "America/Los_Angeles", "Nowhere/Land"])
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    """Draw somebody at one of few companies."""
    number = draw(st.integers(0, 40))
    return Contact(
        name=f"P {number}",
        email=f"p{number}@{draw(st.sampled_from(['a.example', 'b.example', 'gmail.com', 'lists.c.example']))}",
        timezone=draw(ZONES),
        country=draw(st.sampled_from([None, "JP", "US", "xx"])),
        every=draw(st.sampled_from([None, "2 weeks", "1 year", "never", "now and then"])),
        status=draw(st.none() | st.sampled_from(Status)),
        away_until=draw(st.none() | st.dates(datetime(2025, 12, 1).date(), datetime(2028, 1, 1).date())),  # noqa: DTZ001 - a date
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Book, Activity, Settings, datetime]:
    """Draw a book, a past, a pace and a moment."""
    at = draw(MOMENTS)
    people = draw(st.lists(contacts(), max_size=25))
    persons = {contact.email: f"{number:012x}" for number, contact in enumerate(people)}
    some = st.sets(st.sampled_from(sorted(persons.values()) or ["0"]))
    first = draw(st.integers(0, 22))
    pace = Pace(
        per_day=draw(st.integers(0, 9)),
        per_week=draw(st.integers(0, 20)),
        per_person_days=draw(st.integers(14, 400)),
        hours=(first, draw(st.integers(first + 1, 24))),
        days=tuple(draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True))),
    )
    activity = Activity(
        person_of=persons,
        last_contact={p: at - timedelta(days=draw(st.integers(0, 800))) for p in draw(some) if p in persons.values()},
        open_checkins=frozenset(draw(some)),
        held=frozenset(draw(some)),
        suppressed=frozenset(draw(st.sets(st.sampled_from(sorted(persons) or ["0"])))),
        sent_today=draw(st.integers(0, 3)),
        sent_this_week=draw(st.integers(3, 9)),
        sent_ever=draw(st.integers(0, 2)),
        unanswered_by_owner=draw(st.integers(0, 9)),
    )
    owner = OWNER if draw(st.booleans()) else OWNER.__class__(name="O", address="o@home.example", timezone="Asia/Tokyo")
    return Book(tuple(people), ""), activity, Settings(owner=owner, accounts=(ACCOUNT,), pace=pace, live=draw(st.booleans())), at


@settings(deadline=None, max_examples=150)
@given(scene=scenes(), seed=st.integers(0, 99))
def test_a_plan_keeps_every_promise(scene: tuple[Book, Activity, Settings, datetime], seed: int) -> None:
    """Caps, hours, days, the owner's and the contacts' word; and the same chance gives the same plan."""
    book, activity, set_up, at = scene
    letters, again = (plan(book, activity, set_up, at, Random(seed).random) for _ in range(2))  # noqa: S311 - jitter, no secret
    assert letters == again
    here = ZoneInfo(set_up.owner.timezone)
    by_day = Counter(letter.not_before.astimezone(here).date() for letter in letters)
    today = at.astimezone(here).date()
    assert all(number + (activity.sent_today if day == today else 0) <= set_up.pace.per_day for day, number in by_day.items())
    assert len(letters) <= max(0, set_up.pace.per_week - len(activity.open_checkins))
    assert not (set_up.live and activity.sent_ever == 0 and len(letters) > 1)
    assert len({letter.person for letter in letters}) == len(letters)
    assert activity.open_checkins.isdisjoint(letter.person for letter in letters)
    for letter in letters:
        entries = [c for c in book.contacts if c.email == letter.address]
        assert any(obstacle(entry, letter, activity, set_up, at) is None for entry in entries)
        assert letter.person not in activity.held
        assert letter.address not in activity.suppressed
        assert all(entry.every != "never" for entry in entries)
        assert all(entry.status in {None, Status.AWAY, Status.PROBATION, Status.SUSPECT} for entry in entries)
        assert any(_at_work(letter.not_before, entry, set_up) for entry in entries)
        assert at <= letter.not_before <= at + timedelta(hours=48)


def _at_work(moment: datetime, contact: Contact, set_up: Settings) -> bool:
    local = moment.astimezone(zone_of(contact, set_up.owner))
    first, last = set_up.pace.hours
    return first <= local.hour + local.minute / 60 + local.second / 3600 <= last or (last == 24 and local.hour == 0)


@given(scene=scenes())
def test_what_may_leave_now_is_never_more_than_the_pace(scene: tuple[Book, Activity, Settings, datetime]) -> None:
    """Nor less than nothing."""
    _, activity, set_up, _ = scene
    assert 0 <= allowance(activity, set_up) <= max(0, set_up.pace.per_day - activity.sent_today)
