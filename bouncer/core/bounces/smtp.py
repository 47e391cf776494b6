"""A refusal in our own SMTP session: the same evidence as a notice, without a mail (RFC 5321 section 4.2)."""

from bouncer.core.bounces.failure import Failure
from bouncer.core.bounces.meaning import meaning
from bouncer.core.wording import Wording
from bouncer.model import Because, Delivery, Kind, Notice, Verdict

_COMMANDS = {"mail": "MAIL", "rcpt": "RCPT", "data": "DATA", "final": "DATA", "connect": "HELO", "login": ""}
_PERMANENT = 500


def read_refusal(address: str, delivery: Delivery, wording: Wording) -> Notice:
    """Read what our server said of *address*; a 4xx is a delay, a 5xx a bounce."""
    words = delivery.said
    late = delivery.code is not None and delivery.code < _PERMANENT
    because = Because("smtp", words[:200], "delivery-status")
    failure = Failure(
        address=address,
        where="delivery-status",
        rule="smtp",
        diagnostic=words,
        kind="smtp",
        status=delivery.status,
        command=_COMMANDS.get(delivery.phase, ""),
    )
    recipient = meaning(failure, "delayed" if late else "failed", wording)
    return Notice(Verdict(Kind.DELAY if late else Kind.BOUNCE, because), (recipient,))
