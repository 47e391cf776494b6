"""The owner's week: when its summary is due, what is in it, and the letter it is mailed as."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bouncer.core.compose import compose_summary
from bouncer.core.orders import heeded, links
from bouncer.core.outlook import outlook, pace_note
from bouncer.core.summary import as_html, as_text, summarise
from bouncer.daemon.world import World
from bouncer.model import THE_OWNER, Book, Health, Keys, Letter, Planned, Settings, Summary, SummaryInput
from bouncer.ports import Ledger

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def summary_due(settings: Settings, ledger: Ledger, at: datetime) -> Planned | None:
    """Give the summary of the last full ISO week once its day and hour have come in the owner's zone; None for a week without events."""
    local = at.astimezone(ZoneInfo(settings.owner.timezone))
    monday = local.date() - timedelta(days=local.weekday())
    due = datetime.combine(monday, datetime.min.time(), local.tzinfo) + timedelta(
        days=_WEEKDAYS.index(settings.summary.day), hours=settings.summary.hour
    )
    if local < due:
        return None
    year, week, _ = (monday - timedelta(days=1)).isocalendar()
    if not ledger.week(year, week, settings.owner.timezone).events:
        return None
    return Planned(THE_OWNER, settings.owner.address, "summary", at, "the week is over", f"summary:{year}-W{week:02}")


def week_summary(
    settings: Settings,
    ledger: Ledger,
    book: Book,
    health: Health,
    week: tuple[int, int],
    at: datetime,
    random: Callable[[], float],
    keys: Keys | None = None,
) -> Summary:
    """Give the summary of one ISO *week* (year and number) as ledger and contact file have it now.

    With *keys* each decision carries links for an answer by mail, where the owner wants them.
    """
    zone, activity = settings.owner.timezone, ledger.activity(at, settings.owner.timezone)
    told = ledger.week(*week, zone)
    asked = told.questions if keys is not None and heeded(settings) else ()
    return summarise(
        SummaryInput(
            week=told,
            contacts=book.contacts,
            planned=outlook(book, activity, settings, at, random) if settings.live and health.sending_stopped is None else (),
            health=health,
            today=at.astimezone(ZoneInfo(zone)).date(),
            person_of=activity.person_of,
            last_alive=ledger.alive(),
            notes=tuple(filter(None, [pace_note(book, settings)])),
            answers={question.id: links(question, settings, keys, week, at) for question in asked if keys is not None},
        )
    )


def summary_letter(settings: Settings, world: World, book: Book, health: Health, planned: Planned, at: datetime) -> Letter:
    """Give the mail to the owner for *planned*, whose period names the week; raises OwnerFault where it cannot be written."""
    year, week = planned.period.removeprefix("summary:").split("-W")
    made = week_summary(settings, world.ledger, book, health, (int(year), int(week)), at, world.random, world.keys)
    account, owner = settings.accounts[0], settings.owner
    return compose_summary(made.subject, as_text(made), as_html(made), account, owner, world.keys, at, world.entropy)
