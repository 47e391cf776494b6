"""`bouncer skip`, `snooze` and `now`: the owner's word on one contact. It is kept in the ledger, where a running bouncer finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import EVER, Config, settings_of
from bouncer.cli.progress import read_book
from bouncer.cli.show import clean
from bouncer.cli.whom import contact_meant, person_meant
from bouncer.core.due import every, forbidden
from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.core.intervals import days_of
from bouncer.core.plan import as_reached, asked, elsewhere
from bouncer.daemon.wiring import LEDGER, look_into
from bouncer.errors import UsageError
from bouncer.model import Contact, EventKind, PersonId, Settings
from bouncer.ports import Ledger

Whom = Annotated[str, typer.Argument(help="A mail address or a name.")]
_LONGEST = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class _Meant:
    """Whom the owner means, as file and ledger know them at this moment."""

    settings: Settings
    ledger: Ledger
    contact: Contact
    person: PersonId
    now: datetime

    @property
    def today(self) -> date:
        """The owner's day."""
        return self.now.astimezone(ZoneInfo(self.settings.owner.timezone)).date()


@contextmanager
def _meant(contact: str, config: Config) -> Iterator[_Meant]:
    settings = settings_of(config)
    whom = contact_meant(contact, read_book(settings))
    if not (settings.state / LEDGER).exists():
        raise UsageError("There is nothing planned yet: bouncer has never run. Start with `bouncer once`.")
    ledger = look_into(settings)
    try:
        yield _Meant(settings, ledger, whom, person_meant(whom, ledger), datetime.now(UTC))
    finally:
        ledger.close()


def skip(contact: Whom, config: Config = None) -> None:
    """Leave this turn out: the next letter to the contact is due when the one after it would have been."""
    with _meant(contact, config) as meant:
        days = every(meant.contact, meant.settings)
        if days is None:
            raise UsageError(f"{meant.contact.email} is never written to by itself (`every`), so there is no turn to leave out.")
        _put_off(meant, meant.today + timedelta(days=days), "you left this turn out")


def snooze(
    contact: Whom,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Until this day, such as 2027-03-01.")] = None,
    span: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="For so long, such as `3 weeks`.")] = None,
    config: Config = None,
) -> None:
    """Write to the contact not before a day; with the present day, an earlier snooze is over."""
    if (until is None) == (span is None):
        raise UsageError("Say how long, with one of --until 2027-03-01 and --for '3 weeks'.")
    with _meant(contact, config) as meant:
        _put_off(meant, _day(until) if until is not None else meant.today + timedelta(days=_days(span or "")), "you put them off")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(f"{text!r} is no day; write it like 2027-03-01.") from fault


def _days(text: str) -> int:
    try:
        return days_of(text)
    except ValueError as fault:
        raise UsageError(str(fault)) from fault


def _put_off(meant: _Meant, until: date, why: str) -> None:
    """Keep the day, and take back what has not left."""
    if not meant.today <= until <= meant.today + _LONGEST:
        raise UsageError(f"{until} is no day between today and ten years from now.")
    meant.ledger.note(EventKind.SNOOZED, f"{until}: {why}", meant.now, meant.person)
    if until > meant.today:
        _take_back(meant, f"{why}; not before {until}")
        typer.echo(f"Nobody writes to {clean(meant.contact.name)} before {until}.")
    else:
        typer.echo(f"{clean(meant.contact.name)} is written to again when the time has come.")


def _take_back(meant: _Meant, why: str) -> None:
    for outbox, letter in meant.ledger.due(meant.now + EVER):
        if letter.person == meant.person:
            meant.ledger.drop(outbox, why, meant.now)


def now(
    contact: Whom,
    card: Annotated[bool, typer.Option("--card", help="The letter that shows what is on file.")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDRESS", help="Another address on file, where the first one fails.")] = None,
    config: Config = None,
) -> None:
    """Write to the contact next, however short ago the last letter was; in their working hours and within the pace all the same."""
    if card and to is not None:
        raise UsageError("One of --card and --to: a card shows the first address, and --to writes to another.")
    with _meant(contact, config) as meant:
        owner, other = meant.settings.owner, _another(meant.contact, to) if to is not None else None
        if why := _hindrance(meant, other):
            raise UsageError(f"Nobody writes to {other or meant.contact.email}: {why}.")
        _lift(meant)
        _take_back(meant, "you asked for a letter now")
        begin = coming_window(meant.now, zone_of(meant.contact, owner), meant.settings.pace, country_of(meant.contact, owner))[0]
        if other is not None:
            letter = elsewhere(meant.person, meant.contact, other, begin)
        else:
            letter = asked(meant.person, meant.contact.email, begin, card=card)
        if not meant.ledger.enqueue((letter,), meant.now):
            raise UsageError(f"{meant.contact.name} has been written to, or was to be, at your word today; once a day is enough.")
        shown = begin.astimezone(ZoneInfo(owner.timezone))
        typer.echo(f"A letter to {clean(meant.contact.name)} goes out next, from {shown:%a %Y-%m-%d %H:%M %Z} on, within the pace.")
        if not meant.settings.live:
            typer.echo("This is a dry run, though: nothing is sent before `live: true`.")


def _another(contact: Contact, address: str) -> str:
    """Give *address* as the file has it; raises UsageError where it is none of the contact's others."""
    others = (*contact.also, *(previous.email for previous in contact.previous))
    found = next((other for other in others if other.lower() == address.strip().lower() != contact.email.lower()), None)
    if found is None:
        known = ", ".join(dict.fromkeys(others)) or "none"
        raise UsageError(f"{address!r} is no other address of {contact.name} on file; known are: {known}.")
    return found


def _hindrance(meant: _Meant, other: str | None = None) -> str | None:
    """Say why nothing can go out even at the owner's word; a snooze is no reason, for the later word counts."""
    activity = meant.ledger.activity(meant.now, meant.settings.owner.timezone)
    awake = replace(activity, snoozed={})
    contact = as_reached(meant.contact, other) if other is not None else meant.contact
    if why := forbidden(contact, meant.person, awake, meant.settings, meant.now):
        return why
    waits = any(letter.person == meant.person for _, letter in meant.ledger.due(meant.now + EVER))
    return "whether the last letter arrived is not known yet" if meant.person in activity.open_checkins and not waits else None


def _lift(meant: _Meant) -> None:
    """End a snooze: the later word counts."""
    if meant.ledger.activity(meant.now, meant.settings.owner.timezone).snoozed.get(meant.person, date.min) > meant.today:
        meant.ledger.note(EventKind.SNOOZED, f"{meant.today}: you asked for a letter now", meant.now, meant.person)
