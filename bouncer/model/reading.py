"""What one message says: its kind, the recipients of a delivery notice, the findings, and the ids in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bouncer.model.findings import Because, Finding
from bouncer.model.mail import Address


class Kind(StrEnum):
    """What sort of message it is."""

    BOUNCE = "bounce"
    DELAY = "delay"
    AUTO_REPLY = "auto-reply"
    CHALLENGE = "challenge"
    OPT_OUT = "opt-out"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    HUMAN = "human"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a message, and why."""

    kind: Kind
    because: Because


Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a delivery notice (RFC 3464 section 2.3), *reason* in Sisimai's vocabulary."""

    address: str
    action: Action
    reason: str
    permanent: bool
    because: Because
    original: str | None = None  # the address that was mailed, where a forwarder names another
    status: str | None = None  # RFC 3463
    reply_code: str | None = None  # RFC 5321 section 4.2
    diagnostic: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail system says of our mail: a bounce, a delay, a receipt or a complaint, recipient by recipient."""

    verdict: Verdict
    recipients: tuple[Recipient, ...] = ()


HandleKind = Literal["plus-address", "reference", "parent-id", "original-id", "envid", "returned", "body"]


@dataclass(frozen=True, slots=True)
class Handle:
    """A string in an answer that may name one of our messages: *value* is a Message-ID with brackets, or `b.TOKEN`."""

    kind: HandleKind
    value: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one message says, free of the tree: it crosses the process border of `edge.worker`."""

    source: str
    digest: str  # SHA-256 of the bytes, hex
    message_id: str | None
    date: datetime | None
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    verdict: Verdict
    language: str | None = None
    recipients: tuple[Recipient, ...] = ()
    findings: tuple[Finding, ...] = ()
    handles: tuple[Handle, ...] = ()  # in the order of strength
    trace: tuple[tuple[str, str], ...] = ()  # Received and Authentication-Results fields, top down, unfolded
    defects: tuple[str, ...] = ()
    cut: tuple[tuple[str, str], ...] = ()  # (why, text) of what was cut away before any rule ran
    tokens: tuple[str, ...] = ()  # 40 characters each, lower case
    references: tuple[str, ...] = ()  # Message-IDs with brackets
    named: tuple[tuple[str, str], ...] = ()  # addresses that an answer to a question of ours names, with their line
    signed: tuple[str, ...] = ()  # domains whose DKIM signature was verified on this machine, in lower case
