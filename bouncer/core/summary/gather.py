"""SummaryInput -> Summary: what is worth the owner's reading, in the order of its use."""

from datetime import timedelta

from bouncer.core.summary import added, alive, changes, machine, people
from bouncer.core.summary.material import Maker, Material
from bouncer.core.summary.words import count, listed, sentence, span
from bouncer.model import THE_OWNER, Section, Summary, SummaryInput, Week

# Order: what wants an answer, what is a pleasure, what needs work, what is good to know, and last the machine.
SECTIONS: tuple[Maker, ...] = (
    people.decisions,
    changes.jobs,
    changes.addresses,
    changes.moved,
    changes.lost,
    people.asked,
    people.waiting,
    people.away,
    changes.stopped,
    changes.others,
    added.added,
    machine.sent,
    machine.coming,
    machine.troubles,
)
_QUIET = frozenset({"sent", "coming", "away", "asked"})  # a week with nothing else is a quiet one
_COUNTED = (  # key, what one is in the lead, what several are, and the word under the figure
    ("decisions", "decision waits for you", "decisions wait for you", "to decide"),
    ("jobs", "person has a new job", "people have new jobs", "new jobs"),
    ("addresses", "new address was found", "new addresses were found", "new addresses"),
    ("lost", "person was lost", "people were lost", "lost"),
    ("waiting", "person waits for your answer", "people wait for your answer", "to answer"),
)


def summarise(given: SummaryInput) -> Summary:
    """Give the summary of one week; the same input gives the same summary."""
    material = Material(given)
    sections = tuple(section for make in SECTIONS if (section := make(material)) is not None)
    week = given.week
    last = (week.end - timedelta(hours=1)).date()
    counts = {section.key: _size(section) for section in reversed(sections)}  # of two with one key, the first counts
    foot = machine.wellbeing(material)
    if counts.keys() <= _QUIET:
        return _quiet(material, counts, span(week.start.date(), last), foot)
    found = [(counts[key], one, many, under) for key, one, many, under in _COUNTED if key in counts]
    subject = ", ".join(_short(number, under) for number, _, _, under in found) or "some changes"
    return Summary(
        title=f"Your network in week {week.week}",
        subject=f"Your network, week {week.week}: {subject}",
        lead=sentence(listed([count(number, one, many) for number, one, many, _ in found]) or "some small changes") + ".",
        sections=sections,
        footer=foot,
        span=span(week.start.date(), last),
        figures=tuple((number, _under(number, under)) for number, _, _, under in found),
        bars=alive.bars(material),
        bars_note=alive.note(material),
        trend=alive.trend(material),
        estimate=alive.unnoticed(material),
    )


def eventless(week: Week) -> bool:
    """Tell whether nothing happened in *week*; that the summary of the week before went out is nothing."""
    return all(event.person == THE_OWNER for event in week.events)


def _quiet(material: Material, counts: dict[str, int], dates: str, foot: str) -> Summary:
    """Give three lines: that it was quiet, what went out and comes, and how bouncer is."""
    week = material.given.week
    letters = sum(letter.purpose != "summary" for letter in week.sent)
    lead = f"A quiet week: nothing changed, nothing waits; {count(letters, 'check-in')} went out."
    coming = f"{count(counts['coming'], 'check-in is', 'check-ins are')} planned next" if "coming" in counts else ""
    away = f"{count(counts['away'], 'person is', 'people are')} away" if "away" in counts else ""
    asked = f"{count(counts['asked'], 'question', 'questions')} after people lost had no answer yet" if "asked" in counts else ""
    after = sentence(listed([part for part in (coming, away, asked) if part]))
    footer = " ".join(part for part in (f"{after}." if after else "", *material.given.notes, foot) if part)
    return Summary(f"Your network in week {week.week}", f"Your network, week {week.week}: a quiet week", lead, (), footer, dates)


def _size(section: Section) -> int:
    left_out = section.more.removeprefix("And ").partition(" ")[0]
    return len(section.lines) + (int(left_out) if left_out.isdigit() else 0)


def _short(number: int, under: str) -> str:
    return f"{number} {_under(number, under)}"


def _under(number: int, under: str) -> str:
    return (
        under.removesuffix("s")
        if number == 1 and under == "new jobs"
        else "new address"
        if number == 1 and under == "new addresses"
        else under
    )
