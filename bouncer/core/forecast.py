"""What will go out, when and why, and who will not be written to, and why: what `bouncer plan` shows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bouncer.core.due import every, forbidden, wishes
from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.core.outlook import outlook
from bouncer.core.plan import obstacle
from bouncer.model import Activity, Book, Contact, PersonId, Planned, Settings


@dataclass(frozen=True, slots=True)
class Coming:
    """A letter that will go out, to whom, and whether it lies in the outbox already."""

    contact: Contact
    planned: Planned
    queued: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who will not be written to: *group* is what they have in common with others, *why* their own reason."""

    contact: Contact
    group: str
    why: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """The coming days: letters in the order of their going, and everybody else of the book in its order."""

    coming: tuple[Coming, ...]
    silent: tuple[Silent, ...]


def forecast(
    book: Book,
    activity: Activity,
    queued: Sequence[Planned],
    settings: Settings,
    at: datetime,
    random: Callable[[], float],
    days: int,
) -> Forecast:
    """Give what the next *days* days bring if nothing else happens; *queued* lies in the outbox, *at* is aware."""
    out = tuple(_out(book, activity, queued, settings, at))
    planned = out + tuple(
        Coming(contact, letter, queued=False)
        for letter in outlook(book, activity, settings, at, random, days)
        if (contact := book.by_address.get(letter.address.lower()))
    )
    named = {one.planned.person for one in planned}
    return Forecast(
        tuple(sorted(planned, key=lambda one: one.planned.not_before)), tuple(_silent(book, activity, settings, at, days, named))
    )


def _out(book: Book, activity: Activity, queued: Sequence[Planned], settings: Settings, at: datetime) -> Iterator[Coming]:
    """Give what lies in the outbox and may go; what is overdue goes in the coming working hours."""
    for letter in queued:
        contact = book.by_address.get(letter.address.lower())
        if letter.purpose == "summary" or contact is None or obstacle(contact, letter, activity, settings, at):
            continue
        begin = coming_window(at, zone_of(contact, settings.owner), settings.pace, country_of(contact, settings.owner))[0]
        yield Coming(contact, replace(letter, not_before=max(letter.not_before, begin)), queued=True)


def _silent(book: Book, activity: Activity, settings: Settings, at: datetime, days: int, named: set[PersonId]) -> Iterator[Silent]:
    end = at + timedelta(days=days)
    due = {wish.person for wish in wishes(book, activity, settings, end)}
    for contact in book.contacts:
        person = activity.person_of.get(contact.email.lower())
        if person not in named:
            group, why = _reason(contact, person, activity, settings, end, due)
            yield Silent(contact, group, why)


def _reason(
    contact: Contact, person: PersonId | None, activity: Activity, settings: Settings, end: datetime, due: set[PersonId]
) -> tuple[str, str]:
    """Order: what forbids a letter whenever it were due, the owner's own word, time, and last the pace."""
    if person is None:
        return "not taken in yet", "bouncer has not seen this entry yet"
    if why := forbidden(contact, person, activity, settings, end):
        return ("put off" if why.startswith("you put") else "held back"), why
    if person in activity.open_checkins:
        return "a letter is open", "whether the last letter arrived is not known"
    last = activity.last_contact.get(person)
    since = f"last contact {last:%Y-%m-%d}" if last else "nobody has written yet"
    if person in due:
        return "due, but the pace is used up", since
    return _by_interval(every(contact, settings), last, since)


def _by_interval(interval: int | None, last: datetime | None, since: str) -> tuple[str, str]:
    if interval is None:
        return "never, as you wish", "`every` is never"
    if last is None:
        return "held back", "another entry of the same person says no"
    return "not due yet", f"{since}, due {last + timedelta(days=interval):%Y-%m-%d}"
