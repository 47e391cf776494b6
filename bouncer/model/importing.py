"""What an address book kept elsewhere says of people, and what taking it in comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bouncer.model.deciding import Change
from bouncer.model.people import Contact

Source = Literal["linkedin", "google", "outlook", "vcard", "csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One person of an export. Every text is one line without outer blanks; what it does not say is empty or None."""

    number: int  # of its line, or of its card, both from 1
    name: str = ""
    emails: tuple[str, ...] = ()  # valid ones, the preferred first
    company: str | None = None
    title: str | None = None
    phones: tuple[str, ...] = ()
    linkedin: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    country: str | None = None
    connected: date | None = None  # since when, as LinkedIn says


@dataclass(frozen=True, slots=True)
class Fault:
    """A line or card, or a part of one, that could not be read, and why."""

    number: int
    said: str


@dataclass(frozen=True, slots=True)
class Imported:
    """An export as read; *encoding* is what its bytes were taken for."""

    file: str
    source: Source
    records: tuple[Record, ...]
    faults: tuple[Fault, ...] = ()
    encoding: str = "utf-8"

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return "card" if self.source == "vcard" else "line"


@dataclass(frozen=True, slots=True)
class Job:
    """Where somebody works, as LinkedIn says."""

    company: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """A job that is another one than in the export before; *contact* is the entry as it was.

    *own* names the fields that the owner has edited since, which stay; *dying* is the address at the company that was left.
    """

    contact: Contact
    was: Job
    now: Job
    own: tuple[str, ...] = ()
    dying: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A record of which nothing is taken in, and why."""

    record: Record
    why: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What taking an export in comes to: *changes* to entries there are, then the entries to add; the rest is for the owner to read."""

    changes: tuple[Change, ...]
    added: tuple[Contact, ...] = ()
    found: int = 0  # records that are about somebody in the contact file
    moves: tuple[Move, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()  # one sentence each
    jobs: Mapping[str, Job] = field(default_factory=dict)  # by the `email` of the entry in lower case: what LinkedIn says now
