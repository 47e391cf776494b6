"""What follows from a message: do it, ask the owner, or only count it."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from bouncer.core.asking import Asked
from bouncer.core.decide.answers import of_answer
from bouncer.core.decide.copies import once_only
from bouncer.core.decide.hearsay import doubtful, hearsay
from bouncer.core.decide.leads import about_another, ask
from bouncer.core.decide.moves import answered_from, moved_domain, new_address
from bouncer.core.decide.notices import of_complaint, of_notice
from bouncer.core.decide.outcome import outcome
from bouncer.core.decide.particulars import joined, phones, renamed, role
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.standing import away, deceased, left, opt_out, retired, stop, unmonitored
from bouncer.core.decide.wish import Wish, nothing
from bouncer.model import (
    Ask,
    Away,
    Contact,
    Deceased,
    Decision,
    Finding,
    Ignore,
    Joined,
    Kind,
    Known,
    Left,
    Level,
    Match,
    MovedDomain,
    NewAddress,
    OptOut,
    Phone,
    Policy,
    Reading,
    Renamed,
    Retired,
    Role,
    Settings,
    Unmonitored,
)

_SPEAKING = frozenset({Kind.HUMAN, Kind.AUTO_REPLY, Kind.OPT_OUT})  # what is said in them, the mailbox says


def decide(
    reading: Reading, match: Match, contact: Contact | None, settings: Settings, known: Known, at: datetime, asked: Asked | None = None
) -> tuple[Decision, ...]:
    """Give what follows from *reading* for *contact*, the entry of `match.person` (None where there is none); *at* is aware.

    *asked* is the lost person whom our letter asked after, where this answers such a one.
    Each decision says why. A change carries what the field holds now, so doing it twice is harmless. Never raises.
    """
    level = match.trust.level
    if match.person is None or level is Level.E0:
        return (Ignore(match.why or "it concerns nobody you know (E0)", level),)
    if contact is None:
        return (Ignore(f"there is no entry for this person in the contact file: {match.why}", level),)
    scene = Scene(reading, match, contact, policy_for(contact, settings), settings, known, at, asked)
    if scene.sender and scene.ours(scene.sender) and scene.kind in _SPEAKING:
        return (Ignore("the From is your own address", level),)
    if known.person_of.get(scene.email, match.person) != match.person:
        return (Ignore(f"{contact.email} belongs to somebody else by now: {match.why}", level),)
    own = outcome(scene, [wish for step in _STEPS for wish in step(scene)])
    return once_only((*own, *hearsay(scene, asked)), match, known)


def policy_for(contact: Contact, settings: Settings) -> Policy:
    """Give the policy of the contact's first tag that has one, else the general one."""
    return next((settings.tags[tag] for tag in contact.tags if tag in settings.tags), settings.policy)


def _of_findings(scene: Scene) -> tuple[Wish, ...]:
    """Judge every finding; what is said second-hand, or in a notice, is only a question."""
    wishes: list[Wish] = []
    for finding in scene.reading.findings:
        if scene.kind not in {*_SPEAKING, Kind.BOUNCE}:
            wishes.append(nothing(f"a message of the kind {scene.kind.value} says {finding.type}", finding.because))
        elif not scene.about_this(finding):
            wishes.append(about_another(scene, finding))
        else:
            wishes.extend(
                wish.asked(doubt) if doubt else wish for doubt in (_second_hand(scene, finding),) for wish in _own(scene, finding)
            )
    return tuple(wishes)


def _second_hand(scene: Scene, finding: Finding) -> str | None:
    """Say why it is not the contact's own word of today; a stop is heeded from whoever holds our token."""
    if scene.kind is Kind.BOUNCE:
        return "a mail system says so, not the person"
    if isinstance(finding, OptOut):
        return None
    if not scene.first_hand(finding):
        return "somebody else says so"
    if scene.asked and (doubt := doubtful(scene, scene.asked, finding)):
        return doubt
    return None if scene.present else "another mailbox than the present one says so"


def _own(scene: Scene, finding: Finding) -> tuple[Wish, ...]:  # noqa: C901, PLR0911, PLR0912 - one case a member of the union
    """Judge what a finding says of this contact."""
    match finding:
        case NewAddress():
            return (new_address(scene, finding),)
        case Left():
            return (left(scene, finding),)
        case Joined():
            return joined(scene, finding)
        case Role():
            return role(scene, finding)
        case Ask():
            return (ask(scene, finding),)
        case Away():
            return (away(scene, finding),)
        case Retired():
            return (retired(scene, finding),)
        case Renamed():
            return renamed(scene, finding)
        case MovedDomain():
            return (moved_domain(scene, finding),)
        case Phone():
            return phones(scene)
        case Unmonitored():
            return (unmonitored(scene, finding),)
        case OptOut():
            return (opt_out(scene, finding),)
        case Deceased():
            return (deceased(scene, finding),)
        case _:
            assert_never(finding)


def _of_stop(scene: Scene) -> tuple[Wish, ...]:
    """Heed a message that as a whole asks to be left alone."""
    said = any(isinstance(finding, OptOut) for finding in scene.reading.findings)
    return (stop(scene, scene.reading.verdict.because),) if scene.kind is Kind.OPT_OUT and not said else ()


def _of_challenge(scene: Scene) -> tuple[Wish, ...]:
    """Show a mailbox that wants a human to prove himself before it lets anything in."""
    if scene.kind is not Kind.CHALLENGE:
        return ()
    what = f"the mailbox of {scene.contact.name} wants a confirmation before it takes our letter"
    return (Wish(what=what, because=scene.reading.verdict.because, ask=True, but="only you can give it"),)


# In the order the decisions are shown; what one message says twice is made consistent in `outcome`.
_STEPS: tuple[Callable[[Scene], tuple[Wish, ...]], ...] = (
    of_notice,
    of_complaint,
    _of_stop,
    _of_findings,
    answered_from,
    of_answer,
    _of_challenge,
)
