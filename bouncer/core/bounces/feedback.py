"""Complaints: feedback reports (ARF, RFC 5965), in which a recipient calls our message spam or a mail system finds it forged."""

from bouncer.core.bounces.blocks import Block, blocks_from
from bouncer.core.bounces.copy import Parted
from bouncer.core.bounces.failure import mailbox
from bouncer.model import Because, Kind, Notice, ParsedMail, Recipient, Verdict

_TYPE = "message/feedback-report"


def from_feedback(mail: ParsedMail, parted: Parted) -> Notice | None:
    """Read a feedback report, or give None where *mail* holds none."""
    part = next((one.message for one in mail.parts if one.kind == _TYPE), None)
    if part is None:
        return None
    block: Block = {}
    for some in blocks_from(part):
        block = {**some, **block}
    if block.get("feedback-type", "").strip().lower() == "not-spam":
        return None  # RFC 5965 section 7.3: the opposite of a complaint
    because = Because("arf", f"Feedback-Type: {block.get('feedback-type', 'abuse')}", "delivery-status")
    fields = [block.get(name, "") for name in ("original-rcpt-to", "removal-recipient", "original-recipient")]
    address = next((one for value in fields if (one := mailbox(value))), None)
    return complaint(because, address or next(iter(parted.of_original("to")), None))


def complaint(because: Because, address: str | None) -> Notice:
    """Give the complaint of the person at *address*, where it is known."""
    if address is None:
        return Notice(Verdict(Kind.COMPLAINT, because))
    recipient = Recipient(address=address, action="delivered", reason="feedback", permanent=False, because=because)
    return Notice(Verdict(Kind.COMPLAINT, because), (recipient,))
