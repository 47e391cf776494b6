"""The sections about bouncer itself: what went out, what comes, and how it is."""

from datetime import tzinfo

from bouncer.core.plain import one_line
from bouncer.core.summary.material import MOST, Material
from bouncer.core.summary.stories import shown_name
from bouncer.core.summary.words import count, day, listed, sentence
from bouncer.model import EventKind, Line, OutboxState, Section, Sent


def sent(material: Material) -> Section | None:
    """Tell what went out, in one line, and each letter that did not arrive well."""
    letters = [letter for letter in material.given.week.sent if letter.purpose != "summary"]
    arrived = [letter for letter in letters if letter.state is OutboxState.SENT]
    names = [_name(material, letter) for letter in arrived]
    shown = tuple((letter.person, name) for letter, name in zip(arrived[:MOST], names, strict=False))
    lines = [Line(count(len(names), "check-in", spelt=False), _heard(material), why=_names(names), named=shown)] if names else []
    lines += [
        Line(_name(material, letter), f"{shown_name(letter.address)} was refused", one_line(letter.text, 200), person=letter.person)
        for letter in letters
        if letter.state is OutboxState.REFUSED
    ]
    lines += [
        Line(_name(material, letter), f"It is not known whether {_uncertain(letter)}", person=letter.person)
        for letter in letters
        if letter.state in (OutboxState.UNKNOWN, OutboxState.ARMED)
    ]
    lines += [
        Line(shown_name(event.name), f"Not written to after all: {one_line(event.detail, 200)}", person=event.person)
        for event in material.given.week.events
        if event.kind is EventKind.DROPPED
    ]
    return Section("Sent", tuple(lines[:MOST]), "sent", "", _more(len(lines) - MOST)) if lines else None


def _uncertain(letter: Sent) -> str:
    return f"the letter of {day(letter.at)} arrived; it is not sent again by itself"


def _heard(material: Material) -> str:
    """Say how many people showed that they live, and how many letters came back."""
    events = material.given.week.events
    alive = len({event.person for event in events if event.kind is EventKind.ALIVE and event.person})
    back = sum(event.kind is EventKind.BOUNCED for event in events)
    parts = (
        f"{count(alive, 'person', 'people')} gave a sign of life" if alive else "",
        f"{count(back, 'letter')} came back" if back else "",
    )
    return sentence(listed([part for part in parts if part])) or "No answer yet"


def _names(names: list[str]) -> str:
    return ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")


def coming(material: Material) -> Section | None:
    """Tell what the coming days bring, and why each."""
    here = material.given.week.start.tzinfo
    planned = sorted((p for p in material.given.planned if p.purpose != "summary"), key=lambda p: p.not_before)
    lines = []
    for letter in planned:
        contact = material.contacts.get(letter.address.lower())
        when = day(letter.not_before.astimezone(here), weekday=True)
        who = shown_name(contact.name) if contact else one_line(letter.address)
        lines.append(Line(who, when, why=one_line(letter.why), person=letter.person))
    note = " ".join(one_line(sentence, 300) for sentence in material.given.notes)
    return Section("Coming check-ins", tuple(lines[:MOST]), "coming", note, _more(len(lines) - MOST)) if lines or note else None


def troubles(material: Material) -> Section | None:
    """Tell what is wrong with bouncer and what to do about it; nothing where all is well."""
    health = material.given.health
    lines = [Line("Sending has stopped", one_line(health.sending_stopped, 300))] if health.sending_stopped else []
    lines += [Line("Trouble", one_line(trouble, 300)) for trouble in health.troubles if trouble != health.sending_stopped]
    if health.quarantined:
        what = f"{count(health.quarantined, 'message')} could not be read and {'is' if health.quarantined == 1 else 'are'} set aside"
        lines.append(Line("Quarantine", what, hints=("Nothing was changed because of them; they are still in your mailbox.",)))
    if health.unknown_sends:
        what = f"{count(health.unknown_sends, 'letter')} whose fate is unknown"
        lines.append(Line("Uncertain", what, hints=("None is sent again by itself; look into your Sent folder.",)))
    return Section("Needs a look", tuple(lines[:MOST]), "health", "", _more(len(lines) - MOST)) if lines else None


def wellbeing(material: Material) -> str:
    """Say in one sentence how bouncer is, for the foot of the page."""
    health, here = material.given.health, material.given.week.start.tzinfo
    seen = sorted(health.last_watch.items())
    looked = listed([f"{one_line(where, 60)} {_clock(at, here)}" for where, at in seen[:4]])
    mode = (
        ""
        if health.live
        else "This is a dry run: nothing is sent, and no change is made without your yes, until the configuration says `live: true`. "
    )
    return f"{mode}{'Last looked into ' + looked + '.' if looked else ''}".strip()


def _clock(at: object, here: tzinfo | None) -> str:
    return f"{at.astimezone(here):%a %H:%M}" if hasattr(at, "astimezone") else ""


def _name(material: Material, letter: Sent) -> str:
    contact = material.contacts.get(letter.address.lower())
    return shown_name(contact.name if contact else letter.address)


def _more(rest: int) -> str:
    return f"And {rest} more." if rest > 0 else ""
