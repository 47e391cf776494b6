"""Receipts: what RFC 8098 calls a disposition notification (it was read, or deleted unread), which shows a mailbox alive."""

from bouncer.core.bounces.blocks import Block, blocks_from
from bouncer.core.bounces.failure import mailbox
from bouncer.core.bounces.gate import Signs
from bouncer.model import Because, Kind, Notice, ParsedMail, Recipient, Verdict

_TYPE = "message/disposition-notification"


def from_receipt(mail: ParsedMail, signs: Signs) -> Notice | None:
    """Read a disposition notification, or give None where *mail* holds none.

    Sieve refuses with one that says "deleted" (RFC 5429 section 2.1.2): where the words are those of a refusal, they count.
    """
    part = next((one.message for one in mail.parts if one.kind == _TYPE), None)
    if part is None:
        return None
    block: Block = {}
    for one in blocks_from(part):
        block = {**one, **block}
    disposition = block.get("disposition", "")
    if "deleted" in disposition.lower() and (signs.subject or signs.body):
        return None
    because = Because("mdn", f"Disposition: {disposition}"[:200], "delivery-status")
    address = mailbox(block.get("final-recipient", "")) or mailbox(block.get("original-recipient", ""))
    if address is None:
        return Notice(Verdict(Kind.RECEIPT, because))
    recipient = Recipient(address=address, action="delivered", reason="delivered", permanent=False, because=because)
    return Notice(Verdict(Kind.RECEIPT, because), (recipient,))
