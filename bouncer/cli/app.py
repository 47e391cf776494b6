"""The `bouncer` command: every group joined, and every fault ended in one sentence and its exit code (sysexits.h)."""

import sys
from typing import Annotated

import typer

from bouncer import __version__
from bouncer.cli.check import check
from bouncer.cli.demo import demo
from bouncer.cli.explain import explain
from bouncer.cli.record import history, review, undo
from bouncer.cli.service import once, run, status, summary
from bouncer.errors import BouncerError

app = typer.Typer(
    name="bouncer",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Keeps a professional network reachable by e-mail.",
)
for command in (demo, check, run, once, status, summary, explain, history, undo):
    app.command()(command)
app.add_typer(review, name="review")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"bouncer {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")] = False,
) -> None:
    """Keep a professional network reachable by e-mail."""


def main() -> None:
    """Run the command line; a BouncerError is printed without a traceback and gives its exit code."""
    try:
        app()
    except BouncerError as fault:
        typer.echo(f"bouncer: {fault}", err=True)
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        sys.exit(0)
