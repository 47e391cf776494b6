"""`bouncer import`: an address book kept elsewhere taken into the contact file, in one write that one command takes back."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bouncer.cli.carrying_out import carry_out
from bouncer.cli.common import Config, settings_of
from bouncer.cli.merged import show
from bouncer.cli.progress import Step, at_work
from bouncer.core.merging import merge
from bouncer.core.merging.jobs import reason
from bouncer.daemon.wiring import HISTORY, LEDGER, look_into
from bouncer.edge.bulk import unhurried
from bouncer.edge.contacts import open_contacts
from bouncer.edge.imports import columns_wanted, read_file
from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import UsageError
from bouncer.model import Contact, Receipt, Settings
from bouncer.model.importing import Imported, Merge
from bouncer.ports import Contacts

_STEPS = 6


class From(StrEnum):
    """Where address books come from."""

    LINKEDIN = "linkedin"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    VCARD = "vcard"
    CSV = "csv"


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="LinkedIn's Connections.csv, a CSV of Google or Outlook, vCards, any CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, every line of it, and change nothing.")] = False,
    source: Annotated[From | None, typer.Option("--from", help="What wrote the file; recognised if absent.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN,…", help="Which columns of a CSV hold what: 'email=Mail,name=First+Last'."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag for everybody in the file; may be given several times.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of the file, such as cp1251; recognised if absent.")] = None,
    config: Config = None,
) -> None:
    """Take an address book in: what is empty in the contact file is filled, whoever is new is added, and your own values stay."""
    settings, now = settings_of(config), datetime.now(UTC)
    if columns and source not in (None, From.CSV):
        raise UsageError(f"One of --map and --from {source}: with --map, the file is a CSV whose columns you name.")
    contacts = open_contacts(settings.contacts, settings.state / HISTORY)
    receipt: Receipt | None = None
    with unhurried(1, many=1):  # from beginning to end, for then all of it is let go at once
        with at_work(_STEPS) as step, closing(look_into(settings) if dry_run else SqliteLedger(settings.state / LEDGER)) as ledger:
            step(f"reading {file.name}")
            imported = read_file(file, source.value if source else None, columns_wanted(columns) if columns else None, encoding)
            number = 0
            merged = _merged(imported, contacts, ledger, settings, tag or (), step)
            if not dry_run:
                receipt, number = _written(merged, imported, contacts, ledger, settings, now, step)
        show(imported, merged, whole=dry_run)
        _tell(settings, merged, receipt, number)


def _merged(imported: Imported, contacts: Contacts, ledger: SqliteLedger, settings: Settings, tags: Sequence[str], step: Step) -> Merge:
    step("reading your contact file")
    book = contacts.load()
    step("finding who is whom")
    own = {settings.owner.address.lower(), *(account.address.lower() for account in settings.accounts)}
    records = [
        Contact(name=r.name, email=r.emails[0] if r.emails else "", also=r.emails[1:], linkedin=r.linkedin, line=r.number)
        for r in imported.records
    ]
    forgotten = {contact.line for contact in ledger.forgotten(records)}
    tags = [tag.strip() for tag in tags if tag.strip()]
    return merge(book, imported, ledger.jobs(), own=own, forgotten=forgotten, tags=tags)


def _written(
    merged: Merge, imported: Imported, contacts: Contacts, ledger: SqliteLedger, settings: Settings, at: datetime, step: Step
) -> tuple[Receipt | None, int]:
    """Write all of it at once, and remember what LinkedIn says; gives what became of it and the number by which it is undone."""
    receipt, number = None, 0
    step("writing your contact file")
    if merged.changes:
        ledger.sync(contacts.load(), at)
        receipt = carry_out(settings, ledger, ledger.commit(merged.changes, f"you imported {imported.file}", at), contacts)
        number = ledger.events(limit=1)[0].id if receipt.applied else 0
    step("remembering what LinkedIn says")
    if merged.jobs:
        ledger.sync(contacts.load(), at)
        ledger.keep_jobs(merged.jobs, {move.contact.email.lower(): reason(move) for move in merged.moves}, at)
    return receipt, number


def _tell(settings: Settings, merged: Merge, receipt: Receipt | None, number: int) -> None:
    people = {change.contact for change in merged.changes}
    counted = f"{len(people) - len(merged.added)} changed, {len(merged.added)} added"
    if not merged.changes:
        typer.echo("Nothing is new: your contact file stays as it is.")
    elif receipt is None:
        typer.echo(f"Nothing was written. Without --dry-run it would be, in one write: {counted}.")
    else:
        for change, why in receipt.refused:
            typer.echo(f"{change.contact}: {change.field} was not changed: {why}", err=True)
        if receipt.applied:
            typer.echo(f"Written to {settings.contacts} in one go: {counted}. `bouncer undo {number} --all` takes all of it back.")
        if receipt.refused:
            raise typer.Exit(1)
