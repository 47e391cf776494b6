"""The section about who was added to the contact file: the owner's own doing, told in a line for all of one time."""

from bouncer.core.plain import one_line
from bouncer.core.summary.material import Material, section
from bouncer.core.summary.stories import shown_name, standing
from bouncer.core.summary.words import listed, sentence
from bouncer.model import ENTRY, Event, Line, Section

_NAMED = 5  # people of one line; the rest is counted


def added(material: Material) -> Section | None:
    """List whom the owner added, those of one time in one line."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in standing(material.given.week.events):
        if event.change and event.change.field == ENTRY:
            groups.setdefault((event.at.isoformat(), event.detail), []).append(event)
    return section("other", "New in your contact file", list(groups.values()), _line, where="`bouncer history` lists them")


def _line(group: list[Event]) -> Line:
    shown = group[:_NAMED]
    names = [shown_name(event.name) for event in shown]
    rest = len(group) - len(shown)
    return Line(
        who=listed([*names, f"{rest} more"] if rest else names),
        what=sentence(one_line(group[0].detail, 300)),
        commands=(f"bouncer undo {group[0].id}" + (" --all" if len(group) > 1 else ""),),
        named=tuple((event.person, name) for event, name in zip(shown, names, strict=True) if event.person),
    )
