"""What many things at once are measured by, and what trips: the circuit breakers' nouns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RECENT_CHANGES = timedelta(days=7)
RECENT_SENDS = 20


class Breaker(StrEnum):
    """What stops by itself, and goes on when the owner says so."""

    ADDRESSES = "addresses"  # bouncer's own changes of addresses
    REFUSALS = "refusals"  # sending, where servers refuse us
    FIRST = "first"  # sending, after the very first letter
    BOOK = "book"  # everything, where the contact file has lost people


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of one check-in that was tried: where it went, and of what it failed."""

    domain: str
    reason: str | None = None  # in Sisimai's vocabulary; None where it did not fail
    status: str | None = None  # RFC 3463


@dataclass(frozen=True, slots=True)
class Recent:
    """What the ledger counts for the breakers: nothing from before the owner last let one go on."""

    people: int = 0  # in the contact file when it was last acted on
    address_changes: int = 0  # made by bouncer itself within RECENT_CHANGES
    outcomes: tuple[Outcome, ...] = ()  # of the last RECENT_SENDS check-ins, newest first
    sent_ever: int = 0  # check-ins, not counted beyond 2
    resumed: frozenset[Breaker] = frozenset()  # what the owner let go on last time it tripped


@dataclass(frozen=True, slots=True)
class Trip:
    """A breaker that has tripped, when, and why in one sentence."""

    breaker: Breaker
    at: datetime
    why: str
