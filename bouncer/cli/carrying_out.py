"""The owner's word carried out: what the ledger has committed is written into the contact file, and told."""

from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from bouncer.cli.progress import at_work
from bouncer.cli.show import clean, describe
from bouncer.daemon.wiring import HISTORY
from bouncer.edge.contacts import open_contacts
from bouncer.errors import Busy, OwnerFault, StorageFault
from bouncer.model import ENTRY, Change, Receipt, Settings
from bouncer.ports import Contacts, Ledger

_SINGLY = 20  # as many whole entries are told one by one


def carry_out(settings: Settings, ledger: Ledger, made: Sequence[tuple[int, Change]], contacts: Contacts | None = None) -> Receipt:
    """Write the pending changes *made*, live or not, for the owner's word is enough, and settle them; gives what became of them.

    Raises OwnerFault, StorageFault and Busy where the file cannot be written now: they stay pending then, and a bouncer comes back to them.
    """
    try:
        with at_work(1) as step:
            step("writing your contact file")
            contacts = contacts or open_contacts(settings.contacts, settings.state / HISTORY)
            receipt = contacts.apply([change for _, change in made])
    except (OwnerFault, StorageFault, Busy):
        typer.echo(
            "Your decision is kept; `bouncer run` or `once` writes it as soon as the contact file can be written. Now it cannot:", err=True
        )
        raise
    with at_work(1) as step:
        step("keeping what was done")
        ledger.settle(made, receipt, datetime.now(UTC))
    return receipt


def tell(receipt: Receipt) -> None:
    """Say each change that was made, and each that was not with why; raises Exit(1) where there is one."""
    whole = [change for change in receipt.applied if change.field == ENTRY]
    for change in whole if len(whole) <= _SINGLY else ():
        typer.echo(describe(change))
    if len(whole) > _SINGLY:
        typer.echo(f"{len(whole)} people {'added' if whole[0].after else 'taken out'}.")
    for change in receipt.applied:
        if change.field != ENTRY:
            typer.echo(f"{clean(change.contact)}: {describe(change)}")
    for change, why in receipt.refused:
        typer.echo(_refused(change, why), err=True)
    if receipt.refused:
        raise typer.Exit(1)


def _refused(change: Change, why: str) -> str:
    if change.field != ENTRY:
        return f"{clean(change.contact)}: {change.field} was not changed: {clean(why)}"
    return f"{clean(change.contact)} was not {'taken out' if change.after is None else 'added'}: {clean(why)}"
