"""What one finding would have done, before the wishes of one message are made consistent with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bouncer.core.decide.scene import Scene
from bouncer.model import Because, Change, Contact, Level, Status, Value

_DATED: frozenset[Value] = frozenset({Status.AWAY, Status.PROBATION, Status.SUSPECT})  # states beside which the date of an absence stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """*act*: do it; else *ask* the owner; else nothing, and only *what* is said."""

    what: str  # the beginning of the sentence that says why
    because: Because
    act: bool = False
    ask: bool = False
    hold: bool = False
    but: str = ""  # what keeps it from being done
    fields: Mapping[str, Value] = field(default_factory=dict)
    adds: Contact | None = None  # somebody new, whom a yes puts into the contact file
    lifts: frozenset[Status] = frozenset()  # taken away where the contact has one of them and nobody sets another
    suppress: tuple[str, ...] = ()
    suspect: tuple[str, ...] = ()
    wait: tuple[str, ...] = ()
    alive: bool = False
    works: tuple[str, ...] = ()
    level: Level | None = None  # where it is another than the message's

    @property
    def effect(self) -> bool:
        """Whether the ledger keeps something of it beside changes."""
        return bool(self.suppress or self.suspect or self.wait or self.alive or self.works)

    def asked(self, but: str) -> "Wish":
        """Give the same as a question, for the reason *but*, which asks about its fields alone; what changes nothing stays as it is."""
        return replace(self, act=False, ask=True, but=but) if self.act else self


def judged(scene: Scene, wish: Wish, short: str | None, *, weighty: bool = True) -> Wish:
    """Give *wish* as an act where nothing is *short*, else as a question.

    What only an unproved message says (E1) holds back check-ins as well, where it is *weighty* enough to stop them.
    """
    if short is None:
        return replace(wish, act=True)
    return replace(wish, ask=True, but=short, hold=wish.hold or (weighty and scene.level <= Level.E1))


def nothing(what: str, because: Because) -> Wish:
    """Give a wish for nothing but to be counted."""
    return Wish(what=what, because=because)


def changes(contact: Contact, wish: Wish) -> tuple[Change, ...]:
    """Give the compare-and-sets that *wish* means for *contact* as it is; what is so already is left out."""
    after = dict(wish.fields)
    if "status" not in after and contact.status in wish.lifts:
        after["status"] = None
    if "status" in after and after["status"] not in _DATED:
        after.setdefault("away_until", None)
    return tuple(
        Change(contact.email, name, before, value, wish.because)
        for name, value in after.items()
        if (before := value_of(contact, name)) != value
    )


def value_of(contact: Contact, name: str) -> Value:
    """Give a field as a Change holds it: text, a tuple, or None where it is absent or empty."""
    match name:
        case "status":
            return contact.status.value if contact.status else None
        case "away_until":
            return contact.away_until.isoformat() if contact.away_until else None
        case "previous":
            return contact.previous or None
        case "phones":
            return contact.phones or None
        case _:
            value: str | None = getattr(contact, name)
            return value
