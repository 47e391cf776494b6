"""A refusal in our own SMTP session, read as the same evidence that a bounce would be."""

from datetime import datetime
from hashlib import sha256

from bouncer.core.bounces.smtp import read_refusal
from bouncer.core.wording import Wording
from bouncer.model import Delivery, Handle, Letter, RawMail, Reading


def as_mail(letter: Letter, delivery: Delivery) -> RawMail:
    """Give what the ledger keeps in place of a bounce: one per letter, however often it is told."""
    return RawMail(f"{letter.message_id} {delivery.code} {delivery.text}".encode(), source=f"smtp:{letter.message_id}")


def refusal(letter: Letter, delivery: Delivery, at: datetime, wording: Wording) -> Reading:
    """Give the reading of *delivery*, a 5xx reply to *letter*; the letter's own id and token stand for the returned copy."""
    notice = read_refusal(letter.to.address, delivery, wording)
    return Reading(
        source=f"smtp:{letter.message_id}",
        digest=sha256(as_mail(letter, delivery).data).hexdigest(),
        message_id=None,
        date=at,
        from_=(),
        reply_to=(),
        subject="",
        verdict=notice.verdict,
        recipients=notice.recipients,
        handles=(Handle("original-id", letter.message_id), Handle("envid", letter.envid)),
        tokens=(letter.envid.removeprefix("b."),),
        references=(letter.message_id,),
    )
