"""Findings that fill in a field: employer, title, name, telephone."""

import re

from bouncer.core.decide.scene import Scene
from bouncer.core.decide.texts import fit, mixed_scripts, plain
from bouncer.core.decide.wish import Wish, judged, nothing
from bouncer.core.plain import one_line
from bouncer.model import Because, Joined, Level, Needs, Phone, Renamed, Role

_SURE = 0.7
_DOUBT = "the words leave room for doubt"
_SAME_DIGITS = 7  # numbers that end alike are one, with or without the country in front


def joined(scene: Scene, finding: Joined) -> tuple[Wish, ...]:
    """Judge where the person works now."""
    unsure = finding.ambiguous or finding.confidence < _SURE
    company = _text(scene, "company", finding.company, finding.because, scene.policy.company, unsure)
    return (*company, *_text(scene, "title", finding.title, finding.because, scene.policy.title, unsure))


def role(scene: Scene, finding: Role) -> tuple[Wish, ...]:
    """Judge a job title; a company beside it fills an empty field, and is a question where another one stands."""
    unsure = finding.ambiguous or finding.confidence < _SURE
    title = _text(scene, "title", finding.title, finding.because, scene.policy.title, unsure)
    other = scene.contact.company is not None
    return (*title, *_text(scene, "company", finding.company, finding.because, scene.policy.company, unsure or other))


def renamed(scene: Scene, finding: Renamed) -> tuple[Wish, ...]:
    """Judge the person's new name."""
    return _text(scene, "name", finding.name, finding.because, scene.policy.name, finding.ambiguous or finding.confidence < _SURE)


def phones(scene: Scene) -> tuple[Wish, ...]:
    """Judge every telephone number of the message together, for they all go into one list."""
    found = [f for f in scene.reading.findings if isinstance(f, Phone) and f.about is None and (f.kind or "").lower() != "fax"]
    new: dict[str, str] = {}
    for finding in found:
        number = fit(finding.e164 or finding.number)
        known = {_tail(n) for n in scene.contact.phones} | set(new)
        if number and _tail(number) and _tail(number) not in known:
            new[_tail(number)] = number
    if not found:
        return ()
    if not new or scene.level <= Level.E1:
        return (nothing("the telephone number is known, or nothing proves it", found[0].because),)
    what = f"the telephone of {scene.contact.name} is {', '.join(new.values())}"
    unsure = any(f.ambiguous or f.confidence < _SURE for f in found)
    wish = Wish(what=what, because=found[0].because, fields={"phones": (*scene.contact.phones, *new.values())})
    return (judged(scene, wish, (_DOUBT if unsure else None) or scene.short_of(scene.policy.phone)),)


def _text(scene: Scene, field: str, value: str | None, because: Because, needs: Needs, unsure: bool) -> tuple[Wish, ...]:
    """Give the wish to set *field*; none where nothing is said, and nothing to do where it says the same in other words."""
    if not value or not value.strip():
        return ()
    before: str | None = getattr(scene.contact, field)
    what = f"the {field} of {scene.contact.name} is {one_line(value)}"
    if before is not None and plain(before) == plain(value):
        return (nothing(f"{what}, as you have it", because),)
    after = fit(value)
    if after is None:
        return (judged(scene, Wish(what=what, because=because), "that is no single short line", weighty=False),)
    wish = Wish(what=what, because=because, fields={field: after})
    mixed = "a word in it mixes letters of two scripts, which may pass for others" if mixed_scripts(after) else None
    return (judged(scene, wish, mixed or (_DOUBT if unsure else None) or scene.short_of(needs), weighty=False),)


def _tail(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return digits[-_SAME_DIGITS:] if len(digits) >= _SAME_DIGITS else ""
