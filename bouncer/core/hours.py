"""Working hours: when a letter to somebody should leave."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bouncer.model import Contact, Owner, Pace

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")  # date.weekday() order
_TOO_LATE = timedelta(minutes=10)  # with less of the day left, tomorrow is better


def zone(name: str | None) -> ZoneInfo | None:
    """Give the IANA zone *name*, or None where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown; malformed; a directory of the zone database
        return None


def zone_of(contact: Contact, owner: Owner) -> ZoneInfo:
    """Give the zone a contact works in: their own, else the owner's, else UTC."""
    return zone(contact.timezone) or zone(owner.timezone) or ZoneInfo("UTC")


def coming_window(at: datetime, where: ZoneInfo, pace: Pace, free: Callable[[date], bool] = lambda _: False) -> tuple[datetime, datetime]:
    """Give the present or next working hours in *where*, from now at the earliest, in UTC; *free* tells a holiday."""
    first, last = pace.hours
    day = at.astimezone(where).date()
    for ahead in range(60):
        today = day + timedelta(days=ahead)
        start = datetime.combine(today, time(first), where).astimezone(UTC)
        end = _end(today, last if last > first else 24, where)
        if _DAYS[today.weekday()] in pace.days and not free(today) and end - max(at, start) >= _TOO_LATE:
            return max(at.astimezone(UTC), start), end
    raise ValueError("no working day within sixty days")  # a calendar of nothing but holidays


def _end(day: date, hour: int, where: ZoneInfo) -> datetime:
    """Give the moment *hour* strikes; 24 is the midnight that ends the day."""
    local = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), where)
    return local.astimezone(UTC)


def jittered(window: tuple[datetime, datetime], random: float) -> datetime:
    """Give the moment at *random* (0 to 1) between the two ends, to the second."""
    start, end = window
    return (start + (end - start) * min(max(random, 0.0), 1.0)).replace(microsecond=0) if random > 0 else start
