"""`bouncer status`: what it did last, what comes next, what is wrong, and what waits for the owner, on one screen. It only looks."""

import os
import random
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import EVER, Config, settings_of
from bouncer.cli.progress import at_work
from bouncer.cli.show import clean, counted, describe, json_line
from bouncer.core.breakers import as_it_is_now
from bouncer.core.forecast import Coming, forecast
from bouncer.core.present import as_event
from bouncer.daemon.breakers import STOPS
from bouncer.daemon.week import summary_hour
from bouncer.daemon.wiring import HISTORY, introduce, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.mentions import STANDS_FOR
from bouncer.edge.oauth import ending
from bouncer.edge.status import read_status
from bouncer.errors import BouncerError
from bouncer.model import FORGOTTEN, Activity, Book, Event, Health, Question, Settings, Trip

_LATE = timedelta(minutes=5)  # a daemon that left no word for longer is not running
_AHEAD = 28  # days that are looked at for the next letters
_SHOWN, _TROUBLES, _WIDE = 3, 6, 120  # lines of each kind, and characters of one
_PURPOSES = {"checkin": "check-in", "ask": "question"}


@dataclass(frozen=True, slots=True)
class State:
    """All that there is to say at one moment."""

    settings: Settings
    running: bool
    word: datetime | None  # when the daemon last left word
    health: Health
    questions: tuple[Question, ...]
    activity: Activity
    last: tuple[Event, ...]  # newest first
    coming: tuple[Coming, ...]
    stopped: tuple[Trip, ...]
    summary: datetime  # when the next one may go


