"""The sections about people, each from the week's material; None where there is nothing to say."""

from dataclasses import replace

from bouncer.core.finding_again import Kit, draft, mailto
from bouncer.core.plain import one_line
from bouncer.core.summary.material import MOST, Material
from bouncer.core.summary.stories import Kind, Story, shown_name
from bouncer.core.summary.words import count, day, describe, listed, sentence
from bouncer.model import Contact, EventKind, Line, Question, Section, Status

LOST = frozenset({Status.LEFT, Status.UNREACHABLE})


def decisions(material: Material) -> Section | None:
    """List the questions, oldest first: the words they stand on, and a yes and a no each."""
    lines = tuple(_question(material, question) for question in material.given.week.questions)
    return _section("decisions", "Decisions wanted", lines, "`bouncer review` lists them", "Nothing of this is done before you say so.")


def jobs(material: Material) -> Section | None:
    """List new employers and titles: an occasion to congratulate."""
    lines = tuple(
        replace(story.line, links=(("Congratulate", mailto(story.contact.email, "Congratulations!")),) if story.contact else ())
        for story in material.of(Kind.JOB)
    )
    return _section("jobs", "New jobs", lines, "`bouncer history` lists them", "A good moment to congratulate.")


def addresses(material: Material) -> Section | None:
    """List new addresses; the old ones stay on file."""
    lines = tuple(story.line for story in material.of(Kind.ADDRESS))
    return _section("addresses", "New addresses", lines, "`bouncer history` lists them", "The old address stays on file under `previous`.")


def lost(material: Material) -> Section | None:
    """List whom the week has lost and how to find them, unless they were found again since."""
    newly = [story for story in material.of(Kind.LOST) if story.contact is None or story.contact.status in LOST]
    lines = tuple(_lost(material, story) for story in newly)
    others = sum(contact.status in LOST for contact in material.given.contacts) - sum(story.contact is not None for story in newly)
    note = f"Lost earlier and still to be found: {count(others, 'person', 'people')}; `bouncer lost` lists them." if others > 0 else ""
    return _section("lost", "Lost, and how to find them", lines, "`bouncer lost` lists them", note)


def waiting(material: Material) -> Section | None:
    """List people who answered and wait for the owner, those who wait longest first."""
    lines = tuple(
        Line(
            who=shown_name(name),
            what=f"Wrote on {day(at.astimezone(material.given.week.start.tzinfo), weekday=True)}",
            links=((one_line(sender.address), mailto(sender.address, "Re: your message")),),
        )
        for name, sender, at in sorted(material.given.week.answers_waiting, key=lambda item: item[2])
    )
    return _section("waiting", "They answered and wait for you", lines, "", "While you owe answers, fewer check-ins go out.")


def away(material: Material) -> Section | None:
    """List who is away now, by the day of their return."""
    told = {story.contact.email.lower(): story for story in material.of(Kind.AWAY) if story.contact}
    absent = [
        contact
        for contact in material.given.contacts
        if contact.status is Status.AWAY and (contact.away_until is None or contact.away_until >= material.given.today)
    ]
    absent.sort(key=lambda contact: (contact.away_until is None, contact.away_until or material.given.today, contact.name))
    lines = tuple(_away(contact, told.get(contact.email.lower())) for contact in absent)
    return _section("away", "Away", lines, "your contact file shows them", "")


def stopped(material: Material) -> Section | None:
    """List who asked for peace, who has retired, and who has died."""
    stories = material.of(Kind.STOPPED)
    named = {event.person for story in stories for event in story.events}
    bare = [e for e in material.given.week.events if e.kind is EventKind.STOPPED and e.person not in named]
    lines = (
        *(story.line for story in stories),
        *(
            Line(shown_name(e.name), "Asked not to be written to", _quote(e.because.quote if e.because else ""), one_line(e.detail, 300))
            for e in bare
        ),
    )
    return _section("stopped", "No more check-ins", lines, "`bouncer history` lists them", "")


def others(material: Material) -> Section | None:
    """List every other change, so that none goes unsaid."""
    lines = tuple(
        replace(story.line, hints=("bouncer writes there once more after a week, to be sure.",))
        if story.status == Status.SUSPECT
        else story.line
        for story in material.of(Kind.OTHER)
    )
    return _section("other", "Also changed", lines, "`bouncer history` lists them", "")


def _question(material: Material, question: Question) -> Line:
    contact = next((material.contacts[c.contact.lower()] for c in question.changes if c.contact.lower() in material.contacts), None)
    said, _, doubt = question.why.partition(", but ")
    what = describe(question.changes, contact.company if contact else None) if question.changes else said
    return Line(
        who=shown_name(question.name),
        what=sentence(one_line(what, 300)),
        quote=_quote(question.because.quote),
        why=sentence(one_line(doubt or (said if question.changes else ""), 300)),
        commands=(f"bouncer review accept {question.id}", f"bouncer review reject {question.id}"),
        hints=("Until you decide, no check-in goes to them.",) if question.hold else (),
    )


def _lost(material: Material, story: Story) -> Line:
    if story.contact is None:
        return story.line
    kit = material.finder.kit(story.contact)
    drafts = tuple((f"Ask {shown_name(helper.contact.name)}", draft(helper, story.contact)) for helper in kit.helpers)
    return replace(story.line, hints=(*_hints(kit), *_said(material, story)), links=(*kit.links, *drafts))


def _said(material: Material, story: Story) -> tuple[str, ...]:
    """Give what a message says of other people to write to: a lead that waits as a question without a change."""
    persons = {event.person for event in story.events} - {None}
    leads = [question for question in material.given.week.questions if question.person in persons and not question.changes]
    return tuple(f"{sentence(one_line(lead.why.partition(', but ')[0], 200))} (decision {lead.id})." for lead in leads)


def _hints(kit: Kit) -> tuple[str, ...]:
    """Order: what costs least first."""
    asked = listed([f"{shown_name(helper.contact.name)} ({helper.why})" for helper in kit.helpers])
    return tuple(
        filter(
            None,
            (
                f"Other addresses on file: {', '.join(kit.addresses)}" if kit.addresses else "",
                f"You could ask {asked}." if asked else "",
                kit.findable,
            ),
        )
    )


def _away(contact: Contact, story: Story | None) -> Line:
    until = f"Until {day(contact.away_until, weekday=True)}" if contact.away_until else "No date of return given"
    told = story.line if story else Line("", "")
    return Line(shown_name(contact.name), until, told.quote, told.why, told.commands)


def _quote(text: str) -> str:
    return one_line(text, 300)


def _section(key: str, title: str, lines: tuple[Line, ...], where: str, note: str) -> Section | None:
    """Give a section of at most MOST lines that counts the rest; None for no line and no note."""
    if not lines:
        return None
    rest = len(lines) - MOST
    more = f"And {count(rest, 'more', 'more', spelt=False)}{': ' + where if where else ''}." if rest > 0 else ""
    return Section(title, lines[:MOST], key, note, more)
