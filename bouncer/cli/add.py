"""`bouncer add`: somebody new in the contact file, by hand."""

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from bouncer.cli.carrying_out import carry_out, tell
from bouncer.cli.common import Config, settings_of
from bouncer.cli.progress import read_book
from bouncer.cli.show import clean
from bouncer.cli.whom import namesake
from bouncer.core.intervals import interval_days
from bouncer.core.mailboxes import not_a_person
from bouncer.daemon.wiring import LEDGER
from bouncer.edge.contacts import nothing_in, why_unfit
from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import OwnerFault, UsageError
from bouncer.model import Because, Book, Change, Contact, Settings
from bouncer.ports import Ledger

_WHO = re.compile(r"\s*(?P<name>[^<>]*?)\s*<\s*(?P<address>[^<>\s]+)\s*>\s*")
_BY_HAND = Because("by-hand", "", "header")

Several = list[str] | None


def add(
    who: Annotated[str, typer.Argument(metavar="'NAME <ADDRESS>'", help="Such as 'Ann Lee <ann@new.example>'.")],
    company: Annotated[str | None, typer.Option(help="Where they work.")] = None,
    title: Annotated[str | None, typer.Option(help="What they do there.")] = None,
    also: Annotated[Several, typer.Option(metavar="ADDRESS", help="Another address of theirs; may be given several times.")] = None,
    phone: Annotated[Several, typer.Option(metavar="NUMBER", help="A telephone number; likewise.")] = None,
    linkedin: Annotated[str | None, typer.Option(metavar="URL", help="Their profile.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Of your letters to them, such as de.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="For its holidays, such as GB.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="Such as Europe/London.")] = None,
    every: Annotated[str | None, typer.Option(metavar="INTERVAL", help="How often to write, such as '6 months', or never.")] = None,
    tag: Annotated[Several, typer.Option(metavar="TAG", help="A tag; may be given several times.")] = None,
    config: Config = None,
) -> None:
    """Put somebody at the end of the contact file; `bouncer undo` takes them out again."""
    settings = settings_of(config)
    name, address = _parsed(who)
    contact = Contact(
        name=name,
        email=address,
        also=_texts(also),
        company=_text(company),
        title=_text(title),
        phones=_texts(phone),
        linkedin=_text(linkedin),
        language=_text(language),
        country=_text(country),
        timezone=_text(timezone),
        every=_text(every),
        tags=_texts(tag),
    )
    _check(contact, settings)
    with closing(SqliteLedger(settings.state / LEDGER)) as ledger:
        book = _book(settings, ledger)
        _free(contact, book)
        tell(carry_out(settings, ledger, ledger.commit([Change.adding(contact, _BY_HAND)], "you added them by hand", datetime.now(UTC))))
        undo = f"bouncer undo {ledger.events(limit=1)[0].id}"
        typer.echo(f"`{undo}` takes the entry out again.")
        for line in _remarks(contact, book, ledger, settings):
            typer.echo(line)


def _book(settings: Settings, ledger: Ledger) -> Book:
    """Give the contact file as it is; one with nothing in it may be begun, unless there were people in it when bouncer last looked."""
    try:
        return read_book(settings)
    except OwnerFault:
        if ledger.recent(datetime.now(UTC)).people or not nothing_in(settings.contacts):
            raise
        return Book((), "")


def _parsed(who: str) -> tuple[str, str]:
    """Give name and address. Raises UsageError, showing how it is written, where it is not both."""
    found = _WHO.fullmatch(who)
    name = " ".join(found["name"].strip("\"'").split()) if found else ""
    if not found or not name:
        raise UsageError(f"{clean(who)!r} is no name with an address; write it like 'Ann Lee <ann@new.example>', quotes and all.")
    return name, found["address"]


def _text(given: str | None) -> str | None:
    return (given or "").strip() or None


def _texts(given: Several) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, given or ()))))


def _check(contact: Contact, settings: Settings) -> None:
    """Raise UsageError with everything that is wrong with *contact* by itself."""
    wrong = [clean(said) for said in why_unfit(contact)]
    try:
        interval_days(contact.every or "never")
    except ValueError as fault:
        wrong.append(str(fault))
    if contact.email.lower() in {settings.owner.address.lower(), *(account.address.lower() for account in settings.accounts)}:
        wrong.append(f"{contact.email} is your own address")
    if wrong:
        raise UsageError(f"Nobody was added: {'; '.join(wrong)}.")


def _free(contact: Contact, book: Book) -> None:
    """Raise UsageError where somebody in *book* is reached at an address of *contact*."""
    for address in (contact.email, *contact.also):
        holder = book.by_address.get(address.lower())
        if holder is not None and address.lower() in (present.lower() for present in (holder.email, *holder.also)):
            raise UsageError(f"Nobody was added: {clean(address)} belongs to {clean(holder.name)}, on line {holder.line} of the file.")


def _remarks(contact: Contact, book: Book, ledger: Ledger, settings: Settings) -> list[str]:
    """Say what the owner may not have thought of."""
    said = []
    if remark := namesake(contact, book):
        said.append(remark)
    if kind := not_a_person(contact.email):
        said.append(f"Nobody writes to {clean(contact.email)}, though: it is {kind}.")
    elif contact.email.lower() in ledger.activity(datetime.now(UTC), settings.owner.timezone).suppressed:
        said.append(f"Nobody writes to {clean(contact.email)}, though: they asked not to be written to.")
    return said
