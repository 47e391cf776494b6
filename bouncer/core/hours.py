"""Working hours: when a letter to somebody should leave."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from bouncer.model import Contact, Owner, Pace

_SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")  # date.weekday() order
_WEEK = 7
_TOO_LATE = timedelta(minutes=10)  # with less of the day left, tomorrow is better


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


def coming_window(at: datetime, where: ZoneInfo, pace: Pace) -> tuple[datetime, datetime]:
    """Give the present or next working hours in *where*, from now at the earliest, in UTC."""
    first, last = pace.hours
    day = at.astimezone(where).date()
    for ahead in range(_WEEK + 1):
        today = day + timedelta(days=ahead)
        start = datetime.combine(today, time(first), where).astimezone(UTC)
        end = _end(today, last if last > first else 24, where)
        if _DAYS[today.weekday()] in pace.days and end - max(at, start) >= _TOO_LATE:
            return max(at.astimezone(UTC), start), end
    raise ValueError("a pace names at least one working day")


def _end(day: date, hour: int, where: ZoneInfo) -> datetime:
    """Give the moment *hour* strikes; 24 is the midnight that ends the day."""
    local = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), where)
    return local.astimezone(UTC)


def jittered(window: tuple[datetime, datetime], random: float) -> datetime:
    """Give the moment at *random* (0 to 1) between the two ends, to the second."""
    start, end = window
    return (start + (end - start) * min(max(random, 0.0), 1.0)).replace(microsecond=0) if random > 0 else start
