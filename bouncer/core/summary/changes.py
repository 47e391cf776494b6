"""The sections about what changed in the contact file, and about whom it has lost."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from bouncer.core.asking import LOST
from bouncer.core.finding_again import Kit, draft, mailto
from bouncer.core.mailboxes import domain_of, shared_provider
from bouncer.core.plain import one_line
from bouncer.core.summary.material import MOST, Material, section
from bouncer.core.summary.stories import Kind, Story, shown_name
from bouncer.core.summary.words import listed, sentence
from bouncer.model import ENTRY, FORGOTTEN, Contact, Event, EventKind, Line, Section, Status

_GONE = frozenset({*LOST, Status.STOPPED, Status.DECEASED, Status.RETIRED, Status.PAUSED})
_HISTORY = "`bouncer history` lists them"


def jobs(material: Material) -> Section | None:
    """List new employers and titles: an occasion to congratulate."""

    def line(story: Story) -> Line:
        links = (("Congratulate", mailto(story.contact.email, "Congratulations!")),) if story.contact else ()
        return replace(story.line, links=links)

    return section("jobs", "New jobs", material.of(Kind.JOB), line, note="A good moment to congratulate.", where=_HISTORY)


def addresses(material: Material) -> Section | None:
    """List new addresses; the old ones stay on file."""
    note = "The old address stays on file under `previous`."
    return section("addresses", "New addresses", material.of(Kind.ADDRESS), lambda story: story.line, note=note, where=_HISTORY)


def moved(material: Material) -> Section | None:
    """List employers from which two people or more have moved to the same new mail domain, one of them this week: the others may follow."""
    changed = {story.contact.email.lower() for story in material.stories if story.contact and "email" in story.changes}
    roads: Mapping[tuple[str, str], list[Contact]] = defaultdict(list)
    for contact in filter(lambda contact: contact.previous, material.given.contacts):
        new = domain_of(contact.email)
        for old in {domain_of(previous.email) for previous in contact.previous} - {new} if not shared_provider(contact.email) else ():
            roads[old, new].append(contact)
    news = [(road, who) for road, who in roads.items() if len(who) > 1 and any(contact.email.lower() in changed for contact in who)]
    left = [(road, who, stay) for road, who in sorted(news) if (stay := _staying(material, road[0]))]
    return section(
        "addresses", "Perhaps moved as well", left, lambda item: _road(material, item), note="Several people report the same new domain."
    )


def lost(material: Material) -> Section | None:
    """List whom the week has lost and how to find them, unless they were found again since."""
    newly = [story for story in material.of(Kind.LOST) if story.contact is None or story.contact.status in LOST]
    told = {story.contact.email for story in newly if story.contact}
    earlier = [contact for contact in material.given.contacts if contact.status in LOST and contact.email not in told]
    note = f"Lost earlier and still to be found: {_names(earlier, 5)}." if earlier else ""
    return section(
        "lost",
        "Lost, and how to find them",
        newly,
        lambda story: _lost(material, story),
        note=note,
        where=_HISTORY,
        named=material.named(earlier[:5]),
    )


def stopped(material: Material) -> Section | None:
    """List who asked for peace, who has retired, and who has died."""
    stories = material.of(Kind.STOPPED)
    named = {event.person for story in stories for event in story.events}
    bare = [e for e in material.given.week.events if e.kind is EventKind.STOPPED and e.person not in named]
    items: list[Story | Event] = [*stories, *bare]
    return section("stopped", "No more check-ins", items, _stopped, where=_HISTORY)


def others(material: Material) -> Section | None:
    """List every other change, so that none goes unsaid."""
    forgotten = [e for e in material.given.week.events if e.kind is EventKind.CHANGED and e.person == FORGOTTEN]
    items: list[Story | Event] = [*material.of(Kind.OTHER), *forgotten[:1]]
    return section("other", "Also changed", items, _other, where=_HISTORY)


def _lost(material: Material, story: Story) -> Line:
    if story.contact is None:
        return story.line
    kit = material.finder.kit(story.contact)
    drafts = tuple((f"Ask {shown_name(helper.contact.name)}", draft(helper, story.contact)) for helper in kit.helpers)
    asked = material.named(helper.contact for helper in kit.helpers)
    return replace(story.line, hints=(*hints(kit), *_said(material, story)), links=(*kit.links, *drafts), named=asked)


def hints(kit: Kit) -> tuple[str, ...]:
    """Give what a kit says in sentences; order: what costs least first."""
    asked = listed([f"{shown_name(helper.contact.name)} ({helper.why})" for helper in kit.helpers])
    tried = f"Other addresses on file: {', '.join(kit.addresses)}" if kit.addresses else ""
    return tuple(said for said in (tried, f"You could ask {asked}." if asked else "", kit.findable) if said)


def _said(material: Material, story: Story) -> tuple[str, ...]:
    """Give what a message says of other people to write to: a lead that waits as a question, which changes nobody on file."""
    persons = {event.person for event in story.events} - {None}
    leads = [q for q in material.given.week.questions if q.person in persons and all(change.field == ENTRY for change in q.changes)]
    return tuple(f"{sentence(one_line(lead.why.partition(', but ')[0], 200))} (decision {lead.id})." for lead in leads)


def _staying(material: Material, domain: str) -> list[Contact]:
    return [c for c in material.given.contacts if domain_of(c.email) == domain and c.status not in _GONE]


def _road(material: Material, item: tuple[tuple[str, str], list[Contact], list[Contact]]) -> Line:
    (old, new), who, stay = item
    went = f"{_names(who)} moved from {one_line(old, 80)} to {one_line(new, 80)}."
    hint = f"Still there in your file: {_names(stay)}."
    return Line(one_line(old, 80), went, hints=(hint,), named=material.named((*who[:MOST], *stay[:MOST])))


def _names(people: list[Contact], most: int = MOST) -> str:
    names = [shown_name(contact.name) for contact in people[:most]]
    return listed([*names, f"{len(people) - most} more"] if len(people) > most else names)


def _stopped(item: Story | Event) -> Line:
    if isinstance(item, Story):
        return item.line
    quote = one_line(item.because.quote, 300) if item.because else ""
    return Line(shown_name(item.name), "Asked not to be written to", quote, sentence(one_line(item.detail, 300)), person=item.person)


def _other(story: Story | Event) -> Line:
    if isinstance(story, Event):
        return Line(shown_name(story.name), "What was changed is erased with them")
    hint = ("bouncer writes there once more after a week, to be sure.",) if story.status == Status.SUSPECT else ()
    return replace(story.line, hints=hint)
