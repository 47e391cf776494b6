"""The steps of forgetting somebody in the ledger; the first is one transaction, and a crash after it is gone on from."""

import json
from datetime import datetime

from bouncer.edge.ledger.codec import dump, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.personal import erase
from bouncer.model import Forgetting, Traces


def begin(tx: Transaction, traces: Traces, at: datetime) -> tuple[int, dict[str, int]]:
    """Erase the person of *traces*; gives the number of this forgetting and how many rows that concerned, by table."""
    text = dump({"person": traces.person, "addresses": traces.addresses, "names": traces.names, "linkedin": traces.linkedin})
    number = tx.insert("INSERT INTO forgetting (at, traces) VALUES (?, ?)", stamp(at), text)
    return number, erase(tx, traces)


def open_ones(tx: Transaction) -> tuple[Forgetting, ...]:
    """Give those that are not at their end, oldest first."""
    return tuple(Forgetting(i, _traces(text)) for i, text in tx.rows("SELECT id, traces FROM forgetting ORDER BY id"))


def erase_again(tx: Transaction, number: int) -> None:
    """Erase what another process wrote down after `begin`, and the traces themselves; nothing where that is done."""
    row = tx.row("SELECT traces FROM forgetting WHERE id = ?", number)
    if row is not None and (traces := _traces(row[0])) is not None:
        erase(tx, traces)
        tx.run("UPDATE forgetting SET traces = NULL WHERE id = ?", number)


def _traces(text: str | None) -> Traces | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Traces(fields["person"], tuple(fields["addresses"]), tuple(fields["names"]), tuple(fields["linkedin"]))
