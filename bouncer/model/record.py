"""What happened: the events of the ledger, what waits for the owner, and the week made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bouncer.model.deciding import Change, Decision, Level, Match
from bouncer.model.findings import Because
from bouncer.model.mail import Address, RawMail
from bouncer.model.people import Contact, PersonId
from bouncer.model.reading import Reading
from bouncer.model.sending import Planned, Sent


class EventKind(StrEnum):
    """What an event tells; the ledger appends and never rewrites them."""

    RECEIVED = "received"  # a message was read; detail begins with its kind
    BOUNCED = "bounced"
    ALIVE = "alive"
    CHANGED = "changed"  # one change made in the contact file
    CONFLICT = "conflict"  # a change not made because the file said otherwise
    REVIEW = "review"  # something waits for the owner
    HOLD = "hold"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"
    STOPPED = "stopped"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SNOOZED = "snoozed"  # the owner puts somebody off; detail begins with the day before which nobody writes to them
    HINT = "hint"  # a reason to write to somebody rather than to others, heard elsewhere than in mail; detail is a sentence's part
    DROPPED = "dropped"  # a planned letter that was not sent after all; detail says why
    QUARANTINED = "quarantined"
    SUMMARY = "summary"
    HEALTH = "health"
    TRIPPED = "tripped"  # too much at once: it stops until the owner has looked; detail begins with the breaker
    RESUMED = "resumed"  # and goes on; likewise


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history; *change* and *because* are there for the why and for undo."""

    id: int
    at: datetime
    kind: EventKind
    person: PersonId | None = None
    name: str = ""  # the contact's name when it happened
    change: Change | None = None
    because: Because | None = None
    level: Level | None = None
    detail: str = ""
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """What was made of one message, for whoever looks on."""

    raw: RawMail
    reading: Reading
    match: Match
    contact: Contact | None
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A proposal that waits for the owner's yes or no; *changes* is what a yes does."""

    id: int
    at: datetime
    person: PersonId | None
    name: str
    changes: tuple[Change, ...]
    because: Because
    why: str
    level: Level
    hold: bool


@dataclass(frozen=True, slots=True)
class Health:
    """How the daemon is: shown by `status` and in the summary."""

    live: bool
    started: datetime | None = None
    last_watch: Mapping[str, datetime] = field(default_factory=dict)  # "account/folder" -> last sign of life
    troubles: tuple[str, ...] = ()  # one sentence each
    quarantined: int = 0
    unknown_sends: int = 0
    sending_stopped: str | None = None  # why


@dataclass(frozen=True, slots=True)
class Week:
    """What the ledger holds of one ISO week, all that a summary is made from."""

    year: int
    week: int
    start: datetime
    end: datetime
    events: tuple[Event, ...]
    questions: tuple[Question, ...]  # open at the end of the week
    sent: tuple[Sent, ...]
    answers_waiting: tuple[tuple[str, Address, datetime], ...] = ()  # name, address, when: the owner has not answered
    asked: tuple[Sent, ...] = ()  # questions after somebody lost that nobody has answered yet, oldest first


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: who, what, and the words it stands on."""

    who: str
    what: str
    quote: str = ""
    why: str = ""
    commands: tuple[str, ...] = ()  # what to type, e.g. "bouncer review accept 7"
    links: tuple[tuple[str, str], ...] = ()  # label, URL
    hints: tuple[str, ...] = ()  # what else helps, a sentence each
    person: PersonId | None = None  # whom it is about: a line on somebody forgotten is erased
    named: tuple[tuple[PersonId, str], ...] = ()  # whom it names besides, as they are written in it


@dataclass(frozen=True, slots=True)
class Section:
    """A headed list of lines; an empty one is not shown."""

    title: str
    lines: tuple[Line, ...]
    key: str = ""  # what it is about, for the looks: decisions, jobs, addresses, lost, asked, waiting, away, stopped, other, …
    note: str = ""  # one sentence under the title
    more: str = ""  # what was left out, and where it is shown
    named: tuple[tuple[PersonId, str], ...] = ()  # whom the note names, as they are written in it


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a diagram: so many of all."""

    label: str
    count: int
    share: float  # 0 to 1
    tone: str = ""  # fresh, good, fading, quiet, away, unsure, lost


@dataclass(frozen=True, slots=True)
class Trend:
    """How shares of the same people changed: *series* (label and tone) stand upon one another, *months* gives a share (0 to 1) for each."""

    series: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, tuple[float, ...]], ...]  # name of the month, oldest first


@dataclass(frozen=True, slots=True)
class Summary:
    """The owner's week, ready to be rendered as text and as HTML."""

    title: str
    subject: str
    lead: str
    sections: tuple[Section, ...]
    footer: str
    span: str = ""  # from when to when
    figures: tuple[tuple[int, str], ...] = ()  # a number and what it counts
    bars: tuple[Bar, ...] = ()  # how alive the network is
    bars_note: str = ""
    trend: Trend | None = None
    estimate: str = ""  # how many have moved on unnoticed


@dataclass(frozen=True, slots=True)
class Life:
    """How one person fared, as far as the ledger knows."""

    seen: tuple[date, ...] = ()  # days on which they gave a sign of life, oldest first
    turns: tuple[tuple[date, Change], ...] = ()  # changes of `email`, `company` and `status` that were not taken back, oldest first


@dataclass(frozen=True, slots=True)
class SummaryInput:
    """All that `core.summary` looks at."""

    week: Week
    contacts: tuple[Contact, ...]
    planned: tuple[Planned, ...]
    health: Health
    today: date
    person_of: Mapping[str, PersonId] = field(default_factory=dict)
    lives: Mapping[PersonId, Life] = field(default_factory=dict)  # up to the end of the week
    notes: tuple[str, ...] = ()  # sentences on the plan, e.g. that the pace falls short
    answers: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # question -> label and link of its yes and its no