def status(config: Config = None, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say how bouncer is, on one screen: running or not, what it did last, what comes next, what is wrong, what waits for you."""
    settings = settings_of(config)
    with at_work(1) as step:
        step("looking into your contact file and the ledger")
        state = _state(settings, datetime.now(UTC))
    if as_json:
        typer.echo(json_line(_told(state)))
    else:
        _show(state)


def _state(settings: Settings, now: datetime) -> State:
    left = read_status(settings.state)
    book, wrong = _book(settings)
    with closing(look_into(settings)) as ledger:
        if book is not None:
            introduce(ledger, settings, book, now)
        stopped, questions, last = ledger.tripped(), ledger.questions(), ledger.events(limit=_SHOWN)
        activity = ledger.activity(now, settings.owner.timezone)
        queued = tuple(letter for _, letter in ledger.due(now + EVER))
    made = forecast(book, activity, queued, settings, now, random.SystemRandom().random, _AHEAD) if book is not None else None
    health = as_it_is_now(left[2], stopped) if left else Health(live=settings.live)
    soon = [said for account in settings.accounts if (said := ending(account, settings.state, now))]
    return State(
        settings=settings,
        running=left is not None and now - left[0] < _LATE and _alive(left[1]),
        word=left[0] if left else None,
        health=replace(health, troubles=tuple(dict.fromkeys((*health.troubles, *wrong, *soon)))),
        questions=questions,
        activity=activity,
        last=last,
        coming=made.coming[:_SHOWN] if made is not None else (),
        stopped=stopped,
        summary=_next_summary(settings, now),
    )


def _book(settings: Settings) -> tuple[Book | None, tuple[str, ...]]:
    """Give the contact file; where it cannot be read, None, and why."""
    try:
        return open_contacts(settings.contacts, settings.state / HISTORY).load(), ()
    except BouncerError as fault:
        return None, tuple(str(fault).splitlines())


def _next_summary(settings: Settings, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(settings.owner.timezone))
    due = summary_hour(settings, local)
    return due if due > local else due + timedelta(weeks=1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _told(state: State) -> dict[str, object]:
    health = state.health
    return {
        "live": state.settings.live,
        "running": state.running,
        "last_word": _iso(state.word),
        "started": _iso(health.started),
        "troubles": list(health.troubles),
        "last_watch": {where: at.isoformat() for where, at in health.last_watch.items()},
        "sending_stopped": health.sending_stopped,
        "stopped": [{"breaker": trip.breaker.value, "since": trip.at.isoformat(), "why": trip.why} for trip in state.stopped],
        "quarantined": health.quarantined,
        "unknown_sends": health.unknown_sends,
        "decisions_wanted": len(state.questions),
        "sent_today": state.activity.sent_today,
        "sent_this_week": state.activity.sent_this_week,
        "last_event": _iso(state.last[0].at) if state.last else None,
        "last": [as_event(event) for event in state.last],
        "next": [
            {
                "at": one.planned.not_before.isoformat(),
                "name": one.contact.name,
                "address": one.planned.address,
                "purpose": one.planned.purpose,
                "why": one.planned.why,
            }
            for one in state.coming
        ],
        "next_summary": state.summary.astimezone(UTC).isoformat(),
    }


def _show(state: State) -> None:
    zone, health = ZoneInfo(state.settings.owner.timezone), state.health
    mode = "live" if state.settings.live else "in a dry run: it sends nothing and asks before every change"
    typer.echo(f"bouncer is {'running' if state.running else 'not running'}, {mode}.")
    typer.echo(f"Last word: {_local(state.word, zone) or 'none; it has never run'}.")
    if state.running:
        for line in _watched(health, zone):
            typer.echo(line)
    typer.echo(f"Done: {counted(state.activity.sent_today, 'check-in')} today, {state.activity.sent_this_week} this week.")
    for event in state.last:
        typer.echo(_line(event, zone))
    typer.echo(f"Next{_once(state)}:")
    for line in _ahead(state, zone):
        typer.echo(line)
    for line in _wrong(state):
        typer.echo(line)
    oldest = f", the oldest since {_local(state.questions[0].at, zone)}; see `bouncer review`" if state.questions else ""
    typer.echo(f"Decisions wanted: {len(state.questions) or 'none'}{oldest}.")


def _once(state: State) -> str:
    if not state.settings.live:
        return ", were it live"
    return ", once what stops it is mended" if state.health.sending_stopped or any(trip.breaker in STOPS for trip in state.stopped) else ""


def _watched(health: Health, zone: ZoneInfo) -> list[str]:
    """Say when each folder gave its last sign of life, those that did at the same minute together."""
    folders: dict[str, list[str]] = {}
    for where, seen in sorted(health.last_watch.items()):
        folders.setdefault(_local(seen, zone), []).append(clean(where))
    return [f"Watching {', '.join(names)}: last sign of life {at}." for at, names in folders.items()]


def _line(event: Event, zone: ZoneInfo) -> str:
    who = event.name or (STANDS_FOR if event.person == FORGOTTEN else "")
    said = " ".join(filter(None, (event.kind.value, who and f"{who}:", describe(event.change) if event.change else event.detail)))
    return f"  {_local(event.at, zone)}  {_short(said.removesuffix(':'))}"


def _ahead(state: State, zone: ZoneInfo) -> list[str]:
    """Give what comes next in the order of its coming, or why nothing does."""
    ahead = [*((one.planned.not_before, _letter(one)) for one in state.coming), (state.summary, "summary to you, if there is news")]
    lines = [f"  {_local(at, zone)}  {_short(said)}" for at, said in sorted(ahead)]
    if not state.coming:
        lines.insert(0, f"  no letter in the next {_AHEAD} days; `bouncer plan` says why")
    if not state.running:
        lines.append("  Nothing of this happens by itself: start `bouncer run`, or call `bouncer once` again and again.")
    return lines


def _letter(one: Coming) -> str:
    purpose = _PURPOSES.get(one.planned.purpose, one.planned.purpose)
    return f"{purpose} to {one.contact.name} <{one.planned.address}>: {one.planned.why}"


def _wrong(state: State) -> list[str]:
    """Give what is wrong, a line each, the mend at its end where it is always the same."""
    health, lines = state.health, list[str]()
    if health.quarantined:
        lines.append(f"Messages that could not be read and were set aside: {health.quarantined}.")
    if health.unknown_sends:
        lines.append(f"Letters of which nobody knows whether they arrived; they are not sent again: {health.unknown_sends}.")
    lines += [f"Trouble: {clean(sentence)}" for sentence in health.troubles[:_TROUBLES]]
    unsaid = [trip.why for trip in state.stopped if not any(sentence.startswith(trip.why) for sentence in health.troubles)]
    lines += [f"Trouble: {clean(why)} `bouncer resume` lets it go on." for why in unsaid]
    if len(health.troubles) > _TROUBLES:
        lines.append(f"Trouble: and {len(health.troubles) - _TROUBLES} more; see `bouncer status --json`.")
    return lines


def _short(said: str) -> str:
    said = clean(said)
    return said if len(said) <= _WIDE else said[: _WIDE - 1] + "…"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if at else ""
