"""Findings that change how a person stands: gone, away, stopped."""

from dataclasses import replace
from datetime import timedelta

from bouncer.core.decide.answers import confirmed
from bouncer.core.decide.moves import moves
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.texts import same_company
from bouncer.core.decide.wish import Wish, judged, nothing
from bouncer.core.mailboxes import shared_provider
from bouncer.model import Away, Because, Deceased, Joined, Kind, Left, NewAddress, OptOut, Retired, Status, Unmonitored

_SURE = 0.7
_AWAY_FOR = timedelta(days=14)  # where no end is named
_LONGEST_AWAY = timedelta(days=400)
_OVER = frozenset({Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED})
_FORMER = "another mailbox than the present one says so"
_DOUBT = "the words leave room for doubt"


def left(scene: Scene, finding: Left) -> Wish:
    """Judge "no longer with us": the state `left`, unless the same message says where the person went."""
    what = f"{scene.contact.name} has left" + (f" {finding.company}" if finding.company else "")
    if moves(scene):
        return _moved_on(scene, finding, what)
    if scene.contact.status in _OVER or scene.contact.status is Status.LEFT:
        return nothing(f"{what}, but is {scene.contact.status} already", finding.because)
    wish = Wish(what=what, because=finding.because, fields={"status": Status.LEFT.value})
    return judged(scene, wish, _doubt(finding) or _reachable(scene) or scene.short_of(scene.policy.left))


def _moved_on(scene: Scene, finding: Left, what: str) -> Wish:
    """Take away the employer that was left, where the message gives a new address and no new employer: `previous` keeps it."""
    company = scene.contact.company
    told = any(isinstance(f, Joined) and f.company and scene.about_this(f) for f in scene.reading.findings)
    other = finding.company is not None and company is not None and not same_company(finding.company, company)
    if company is None or told or other or _doubt(finding) or scene.short_of(scene.policy.left):
        return nothing(f"{what}, and the new address says where to", finding.because)
    return judged(scene, Wish(what=f"{what}, so that is their company no more", because=finding.because, fields={"company": None}), None)


def retired(scene: Scene, finding: Retired) -> Wish:
    """Judge "I have retired"."""
    what = f"{scene.contact.name} has retired"
    if scene.contact.status in _OVER:
        return nothing(f"{what}, but is {scene.contact.status} already", finding.because)
    wish = Wish(what=what, because=finding.because, fields={"status": Status.RETIRED.value})
    return judged(scene, wish, _doubt(finding) or scene.short_of(scene.policy.retired))


def away(scene: Scene, finding: Away) -> Wish:
    """Judge an absence: until the day it names, else for 14 days from the message."""
    contact = scene.contact
    said = min(scene.reading.date.date(), scene.today) if scene.reading.date else scene.today
    until = finding.until or said + min(_AWAY_FOR, type(said).max - said)
    what = f"{contact.name} is away until {until.isoformat()}" + ("" if finding.until else " (no end is named, so 14 days)")
    if until < scene.today:
        return nothing(f"{what}, which is over", finding.because)
    if contact.status in _OVER or contact.status is Status.LEFT:
        return nothing(f"{what}, but is {contact.status}", finding.because)
    if finding.until is None and contact.away_until and contact.away_until >= until:
        return nothing(f"{what}; a later day is known", finding.because)
    marked = contact.status in {None, Status.AWAY} or (scene.sender == scene.email and contact.status is not Status.PROBATION)
    fields = {"away_until": until.isoformat()} | ({"status": Status.AWAY.value} if marked or confirmed(scene) else {})
    far = "that is more than a year ahead" if until - scene.today > _LONGEST_AWAY else None
    short = scene.short_of(scene.policy.away, token_suffices=True)
    return judged(scene, Wish(what=what, because=finding.because, fields=fields), far or _doubt(finding) or short)


def opt_out(scene: Scene, finding: OptOut) -> Wish:
    """Judge "do not write to me": heeded from whoever holds our token, and for every address of the person."""
    return stop(scene, finding.because, _DOUBT if finding.ambiguous or finding.confidence < _SURE else None)


def stop(scene: Scene, because: Because, doubt: str | None = None) -> Wish:
    """Give the wish that this person is never written to again; while it is a question, nothing goes out either."""
    fields = {} if scene.contact.status is Status.DECEASED else {"status": Status.STOPPED.value}
    what = f"{scene.contact.name} asks not to be written to"
    wish = Wish(what=what, because=because, fields=fields, suppress=scene.contact.addresses)
    short = scene.short_of(scene.policy.stop, token_suffices=True)
    settled = judged(scene, wish, doubt or short)
    return settled if settled.act else Wish(what=what, because=because, fields=fields, ask=True, but=settled.but, hold=True)


def deceased(scene: Scene, finding: Deceased) -> Wish:
    """Give a question that holds everything back: the owner alone decides what is written."""
    fields = {"status": Status.DECEASED.value}
    return Wish(what=f"{scene.contact.name} is said to have died", because=finding.because, fields=fields, ask=True, hold=True)


def unmonitored(scene: Scene, finding: Unmonitored) -> Wish:
    """Ask what to do with a mailbox that nobody reads, unless the message says something better."""
    better = any(isinstance(f, NewAddress | Left | Retired) for f in scene.reading.findings)
    if better or scene.contact.status in {*_OVER, Status.LEFT, Status.UNREACHABLE} or not scene.speaks:
        return nothing("nobody reads this mailbox", finding.because)
    wish = Wish(what=f"nobody reads {scene.contact.email}", because=finding.because, fields={"status": Status.UNREACHABLE.value})
    return replace(judged(scene, wish, "you may know another way"), hold=True)


def _reachable(scene: Scene) -> str | None:
    """Say why somebody who left may still be reached there: `left` ends the check-ins, and the owner should see it first."""
    if not scene.speaks:
        return _FORMER
    if shared_provider(scene.contact.email):
        return "the address is no employer's"
    return "they wrote that themselves, so the address still works" if scene.kind is Kind.HUMAN else None


def _doubt(finding: Left | Retired | Away) -> str | None:
    """Say why even a believed message leaves it open."""
    return _DOUBT if finding.ambiguous or finding.confidence < _SURE else None
