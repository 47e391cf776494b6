"""Changes, dates and numbers in words."""

from collections.abc import Mapping, Sequence
from datetime import date

from bouncer.core.plain import one_line
from bouncer.model import Change, Status, Value

_YEAR = "January February March April May June July August September October November December"
_WEEK = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS, _DAYS = _YEAR.split(), _WEEK.split()
_STATUS: Mapping[str | None, str] = {
    Status.PROBATION: "on probation until an answer comes from the new address",
    Status.AWAY: "away",
    Status.SUSPECT: "mail to {contact} came back",
    Status.UNREACHABLE: "cannot be reached at {contact} any more",
    Status.LEFT: "has left{company}",
    Status.RETIRED: "has retired",
    Status.DECEASED: "has died",
    Status.PAUSED: "is paused",
    Status.STOPPED: "asked not to be written to",
    None: "is back to normal",
}
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def describe(changes: Sequence[Change], company: str | None = None) -> str:
    """Say in one line what *changes* of one contact do, the most telling first; *company* is where they were."""
    by_field = {change.field: change for change in changes}
    parts = (*_work(by_field), *_reach(by_field), *_state(by_field, company), *_person(by_field))
    return "; ".join(parts)


def day(at: date, *, weekday: bool = False) -> str:
    """Give `1 December 2026`, with the weekday where asked."""
    return f"{_DAYS[at.weekday()] + ' ' if weekday else ''}{at.day} {_MONTHS[at.month - 1]} {at.year}"


def month(at: date) -> str:
    """Give `Mar`."""
    return _MONTHS[at.month - 1][:3]


def span(first: date, last: date) -> str:
    """Give `16 to 22 November 2026`, naming month and year once where both days share them."""
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    month = f" {_MONTHS[first.month - 1]}" if first.month != last.month else ""
    return f"{first.day}{month} to {day(last)}"


def count(number: int, one: str, many: str = "", *, spelt: bool = True) -> str:
    """Give `one thing`, `two things`, `13 things`; *many* is the plural where it is not *one* and an s."""
    figure = _SMALL[number] if spelt and number < len(_SMALL) else str(number)
    return f"{figure} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Give a share of 0 to 1 as `17%`; what is there at all is never nothing."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"  # noqa: PLR2004 - half of one per cent


def listed(parts: Sequence[str]) -> str:
    """Give `a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def sentence(text: str) -> str:
    """Give *text* with a capital first letter, unless it begins with an address."""
    return text if "@" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def _work(fields: Mapping[str, Change]) -> tuple[str, ...]:
    company, title = fields.get("company"), fields.get("title")
    if company and title and company.after and title.after:
        was = " at ".join(filter(None, (_shown(title.before), _shown(company.before))))
        return (f"{_shown(title.after)} at {_shown(company.after)}" + (f" (before: {was})" if was else ""),)
    return tuple(
        f"{label}{_shown(change.after)}" + (f" (before: {_shown(change.before)})" if change.before else "")
        if change.after
        else f"no longer {label}{_shown(change.before)}".replace("now ", "")
        for label, change in (("now at ", company), ("now ", title))
        if change
    )


def _reach(fields: Mapping[str, Change]) -> tuple[str, ...]:
    parts: list[str] = []
    if email := fields.get("email"):
        parts.append(f"new address {_shown(email.after)} (before: {_shown(email.before)})")
    for name, label in (("also", "also reachable at "), ("phones", "telephone ")):
        if change := fields.get(name):
            added = [_shown(item) for item in _items(change.after) if item not in _items(change.before)]
            parts.append(label + ", ".join(added) if added else f"{label}removed: {_shown(change.before)}")
    return tuple(parts)


def _state(fields: Mapping[str, Change], company: str | None) -> tuple[str, ...]:
    status, until = fields.get("status"), fields.get("away_until")
    end = _until(until.after) if until and until.after else ""
    if status is None:
        return (f"away{end}",) if end else ()
    after = status.after if isinstance(status.after, str) else None
    if after == Status.AWAY:
        return (f"away{end}",)
    if after == Status.PROBATION and "email" not in fields:
        return ("back on probation",)
    where = f" {one_line(company, 80)}" if company else ""
    return (_STATUS.get(after, "now {after}").format(contact=one_line(status.contact), company=where, after=one_line(after or "")),)


def _person(fields: Mapping[str, Change]) -> tuple[str, ...]:
    parts = [f"now called {_shown(name.after)} (before: {_shown(name.before)})"] if (name := fields.get("name")) else []
    known = {"company", "title", "email", "also", "phones", "status", "away_until", "name", "previous"}
    parts += [f"{one_line(name)}: {_shown(change.after) or 'removed'}" for name, change in fields.items() if name not in known]
    if not parts and set(fields) == {"previous"}:
        parts.append("former addresses brought up to date")
    return tuple(parts)


def _until(value: Value) -> str:
    try:
        return f" until {day(date.fromisoformat(value))}" if isinstance(value, str) else ""
    except ValueError:
        return ""


def _shown(value: Value | object) -> str:
    return one_line(value, 120) if isinstance(value, str) else ", ".join(one_line(str(item), 120) for item in _items(value))


def _items(value: Value | object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)
