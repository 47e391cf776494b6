"""Delivery notices: one file per format that has a grammar, the wordings in `rules/bounces/`."""

from collections.abc import Callable

from bouncer.core.bounces import feedback, free, gate, receipt, report
from bouncer.core.bounces.copy import Parted, part
from bouncer.core.bounces.failure import Failure
from bouncer.core.bounces.meaning import meaning
from bouncer.core.wording import Wording
from bouncer.model import Because, Kind, Notice, ParsedMail, Verdict

Format = Callable[[ParsedMail, Parted, Wording], Notice | None]


def read_notice(mail: ParsedMail, wording: Wording) -> Notice | None:
    """Give what a mail system says of our mail, recipient by recipient, or None where *mail* is no delivery notice; never raises."""
    parted = part(mail, wording)
    return next((notice for read in FORMATS if (notice := read(mail, parted, wording))), None)


def _feedback(mail: ParsedMail, parted: Parted, _: Wording) -> Notice | None:
    return feedback.from_feedback(mail, parted)


def _receipt(mail: ParsedMail, _parted: Parted, _: Wording) -> Notice | None:
    return receipt.from_receipt(mail)


def _report(mail: ParsedMail, parted: Parted, wording: Wording) -> Notice | None:
    """Read a delivery report; one that says that somebody has to confirm first is a challenge."""
    failures = report.from_report(mail, parted)
    if not failures:
        return None
    found = gate.signs(mail, parted, wording)
    challenge = next((hit for hit in found.body if hit.rule.means == "challenge"), None)
    if challenge:
        return Notice(Verdict(Kind.CHALLENGE, Because(challenge.rule.name, challenge.quote[:200], "body")))
    rule = f"rfc3464:{found.system}" if found.system else "rfc3464"
    actions = {one.action or "failed" for one in failures}
    kind = Kind.BOUNCE if "failed" in actions else Kind.DELAY if "delayed" in actions else Kind.RECEIPT
    first = next(one for one in failures if kind is not Kind.BOUNCE or (one.action or "failed") == "failed")
    because = Because(rule, f"{first.address}: {first.action or 'failed'} {first.status or ''}".strip(), "delivery-status")
    return Notice(Verdict(kind, because), tuple(meaning(one, "failed", wording) for one in failures))


def _words(mail: ParsedMail, parted: Parted, wording: Wording) -> Notice | None:
    """Read a notice in plain words."""
    decided = gate.because(mail, gate.signs(mail, parted, wording))
    if decided is None:
        return None
    kind, because = decided
    if kind is Kind.CHALLENGE:
        return Notice(Verdict(kind, because))
    failures: tuple[Failure, ...] = free.from_words(mail, parted, wording)
    return Notice(Verdict(kind, because), tuple(meaning(one, "delayed" if kind is Kind.DELAY else "failed", wording) for one in failures))


# What has a type of its own comes first, in the order of how specific it is; words are read only where no report speaks for itself.
FORMATS: tuple[Format, ...] = (_feedback, _receipt, _report, _words)
