"""How taking in an address book looks in the terminal: what changes, who comes, who does not, and what could not be read."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from bouncer.cli.show import clean, console, describe
from bouncer.model import ENTRY, Change, Contact
from bouncer.model.importing import Fault, Imported, Job, Left, Merge, Move

Item = TypeVar("Item")
_FEW = 10  # of each kind are shown where not everything is
_NAMES = {"linkedin": "LinkedIn", "google": "Google Contacts", "outlook": "Outlook", "vcard": "vCards", "csv": "a CSV file"}


def show(imported: Imported, merged: Merge, *, whole: bool) -> None:
    """Print what *merged* comes to, *whole* or the beginning of each part."""
    out = console()
    out.print(Text(_head(imported, merged)))
    edited: dict[str, list[Change]] = defaultdict(list)
    for change in merged.changes:
        if change.field != ENTRY:
            edited[change.contact].append(change)
    _part(out, "New jobs, as LinkedIn says", merged.moves, _move, whole=whole)
    _part(out, "Changed", list(edited.items()), _entry, whole=whole)
    _part(out, "Added", merged.added, _added, whole=whole)
    reasons: dict[str, list[Left]] = defaultdict(list)
    for left in merged.left:
        reasons[left.why].append(left)
    for why, group in reasons.items():
        _part(out, f"Not imported: {clean(why)}", _newest(group), partial(_left, imported), whole=whole)
    _part(out, "Could not be read", imported.faults, partial(_fault, imported), whole=whole)
    _part(out, "For you to look at", merged.notes, _note, whole=whole)
    out.print()


def _head(imported: Imported, merged: Merge) -> str:
    encoding = "" if imported.encoding.startswith("utf") else f", read as {imported.encoding}"
    people = len(imported.records)
    known = f"{merged.found} of them in your contact file"
    return f"{clean(imported.file)} is from {_NAMES[imported.source]}{encoding}: {people} {'person' if people == 1 else 'people'}, {known}."


def _part(out: Console, title: str, items: Sequence[Item], shown: Callable[[Item], Text], *, whole: bool) -> None:
    if not items:
        return
    out.print()
    out.print(Text(f"{title} ({len(items)})", "bold"))
    for item in items if whole else items[:_FEW]:
        out.print(shown(item))
    if len(items) > _FEW and not whole:
        out.print(Text(f"  and {len(items) - _FEW} more", "dim"))


def _move(move: Move) -> Text:
    text = Text.assemble("  ", _who(move.contact), f": {_job(move.was)} -> {_job(move.now)}")
    if move.own:
        text.append(f"\n      your own {' and '.join(move.own)} stays: {clean(_job(Job(move.contact.company, move.contact.title)))}")
    if move.dying:
        text.append(f"\n      {clean(move.dying)} is likely to die: a letter goes there before others", "yellow")
    return text


def _fault(imported: Imported, fault: Fault) -> Text:
    return Text(f"  {imported.unit} {fault.number}: {clean(fault.said)}", "yellow")


def _note(note: str) -> Text:
    return Text(f"  {clean(note)}")


def _entry(edited: tuple[str, Sequence[Change]]) -> Text:
    contact, changes = edited
    return Text.assemble("  ", (clean(contact), "cyan"), *(f"\n      {describe(change)}" for change in changes))


def _added(contact: Contact) -> Text:
    more = [*contact.also, *contact.phones, *([contact.linkedin] if contact.linkedin else []), *(f"#{tag}" for tag in contact.tags)]
    at = clean(_job(Job(contact.company, contact.title))) if contact.company or contact.title else ""
    return Text.assemble(("  + ", "green"), _who(contact), "".join(f", {clean(part)}" for part in (at, *more) if part))


def _left(imported: Imported, left: Left) -> Text:
    record = left.record
    since = f", since {record.connected}" if record.connected else ""
    where = f", {clean(record.company)}" if record.company else ""
    address = f" <{clean(record.emails[0])}>" if record.emails else ""
    return Text(f"  {imported.unit} {record.number}: {clean(record.name)}{address}{where}{since}")


def _newest(group: Iterable[Left]) -> list[Left]:
    """Put whom the owner has known for a short time first; where no day is known, the order stays."""
    return sorted(group, key=lambda left: -left.record.connected.toordinal() if left.record.connected else 0)


def _who(contact: Contact) -> Text:
    return Text.assemble((clean(contact.name), "cyan"), f" <{clean(contact.email)}>")


def _job(job: Job) -> str:
    return clean(", ".join(part for part in (job.title, job.company) if part)) or "nothing"
