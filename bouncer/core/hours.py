"""Working hours: when a letter to somebody should leave."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.core import get_global

from bouncer.model import Contact, Owner, Pace

if TYPE_CHECKING:
    from holidays import HolidayBase

_SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")  # date.weekday() order
_TOO_LATE = timedelta(minutes=10)  # with less of the day left, tomorrow is better
_AHEAD = 21  # days: no country has a longer row of holidays
_WEEKEND = frozenset({5, 6})  # Saturday and Sunday: where an owner writes on those, it is meant


@lru_cache(maxsize=1024)
def zone(name: str | None) -> ZoneInfo | None:
    """Give the IANA zone *name*, or None where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown; malformed; a directory of the zone database
        return None


def zone_of(contact: Contact, owner: Owner) -> ZoneInfo:
    """Give the zone a contact works in: their own, else their country's where it has but one, else the owner's, else UTC."""
    return zone(contact.timezone) or zone_of_country((contact.country or "").strip().upper()) or zone(owner.timezone) or ZoneInfo("UTC")


@lru_cache(maxsize=512)
def zone_of_country(country: str) -> ZoneInfo | None:
    """Give the zone of an ISO 3166 *country* in capitals all of whose clocks agree, winter and summer; None for any other."""
    zones = [found for name, where in get_global("zone_territories").items() if where == country and (found := zone(name))]
    clocks = {tuple(moment.astimezone(found).utcoffset() for moment in _SEASONS) for found in zones}
    return min(zones, key=lambda found: found.key) if len(clocks) == 1 else None


@lru_cache(maxsize=512)
def country_of_zone(name: str) -> str:
    """Give the ISO 3166 country that the IANA zone *name* is of, in capitals; empty where it is of none."""
    return str(get_global("zone_territories").get(name, "")) if name != "UTC" else ""


def country_of(contact: Contact, owner: Owner) -> str:
    """Give the country whose holidays a contact keeps: the one on file, else that of the zone they are taken to work in; may be empty."""
    return (contact.country or "").strip().upper() or country_of_zone(zone_of(contact, owner).key)


def day_off(country: str, day: date) -> str | None:
    """Say why nobody works in *country* on *day*: a nationwide public holiday, or a weekend on a Friday or the like; None otherwise.

    Saturday and Sunday are for the owner's `pace.days` to say. Of a country that the holiday library does not know, nothing is known.
    """
    calendar = _calendar(country)
    if calendar is None:
        return None
    if name := calendar.get(day):
        return str(name)
    return f"weekend in {country}" if day.weekday() in calendar.weekend - _WEEKEND else None


@lru_cache(maxsize=256)
def _calendar(country: str) -> "HolidayBase | None":
    """Give the holidays of one country; the library and each country in it are only loaded where somebody lives there."""
    from holidays import country_holidays  # noqa: PLC0415 - 6 MB that a book without countries can do without

    try:
        return country_holidays(country) if country else None
    except NotImplementedError:
        return None


def coming_window(at: datetime, where: ZoneInfo, pace: Pace, country: str = "") -> tuple[datetime, datetime]:
    """Give the present or next working hours in *where*, from now at the earliest, in UTC; days off in *country* are passed over.

    Where that leaves no day within three weeks (an owner who writes on Fridays to a country that rests on them), the owner's days count.
    """
    windows = _windows(at, where, pace)
    return next((window for day, window in windows if day_off(country, day) is None), None) or next(_windows(at, where, pace))[1]


def _windows(at: datetime, where: ZoneInfo, pace: Pace) -> Iterator[tuple[date, tuple[datetime, datetime]]]:
    """Give the working hours of the owner's days from now on, each with its day in *where*."""
    first, last = pace.hours
    day = at.astimezone(where).date()
    for ahead in range(_AHEAD + 1):
        today = day + timedelta(days=ahead)
        start = datetime.combine(today, time(first), where).astimezone(UTC)
        end = _end(today, last if last > first else 24, where)
        if _DAYS[today.weekday()] in pace.days and end - max(at, start) >= _TOO_LATE:
            yield today, (max(at.astimezone(UTC), start), end)


def _end(day: date, hour: int, where: ZoneInfo) -> datetime:
    """Give the moment *hour* strikes; 24 is the midnight that ends the day."""
    local = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), where)
    return local.astimezone(UTC)


def jittered(window: tuple[datetime, datetime], random: float) -> datetime:
    """Give the moment at *random* (0 to 1) between the two ends, to the second."""
    start, end = window
    return (start + (end - start) * min(max(random, 0.0), 1.0)).replace(microsecond=0) if random > 0 else start
