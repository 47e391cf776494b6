"""What goes out: what is planned, the letter, its place in the outbox, and how its delivery ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bouncer.model.breakers import Outcome
from bouncer.model.mail import Address
from bouncer.model.people import PersonId

Purpose = Literal["checkin", "recheck", "probation", "summary", "ask", "decision"]  # the last is a link's in the summary, no letter's


class OutboxState(StrEnum):
    """The way of a message: each step is committed before the next begins, `armed` before DATA."""

    DUE = "due"
    READY = "ready"
    ARMED = "armed"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Planned:
    """A check-in that should go out: to whom, why now, and the period key that makes it unique."""

    person: PersonId
    address: str
    purpose: Purpose
    not_before: datetime
    why: str
    period: str  # e.g. "checkin:2026-W47"; one outbox row per (person, period)

    @property
    def asks_after(self) -> PersonId | None:
        """Whom this letter asks after: its period names them, so nobody is asked twice after the same one."""
        return _asks_after(self.purpose, self.period)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready for the wire: one envelope sender, one recipient, and the bytes (RFC 5322, CRLF)."""

    purpose: Purpose
    person: PersonId
    account: str
    sender: Address
    to: Address
    subject: str
    message_id: str  # with brackets
    envid: str  # RFC 3461 section 4.4, before xtext
    data: bytes


Phase = Literal["connect", "login", "mail", "rcpt", "data", "final"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one submission ended: *unknown* only where the final reply to DATA was not seen (RFC 5321 section 4.5.3.2.6)."""

    state: Literal[OutboxState.SENT, OutboxState.REFUSED, OutboxState.UNKNOWN, OutboxState.READY]
    phase: Phase  # how far it came; READY means that nothing was handed over and it may be tried again
    code: int | None = None  # RFC 5321 section 4.2
    status: str | None = None  # RFC 3463
    text: str = ""  # the server's last words
    server_ids: tuple[str, ...] = ()  # ids that the final reply names, with brackets: aliases of our Message-ID
    trouble: str = ""  # where no letter could go out at all: what is wrong and what to do, in one sentence

    @property
    def said(self) -> str:
        """The reply in one piece, the status once: its text often begins with it (RFC 2034)."""
        status = "" if self.status and self.text.startswith(self.status) else self.status or ""
        return " ".join(part for part in (str(self.code or ""), status, self.text) if part)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours as the ledger remembers it."""

    id: int
    purpose: Purpose
    person: PersonId
    address: str
    message_id: str
    state: OutboxState
    at: datetime
    subject: str = ""
    account: str = ""
    text: str = ""  # the server's last words, where it was refused
    aliases: tuple[str, ...] = ()  # ids that the submission server gave it, with brackets
    period: str = ""  # of its Planned

    @property
    def asks_after(self) -> PersonId | None:
        """Whom this letter asked after."""
        return _asks_after(self.purpose, self.period)


def _asks_after(purpose: Purpose, period: str) -> PersonId | None:
    return (period.removeprefix(f"{purpose}:") or None) if purpose == "ask" else None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's own mail that a letter may answer."""

    message_id: str  # with brackets
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """What the ledger knows that planning needs; *person_of* maps each present address (lower case) to its person."""

    person_of: Mapping[str, PersonId] = field(default_factory=dict)
    last_contact: Mapping[PersonId, datetime] = field(default_factory=dict)  # the later of ours and theirs
    open_checkins: frozenset[PersonId] = frozenset()  # due, ready, armed or unknown
    held: frozenset[PersonId] = frozenset()  # something about them waits for the owner
    suppressed: frozenset[str] = frozenset()  # lower-case addresses that said stop
    suspect_since: Mapping[str, datetime] = field(default_factory=dict)
    sent_today: int = 0
    sent_this_week: int = 0
    sent_ever: int = 0
    unanswered_by_owner: int = 0  # people's own answers that the owner has not answered yet
    paused_domains: Mapping[str, date] = field(default_factory=dict)  # refused us: wait until
    periods: frozenset[tuple[PersonId, str]] = frozenset()  # (person, period) that are in the outbox already, whatever became of them
    queued: int | None = None  # letters due, ready or armed, which will still go out; None: as many as open_checkins
    snoozed: Mapping[PersonId, date] = field(default_factory=dict)  # put off by the owner: not before that day
    hints: Mapping[PersonId, tuple[datetime, str]] = field(default_factory=dict)  # why to write to them rather than to others, since when
    outcomes: tuple[Outcome, ...] = ()  # of the last RECENT_SENDS check-ins, newest first


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of our tokens (HMAC-SHA256, 32 bytes each): the one that signs, and up to two that still verify."""

    current: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)
