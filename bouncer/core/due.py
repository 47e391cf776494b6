"""Who is due for a letter, and what forbids one: the first half of planning."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from bouncer.core.hours import zone_of
from bouncer.core.intervals import interval_days
from bouncer.core.mailboxes import domain_of, not_a_person
from bouncer.core.news import News, news
from bouncer.model import Activity, Book, Contact, PersonId, Planned, Purpose, Settings, Status

RECHECK_AFTER = timedelta(days=7)  # a second failure counts only a week after the first
BACK_FOR = timedelta(days=3)  # leave people their first days at the desk
AWAY_FOR = timedelta(days=14)  # where an absence names no end
_NEVER = frozenset({Status.LEFT, Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED, Status.UNREACHABLE})
_PURPOSES: Mapping[Status | None, Purpose] = {Status.PROBATION: "probation", Status.SUSPECT: "recheck"}


class Wish(NamedTuple):  # a tuple, for a large book has a hundred thousand of them
    """A letter that might go out: *silence* in days, None where nobody has written yet; *pressing* where there is a reason beside time.

    *special* is period and reason of a letter out of turn, *days* the interval of one that is due, *news* a reason beside time.
    """

    contact: Contact
    person: PersonId
    purpose: Purpose
    silence: int | None
    pressing: bool = False
    special: tuple[str, str] | None = None
    days: int = 0
    news: str | None = None

    def planned(self, moment: datetime, last: datetime | None, where: tzinfo) -> Planned:
        """Give the letter as it goes into the outbox at *moment*, with its reason; its week is the one in the zone *where*."""
        period = self.special[0] if self.special else f"{self.purpose}:{iso_week(moment.astimezone(where).date())}"
        return Planned(self.person, self.contact.email, self.purpose, moment, self.special[1] if self.special else self._why(last), period)

    def _why(self, last: datetime | None) -> str:
        time = f"last contact {self.silence} days ago ({last:%Y-%m-%d}), due every {self.days} days" if last else "nobody has written yet"
        return f"{self.news}; {time}" if self.news else time


def wishes(book: Book, activity: Activity, settings: Settings, at: datetime, known: News | None = None) -> list[Wish]:
    """Give every letter that is due, in the order of the book, one a person; *at* is aware. What forbids one, `forbidden` says.

    *known* is what is known of employers, where *book* is only a part of the whole.
    """
    heard = known or news(book)
    persons = [activity.person_of.get(contact.email.lower()) for contact in book.contacts]
    intervals = [None if rests(contact) else every(contact, settings) for contact in book.contacts]
    # Of two entries of one person, the one that says no counts.
    closed = {person for person, days in zip(persons, intervals, strict=True) if days is None} | activity.open_checkins
    found: dict[PersonId, Wish] = {}
    for person, days, contact in zip(persons, intervals, book.contacts, strict=True):
        if person is None or days is None or person in closed or person in found:
            continue
        last = activity.last_contact.get(person)
        wish = (_special(contact, person, activity, at) if contact.status in _PURPOSES else None) or (
            _usual(contact, person, activity, at, heard, days, last) if last is None or (at - last).days >= days else None
        )
        if wish:
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
    until = activity.snoozed.get(person)
    if until and today < until:
        yield f"you put them off; not before {until}"
    back = _back(contact, activity.last_contact.get(person), today)
    if back and today < back:
        yield f"away; not before {back}"
    wait = activity.paused_domains.get(domain_of(address))
    if wait and today < wait:
        yield f"{domain_of(address)} refused us; not before {wait}"


def _special(contact: Contact, person: PersonId, activity: Activity, at: datetime) -> Wish | None:
    """Give the one letter that a new or a failing address gets out of turn; any contact since then has done its work."""
    address, last = contact.email.lower(), activity.last_contact.get(person)
    since = activity.suspect_since.get(address)
    if contact.status is Status.PROBATION and (last is None or last.astimezone(UTC).date() <= _moved(contact)):
        special = f"probation:{address}", "an answer from the new address would confirm it"
    elif contact.status is Status.SUSPECT and since and (last is None or last <= since) and at - since >= RECHECK_AFTER:
        special = f"recheck:{address}:{since:%Y-%m-%d}", f"the address failed on {since:%Y-%m-%d}; this tells whether it still does"
    else:
        return None
    silence = None if last is None else (at - last).days
    return Wish(contact, person, _PURPOSES[contact.status], silence, pressing=True, special=special)


def _moved(contact: Contact) -> date:
    """Give the UTC day on which the present address came into the file; what is not known is long ago."""
    days = [previous.until for previous in contact.previous if previous.until]
    try:
        return date.fromisoformat(max(days, default=""))
    except ValueError:
        return date.min


def _usual(
    contact: Contact, person: PersonId, activity: Activity, at: datetime, heard: News, days: int, last: datetime | None
) -> Wish | None:
    """Give the letter that time has made due; None where an address failed too short ago to be tried again."""
    if contact.status is Status.SUSPECT:
        since = activity.suspect_since.get(contact.email.lower())
        if since is not None and at - since < RECHECK_AFTER:
            return None
    hint = activity.hints.get(person)
    reason = hint[1] if hint and (last is None or hint[0] > last) else heard.of(contact)
    silence = None if last is None else (at - last).days
    return Wish(contact, person, _PURPOSES.get(contact.status, "checkin"), silence, reason is not None, None, days, reason)


def every(contact: Contact, settings: Settings) -> int | None:
    """Give the days between two letters to *contact*; None for never. An interval nobody can read counts as the default.

    Order: the contact's own word, the first line of the settings' `every` that names one of its tags, the default of the pace.
    """
    wanted = contact.every or (_by_tag(contact, settings) if settings.every else None)
    try:
        return interval_days(wanted) if wanted else settings.pace.per_person_days
    except ValueError:
        return settings.pace.per_person_days


def _by_tag(contact: Contact, settings: Settings) -> str | None:
    return next((wanted for tag, wanted in settings.every.items() if tag in contact.tags), None)


def rests(contact: Contact) -> bool:
    """Tell whether nobody writes to *contact* as things stand: gone, stopped or paused."""
    return contact.status in _NEVER


def iso_week(day: date) -> str:
    """Give the ISO 8601 week of *day* as it stands in a period key, e.g. `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _back(contact: Contact, last: datetime | None, today: date) -> date | None:
    """Give the day from which an absent person may be written to again."""
    if contact.status is not Status.AWAY:
        return None
    if contact.away_until:
        return contact.away_until + BACK_FOR
    return (last.date() if last else today) + AWAY_FOR
