"""The contact file's nouns: a contact, the addresses they had, and the book of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property


class Status(StrEnum):
    """The `status` field of a contact; an absent field means that all is well."""

    PROBATION = "probation"
    AWAY = "away"
    SUSPECT = "suspect"
    UNREACHABLE = "unreachable"
    LEFT = "left"
    RETIRED = "retired"
    DECEASED = "deceased"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Previous:
    """An address a contact had before, in the contact file's `previous` list."""

    email: str
    company: str | None = None
    until: str | None = None  # ISO date
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One entry of the contact file; fields that bouncer does not know stay in the file alone."""

    name: str
    email: str
    also: tuple[str, ...] = ()
    company: str | None = None
    title: str | None = None
    phones: tuple[str, ...] = ()
    linkedin: str | None = None
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    every: str | None = None
    tags: tuple[str, ...] = ()
    account: str | None = None
    status: Status | None = None
    away_until: date | None = None
    previous: tuple[Previous, ...] = ()
    line: int = 0  # 1-based line of the entry in its file

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address this person is known by, the present one first, in lower case."""
        return tuple(dict.fromkeys(a.lower() for a in (self.email, *self.also, *(p.email for p in self.previous))))


@dataclass(frozen=True)
class Book:
    """The contact file as read at one moment; *digest* is the SHA-256 of its bytes, hex."""

    contacts: tuple[Contact, ...]
    digest: str

    @cached_property
    def by_address(self) -> Mapping[str, Contact]:
        """Contact by any of their addresses in lower case; a present address wins over a former one."""
        index = {address: c for c in reversed(self.contacts) if c.also or c.previous for address in reversed(c.addresses)}
        index.update((c.email.lower(), c) for c in reversed(self.contacts))
        return index


PersonId = str  # 12 lower-case hex digits, random


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as other programs are to have it: what stands for the person through every change, and when the last one was made."""

    contact: Contact
    person: PersonId | None = None  # None: no bouncer has taken the entry in yet
    revised: datetime | None = None  # aware; None: nobody but the owner has ever changed it


THE_OWNER: PersonId = "0" * 12  # whom the weekly summary goes to; nobody in the contact file
