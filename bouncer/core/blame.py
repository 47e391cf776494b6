"""Whose doing a refusal is: the address's, which is gone, or ours, whom the server does not want."""

from collections.abc import Sequence

from bouncer.core.addresses import one_of
from bouncer.model import Kind, Level, Match, Reading, Recipient

GONE = frozenset({"userunknown", "hostunknown", "hasmoved"})  # nobody is there, or no longer
# Refusals of our letter, our server or us, in Sisimai's vocabulary, its older names included.
_US = frozenset({
    "authfailure", "badreputation", "blocked", "contenterror", "emailtoolarge", "exceedlimit", "failedstarttls", "mesgtoobig", "norelaying",
    "notcompliantrfc", "policyviolation", "ratelimited", "rejected", "requireptr", "securityerror", "spamdetected", "speeding",
    "syntaxerror", "virusdetected",
})  # fmt: skip
_US_SUBJECT = "5.7."  # RFC 3463 section 3.8: security or policy
_US_SENDER = frozenset({"5.1.7", "5.1.8"})  # its section 3.2: the sender's address


def means_us(reason: str | None, status: str | None) -> bool:
    """Tell whether a failure of this *reason* and *status* (RFC 3463) is about us: policy is often worded as an unknown user."""
    return (status or "").startswith(_US_SUBJECT) or status in _US_SENDER or reason in _US


def recipients_of(recipients: Sequence[Recipient], mailed: str) -> tuple[Recipient, ...]:
    """Give those of a notice's *recipients* that stand for the address we *mailed* (lower case).

    A forwarder's notice names where it forwards to (RFC 3464 section 2.3.1), and a letter has one recipient: a single one is that.
    """
    named = tuple(r for r in recipients if one_of(r.address, (mailed,)) or (r.original and one_of(r.original, (mailed,))))
    return named or (tuple(recipients) if len(recipients) == 1 else ())


def refusal_of(reading: Reading, match: Match) -> Recipient | None:
    """Give what became of the letter that *match* names, where a notice with our unexpired token says that it failed; else None."""
    if reading.verdict.kind is not Kind.BOUNCE or match.sent is None or match.trust.level not in {Level.E3, Level.E4}:
        return None
    failed = (r for r in recipients_of(reading.recipients, (match.mailed or "").lower()) if r.action == "failed")
    return next(failed, None)
