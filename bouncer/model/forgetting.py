"""Forgetting a person: what they are known by in all that is held, and what was done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bouncer.model.people import PersonId

FORGOTTEN: PersonId = "forgotten"  # whom the ledger names where it was told to forget somebody; nobody has this id


@dataclass(frozen=True, slots=True)
class Traces:
    """What gives a person away: *addresses* in lower case, *names* that nobody else of the book has."""

    person: PersonId | None
    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()
    linkedin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """What was erased from the contact file and its earlier versions, and what there was left alone."""

    entries: tuple[int, ...] = ()  # lines on which they began
    comments: int = 0  # lines of comment that named the person
    rewritten: int = 0  # versions, now without the entry
    deleted: int = 0  # versions that could not be had without it
    left: tuple[int, ...] = ()  # lines of the contact file that name the person in the owner's words on others, or may speak of them


@dataclass(frozen=True, slots=True)
class Written:
    """What is written of a person in the contact file (line and text of each entry), and the earlier versions that name them."""

    entries: tuple[tuple[int, str], ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A person who is being forgotten; *traces* is None where only the emptied places are still to be wiped."""

    id: int
    traces: Traces | None


@dataclass(frozen=True, slots=True)
class Erased:
    """All that was erased: rows of the ledger by table, files of the state directory by name."""

    rows: Mapping[str, int] = field(default_factory=dict)
    swept: Swept = Swept()
    files: tuple[str, ...] = ()
    left: tuple[str, ...] = ()  # files there that name the person and are not bouncer's
