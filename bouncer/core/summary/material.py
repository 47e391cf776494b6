"""What every section is made from: the input, with its indexes made once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bouncer.core.finding_again import Finder
from bouncer.core.summary.stories import Kind, Story, stories
from bouncer.model import Book, Contact, Section, SummaryInput

MOST = 20  # lines of one section; the rest is counted and a command shows it


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
    def finder(self) -> Finder:
        """Who knew whom."""
        return Finder(self.given.contacts)

    def of(self, kind: Kind) -> tuple[Story, ...]:
        """Give the stories of one kind."""
        return tuple(story for story in self.stories if story.kind is kind)


Maker = Callable[[Material], Section | None]
