"""What a message says about a person: the closed union of findings, each with the words it stands on."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

Where = Literal["header", "subject", "body", "signature", "delivery-status", "returned"]


@dataclass(frozen=True, slots=True)
class Because:
    """Why an answer was given: the rule's name, the words it stands on, and where they stood."""

    rule: str
    quote: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What every finding carries; *about* is None for the mailbox that answered, else the third person concerned."""

    type: ClassVar[str]
    because: Because
    about: str | None = None
    confidence: float = 0.9
    ambiguous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress(Found):
    """The same person, reachable here from now on."""

    type: ClassVar[str] = "new-address"
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Found):
    """No longer at that employer."""

    type: ClassVar[str] = "left"
    company: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Found):
    """Where they work now."""

    type: ClassVar[str] = "joined"
    company: str | None = None
    title: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Found):
    """A job title, without a change of employer said."""

    type: ClassVar[str] = "role"
    title: str | None = None
    company: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Found):
    """Somebody else to write to: a lead, never the contact's own address."""

    type: ClassVar[str] = "ask"
    name: str | None = None
    address: str | None = None
    phone: str | None = None
    title: str | None = None
    scope: Literal["cover", "successor"] = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away(Found):
    """Out of office; the reason of an absence is never stored."""

    type: ClassVar[str] = "away"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired(Found):
    """Left working life."""

    type: ClassVar[str] = "retired"
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed(Found):
    """The person's new name."""

    type: ClassVar[str] = "renamed"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDomain(Found):
    """The whole organisation has a new mail domain."""

    type: ClassVar[str] = "moved-domain"
    new: str
    old: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Found):
    """A telephone number of the sender as written; *e164* only where the country is known."""

    type: ClassVar[str] = "phone"
    number: str
    e164: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmonitored(Found):
    """Nobody reads this mailbox."""

    type: ClassVar[str] = "unmonitored"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Found):
    """Asks not to be written to."""

    type: ClassVar[str] = "opt-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deceased(Found):
    """Check-ins stop at once; the owner alone decides what is written."""

    type: ClassVar[str] = "deceased"


Finding = (
    NewAddress | Left | Joined | Role | Ask | Away | Retired | Renamed | MovedDomain | Phone | Unmonitored | OptOut | Deceased
)  # closed: every `match` on it ends in assert_never, so a new member makes the type checker list the places to visit
