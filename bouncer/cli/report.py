"""`bouncer status` and `summary`: how things are, and what the week brought. Both only look."""

import json
import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import Config, settings_of
from bouncer.cli.show import clean
from bouncer.core.breakers import as_it_is_now
from bouncer.core.summary import as_html, as_text
from bouncer.daemon.week import told_week
from bouncer.daemon.wiring import HISTORY, LEDGER, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.oauth import ending
from bouncer.edge.status import read_status
from bouncer.errors import UsageError
from bouncer.model import Activity, Event, Health, Question, Settings

_LATE = timedelta(minutes=5)  # a daemon that left no word for longer is not running


def status(config: Config = None, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say how bouncer is: running or not, live or dry run, what is wrong, what waits."""
    settings = settings_of(config)
    left, now = read_status(settings.state), datetime.now(UTC)
    ledger = look_into(settings)
    try:
        questions, last = ledger.questions(), ledger.events(limit=1)
        activity, tripped = ledger.activity(now, settings.owner.timezone), ledger.tripped()
    finally:
        ledger.close()
    running = left is not None and now - left[0] < _LATE and _alive(left[1])
    at, health = (left[0], as_it_is_now(left[2], tripped)) if left else (None, Health(live=settings.live))
    soon = [said for account in settings.accounts if (said := ending(account, settings.state, now))]
    health = replace(health, troubles=tuple(dict.fromkeys((*health.troubles, *soon))))
    if as_json:
        typer.echo(json.dumps(_told(settings, health, questions, activity, last) | {"running": running, "last_word": _iso(at)}))
        return
    zone = ZoneInfo(settings.owner.timezone)
    mode = "live" if settings.live else "in a dry run: it sends nothing and asks before every change"
    typer.echo(f"bouncer is {'running' if running else 'not running'}, {mode}.")
    typer.echo(
        f"Last word: {_local(at, zone) or 'none; it has never run'}. Last event: {_local(last[0].at, zone) if last else 'none yet'}."
    )
    for where, seen in sorted(health.last_watch.items()) if running else ():
        typer.echo(f"Watching {clean(where)}: last sign of life {_local(seen, zone)}.")
    typer.echo(f"Check-ins: {activity.sent_today} today, {activity.sent_this_week} this week.")
    typer.echo(f"Decisions wanted: {f'{len(questions)}; see `bouncer review`' if questions else 'none'}.")
    if health.quarantined:
        typer.echo(f"Messages that could not be read and were set aside: {health.quarantined}.")
    if health.unknown_sends:
        typer.echo(f"Letters of which nobody knows whether they arrived; they are not sent again: {health.unknown_sends}.")
    for sentence in health.troubles:
        typer.echo(f"Trouble: {clean(sentence)}")


def _told(
    settings: Settings, health: Health, questions: tuple[Question, ...], activity: Activity, last: tuple[Event, ...]
) -> dict[str, object]:
    return {
        "live": settings.live,
        "started": _iso(health.started),
        "troubles": list(health.troubles),
        "last_watch": {where: at.isoformat() for where, at in health.last_watch.items()},
        "sending_stopped": health.sending_stopped,
        "quarantined": health.quarantined,
        "unknown_sends": health.unknown_sends,
        "decisions_wanted": len(questions),
        "sent_today": activity.sent_today,
        "sent_this_week": activity.sent_this_week,
        "last_event": _iso(last[0].at) if last else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if at else ""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def summary(
    week: Annotated[str | None, typer.Option(help="An ISO week such as 2026-W47; the present one where absent.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page to this file instead.")] = None,
    config: Config = None,
) -> None:
    """Show the weekly summary as it would be mailed, a past week as it was told then; nothing is sent."""
    settings, now = settings_of(config), datetime.now(UTC)
    number = _week(week, now.astimezone(ZoneInfo(settings.owner.timezone)))
    book = open_contacts(settings.contacts, settings.state / HISTORY).load()
    left = read_status(settings.state)
    ledger = look_into(settings)
    try:
        if not (settings.state / LEDGER).exists():
            ledger.sync(book, now)
        health = replace(as_it_is_now(left[2], ledger.tripped()), live=settings.live) if left else Health(live=settings.live)
        made = told_week(settings, ledger, book, health, number, now, random.SystemRandom().random)
    finally:
        ledger.close()
    if html is None:
        typer.echo(as_text(made))
        return
    try:
        html.write_text(as_html(made), encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{html} cannot be written: {fault.strerror or fault}.") from fault
    typer.echo(f"Written to {html}.")


def _week(week: str | None, now: datetime) -> tuple[int, int]:
    if week is None:
        year, number, _ = now.isocalendar()
        return year, number
    try:
        year, number = (int(part) for part in week.upper().split("-W"))
        begins = datetime.fromisocalendar(year, number, 1).date()
    except ValueError as error:
        raise UsageError(f"{week!r} is no ISO week; write it like 2026-W47.") from error
    if begins > now.date():
        raise UsageError(f"Week {week} has not begun yet.")
    return year, number
