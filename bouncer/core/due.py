"""Who is due for a letter, and what forbids one: the first half of planning."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bouncer.core.hours import zone_of
from bouncer.core.intervals import interval_days
from bouncer.core.mailboxes import domain_of, not_a_person, shared_provider
from bouncer.model import Activity, Book, Contact, PersonId, Purpose, Settings, Status

RECHECK_AFTER = timedelta(days=7)  # a second failure counts only a week after the first
BACK_FOR = timedelta(days=3)  # leave people their first days at the desk
AWAY_FOR = timedelta(days=14)  # where an absence names no end
_NEVER = frozenset({Status.LEFT, Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED, Status.UNREACHABLE})
_GONE = frozenset({Status.LEFT, Status.UNREACHABLE, Status.SUSPECT})
_PURPOSES: Mapping[Status | None, Purpose] = {Status.PROBATION: "probation", Status.SUSPECT: "recheck"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A letter that might go out: *silence* in days, None where nobody has written yet; *pressing* where there is a reason beside time."""

    contact: Contact
    person: PersonId
    purpose: Purpose
    period: str
    why: str
    silence: int | None
    pressing: bool = False


def wishes(book: Book, activity: Activity, settings: Settings, at: datetime) -> list[Wish]:
    """Give every letter that is due and not forbidden, in the order of the book, one a person; *at* is aware."""
    gone = _gone(book)
    found: dict[PersonId, Wish] = {}
    for contact in book.contacts:
        person = activity.person_of.get(contact.email.lower())
        if person is None or person in found or person in activity.open_checkins or contact.status in _NEVER:
            continue
        wish = _special(contact, person, activity, at) or _usual(contact, person, activity, settings, at, gone)
        if wish and forbidden(contact, person, activity, settings, at) is None:
            found[person] = wish
    return list(found.values())


def forbidden(contact: Contact, person: PersonId, activity: Activity, settings: Settings, at: datetime) -> str | None:
    """Say what forbids a letter to *contact*, whether due or not; None where nothing does."""
    return next(_reasons(contact, person, activity, settings, at), None)


def _reasons(contact: Contact, person: PersonId, activity: Activity, settings: Settings, at: datetime) -> Iterator[str]:
    """Order: the owner's and the contact's own word first, then what we inferred."""
    address = contact.email.lower()
    if contact.status in _NEVER:
        yield f"status is {contact.status}"
    if not activity.suppressed.isdisjoint((address, *contact.addresses)):
        yield "asked not to be written to"
    if address == settings.owner.address.lower() or any(address == account.address.lower() for account in settings.accounts):
        yield "this is your own address"
    if what := not_a_person(address):
        yield f"this is {what}"
    if person in activity.held:
        yield "something about them waits for your decision"
    today = at.astimezone(zone_of(contact, settings.owner)).date()
    back = _back(contact, activity.last_contact.get(person), today)
    if back and today < back:
        yield f"away; not before {back}"
    wait = activity.paused_domains.get(domain_of(address))
    if wait and today < wait:
        yield f"{domain_of(address)} refused us; not before {wait}"


def _special(contact: Contact, person: PersonId, activity: Activity, at: datetime) -> Wish | None:
    """Give the one letter that a new or a failing address gets out of turn, unless it has gone out already."""
    address, last = contact.email.lower(), activity.last_contact.get(person)
    since = activity.suspect_since.get(address)
    if contact.status is Status.PROBATION:
        purpose, period, why = _PURPOSES[contact.status], f"probation:{address}", "an answer from the new address would confirm it"
    elif contact.status is Status.SUSPECT and since and at - since >= RECHECK_AFTER:
        purpose, period = _PURPOSES[contact.status], f"recheck:{address}:{since:%Y-%m-%d}"
        why = f"the address failed on {since:%Y-%m-%d}; this tells whether it still does"
    else:
        return None
    done = (person, period) in activity.periods
    return None if done else Wish(contact, person, purpose, period, why, None if last is None else (at - last).days, pressing=True)


def _usual(
    contact: Contact, person: PersonId, activity: Activity, settings: Settings, at: datetime, gone: Mapping[str, int]
) -> Wish | None:
    """Give the letter that time has made due, or None."""
    address, last = contact.email.lower(), activity.last_contact.get(person)
    silence = None if last is None else max(0, (at - last).days)
    days = every(contact, settings)
    since = activity.suspect_since.get(address)
    failed_just_now = contact.status is Status.SUSPECT and since is not None and at - since < RECHECK_AFTER
    if days is None or (silence is not None and silence < days) or failed_just_now:
        return None
    purpose = _PURPOSES.get(contact.status, "checkin")
    why = "nobody has written yet" if last is None else f"last contact {silence} days ago ({last:%Y-%m-%d}), due every {days} days"
    others = 0 if shared_provider(address) else gone.get(domain_of(address), 0) - (contact.status in _GONE)
    if others > 1:
        why = f"{others} colleagues at {domain_of(address)} have gone; {why}"
    period = f"{purpose}:{iso_week(at.astimezone(zone_of(contact, settings.owner)).date())}"
    return Wish(contact, person, purpose, period, why, silence, pressing=others > 1)


def every(contact: Contact, settings: Settings) -> int | None:
    """Give the days between two letters to *contact*; None for never. An interval nobody can read counts as the default."""
    try:
        return interval_days(contact.every) if contact.every else settings.pace.per_person_days
    except ValueError:
        return settings.pace.per_person_days


def iso_week(day: date) -> str:
    """Give the ISO 8601 week of *day* as it stands in a period key, e.g. `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _gone(book: Book) -> Counter[str]:
    """Count the people lost at, or moved away from, each mail domain."""
    counted: Counter[str] = Counter()
    for contact in book.contacts:
        if contact.status in _GONE:
            counted[domain_of(contact.email)] += 1
        for domain in {domain_of(previous.email) for previous in contact.previous} - {domain_of(contact.email)}:
            counted[domain] += 1
    return counted


def _back(contact: Contact, last: datetime | None, today: date) -> date | None:
    """Give the day from which an absent person may be written to again."""
    if contact.status is not Status.AWAY:
        return None
    if contact.away_until:
        return contact.away_until + BACK_FOR
    return (last.date() if last else today) + AWAY_FOR
