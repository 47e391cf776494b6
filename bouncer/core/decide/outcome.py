"""From the wishes of one message to decisions that agree: each field is set once, and questions build on what is done."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bouncer.core.decide.scene import Scene
from bouncer.core.decide.wish import Wish, changes
from bouncer.core.plain import one_line
from bouncer.model import Apply, Change, Contact, Decision, Ignore, Review, Status, Value

_LONGEST = 1000  # characters of a sentence

# Which of several states one message may give a contact: the one that ends more wins.
_RANK: tuple[str | None, ...] = (
    Status.STOPPED,
    Status.DECEASED,
    Status.RETIRED,
    Status.LEFT,
    Status.PROBATION,
    Status.UNREACHABLE,
    Status.SUSPECT,
    Status.AWAY,
    None,
)


def outcome(scene: Scene, wishes: Sequence[Wish]) -> tuple[Decision, ...]:
    """Give the decisions for *wishes*: first what is done, then what is asked (against the contact as it is then), then what is left."""
    acts, contested = _settled([wish for wish in wishes if wish.act])
    done: list[Decision] = []
    made: dict[str, Change] = {}
    for wish in acts:
        found = tuple(change for change in changes(scene.contact, wish) if change.field not in made)
        made.update((change.field, change) for change in found)
        done.append(_done(scene, wish, found))
    after = _evolved(scene.contact, made.values())
    asked = [_asked(scene, wish, after) for wish in (*(w for w in wishes if w.ask), *contested)]
    left = [Ignore(_why(scene, wish), scene.level) for wish in wishes if not wish.act and not wish.ask]
    decisions = tuple(dict.fromkeys((*done, *asked, *left)))
    return decisions or (Ignore(f"nothing in it is news: {scene.match.why}", scene.level),)


def _settled(acts: list[Wish]) -> tuple[list[Wish], list[Wish]]:
    """Let of several states the highest in rank hold; what contradicts an earlier wish in another field becomes a question."""
    setters = [wish for wish in acts if "status" in wish.fields]
    winner = min(setters, key=lambda wish: _place(wish.fields["status"]), default=None)
    taken: dict[str, object] = {}
    settled: list[Wish] = []
    contested: list[Wish] = []
    for wish in sorted(acts, key=lambda wish: wish is not winner):
        mine = _beside(wish, winner)
        if any(taken.get(name, value) != value for name, value in mine.fields.items()):
            contested.append(mine.asked("the message says two things about that"))
            continue
        taken.update(mine.fields)
        settled.append(mine)
    return settled, contested


def _beside(wish: Wish, winner: Wish | None) -> Wish:
    """Give what is left of *wish* where another sets the state: of an absence only its date, and that only beside a new address."""
    if winner is None or ("status" in wish.fields and wish.fields["status"] == winner.fields["status"]):
        return wish
    dated = winner.fields["status"] == Status.PROBATION
    fields = {name: value for name, value in wish.fields.items() if name != "status" and (dated or name != "away_until")}
    return replace(wish, fields=fields, lifts=frozenset())


def _place(status: object) -> int:
    return next((place for place, name in enumerate(_RANK) if name == status), len(_RANK))


def _evolved(contact: Contact, made: Iterable[Change]) -> Contact:
    """Give *contact* as it is once *made* is in the file."""
    fresh: dict[str, Any] = {change.field: _typed(change.field, change.after) for change in made}
    return replace(contact, **fresh)


def _typed(name: str, value: Value) -> object:
    """Give a field's value as a Contact holds it."""
    match name, value:
        case "status", str(text):
            return Status(text)
        case "away_until", str(text):
            return date.fromisoformat(text)
        case _:
            return value


def _done(scene: Scene, wish: Wish, made: tuple[Change, ...]) -> Decision:
    level = scene.level if wish.level is None else wish.level
    if not made and not wish.effect:
        return Ignore(_why(scene, replace(wish, but="that is so already")), level)
    return Apply(made, _why(scene, wish), level, wish.suppress, wish.suspect, wish.wait, wish.alive, wish.works)


def _asked(scene: Scene, wish: Wish, contact: Contact) -> Decision:
    """Give the question, or nothing to ask where all that it would do is so already."""
    made = changes(contact, wish)
    if (wish.fields or wish.lifts) and not made:
        return Ignore(_why(scene, replace(wish, but="that is so already")), scene.level)
    if wish.adds is not None:
        made = (*made, Change.adding(wish.adds, wish.because))
    return Review(made, _why(scene, wish), scene.level if wish.level is None else wish.level, wish.because, wish.hold)


def _why(scene: Scene, wish: Wish) -> str:
    """Give the sentence for the owner: what, what keeps it from being done, and how far the message is believed."""
    sentence = f"{wish.what}{', but ' if wish.but else ''}{wish.but}: {scene.match.why or f'level {scene.level.name}'}"
    return one_line(sentence, _LONGEST)
