"""What a failure means: a reason in Sisimai's vocabulary, and whether it is the address that failed for good.

The words decide first, for status codes are often no more than a default; the codes decide where the words say nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.core.bounces.failure import Failure
from bouncer.core.bounces.reply import Reply, generic, joined, read_reply
from bouncer.core.wording import Hit, Wording
from bouncer.model import Action, Because, Recipient, Where

# Where several meanings are found in one diagnostic the first of these wins: what is said of the mailbox itself, then of the message,
# then of us, then of the road between; what only says that something failed comes last.
PRECEDENCE: tuple[str, ...] = (
    "mailboxfull",
    "emailtoolarge",
    "mesgtoobig",
    "exceedlimit",
    "virusdetected",
    "suspend",
    "hasmoved",
    "norelaying",
    "authfailure",
    "requireptr",
    "notcompliantrfc",
    "badreputation",
    "spamdetected",
    "toomanyconn",
    "speeding",
    "blocked",
    "rejected",
    "filtered",
    "notaccept",
    "userunknown",
    "hostunknown",
    "policyviolation",
    "contenterror",
    "failedstarttls",
    "securityerror",
    "systemfull",
    "mailererror",
    "systemerror",
    "networkerror",
    "expired",
    "onhold",
)
_RANK = {reason: place for place, reason in enumerate(PRECEDENCE)}
_PERMANENT = frozenset({"userunknown", "hostunknown", "hasmoved"})

# RFC 3463 and its registry, as mail systems use them; the class (4 or 5) does not change the meaning.
BY_STATUS: Mapping[str, str] = {
    "1.0": "userunknown",
    "1.1": "userunknown",
    "1.2": "hostunknown",
    "1.3": "userunknown",
    "1.4": "filtered",
    "1.6": "hasmoved",
    "1.7": "rejected",
    "1.8": "rejected",
    "1.9": "systemerror",
    "1.10": "notaccept",
    "2.0": "filtered",
    "2.1": "filtered",
    "2.2": "mailboxfull",
    "2.3": "exceedlimit",
    "2.4": "filtered",
    "3.0": "systemerror",
    "3.1": "systemfull",
    "3.2": "notaccept",
    "3.3": "systemerror",
    "3.4": "mesgtoobig",
    "3.5": "systemerror",
    "4.0": "networkerror",
    "4.1": "networkerror",
    "4.2": "networkerror",
    "4.3": "systemerror",
    "4.4": "hostunknown",
    "4.5": "networkerror",
    "4.6": "networkerror",
    "4.7": "expired",
    "5.1": "systemerror",
    "5.2": "systemerror",
    "5.3": "toomanyconn",
    "6.0": "contenterror",
    "7.8": "authfailure",
    "7.13": "suspend",
    "7.20": "authfailure",
    "7.21": "authfailure",
    "7.22": "authfailure",
    "7.23": "authfailure",
    "7.24": "authfailure",
    "7.25": "requireptr",
    "7.26": "authfailure",
    "7.27": "notaccept",
    "7.28": "speeding",
}
_BY_SUBJECT: Mapping[str, str] = {"6": "contenterror", "7": "securityerror"}
_FULL, _TOO_LARGE, _MOVED = "552", "523", "551"


@dataclass(frozen=True, slots=True)
class _Meaning:
    reason: str
    because: Because


def meaning(failure: Failure, kind: Action, wording: Wording) -> Recipient:
    """Give the recipient with status, reply code, reason and permanence decided; *kind* is the action where the failure names none."""
    action = failure.action or kind
    reply, around = read_reply(failure.diagnostic), read_reply(failure.context)
    status = _status(failure, reply, around)
    code = reply.code or around.code
    found = _reason(failure, status, code, action, wording)
    ours = status is not None and status[1:].startswith(".7.")  # RFC 3463 section 3.8: security and policy, never the mailbox
    reason = "filtered" if ours and found.reason in _PERMANENT else found.reason
    return Recipient(
        address=failure.address,
        original=failure.original,
        action=action,
        reason=reason,
        permanent=action == "failed" and reason in _PERMANENT,
        because=found.because,
        status=status,
        reply_code=code,
        diagnostic=joined(failure.diagnostic or failure.context)[:1000] or None,
    )


def _status(failure: Failure, reply: Reply, around: Reply) -> str | None:
    """Prefer the status that says most: that of the field, of the server's words, of the rest of the notice."""
    known = [one for one in (failure.status, reply.status, around.status) if one]
    return next((one for one in known if not generic(one)), known[0] if known else None)


def _reason(failure: Failure, status: str | None, code: str | None, action: Action, wording: Wording) -> _Meaning:
    if action in {"delivered", "relayed", "expanded"}:
        return _Meaning("delivered", Because(failure.rule, action, failure.where))
    where: Where = failure.where
    vague: _Meaning | None = None
    for text, place in ((failure.diagnostic, where), (failure.context, "body")):
        hit = _best(wording.hits("bounces", "diagnostic", text), failure, status) if text else None
        if hit:
            found = _Meaning(hit.rule.means, Because(hit.rule.name, " ".join(hit.quote.split())[:200], place))  # type: ignore[arg-type]
            if "weak" not in hit.rule.options:
                return found
            vague = vague or found
    by_status = _by_status(status)
    if by_status and not (vague and generic(status)):
        return _Meaning(by_status, Because("status", str(status), where))
    if vague:
        return vague
    if action == "delayed":
        return _Meaning("expired", Because("delayed", str(status or code or action), where))
    if code in {_FULL, _TOO_LARGE, _MOVED}:
        reason = {_FULL: "mailboxfull", _TOO_LARGE: "mesgtoobig", _MOVED: "hasmoved"}[code]
        return _Meaning(reason, Because("reply-code", code, where))
    said = bool(failure.diagnostic.strip() or failure.context.strip())
    return _Meaning("onhold" if said else "undefined", Because(failure.rule, str(status or code or ""), where))


def _by_status(status: str | None) -> str | None:
    if status is None or generic(status):
        return None
    detail = status[2:]
    return BY_STATUS.get(detail) or _BY_SUBJECT.get(detail.partition(".")[0])


def _best(hits: tuple[Hit, ...], failure: Failure, status: str | None) -> Hit | None:
    """Choose by precedence among the hits whose conditions hold: a receiving host's own dialect before everybody's words, weak words last."""
    fitting = [hit for hit in hits if _fits(hit, failure, status)]
    return min(
        fitting,
        key=lambda hit: ("weak" in hit.rule.options, "host" not in hit.rule.options, _RANK.get(hit.rule.means, len(_RANK))),
        default=None,
    )


def _fits(hit: Hit, failure: Failure, status: str | None) -> bool:
    """Check a rule's options: *host*, parts of host names; *command*, what was refused; *status*, how it begins without its class."""
    options = hit.rule.options
    hosts, commands, statuses = (options.get(name, "").lower().split() for name in ("host", "command", "status"))
    where = f"{failure.host} {failure.diagnostic} {failure.context}".lower() if hosts else ""
    return (
        (not hosts or any(host in where for host in hosts))
        and (not commands or failure.command.lower() in commands)
        and (not statuses or (status is not None and any(f"{status[2:]}.".startswith(f"{one}.") for one in statuses)))
    )
