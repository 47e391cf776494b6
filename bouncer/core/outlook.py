"""What the coming weeks bring if nothing else happens, and whether the pace can meet the wishes."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from bouncer.core.due import every, forbidden, iso_week, rests, wishes
from bouncer.core.hours import zone
from bouncer.core.news import News, news
from bouncer.core.plan import in_order, plan
from bouncer.model import Activity, Book, Planned, Settings

_MONTH = 30.4375  # days
_WEEK = 7
_POOL = 2000  # contacts of a large book that are looked at again for every day


def outlook(
    book: Book, activity: Activity, settings: Settings, at: datetime, random: Callable[[], float], days: int = 7
) -> tuple[Planned, ...]:
    """Give the letters of the next *days* days in the order of their going, as if each were sent and none answered; *at* is aware.

    What lies in the outbox already is not among them, but takes its place of today.
    """
    here = zone(settings.owner.timezone) or UTC
    heard = news(book)
    candidates = _candidates(book, activity, settings, at, random, days, heard)
    monday = iso_week(at.astimezone(here).date())
    found: list[Planned] = []
    moment = at
    for _ in range(days):
        today = moment.astimezone(here).date()
        on_day = Counter(letter.not_before.astimezone(here).date() for letter in found)
        in_week = sum(number for day, number in on_day.items() if iso_week(day) == iso_week(today))
        before = activity.sent_this_week if iso_week(today) == monday else 0
        now = replace(
            activity,
            last_contact={**activity.last_contact, **{letter.person: letter.not_before for letter in found}},
            periods=activity.periods | {(letter.person, letter.period) for letter in found},
            sent_today=on_day[today] + (activity.sent_today if moment is at else 0),
            sent_this_week=in_week + before,
            sent_ever=activity.sent_ever + len(found),
            queued=activity.queued if moment is at else 0,
        )
        found += plan(candidates, now, settings, moment, random, heard)
        moment = datetime.combine(today + timedelta(days=1), time(), here).astimezone(UTC)
    return tuple(sorted(found, key=lambda letter: letter.not_before))


def _candidates(
    book: Book, activity: Activity, settings: Settings, at: datetime, random: Callable[[], float], days: int, heard: News
) -> Book:
    """Give the part of a large book that the coming *days* can be about: whoever comes first at their end, and many more than can go out.

    Who becomes due meanwhile has been silent for less long than those who are due now, so nobody is passed over.
    """
    pace, end = settings.pace, at + timedelta(days=days)
    enough = _POOL + 2 * pace.per_week * (pace.per_person_days + days) // _WEEK
    if len(book.contacts) <= enough:
        return book
    first = (
        wish.contact
        for wish in in_order(wishes(book, activity, settings, end, heard), random)
        if forbidden(wish.contact, wish.person, activity, settings, end) is None
    )
    return Book(tuple(islice(first, enough)), book.digest)


def pace_note(book: Book, settings: Settings) -> str | None:
    """Say in a sentence how far the pace falls short of the intervals wished for; None where it meets them."""
    intervals = [days for contact in book.contacts if not rests(contact) and (days := every(contact, settings)) is not None]
    wanted = sum(_WEEK / days for days in intervals)
    pace = min(settings.pace.per_week, settings.pace.per_day * len(settings.pace.days))
    if wanted <= pace:
        return None
    letters = math.ceil(wanted)
    wish = f"To write to {len(intervals):,} people as often as you wish takes {letters:,} letter{'s' if letters > 1 else ''} a week"
    if not pace:
        return f"{wish}; your pace allows none."
    return f"{wish}; at {pace} a week a full round takes {_span(len(intervals) / pace * _WEEK)}."


def _span(days: float) -> str:
    months = round(days / _MONTH)
    return f"{months} months" if months > 1 else f"{max(1, round(days / _WEEK))} weeks"
