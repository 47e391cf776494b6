"""What a failure means: a reason in Sisimai's vocabulary, and whether it is the address that failed for good.

The words decide first, for status codes are often no more than a default; the codes decide where the words say nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bouncer.core.bounces.failure import Failure
from bouncer.core.bounces.reply import Reply, command_in, generic, joined, read_reply
from bouncer.core.wording import Hit, Wording
from bouncer.model import Action, Because, Recipient, Where

# Where several meanings are found in one diagnostic the first of these wins: what is said of the mailbox itself, then of the message,
# then of us, then of the road between; what only says that something failed comes last.
PRECEDENCE: tuple[str, ...] = (
    "challenge",
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
    "expired",
    "networkerror",
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
_BY_CODE: Mapping[str, str] = {"552": "mailboxfull", "523": "mesgtoobig", "551": "hasmoved"}
_OF_US: Mapping[str, str] = {"HELO": "blocked", "MAIL": "rejected"}
# What the words amount to in RFC 3463's terms, where a notice gives no status at all.
_AS_STATUS: Mapping[str, str] = {
    "userunknown": "1.1",
    "hostunknown": "1.2",
    "hasmoved": "1.6",
    "suspend": "2.1",
    "mailboxfull": "2.2",
    "exceedlimit": "2.3",
    "systemfull": "3.1",
    "mesgtoobig": "3.4",
    "expired": "4.7",
}
_TEMPORARY = frozenset({"systemfull", "expired"})
_OF_THE_ROAD = frozenset({"networkerror", "systemerror"})
_MASKED = re.compile(r"[^\s<>()\[\]:;,\"']{1,128}@[^\s<>()\[\]:;,\"']{3,}")  # an address may hold any word: dmarc@, spam@


@dataclass(frozen=True, slots=True)
class _Meaning:
    reason: str
    because: Because
    weak: bool = False


@dataclass(frozen=True)
class _Case:
    """A failure, and what its words tell when somebody asks."""

    failure: Failure
    action: Action

    @cached_property
    def reply(self) -> Reply:
        return read_reply(self.failure.diagnostic)

    @cached_property
    def around(self) -> Reply:
        return read_reply(self.failure.context)

    @cached_property
    def status(self) -> str | None:
        """The status that says most: that of the server's words, of the field, of the rest of the notice."""
        told = (self.reply.status, self.failure.status)
        return next((one for one in told if not generic(one)), None) or (
            self.around.status
            if not generic(self.around.status)
            else next((one for one in (*reversed(told), self.around.status) if one), None)
        )

    @property
    def near(self) -> bool:
        """The status stands with the failure itself, not somewhere else in the notice."""
        return self.status in {self.reply.status, self.failure.status}

    @cached_property
    def code(self) -> str | None:
        return self.reply.code or self.around.code

    @cached_property
    def command(self) -> str:
        return self.failure.command or command_in(self.failure.diagnostic) or command_in(self.failure.context)


def meaning(failure: Failure, kind: Action, wording: Wording) -> Recipient:
    """Give the recipient with status, reply code, reason and permanence decided; *kind* is the action where the failure names none."""
    case = _Case(failure, failure.action or kind)
    found = _reason(case, wording)
    reason = _guarded(found.reason, case)
    return Recipient(
        address=failure.address,
        original=failure.original,
        action=case.action,
        reason=reason,
        permanent=case.action == "failed" and reason in _PERMANENT,
        because=found.because,
        status=case.status or _status_of(reason, case),
        reply_code=case.code,
        diagnostic=(failure.diagnostic or joined(failure.context))[:1000] or None,
    )


def _status_of(reason: str, case: _Case) -> str | None:
    """Give the status that the reply code and the words amount to; None where there is no code and the words say nothing exact."""
    told = _AS_STATUS.get(reason) or ("0.0" if case.code else None)
    if told is None or case.action not in {"failed", "delayed"}:
        return None
    late = case.code[0] == "4" if case.code else (case.action == "delayed" or reason in _TEMPORARY)
    return f"{4 if late else 5}.{told}"


