"""`bouncer forget` and `export`: erasing a person for good, and showing all that is held about one."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bouncer.cli.common import Config, settings_of, write_new
from bouncer.cli.progress import at_work
from bouncer.cli.show import clean, json_line
from bouncer.cli.whom import contact_meant
from bouncer.daemon import forgetting
from bouncer.daemon.wiring import HISTORY, LEDGER, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import Busy, OwnerFault, StorageFault, UsageError
from bouncer.model import Erased, Settings, Traces
from bouncer.ports import Contacts, Ledger

Whom = Annotated[str, typer.Argument(metavar="CONTACT", help="A mail address, or a name that only one contact has.")]
_JSON = ("because", "change", "changes", "identity", "letter")  # columns that hold JSON


def forget(
    contact: Whom,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Erase everything about a person for good, but for a keyed hash of each address: nobody writes to them, should they come back."""
    settings, now = settings_of(config), datetime.now(UTC)
    contacts = open_contacts(settings.contacts, settings.state / HISTORY)
    with at_work(1) as step:
        step("reading your contact file")
        contacts.load()
    with closing(SqliteLedger(settings.state / LEDGER)) as ledger, _half_done():
        earlier = len(tuple(forgetting.complete(ledger, contacts, settings.state)))
        try:
            traces = _meant(contact, contacts, ledger)
        except UsageError:
            if not ledger.is_forgotten(contact):
                raise
            typer.echo("What was left to do is done: they are forgotten." if earlier else "They are forgotten already.")
            return
        if not yes:
            _ask(contact, _outline(traces, contacts, ledger, settings))
        with at_work(1) as step:
            step("erasing")
            erased = forgetting.forget(ledger, contacts, settings.state, traces, now)
    for line in _told(erased, traces, settings):
        typer.echo(line)


def export(
    contact: Whom,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a new file instead.")] = None,
    config: Config = None,
) -> None:
    """Give all that is held about a person, as JSON."""
    settings = settings_of(config)
    contacts = open_contacts(settings.contacts, settings.state / HISTORY)
    with closing(look_into(settings)) as ledger:
        traces = _meant(contact, contacts, ledger)
        written, rows = contacts.written(traces), ledger.held(traces)
    held = {
        "addresses": list(traces.addresses),
        "names": list(traces.names),
        "contact_file": [{"file": str(settings.contacts), "line": line, "text": text} for line, text in written.entries],
        "earlier_versions": [str(settings.state / HISTORY / name) for name in written.versions],
        "ledger": {table: [_plain(row) for row in found] for table, found in rows.items()},
    }
    text = json_line(held, indent=2)
    if output is None:
        typer.echo(text)
    else:
        write_new(output, text + "\n")


def _meant(text: str, contacts: Contacts, ledger: Ledger) -> Traces:
    """Give whom *text* names: a contact in the file, else somebody the ledger knows by that address. Raises UsageError."""
    book = contacts.load()
    try:
        found = contact_meant(text, book)
    except UsageError:
        if (person := ledger.person(text)) is None:
            raise
        return forgetting.traces_of(None, person, book, ledger)
    return forgetting.traces_of(found, ledger.person(found.email), book, ledger)


def _outline(traces: Traces, contacts: Contacts, ledger: Ledger, settings: Settings) -> str:
    """Say what would go; raises OwnerFault where the entry cannot be taken out."""
    written, rows = contacts.written(traces), ledger.held(traces)
    parts = [f"the entry on line {line} of {settings.contacts}" for line, _ in written.entries]
    parts += [f"{sum(map(len, rows.values()))} rows of the ledger", f"what {len(written.versions)} earlier versions of the file say"]
    return f"This erases {clean(', '.join((*traces.names, *traces.addresses)))} for good: {', '.join(parts)}. It cannot be undone."


def _ask(contact: str, outline: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"To forget {clean(contact)} for good without being asked, say --yes.")
    typer.echo(outline)
    typer.confirm("Go on?", abort=True)


@contextmanager
def _half_done() -> Iterator[None]:
    """Say what is to do where it could not be done to the end."""
    try:
        yield
    except (OwnerFault, StorageFault, Busy):
        typer.echo("Not all of it could be done; say the same again, or leave it to `bouncer run`, once this is mended:", err=True)
        raise


def _told(erased: Erased, traces: Traces, settings: Settings) -> Iterator[str]:
    """Give what was erased, line by line, and what the owner has to look at."""
    swept = erased.swept
    yield from (f"Erased: the entry on line {line} of {settings.contacts}." for line in swept.entries)
    if swept.comments:
        yield f"Erased: lines of comment there: {swept.comments}."
    if swept.rewritten or swept.deleted:
        yield f"Erased: earlier versions of it: {swept.rewritten} written anew without them, {swept.deleted} deleted."
    if erased.rows:
        yield f"Erased: in the ledger: {', '.join(f'{table} {count}' for table, count in erased.rows.items())}."
    yield from (f"Erased: {settings.state / name}." for name in erased.files)
    yield f"Kept: a keyed hash of each address ({len(traces.addresses)}), so that nobody writes to them, should they be in the file again."
    if swept.left:
        lines = ", ".join(map(str, swept.left))
        yield f"Look yourself: in {settings.contacts}, what you wrote on line {lines} may speak of them."
    yield from (f"Look yourself: {settings.state / name} names them and is none of bouncer's files." for name in erased.left)
    yield "Not touched: your mailbox, the journal, and backups of yours."


def _plain(row: Mapping[str, str | int | None]) -> dict[str, object]:
    return {
        name: json.loads(value) if name in _JSON and isinstance(value, str) else value for name, value in row.items() if value is not None
    }
