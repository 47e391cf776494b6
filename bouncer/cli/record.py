"""`bouncer history`, `undo` and `review`: what was done and why, taking it back, and deciding what waits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated

import typer
from rich.text import Text

from bouncer.cli.carrying_out import carry_out, tell
from bouncer.cli.common import Config, settings_of
from bouncer.cli.progress import read_book
from bouncer.cli.show import clean, console, describe, json_line, proposed
from bouncer.cli.whom import namesake
from bouncer.core.present import as_event, as_question
from bouncer.daemon.wiring import look_into
from bouncer.edge.mentions import STANDS_FOR
from bouncer.errors import UsageError
from bouncer.model import ENTRY, FORGOTTEN, Change, Contact, Event, EventKind, Question, Settings
from bouncer.ports import Ledger

review = typer.Typer(help="What waits for your decision.", invoke_without_command=True)

_MOST = 100_000  # events
_LAST = (1 << 63) - 1  # of the numbers that the ledger can give
_SINGLY = 3  # as many whole entries of one go are shown one by one

AsJson = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    ledger = look_into(settings)
    try:
        yield ledger
    finally:
        ledger.close()


def history(
    contact: Annotated[str | None, typer.Argument(help="A mail address: only what concerns this contact.")] = None,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How far back.")] = 90,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Say what was done, newest first: each change with its number, the words it stands on, and how to take it back."""
    with _ledger(settings_of(config)) as ledger:
        person = ledger.person(contact) if contact else None
        if contact and person is None:
            raise UsageError(f"Nobody is known by the address {contact}.")
        events = ledger.events(since=datetime.now(UTC) - timedelta(days=days), person=person, limit=_MOST)
    if as_json:
        for event in events:
            typer.echo(json_line(as_event(event)))
        return
    if not events:
        typer.echo(f"Nothing happened in the last {days} days.")
    for _, group in groupby(events, key=_go):
        together = list(group)
        if len(together) > _SINGLY:
            _show_together(together)
        else:
            for event in together:
                _show_event(event)


def _go(event: Event) -> tuple[object, ...]:
    """Give what events have in common that are shown in one line: whole entries that came or went in one go."""
    whole = event.change is not None and event.change.field == ENTRY
    return (event.at, event.kind, event.detail) if whole else (event.id,)


def _show_together(events: Sequence[Event]) -> None:
    """Show many entries that came or went in one go in a line; *events* are the newest first."""
    first, last = events[-1], events[0]
    names = ", ".join(clean(event.name) for event in reversed(events[-_SINGLY:]))
    out, undo = console(), f"; `bouncer undo {first.id} --all` takes them back" if first.kind is EventKind.CHANGED else ""
    came = "added" if first.change and first.change.after else "taken out"
    who = f"{len(events)} people {came}: {names} and {len(events) - _SINGLY} more{undo}"
    out.print(Text.assemble((f"{first.id:>5}", "bold"), f"  {first.at:%Y-%m-%d %H:%M}  {first.kind.value:<11} ", who))
    out.print(Text(f"       to {last.id}: {clean(first.detail)}", "dim"))


def _show_event(event: Event) -> None:
    out = console()
    said = describe(event.change) if event.change else clean(event.detail)
    out.print(
        Text.assemble(
            (f"{event.id:>5}", "bold"),
            f"  {event.at:%Y-%m-%d %H:%M}  {event.kind.value:<11} ",
            (clean(event.name) or (STANDS_FOR if event.person == FORGOTTEN else ""), "cyan"),
            f"  {said}",
        )
    )
    if event.because and event.because.quote:
        out.print(Text(f"       because “{clean(event.because.quote)}” ({event.because.rule})", "dim"))


def undo(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LAST, help="The number of the change, as `bouncer history` shows it.")],
    whole: Annotated[bool, typer.Option("--all", help="And all that was done along with it, such as a whole import.")] = False,
    config: Config = None,
) -> None:
    """Take one change back; what you changed by hand since then is left alone."""
    settings = settings_of(config)
    with _ledger(settings) as ledger:
        _make(settings, ledger, ledger.undo(number, datetime.now(UTC), whole=whole))


def _make(settings: Settings, ledger: Ledger, made: Sequence[tuple[int, Change]]) -> None:
    if made:
        tell(carry_out(settings, ledger, made))
    else:
        typer.echo("Noted; the contact file stays as it is.")


@review.callback()
def list_questions(context: typer.Context, as_json: AsJson = False, config: Config = None) -> None:
    """List what waits for your decision, oldest first."""
    if context.invoked_subcommand:
        return
    with _ledger(settings_of(config)) as ledger:
        questions = ledger.questions()
    if not questions and not as_json:
        typer.echo("Nothing waits for your decision.")
    for question in questions:
        if as_json:
            typer.echo(json_line(as_question(question)))
        else:
            _show_question(question)


def _show_question(question: Question) -> None:
    out = console()
    out.print(
        Text.assemble(
            (f"{question.id:>5}", "bold"),
            f"  {question.at:%Y-%m-%d}  ",
            (clean(question.name) or "nobody in the file", "cyan"),
            f"  {clean(question.why)}",
        )
    )
    for change in question.changes:
        out.print(Text(f"       yes would {proposed(change)}"))
    if question.because.quote:
        out.print(Text(f"       because “{clean(question.because.quote)}” ({question.because.rule}, {question.level.name})", "dim"))
    if question.hold:
        out.print(Text("       no check-in goes to this contact until you decide", "yellow"))


@review.command()
def accept(number: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LAST)], config: Config = None) -> None:
    """Say yes: make the proposed changes."""
    settings = settings_of(config)
    with _ledger(settings) as ledger:
        made = ledger.answer(number, accept=True, at=datetime.now(UTC))
        _make(settings, ledger, made)
    for newcomer in (change.after for _, change in made if isinstance(change.after, Contact)):
        if remark := namesake(newcomer, read_book(settings)):
            typer.echo(remark)


@review.command()
def reject(number: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LAST)], config: Config = None) -> None:
    """Say no: forget the proposal, lift the hold."""
    settings = settings_of(config)
    with _ledger(settings) as ledger:
        ledger.answer(number, accept=False, at=datetime.now(UTC))
    typer.echo("Noted; the contact file stays as it is.")
