"""`bouncer run`, `once`, `status` and `summary`: the daemon at work, and how it is."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.check import problems
from bouncer.cli.common import Config, config_path, settings_of
from bouncer.core.summary import as_html, as_text
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.wiring import build, open_ledger
from bouncer.edge.status import read_status
from bouncer.edge.systemd import reloading
from bouncer.errors import BouncerError, UsageError
from bouncer.model import Settings

log = logging.getLogger("bouncer")

_LATE = timedelta(minutes=5)  # a daemon that left no word for longer is not running


def run(config: Config = None, debug: Annotated[bool, typer.Option("--debug", help="Log more.")] = False) -> None:
    """Watch, correct, write and sum up until stopped; SIGHUP reloads the configuration, SIGTERM finishes what is in hand."""
    _log(debug)
    settings = settings_of(config)
    again = asyncio.run(_serve(settings, config))
    if again:
        os.execv(sys.executable, [sys.executable, "-m", "bouncer", *sys.argv[1:]])  # noqa: S606 - the same program with the new configuration


async def _serve(settings: Settings, config: Path | None) -> bool:
    """Run until a signal; True where it asked for a reload that the new configuration allows."""
    daemon = Daemon(settings, build(settings))
    service, again = Service(daemon, Outgoing(daemon)), asyncio.Event()
    reloads: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        wrong = await asyncio.to_thread(problems, config_path(config))  # may ask for passwords, which takes its time
        for problem in wrong:
            log.error("event=reload-refused problem=%r", str(problem))
        if not wrong:
            again.set()
            reloading()
            service.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    loop.add_signal_handler(signal.SIGHUP, lambda: reloads.add(loop.create_task(reload())))
    try:
        daemon.world.ledger.hold()
        await service.run()
    finally:
        await close(daemon)
    return again.is_set()


async def close(daemon: Daemon) -> None:
    """Let go of everything, the ledger last."""
    for sender in daemon.world.senders.values():
        await sender.aclose()
    daemon.world.reader.close()
    daemon.world.ledger.close()


def once(
    config: Config = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Send this many check-ins at most.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log more.")] = False,
) -> None:
    """Go through receiving and sending once, for cron; the exit code says what went wrong first."""
    _log(debug)
    fault = asyncio.run(_once(settings_of(config), limit))
    if fault:
        raise fault


async def _once(settings: Settings, limit: int | None) -> BouncerError | None:
    daemon = Daemon(settings, build(settings))
    try:
        daemon.world.ledger.hold()
        return await Service(daemon, Outgoing(daemon)).once(limit)
    finally:
        await close(daemon)


def status(config: Config = None, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say how bouncer is: running or not, live or dry run, what is wrong, what waits."""
    settings = settings_of(config)
    left = read_status(settings.state)
    ledger = open_ledger(settings)
    try:
        waiting, last = len(ledger.questions()), ledger.events(limit=1)
        activity = ledger.activity(datetime.now(UTC), settings.owner.timezone)
    finally:
        ledger.close()
    running = bool(left and datetime.now(UTC) - left[0] < _LATE and _alive(left[1]))
    told = {
        "running": running,
        "live": settings.live,
        "last_word": left[0].isoformat() if left else None,
        "troubles": list(left[2].troubles) if left else [],
        "last_watch": {where: at.isoformat() for where, at in left[2].last_watch.items()} if left else {},
        "quarantined": left[2].quarantined if left else 0,
        "unknown_sends": left[2].unknown_sends if left else 0,
        "decisions_wanted": waiting,
        "sent_today": activity.sent_today,
        "sent_this_week": activity.sent_this_week,
        "last_event": last[0].at.isoformat() if last else None,
    }
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo("\n".join(_lines(told)))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lines(told: Mapping[str, object]) -> list[str]:
    state = "running" if told["running"] else "not running"
    lines = [
        f"bouncer is {state}, {'live' if told['live'] else 'in a dry run: it sends nothing and asks before every change'}.",
        f"Last word: {told['last_word'] or 'never'}. Last event: {told['last_event'] or 'none yet'}.",
        f"Sent: {told['sent_today']} today, {told['sent_this_week']} this week.",
        f"Waiting for you: {told['decisions_wanted']} (see `bouncer review`).",
    ]
    lines += [f"Set aside, not readable: {told['quarantined']}."] if told["quarantined"] else []
    lines += [f"Letters of unknown fate: {told['unknown_sends']}."] if told["unknown_sends"] else []
    lines += [f"Trouble: {sentence}" for sentence in told["troubles"]]  # type: ignore[attr-defined]
    return lines


def summary(
    week: Annotated[str | None, typer.Option(help="An ISO week such as 2026-W47; the present one where absent.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file instead.")] = None,
    config: Config = None,
) -> None:
    """Show the weekly summary as it would be mailed; nothing is sent."""
    settings = settings_of(config)
    world = build(settings)
    daemon = Daemon(settings, world)
    now = datetime.now(UTC)
    try:
        made = Outgoing(daemon).summary(*_week(week, now.astimezone(ZoneInfo(settings.owner.timezone))), now)
    finally:
        world.reader.close()
        world.ledger.close()
    if html:
        html.write_text(as_html(made), encoding="utf-8")
        typer.echo(f"Written to {html}.")
    else:
        typer.echo(as_text(made))


def _week(week: str | None, now: datetime) -> tuple[int, int]:
    if week is None:
        year, number, _ = now.isocalendar()
        return year, number
    try:
        year, number = (int(part) for part in week.upper().split("-W"))
        datetime.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise UsageError(f"{week!r} is no ISO week; write it like 2026-W47.") from error
    return year, number


def _log(debug: bool) -> None:
    """Log to standard error, where systemd's journal and cron's mail pick it up."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("bouncer").setLevel(logging.DEBUG if debug else logging.INFO)
    for name in ("apscheduler", "imapclient", "aiosmtplib", "mailparser"):
        logging.getLogger(name).setLevel(logging.WARNING)
