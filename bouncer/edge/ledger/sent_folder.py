"""What the Sent folder shows: which of our own letters left, and whom the owner wrote to."""

from collections.abc import Iterable
from datetime import datetime

from bouncer.edge.ledger.codec import dump, stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.outbox import named, proved_sent, token_name
from bouncer.edge.ledger.people import in_contact, person
from bouncer.model import SentHeader


def note(tx: Transaction, headers: Iterable[SentHeader], at: datetime) -> None:
    """Take in *headers*; the same ones again change nothing."""
    for header in headers:
        names = _names(header)
        if names and named(tx, names):
            proved_sent(tx, names, at)
        else:
            _owners_own(tx, header, min(header.date or at, at))  # a Date in the future is a clock gone wrong


def _names(header: SentHeader) -> tuple[str, ...]:
    return tuple(filter(None, (header.message_id, token_name(header.message_id)))) if header.message_id else ()


def _owners_own(tx: Transaction, header: SentHeader, when: datetime) -> None:
    people = {who for mailbox in header.to if (who := person(tx, mailbox.address)) is not None}
    for who in sorted(people):
        in_contact(tx, who, when)
    tx.run(
        """UPDATE waiting SET answered = max(?1, at) WHERE answered IS NULL AND (message_id IN (SELECT value FROM json_each(?2))
           OR (at <= ?1 AND person IN (SELECT value FROM json_each(?3))))""",
        stamp(when),
        dump(list(header.in_reply_to)),
        dump(sorted(people)),
    )
