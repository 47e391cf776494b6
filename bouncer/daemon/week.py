"""The owner's week: when its summary is due, what is in it, what is kept of it, and the letter it is mailed as."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bouncer.core.compose import compose_summary
from bouncer.core.orders import heeded, links
from bouncer.core.outlook import outlook, pace_note
from bouncer.core.summary import as_html, as_text, eventless, looking_back, summarise
from bouncer.daemon.world import World
from bouncer.edge.bulk import unhurried
from bouncer.model import THE_OWNER, Activity, Book, Health, Keys, Letter, Planned, Settings, Summary, SummaryInput, Week
from bouncer.ports import Ledger

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HEARTBEAT = timedelta(days=27)  # a summary at least every fourth week; its hour may be an hour earlier in summer
_FRESH = timedelta(days=1)
_CURRENT = timedelta(days=7)  # how long after its end a week is the last one
_LOOKING_BACK = "No summary of this week was made at the time: this is what the ledger tells of it today."


def summary_due(settings: Settings, ledger: Ledger, at: datetime, health: Health) -> Planned | None:
    """Give the summary of the last full ISO week once its day and hour have come in the owner's zone.

    None for a week without events, unless bouncer is in trouble on that day or has not written for four weeks: silence must not look
    like health.
    """
    local = at.astimezone(ZoneInfo(settings.owner.timezone))
    due = summary_hour(settings, local)
    if local < due:
        return None
    week = _last_week(local.date())
    trouble = bool(health.troubles) and local < due + _FRESH  # what goes wrong on a Wednesday is in the next one
    silent = not trouble and eventless(ledger.week(*week, settings.owner.timezone))
    if silent and not _silent_for_long(ledger, at):
        return None
    why = "bouncer has not written for four weeks" if silent else "the week is over"
    return Planned(THE_OWNER, settings.owner.address, "summary", at, why, f"summary:{_name(week)}")


def summary_period(settings: Settings, at: datetime) -> str:
    """Give the period in the outbox under which the summary of the last full ISO week lies, once it is due."""
    return f"summary:{_name(_last_week(at.astimezone(ZoneInfo(settings.owner.timezone)).date()))}"


def summary_hour(settings: Settings, local: datetime) -> datetime:
    """Give when the summary is due in the ISO week of *local*, a moment in the owner's zone."""
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday + timedelta(days=_WEEKDAYS.index(settings.summary.day)), time(settings.summary.hour), local.tzinfo)


def _silent_for_long(ledger: Ledger, at: datetime) -> bool:
    """Tell whether the last summary was long ago; the first one follows the first week in which something happens."""
    return any(event.at < at - _HEARTBEAT for event in ledger.events(person=THE_OWNER, limit=1))


def told_week(
    settings: Settings, ledger: Ledger, book: Book, health: Health, week: tuple[int, int], at: datetime, random: Callable[[], float]
) -> Summary:
    """Give the summary of one ISO *week* (year and number) as it was told then; one that never was, as it looks now."""
    if kept := ledger.kept_summary(_name(week)):
        return kept
    made = week_summary(settings, ledger, book, health, week, at, random)
    over = ledger.week(*week, settings.owner.timezone).end + _CURRENT <= at
    return replace(made, footer=f"{_LOOKING_BACK} {made.footer}".strip()) if over else made


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

    With *keys* each decision carries links for an answer by mail, where the owner wants them. Plan and health are those of *at*, so a week
    that ended more than a week before has neither.
    """
    with unhurried(len(book.contacts)):
        zone, activity = settings.owner.timezone, ledger.activity(at, settings.owner.timezone)
        told = ledger.week(*week, zone)
        asked = told.questions if keys is not None and heeded(settings) else ()
        over = told.end + _CURRENT <= at
        today = _today(told, at, zone, over=over)
        given = SummaryInput(
            week=told,
            contacts=book.contacts,
            planned=() if over else _planned(settings, book, activity, health, at, random),
            health=Health(live=settings.live) if over else health,
            today=today,
            person_of=activity.person_of,
            lives=ledger.lives(min(told.end, at), looking_back(told, today)),
            notes=() if over else tuple(filter(None, [pace_note(book, settings)])),
            answers={question.id: links(question, settings, keys, week, at) for question in asked if keys is not None},
        )
        return summarise(given)


def keep_week(settings: Settings, world: World, book: Book, health: Health, planned: Planned, at: datetime) -> Summary:
    """Give the summary for *planned*, whose period names the week, and keep it, so that the week can be shown again as it was told."""
    year, number = planned.period.removeprefix("summary:").split("-W")
    week = int(year), int(number)
    made = week_summary(settings, world.ledger, book, health, week, at, world.random, world.keys if settings.live else None)
    world.ledger.keep_summary(_name(week), made, at)
    return made


def kept(ledger: Ledger, planned: Planned) -> bool:
    """Tell whether the week of *planned* is kept."""
    return ledger.kept_summary(planned.period.removeprefix("summary:")) is not None


def summary_letter(settings: Settings, world: World, book: Book, health: Health, planned: Planned, at: datetime) -> Letter:
    """Give the mail to the owner for *planned*, and keep what it says; raises OwnerFault where it cannot be written."""
    made = keep_week(settings, world, book, health, planned, at)
    account, owner = settings.accounts[0], settings.owner
    return compose_summary(made.subject, as_text(made), as_html(made), account, owner, world.keys, at, world.entropy)


def _planned(
    settings: Settings, book: Book, activity: Activity, health: Health, at: datetime, random: Callable[[], float]
) -> tuple[Planned, ...]:
    return outlook(book, activity, settings, at, random) if settings.live and health.sending_stopped is None else ()


def _today(told: Week, at: datetime, zone: str, *, over: bool) -> date:
    return told.end.date() if over else at.astimezone(ZoneInfo(zone)).date()


def _last_week(day: date) -> tuple[int, int]:
    """Give year and number of the last ISO week that is over on *day*."""
    year, week, _ = (day - timedelta(days=day.weekday() + 1)).isocalendar()
    return year, week


def _name(week: tuple[int, int]) -> str:
    return f"{week[0]}-W{week[1]:02}"
