"""The commands run in this process, as `bouncer` runs them, for what they print and how they refuse."""

from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.errors import BouncerError
from support.bouncer_home import Home


def said(home: Home, *arguments: str, code: int = 0) -> str:
    """Run the command, expect its exit code, and give what it printed."""
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert result.exit_code == code, result.output
    return result.output


def refused(home: Home, *arguments: str) -> str:
    """Run the command and give why it would not."""
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert isinstance(result.exception, BouncerError), result.output
    return str(result.exception)
