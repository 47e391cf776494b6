"""The `bouncer` command: every group joined, and every fault ended in one sentence and its exit code (sysexits.h)."""

import os
import sys
from typing import Annotated

import typer

from bouncer import __version__
from bouncer.cli.add import add
from bouncer.cli.check import check
from bouncer.cli.contacts import contacts
from bouncer.cli.demo import demo
from bouncer.cli.doctor import doctor
from bouncer.cli.explain import explain
from bouncer.cli.finding import ask, lost
from bouncer.cli.forget import export, forget
from bouncer.cli.help import help_
from bouncer.cli.imports import import_
from bouncer.cli.init import init
from bouncer.cli.login import login
from bouncer.cli.planning import plan, preview
from bouncer.cli.record import history, review, undo
from bouncer.cli.report import summary
from bouncer.cli.resume import resume
from bouncer.cli.rules import rules
from bouncer.cli.service import once, run
from bouncer.cli.show import clean
from bouncer.cli.status import status
from bouncer.cli.wishes import now, skip, snooze
from bouncer.errors import BouncerError, OwnerFault, StorageFault, UsageError, arose

_REFUSED = 2  # what typer ends with where it cannot read the command line
_SOFTWARE = 70  # sysexits.h

app = typer.Typer(
    name="bouncer",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Keeps a professional network reachable by e-mail.",
)
COMMANDS = (
    init, login, check, demo, doctor, run, once, status, summary, explain, history, undo, resume, plan, preview, now, skip, snooze,
    lost, ask, add, forget, export,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.command("help")(help_)
app.command("import")(import_)
app.add_typer(contacts, name="contacts")
app.add_typer(review, name="review")
app.add_typer(rules, name="rules")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"bouncer {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a fault of bouncer's own with its traceback.")] = False,
) -> None:
    """Keep a professional network reachable by e-mail."""


def _run() -> None:
    try:
        app()
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()  # here a disk that is full, or a reader that has gone, can still be heeded


def _hush() -> None:
    """Have what cannot be printed go nowhere, instead of into a complaint at the end of the process."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line; a BouncerError is printed without a traceback and gives its exit code, and so is any other below --debug."""
    try:
        _run()
    except SystemExit as ended:
        sys.exit(UsageError.exit_code if ended.code == _REFUSED else ended.code)
    except OwnerFault as fault:
        for problem in fault.problems:
            typer.echo(clean(str(problem)), err=True)  # `file:line: …` and nothing before it, so that an editor can jump there
        sys.exit(fault.exit_code)
    except BouncerError as fault:
        typer.echo(f"bouncer: {fault}", err=True)
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        _hush()
        sys.exit(0)
    except OSError as fault:  # of a file or a directory that no step asked for by name, such as the shell's own
        typer.echo(clean(f"bouncer: {': '.join(str(part) for part in (fault.filename, fault.strerror or fault) if part)}"), err=True)
        _hush()
        sys.exit(StorageFault.exit_code)
    except Exception as fault:
        if "--debug" in sys.argv:
            raise
        said = f"a fault of bouncer's own, {type(fault).__name__} at {arose(fault)}"
        typer.echo(f"bouncer: {said}; with --debug it is shown whole, for a report", err=True)
        sys.exit(_SOFTWARE)
