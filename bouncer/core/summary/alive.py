"""How alive the network is: who was heard from and how long ago, now and month by month for a year, and who may have moved on unnoticed.

All of it is worked out from what the ledger tells of each person of the contact file, so that a past week looks as it did.
"""

import calendar
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain, pairwise

from bouncer.core.asking import LOST
from bouncer.core.summary.material import Material
from bouncer.core.summary.unnoticed import ENOUGH, YEAR, Estimate, estimate, known_for, moves_of
from bouncer.core.summary.words import count, month
from bouncer.model import Bar, Contact, Life, Status, Trend, Week

_STATES = {
    Status.LEFT: "lost",
    Status.UNREACHABLE: "lost",
    Status.SUSPECT: "unsure",
    Status.PROBATION: "unsure",
    Status.AWAY: "away",
}
_OLDER = "older"
# Order: the liveliest first. Key, label, tone.
_BARS: tuple[tuple[str, str, str], ...] = (
    ("6", "Heard from within 6 months", "fresh"),
    ("12", "within 12 months", "good"),
    ("24", "within 24 months", "fading"),
    (_OLDER, "longer ago", "quiet"),
    ("never", "not heard from yet", "quiet"),
    ("away", "Away just now", "addresses"),
    ("unsure", "Address not certain", "health"),
    ("lost", "Lost", "lost"),
)
_DAYS = ((183, "6"), (365, "12"), (730, "24"))
_SERIES = (
    ("6", "within 6 months", "fresh"),
    ("12", "6 to 12 months", "good"),
    ("24", "12 to 24 months", "fading"),
    ("lost", "lost", "lost"),
)
_MONTHS = 12
_FEWEST = 3  # points that make a line


def bars(material: Material) -> tuple[Bar, ...]:
    """Give each part of the network that has somebody in it; nothing where nobody was ever heard from."""
    if not any(life.seen for _, life in material.counted):
        return ()
    today = _today(material)
    found = Counter(_where(contact, life, today) for contact, life in material.counted)
    everybody = found.total()
    return tuple(Bar(label, found[key], found[key] / everybody, tone) for key, label, tone in _BARS if found[key])


def note(material: Material) -> str:
    """Say who is counted."""
    apart = len(material.given.contacts) - len(material.counted)
    rest = f", besides {count(apart, 'person', 'people')} to whom nobody writes any more" if apart else ""
    return f"Of {count(len(material.counted), 'person', 'people')} in your file{rest}."


def trend(material: Material) -> Trend | None:
    """Give the shares of the people in the file today who, at the end of each of the last 12 months, had been heard from or were lost.

    It begins with the first sign of life that the ledger knows; None where that is too short ago to draw.
    """
    people = material.counted
    first = min((life.seen[0] for _, life in people if life.seen), default=None)
    today = _today(material)
    days = [day for back in range(_MONTHS, -1, -1) if first is not None and (day := _earlier(today, back)) >= first]
    if len(days) < _FEWEST:
        return None
    steady, others = list[Sequence[date]](), list[tuple[Contact, Life]]()
    for contact, life in people:
        if life.turns or contact.status in LOST:
            others.append((contact, life))
        else:
            steady.append(life.seen)
    found = _counted(steady, days)
    for counts, day in zip(found, days, strict=True):
        counts.update(_then(contact, life, day) for contact, life in others)
    shares = (tuple(counts[key] / len(people) for key, _, _ in _SERIES) for counts in found)
    return Trend(tuple((label, tone) for _, label, tone in _SERIES), tuple(zip((month(day) for day in days), shares, strict=True)))


def unnoticed(material: Material) -> str:
    """Say how many of those once heard from have probably moved on without anybody noticing; empty where nobody was."""
    known = [(contact, life, moves_of(life)) for contact, life in material.counted if life.seen]
    seen, years = sum(len(moves) for _, _, moves in known), sum(known_for(life, moves) for _, life, moves in known)
    today = _today(material)
    silent = [_silent(contact, life, moves, today) for contact, life, moves in known]
    made = estimate(seen, years, [years for years in silent if years is not None])
    if made is not None:
        return _told(made)
    return f"How many have moved on unnoticed: too early to say; {count(seen, 'move')} seen so far, and it takes {ENOUGH}." if known else ""


def _told(made: Estimate) -> str:
    low, point, high = round(made.low), round(made.point), round(made.high)
    people = f"About {point} of the {made.people} once heard from" if point else f"Probably none of the {made.people} once heard from"
    verb = "has" if point <= 1 else "have"
    basis = f"{made.moves} moves seen in {made.years:,.0f} years of knowing people"
    return f"{people} {verb} moved on without your knowing (likely {low} to {high}), going by {basis}."


def _counted(seen: Sequence[Sequence[date]], days: Sequence[date]) -> list[Counter[str]]:
    """Count, for each of *days*, how long ago the people with these signs of life had been heard from; each counts until the next one.

    A hundred thousand people are counted at once: of a sign of life matters only between which two days that turn anything it lies.
    """
    turning = sorted({day - timedelta(days=back) for day in days for back in (-1, *(most for most, _ in _DAYS))})
    place = cache(partial(bisect_right, turning))
    spans = Counter(chain.from_iterable(pairwise((*map(place, signs), len(turning) + 1)) for signs in seen))
    found = [Counter[str]() for _ in days]
    for counts, day in zip(found, days, strict=True):
        for (begin, end), number in spans.items():
            if begin <= place(day) < end:
                counts[_ago((day - turning[begin - 1]).days) if begin else _OLDER] += number
    return found


def _where(contact: Contact, life: Life, day: date) -> str:
    over = contact.status is Status.AWAY and contact.away_until is not None and contact.away_until < day
    if contact.status is not None and not over:
        return _STATES[contact.status]
    return _heard(life, day)


def _heard(life: Life, day: date) -> str:
    number = bisect_right(life.seen, day)
    if not number:
        return "never"
    return _ago((day - life.seen[number - 1]).days)


@cache
def _ago(days: int) -> str:
    return next((key for most, key in _DAYS if days <= most), _OLDER)


def _then(contact: Contact, life: Life, day: date) -> str:
    """Give where somebody stood at the end of *day*: whatever changed since is taken back."""
    status: object = contact.status
    for when, change in reversed(life.turns):
        if when <= day:
            break
        if change.field == "status":
            status = change.before
    return "lost" if status in LOST else _heard(life, day)


def _silent(contact: Contact, life: Life, moves: Sequence[date], day: date) -> float | None:
    """Give for how many years nothing was seen of somebody who may still be where they were; None for whoever is lost."""
    if contact.status in LOST:
        return None
    last = max(life.seen[-1], moves[-1]) if moves else life.seen[-1]
    return max(0.0, (day - last).days / YEAR)


def looking_back(week: Week, today: date) -> date:
    """Give the first of the days that the trend of *week* asks about, seen on *today*."""
    return _earlier(_last(week, today), _MONTHS)


def _today(material: Material) -> date:
    return _last(material.given.week, material.given.today)


def _last(week: Week, today: date) -> date:
    return min(today, (week.end - timedelta(hours=1)).date())


def _earlier(day: date, months: int) -> date:
    years, number = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, number + 1, min(day.day, calendar.monthrange(years, number + 1)[1]))
