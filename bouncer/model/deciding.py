"""From evidence to effect: how far a message is believed, whom it concerns, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from bouncer.model.findings import Because
from bouncer.model.people import Contact, PersonId, Previous
from bouncer.model.sending import Purpose, Sent


class Level(IntEnum):
    """How far a message is believed (the evidence levels E0 to E6)."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3
    E4 = 4
    E5 = 5
    E6 = 6


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a message is believed, and the handles that say so."""

    level: Level
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of the ids, tokens and addresses in one reading."""

    sent: tuple[Sent, ...] = ()
    person_of: Mapping[str, PersonId] = field(default_factory=dict)  # lower-case address -> person
    addresses_of: Mapping[PersonId, tuple[str, ...]] = field(default_factory=dict)
    suspect_since: Mapping[str, datetime] = field(default_factory=dict)  # lower-case address -> first permanent failure
    told: Mapping[PersonId, Level] = field(default_factory=dict)  # how far a message with the same Message-ID was believed before


@dataclass(frozen=True, slots=True)
class Match:
    """Whom an answer concerns: *mailed* is the address our message went to, where a token or id of ours proves one."""

    person: PersonId | None
    trust: Trust
    mailed: str | None = None
    sent: Sent | None = None
    why: str = ""
    purpose: Purpose | None = None  # of that message
    refuted: bool = False  # the owner's provider says that the From's domain did not send it


Value = str | tuple[str, ...] | tuple[Previous, ...] | Contact | None  # None: the field, or the whole entry, is absent
ENTRY = "entry"  # stands for the whole entry where a Change would name a field: its value is the Contact


@dataclass(frozen=True, slots=True)
class Change:
    """A compare-and-set of one field; *contact* is the `email` the entry has before the batch is applied.

    Of `previous`, a list that everybody adds to, only the items in which *before* and *after* differ are compared and set.
    Of ENTRY, *before* None adds the entry *after* at the end of the file; *after* None takes out the entry that is still as *before* says.
    """

    contact: str
    field: str
    before: Value
    after: Value
    because: Because

    @classmethod
    def adding(cls, contact: Contact, because: Because) -> "Change":
        """Give the change that puts *contact* at the end of the file; it must be of fields that bouncer writes."""
        return cls(contact.email, ENTRY, None, replace(contact, line=0), because)


@dataclass(frozen=True, slots=True)
class Apply:
    """Do it: changes to the file, and what the ledger remembers; addresses and domains in lower case."""

    changes: tuple[Change, ...]
    why: str
    level: Level
    suppress: tuple[str, ...] = ()  # addresses never to be written to again
    suspect: tuple[str, ...] = ()  # addresses that failed for good just now
    wait: tuple[str, ...] = ()  # domains that refused *us*: nothing goes there for some days
    alive: bool = False  # this shows the person alive
    works: tuple[str, ...] = ()  # addresses that answered: what failed before is forgotten


@dataclass(frozen=True, slots=True)
class Review:
    """Ask the owner; *changes* is what accepting would do, *hold* keeps check-ins back until then."""

    changes: tuple[Change, ...]
    why: str
    level: Level
    because: Because
    hold: bool = False
    person: PersonId | None = None  # whom it is about, where that is another than the one the message concerns


@dataclass(frozen=True, slots=True)
class Ignore:
    """Count it and do nothing else."""

    why: str
    level: Level


Decision = Apply | Review | Ignore


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a contact store did with a batch.

    *refused* holds each change not made, and why; *stale* those of them whose field says something else by now, and what it says.
    """

    applied: tuple[Change, ...]
    refused: tuple[tuple[Change, str], ...]
    before: str  # digest of the file before
    after: str  # and after
    stale: tuple[tuple[Change, Value], ...] = ()
