"""The week's changes as stories: what one message changed about one person, told once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bouncer.core.plain import one_line
from bouncer.core.summary.words import describe, sentence
from bouncer.model import ENTRY, Change, Contact, Event, EventKind, Line, Status

FORGOTTEN = "(forgotten)"
_COMES_WITH_EMAIL = frozenset({"previous", "status"})  # what undoing a new `email` takes back as well


class Kind(StrEnum):
    """Which section a story belongs to."""

    LOST = "lost"
    STOPPED = "stopped"
    JOB = "jobs"
    ADDRESS = "addresses"
    AWAY = "away"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Story:
    """Changes that one message made of one person; *contact* is the entry as it is now, None where it is gone."""

    name: str
    events: tuple[Event, ...]
    contact: Contact | None

    @property
    def changes(self) -> Mapping[str, Change]:
        """The changes by field."""
        return {event.change.field: event.change for event in self.events if event.change}

    @property
    def status(self) -> str | None:
        """The state it put the person in, if any."""
        change = self.changes.get("status")
        return change.after if change and isinstance(change.after, str) else None

    @property
    def kind(self) -> Kind:
        """Order: somebody lost or gone outweighs a job, a job an address, an address an absence."""
        fields = self.changes.keys()
        if self.status in {Status.LEFT, Status.UNREACHABLE} and "email" not in fields:
            return Kind.LOST
        if self.status in {Status.STOPPED, Status.DECEASED, Status.RETIRED}:
            return Kind.STOPPED
        if fields & {"company", "title"} and any(change.after for name, change in self.changes.items() if name in {"company", "title"}):
            return Kind.JOB
        if fields & {"email", "also"}:
            return Kind.ADDRESS
        return Kind.AWAY if self.status == Status.AWAY or "away_until" in fields else Kind.OTHER

    @property
    def line(self) -> Line:
        """What happened, the words it stands on, why, and how to take it back."""
        first = self.events[0]
        company = self.contact.company if self.contact else None
        return Line(
            who=self.name,
            what=sentence(describe([event.change for event in self.events if event.change], company)),
            quote=one_line(first.because.quote, 300) if first.because else "",
            why=sentence(one_line(first.detail, 300)),
            commands=tuple(f"bouncer undo {number}" for number in self._undoable),
            person=first.person,
        )

    @property
    def _undoable(self) -> tuple[int, ...]:
        moved = "email" in self.changes
        return tuple(e.id for e in self.events if e.change and not (moved and e.change.field in _COMES_WITH_EMAIL))


def stories(events: Iterable[Event], contacts: Mapping[str, Contact]) -> tuple[Story, ...]:
    """Give the stories of *events* (oldest first), without what was undone; *contacts* is by lower-case address."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in standing(events):
        if event.change and event.change.field != ENTRY:
            origin = event.message_id or f"{event.at.isoformat()} {event.detail}"
            groups.setdefault((event.person or event.change.contact.lower(), origin), []).append(event)
    return tuple(Story(shown_name(group[0].name), tuple(group), _entry(group, contacts)) for group in groups.values())


def standing(events: Iterable[Event]) -> list[Event]:
    """Give the changes among *events* (oldest first), without what was undone."""
    listed = list(events)
    undone = {number for event in listed if event.kind is EventKind.UNDONE and (number := _undoes(event)) is not None}
    return [event for event in listed if event.kind is EventKind.CHANGED and event.change and event.id not in undone]


def shown_name(name: str) -> str:
    """Give a name fit to be shown; the ledger keeps none of people it was told to forget."""
    return one_line(name, 80) or FORGOTTEN


def _entry(group: list[Event], contacts: Mapping[str, Contact]) -> Contact | None:
    """Find the entry by its address after the change, else before it."""
    for event in reversed(group):
        change = event.change
        if change is None:
            continue
        for address in (change.after if change.field == "email" else None, change.contact):
            if isinstance(address, str) and address.lower() in contacts:
                return contacts[address.lower()]
    return None


def _undoes(event: Event) -> int | None:
    """Give the id that an undo names in its quote (`event 12: …`)."""
    quote = event.because.quote if event.because else ""
    number = quote.removeprefix("event ").partition(":")[0]
    return int(number) if quote.startswith("event ") and number.isascii() and number.isdigit() else None
