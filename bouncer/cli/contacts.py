"""`bouncer contacts export`: the contact file for other programs."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import Config, settings_of, write_new
from bouncer.cli.progress import at_work
from bouncer.core.export import FORMATS
from bouncer.daemon.wiring import HISTORY, LEDGER, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.errors import UsageError
from bouncer.model import Book, Card, Contact, PersonId, Settings

contacts = typer.Typer(help="The contact file as a whole.", no_args_is_help=True)


class Form(StrEnum):
    """The formats."""

    VCARD = "vcard"
    GOOGLE = "google"
    JSON = "json"


@contacts.command()
def export(
    form: Annotated[Form, typer.Option("--format", help="vCard 4, the CSV of Google Contacts, or JSON.")] = Form.VCARD,
    since: Annotated[
        str | None,
        typer.Option("--changes-since", metavar="DATE", help="Only whose entry bouncer has changed or added from this day on."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a new file instead.")] = None,
    config: Config = None,
) -> None:
    """Give the contact file to other programs: present names, employers, addresses, telephones and tags; not the fields of your own.

    When your own hand changed something is not known, so --changes-since leaves that out.
    """
    settings = settings_of(config)
    begin = _moment(since, ZoneInfo(settings.owner.timezone)) if since is not None else None
    with at_work(3) as step:
        step("reading your contact file")
        book = open_contacts(settings.contacts, settings.state / HISTORY).load()
        step("looking into the ledger")
        cards = _cards(book, settings)
        step("writing them out")
        chosen = [card for card in cards if begin is None or (card.revised is not None and card.revised >= begin)]
        text = FORMATS[form](chosen)
    if output is None:
        typer.echo(text.encode(), nl=False)  # the line ends and UTF-8 as they must be, whatever the terminal's language
        return
    write_new(output, text)
    typer.echo(f"Written to {output}: {len(chosen)} of {len(cards)} contacts.", err=not sys.stdout.isatty())


def _cards(book: Book, settings: Settings) -> list[Card]:
    """Give every contact with what the ledger knows of its person, which is nothing before bouncer has run."""
    if not (settings.state / LEDGER).exists():
        return [Card(contact) for contact in book.contacts]
    ledger = look_into(settings)
    try:
        person_of, revised = ledger.activity(datetime.now(UTC), settings.owner.timezone).person_of, ledger.revised()
    finally:
        ledger.close()
    return [_card(contact, person_of.get(contact.email.lower()), revised) for contact in book.contacts]


def _card(contact: Contact, person: PersonId | None, revised: Mapping[str, datetime]) -> Card:
    """Join what is known of the person with what was known of the address before it was anybody's."""
    moments = [revised[key] for key in (person, contact.email.lower()) if key is not None and key in revised]
    return Card(contact, person, max(moments, default=None))


def _moment(text: str, here: ZoneInfo) -> datetime:
    """Give the begin of a day in the owner's zone, or a moment; raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(f"{text!r} is no day; write it like 2026-11-25.") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=here)
