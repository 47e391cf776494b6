"""What every section is made from: the input, with its indexes made once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from bouncer.core.finding_again import Finder
from bouncer.core.summary.stories import Kind, Story, shown_name, stories
from bouncer.core.summary.words import count
from bouncer.model import Book, Contact, Life, Line, PersonId, Section, Status, SummaryInput

MOST = 20  # lines of one section; the rest is counted
_APART = frozenset({Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED})  # they are not counted
_UNKNOWN = Life()
T = TypeVar("T")


@dataclass(frozen=True)
class Material:
    """The input and its indexes."""

    given: SummaryInput

    @cached_property
    def contacts(self) -> Mapping[str, Contact]:
        """Contact by any lower-case address."""
        return Book(self.given.contacts, "").by_address

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The week's changes."""
        return stories(self.given.week.events, self.contacts)

    @cached_property
    def counted(self) -> Sequence[tuple[Contact, Life]]:
        """Those of the contact file to whom anybody still writes, each with how they fared."""
        person_of, lives = self.given.person_of, self.given.lives
        people = (contact for contact in self.given.contacts if contact.status not in _APART)
        return [(contact, lives.get(person_of.get(contact.email.lower(), ""), _UNKNOWN)) for contact in people]

    @cached_property
    def finder(self) -> Finder:
        """Who knew whom."""
        turns = {contact.email.lower(): life.turns for contact, life in self.counted if life.turns}
        return Finder(self.given.contacts, turns)

    def person(self, contact: Contact) -> PersonId | None:
        """Give whose entry *contact* is."""
        return self.given.person_of.get(contact.email.lower())

    def named(self, contacts: Iterable[Contact]) -> tuple[tuple[PersonId, str], ...]:
        """Give those of *contacts* who are known, with their names as they are shown."""
        return tuple((person, shown_name(contact.name)) for contact in contacts if (person := self.person(contact)))

    @cached_property
    def by_kind(self) -> Mapping[Kind, tuple[Story, ...]]:
        """The stories of each kind that there are any of."""
        found: dict[Kind, list[Story]] = {}
        for story in self.stories:
            found.setdefault(story.kind, []).append(story)
        return {kind: tuple(those) for kind, those in found.items()}

    def of(self, kind: Kind) -> tuple[Story, ...]:
        """Give the stories of one kind."""
        return self.by_kind.get(kind, ())


Maker = Callable[[Material], Section | None]


def section(
    key: str,
    title: str,
    items: Sequence[T],
    line: Callable[[T], Line],
    *,
    note: str = "",
    where: str = "",
    named: tuple[tuple[PersonId, str], ...] = (),
) -> Section | None:
    """Give a section of the first MOST *items* that counts the rest and says *where* it is shown; None for no item."""
    if not items:
        return None
    rest = len(items) - MOST
    more = f"And {count(rest, 'more', 'more', spelt=False)}{': ' + where if where else ''}." if rest > 0 else ""
    return Section(title, tuple(map(line, items[:MOST])), key, note, more, named)
