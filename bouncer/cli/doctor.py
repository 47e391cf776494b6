"""`bouncer doctor`: what is wrong with a set-up, on this machine and at the mail servers, each with its mend."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bouncer.cli.common import Config, config_path
from bouncer.cli.show import clean, console, json_line
from bouncer.config import survey
from bouncer.core.checkup import exit_code, judge_trial
from bouncer.daemon.checkup import Checkup
from bouncer.daemon.trial import Patience, Trial
from bouncer.daemon.wiring import LEDGER, password
from bouncer.edge.checkup.servers import hindrance
from bouncer.edge.keys import load_keys
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.settings_file import set_options
from bouncer.errors import BouncerError, OwnerFault, Problem
from bouncer.model import Settings
from bouncer.model.checkup import Diagnosis, Gravity

_COLOURS: dict[Gravity, str] = {"fine": "green", "note": "cyan", "warning": "yellow", "error": "bold red"}


def doctor(
    config: Config = None,
    roundtrip: Annotated[bool, typer.Option("--roundtrip", help="Mail yourself one letter, and see what comes back of it.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=1, max=3600, metavar="SECONDS", help="How long to wait for that letter.")] = 60,
    apply: Annotated[bool, typer.Option("--set", help="Set what should be set in the configuration, without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each finding.")] = False,
) -> None:
    """Look for what is wrong with servers, logins, folders, files and clock, and say the mend; the exit code says the worst.

    Nothing is written and nothing sent without --roundtrip; that letter goes to the account's own mailbox and stands in the ledger.
    """
    path = config_path(config)
    found, out = list[Diagnosis](), console()
    for diagnosis in _examined(path, wait if roundtrip else None):
        found.append(diagnosis)
        if as_json:
            typer.echo(json_line(asdict(diagnosis)))
        else:
            _show(out, diagnosis)
    if not as_json and all(one.gravity == "fine" for one in found):
        out.print("Nothing is wrong.")
    _offer(path, found, apply=apply, ask=not as_json and sys.stdin.isatty() and sys.stdout.isatty())
    if code := exit_code(found):
        raise typer.Exit(code)


def _examined(path: Path, wait: float | None) -> Iterator[Diagnosis]:
    """Give every diagnosis as it is made; a configuration that is wrong is all there is to say."""
    seen = survey(path)
    if seen.settings is None:
        yield from map(_wrong, seen.problems)
        return
    checkup = Checkup(seen.settings)
    yield from checkup.diagnoses()
    hindered = {one.account.name for one in checkup.seen if one.hindrance is not None}
    if wait is not None:
        yield from _trials(seen.settings, wait, hindered)


def _wrong(problem: Problem) -> Diagnosis:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    said = ": ".join(part for part in (problem.path, problem.message) if part)
    return Diagnosis("config.wrong", "error", where, said, "mend that line; the rest is looked at once it is right", OwnerFault.exit_code)


def _trials(settings: Settings, wait: float, hindered: set[str]) -> Iterator[Diagnosis]:
    """Send one letter for each account whose servers can be used; an account that cannot is named above already."""
    if len(hindered) == len(settings.accounts):
        return
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(SqliteLedger(settings.state / LEDGER)) as ledger:
            keys = load_keys(settings.state)
            for index, account in enumerate(settings.accounts):
                if account.name not in hindered:
                    trial = Trial(account, settings.owner, ledger, keys, password(account, settings.state), Patience(wait))
                    yield from judge_trial(trial.play(), index)
    except (BouncerError, OSError) as fault:
        seen = hindrance(fault if isinstance(fault, BouncerError) else BouncerError(str(fault)))
        yield Diagnosis("mail.not-sent", "error", "the trial letter", seen.said, seen.mend, seen.code)


def _show(out: Console, diagnosis: Diagnosis) -> None:
    """Print one diagnosis: how grave, where and what, and the mend below."""
    out.print(Text.assemble((f"{diagnosis.gravity}: ", _COLOURS[diagnosis.gravity]), f"{clean(diagnosis.where)}: {clean(diagnosis.said)}"))
    if diagnosis.mend:
        out.print(Text.assemble("  ", clean(diagnosis.mend), (f"  [{diagnosis.id}]", "dim")))


def _offer(path: Path, found: Sequence[Diagnosis], *, apply: bool, ask: bool) -> None:
    """Set in the configuration what should be set, where that was asked for; say it in any case."""
    options = tuple({one.proposal.path: one.proposal.value for one in found if one.proposal is not None}.items())
    if not options or not (apply or ask):
        return
    for way, value in options:
        typer.echo(f"{path}: {_dotted(way)}: {clean(value)}", err=True)
    if apply or typer.confirm(f"Set {'this' if len(options) == 1 else 'these'} in {path}?", default=False):
        set_options(path, options)
        typer.echo(f"{path} is set; a running bouncer takes it at its next reload.", err=True)


def _dotted(way: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way).removeprefix(".")
