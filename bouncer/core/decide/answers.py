"""What the bare fact of an answer shows: the person lives, the address works, probation ends."""

from dataclasses import replace

from bouncer.core.decide.moves import moves
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.wish import Wish, judged
from bouncer.core.plain import one_line
from bouncer.model import Away, Because, Deceased, Kind, Left, Level, Retired, Status, Unmonitored

_ASK = "you want to be asked"
_GONE = (Left, Retired, Deceased, Unmonitored)
_FAILING = frozenset({Status.SUSPECT, Status.UNREACHABLE})


def of_answer(scene: Scene) -> tuple[Wish, ...]:
    """Give what follows from a person's or a machine's answer, whatever it says."""
    because = _because(scene)
    wishes: list[Wish] = []
    if confirmed(scene):
        wish = Wish(
            what=f"an answer from {scene.contact.email} carries that address's own token, so its probation ends",
            because=because,
            lifts=frozenset({Status.PROBATION}),
            level=Level.E5,
        )
        wishes.append(judged(scene, wish, _ASK if scene.policy.new_address == "ask" else None))
    if scene.kind is Kind.HUMAN and scene.level >= Level.E2 and scene.sender in scene.contact.addresses:
        wishes.append(Wish(what=f"{scene.contact.name} answered", because=because, act=True, alive=True))
        if scene.contact.status is Status.AWAY and not any(isinstance(f, Away) for f in scene.reading.findings):
            back = Wish(what=f"{scene.contact.name} answers again", because=because, lifts=frozenset({Status.AWAY}))
            wishes.append(judged(scene, back, scene.short_of(scene.policy.away, token_suffices=True)))
    if scene.contact.status in _FAILING and _works(scene):
        works = Wish(what=f"an answer came from {scene.contact.email}, so it works", because=because, lifts=_FAILING, works=(scene.email,))
        wishes.append(judged(scene, works, _ASK if scene.policy.bounce == "ask" else None))
    return tuple(wishes)


def confirmed(scene: Scene) -> bool:
    """Tell whether this ends the probation of the present address (E5): it comes from there and carries the token made for it."""
    answer = scene.kind in {Kind.HUMAN, Kind.AUTO_REPLY}
    return answer and scene.contact.status is Status.PROBATION and scene.proved and scene.sender == scene.mailed == scene.email


def _because(scene: Scene) -> Because:
    """Give why it is an answer; where no words of it say so, as with most that people write, its From stands for them."""
    found = scene.reading.verdict.because
    written = next((f"{sender.name} <{sender.address}>" for sender in scene.reading.from_), "")
    return found if found.quote else replace(found, quote=one_line(written))


def _works(scene: Scene) -> bool:
    """Tell whether it was the failing address itself that answered, and not to say farewell."""
    if scene.kind not in {Kind.HUMAN, Kind.AUTO_REPLY} or scene.sender != scene.email:
        return False
    gone = any(isinstance(finding, _GONE) for finding in scene.reading.findings) or moves(scene)
    return not gone and (scene.authenticated or (scene.proved and scene.mailed == scene.sender))
