"""`bouncer summary`: what the week brought. It only looks."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import Config, settings_of
from bouncer.cli.progress import at_work
from bouncer.core.breakers import as_it_is_now
from bouncer.core.summary import as_html, as_text
from bouncer.daemon.week import told_week
from bouncer.daemon.wiring import HISTORY, introduce, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.status import read_status
from bouncer.errors import UsageError
from bouncer.model import Health


def summary(
    week: Annotated[str | None, typer.Option(help="An ISO week such as 2026-W47; the present one where absent.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page to this file instead.")] = None,
    config: Config = None,
) -> None:
    """Show the weekly summary as it would be mailed, a past week as it was told then; nothing is sent."""
    settings, now = settings_of(config), datetime.now(UTC)
    number = _week(week, now.astimezone(ZoneInfo(settings.owner.timezone)))
    left = read_status(settings.state)
    with at_work(3) as step, closing(look_into(settings)) as ledger:
        step("reading your contact file")
        book = open_contacts(settings.contacts, settings.state / HISTORY).load()
        step("looking into the ledger")
        introduce(ledger, settings, book, now)
        health = replace(as_it_is_now(left[2], ledger.tripped()), live=settings.live) if left else Health(live=settings.live)
        step("summing up")
        made = told_week(settings, ledger, book, health, number, now, random.SystemRandom().random)
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
