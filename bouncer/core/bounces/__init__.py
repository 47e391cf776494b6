"""Delivery notices: one file per format that has a grammar, the wordings in `rules/bounces/`."""

from collections.abc import Callable, Sequence

from bouncer.core.bounces import feedback, free, gate, notification, receipt, report
from bouncer.core.bounces.copy import Parted, broken_off, part
from bouncer.core.bounces.failure import Failure
from bouncer.core.bounces.gate import Signs
from bouncer.core.bounces.meaning import meaning
from bouncer.core.wording import Wording
from bouncer.model import Action, Because, Kind, Notice, ParsedMail, Verdict

Format = Callable[[ParsedMail, Parted, Signs, Wording], Notice | None]


def read_notice(mail: ParsedMail, wording: Wording) -> Notice | None:
    """Give what a mail system says of our mail, recipient by recipient, or None where *mail* is no delivery notice; never raises."""
    if broken_off(mail) and not mail.text.strip() and len(mail.parts) == 1:
        return None  # not even the fields are all there
    parted = part(mail, wording)
    signs = Signs(mail, parted, wording)
    return next((notice for read in FORMATS if (notice := read(mail, parted, signs, wording))), None)


def _feedback(mail: ParsedMail, parted: Parted, _signs: Signs, _: Wording) -> Notice | None:
    return feedback.from_feedback(mail, parted)


def _receipt(mail: ParsedMail, _parted: Parted, signs: Signs, _: Wording) -> Notice | None:
    return receipt.from_receipt(mail, signs)


def _notification(mail: ParsedMail, _parted: Parted, _signs: Signs, wording: Wording) -> Notice | None:
    kind, failures, complaint = notification.from_notification(mail)
    because = Because("ses", "notificationType: Bounce", "body")
    return complaint or (_notice(kind, because, failures, wording) if failures else None)


def _report(mail: ParsedMail, parted: Parted, signs: Signs, wording: Wording) -> Notice | None:
    """Read a delivery report; one that says that somebody has to confirm first is a challenge."""
    failures = report.from_report(mail, parted, by_system=signs.system)
    if not failures:
        return None
    actions = {one.action for one in failures}
    kind, action = next((pair for pair in _KINDS if pair[1] in actions), (Kind.RECEIPT, failures[0].action))
    first = next(one for one in failures if one.action == action)
    because = Because(first.rule, " ".join(filter(None, (first.address, first.action, first.status))), "delivery-status")
    notice = _notice(kind, because, failures, wording)
    challenge = next((one for one in notice.recipients if one.reason == "challenge"), None)
    return Notice(Verdict(Kind.CHALLENGE, challenge.because)) if challenge else notice


def _words(mail: ParsedMail, parted: Parted, signs: Signs, wording: Wording) -> Notice | None:
    """Read a notice in plain words."""
    decided = gate.because(mail, signs)
    if decided is None:
        return None
    kind, because = decided
    if kind is Kind.CHALLENGE:
        return Notice(Verdict(kind, because))
    if kind is Kind.COMPLAINT:
        return feedback.complaint(because, next(iter(parted.of_original("to")), mail.from_[0].address if mail.from_ else None))
    failures = free.from_words(mail, parted, wording)
    if not failures and not signs.sure:
        return None  # a postmaster's letter about mail in general
    return _notice(kind, because, failures, wording)


def _notice(kind: Kind, because: Because, failures: Sequence[Failure], wording: Wording) -> Notice:
    action: Action = next((action for one, action in _KINDS if one is kind), "delivered")
    return Notice(Verdict(kind, because), tuple(meaning(one, action, wording) for one in failures))


_KINDS: tuple[tuple[Kind, Action], ...] = ((Kind.BOUNCE, "failed"), (Kind.DELAY, "delayed"))

# What has a type of its own comes first, in the order of how specific it is; words are read only where no report speaks for itself.
FORMATS: tuple[Format, ...] = (_feedback, _receipt, _report, _notification, _words)