def _guarded(reason: str, case: _Case) -> str:
    """Take back what cannot be about the address, whatever the words say."""
    if reason not in _PERMANENT:
        return _of_us(reason, case)
    detail = (case.status or "")[2:]
    if case.command in _OF_US:  # RFC 5321 section 3.3: no recipient has been named yet
        return _OF_US[case.command]
    if detail.startswith("7.") or (detail == "2.0" and reason == "userunknown"):  # RFC 3463 sections 3.8 (policy) and 3.3 (it exists)
        return "filtered"
    if reason == "hostunknown" and (case.status or "").startswith("4."):  # the name may be found another day
        return "networkerror"
    return "mailererror" if case.failure.kind == "x-unix" and reason == "userunknown" else reason


def _of_us(reason: str, case: _Case) -> str:
    """Say that we were refused where a server said no before any recipient was named, and gave no better reason."""
    code = case.reply.code or ""
    if case.command == "HELO" and (reason in {"securityerror", "onhold"} or (code.startswith("55") and reason in _OF_THE_ROAD)):
        return "blocked"
    return "rejected" if reason == "onhold" and case.command == "MAIL" and not (case.status or code).startswith("4") else reason


def _reason(case: _Case, wording: Wording) -> _Meaning:
    """Ask the server's words, then a status that says something, then all that the notice says, then what is left."""
    failure = case.failure
    if case.action in {"delivered", "relayed", "expanded"}:
        return _Meaning("delivered", Because(failure.rule, case.action, failure.where))
    said = _words(failure.diagnostic, failure.where, case, wording)
    if said and not said.weak:
        return said
    named = BY_STATUS.get((case.status or "")[2:])
    by_status = _Meaning(named, Because("status", str(case.status), failure.where)) if named else None
    if by_status and case.near and not _vague(case.status):
        return by_status
    around = _words(failure.context, "body", case, wording)
    sure = by_status if by_status and not _vague(case.status) else None
    rest = (around if around and not around.weak else None, sure, said, around, by_status, _left(case))
    return next(one for one in rest if one)


def _left(case: _Case) -> _Meaning:
    """Give what the class of the status, the action and the reply code tell where no words do."""
    failure, status, code, action = case.failure, case.status, case.code, case.action
    subject = (status or "")[2:].partition(".")[0]
    if subject in _BY_SUBJECT:
        return _Meaning(_BY_SUBJECT[subject], Because("status", str(status), failure.where))
    if action == "delayed":
        return _Meaning("expired", Because("delayed", str(status or code or action), failure.where))
    if code and code in _BY_CODE and case.command not in _OF_US:
        return _Meaning(_BY_CODE[code], Because("reply-code", code, failure.where))
    words = failure.diagnostic.strip() or failure.context.strip()
    return _Meaning("onhold" if words else "undefined", Because(failure.rule, str(status or code or ""), failure.where))


def _vague(status: str | None) -> bool:
    """Tell whether *status* names a subject only (x.y.0), for which any words are better."""
    return status is None or status.endswith(".0")


def _words(text: str, where: Where, case: _Case, wording: Wording) -> _Meaning | None:
    """Choose by precedence among the rules whose conditions hold: the more conditions a rule has, the better it knows; weak ones last."""
    if not text.strip():
        return None
    hits = [hit for hit in wording.hits("bounces", "diagnostic", _MASKED.sub(_mask, text)) if _fits(hit, case)]
    best = min(hits, key=lambda hit: ("weak" in hit.rule.options, -_conditions(hit), _RANK.get(hit.rule.means, len(_RANK))), default=None)
    if best is None:
        return None
    because = Because(best.rule.name, " ".join(text[best.start : best.end].split())[:200], where)
    return _Meaning(best.rule.means, because, weak="weak" in best.rule.options)


def _mask(address: re.Match[str]) -> str:
    """Give an address of the same length that holds no word."""
    return f"x@{'y' * (len(address[0]) - 5)}.zz"


def _conditions(hit: Hit) -> int:
    return len(hit.rule.options.keys() & {"host", "command", "status"})


def _fits(hit: Hit, case: _Case) -> bool:
    """Check a rule's options: *host*, parts of host names; *command*, what was refused; *status*, how it begins without its class."""
    options = hit.rule.options
    if not options.keys() & {"host", "command", "status"}:
        return True
    hosts, commands, statuses = (options.get(name, "").lower().split() for name in ("host", "command", "status"))
    failure = case.failure
    where = f"{failure.host} {failure.address} {failure.diagnostic}".lower() if hosts else ""
    return (
        (not hosts or any(host in where for host in hosts))
        and (not commands or case.command.lower() in commands)
        and (not statuses or (case.status is not None and any(f"{case.status[2:]}.".startswith(f"{one}.") for one in statuses)))
    )
