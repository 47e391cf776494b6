"""The sections about people who want something of the owner, or are away."""

from collections.abc import Iterator
from datetime import datetime

from bouncer.core.asking import LOST
from bouncer.core.finding_again import mailto
from bouncer.core.plain import one_line
from bouncer.core.summary.material import Material, section
from bouncer.core.summary.stories import Kind, Story, shown_name
from bouncer.core.summary.words import day, describe, sentence
from bouncer.model import ENTRY, Address, Contact, Line, Question, Section, Sent, Status


def decisions(material: Material) -> Section | None:
    """List the questions, oldest first: the words they stand on, and a yes and a no each."""

    def line(question: Question) -> Line:
        contact = next((material.contacts[c.contact.lower()] for c in question.changes if c.contact.lower() in material.contacts), None)
        said, _, doubt = question.why.partition(", but ")
        own = [change for change in question.changes if change.field != ENTRY]
        what = describe(own, contact.company if contact else None) if own else said
        return Line(
            who=shown_name(question.name),
            what=sentence(one_line(what, 300)),
            quote=one_line(question.because.quote, 300),
            why=sentence(one_line(doubt or (said if own else ""), 300)),
            commands=(f"bouncer review accept {question.id}", f"bouncer review reject {question.id}"),
            links=material.given.answers.get(question.id, ()),
            hints=tuple(_hints(question)),
            person=question.person or (material.person(contact) if contact else None),
        )

    note = "Nothing of this is done before you say so."
    if material.given.answers:
        note += " A link opens a mail that is your answer: send it as it is, within 14 days."
    return section("decisions", "Decisions wanted", material.given.week.questions, line, note=note, where="`bouncer review` lists them")


def _hints(question: Question) -> Iterator[str]:
    """Say what a yes does beside what was said, and what waits for it."""
    for change in question.changes:
        if change.field == ENTRY and isinstance(change.after, Contact):
            yield f"A yes puts {shown_name(change.after.name)} <{one_line(change.after.email, 80)}> into your contact file."
    if question.hold:
        yield "Until you decide, no check-in goes to them."


def waiting(material: Material) -> Section | None:
    """List people who answered and wait for the owner, those who wait longest first."""

    def line(item: tuple[str, Address, datetime]) -> Line:
        name, sender, at = item
        when = day(at.astimezone(material.given.week.start.tzinfo), weekday=True)
        contact = material.contacts.get(sender.address.lower())
        link = (one_line(sender.address), mailto(sender.address, "Re: your message"))
        return Line(shown_name(name), f"Wrote on {when}", links=(link,), person=material.person(contact) if contact else None)

    items = sorted(material.given.week.answers_waiting, key=lambda item: item[2])
    return section("waiting", "They answered and wait for you", items, line, note="While you owe answers, fewer check-ins go out.")


def asked(material: Material) -> Section | None:
    """List whom the owner asked after somebody lost and who has not answered, those who were asked longest ago first."""
    letters = material.given.week.asked
    wanted = {letter.asks_after for letter in letters}
    lost = {who: c for c in material.given.contacts if c.status in LOST and (who := material.person(c)) in wanted} if letters else {}
    items = [(letter, lost[letter.asks_after]) for letter in letters if letter.asks_after in lost]
    return section("asked", "Asked, and no answer yet", items, lambda item: _asked(material, *item), where="`bouncer lost` shows them")


def _asked(material: Material, letter: Sent, missing: Contact) -> Line:
    helper = material.contacts.get(letter.address.lower())
    when = day(letter.at.astimezone(material.given.week.start.tzinfo), weekday=True)
    what = f"Asked after {shown_name(missing.name)} on {when}"
    who = shown_name(helper.name if helper else letter.address)
    return Line(who, what, person=letter.person, named=material.named((missing,)))


def away(material: Material) -> Section | None:
    """List who is away now, by the day of their return."""
    told = {story.contact.email.lower(): story for story in material.of(Kind.AWAY) if story.contact}
    today = material.given.today
    absent = [c for c in material.given.contacts if c.status is Status.AWAY and (c.away_until is None or c.away_until >= today)]
    absent.sort(key=lambda contact: (contact.away_until is None, contact.away_until or today, contact.name))
    return section("away", "Away", absent, lambda contact: _away(material, contact, told.get(contact.email.lower())))


def _away(material: Material, contact: Contact, story: Story | None) -> Line:
    until = f"Until {day(contact.away_until, weekday=True)}" if contact.away_until else "No date of return given"
    told = story.line if story else Line("", "")
    return Line(shown_name(contact.name), until, told.quote, told.why, told.commands, person=material.person(contact))
