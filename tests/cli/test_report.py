"""`status` and `summary` only look, and say how things are to people and to machines."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.edge.status import write_status
from bouncer.errors import StorageFault, UsageError
from bouncer.model import EventKind, Health


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which bouncer has run."""
    home = Home(tmp_path)
    home.ledger().close()
    return home


def said(home: Home, *arguments: str) -> str:
    """Run the command in this process and give what it printed."""
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert result.exit_code == 0, result.output
    return result.output


def told(home: Home) -> dict[str, object]:
    """Give what a machine is told."""
    held = json.loads(said(home, "status", "--json"))
    assert isinstance(held, dict)
    return held


class TestStatus:
    """Running or not, live or not, what is wrong, what waits."""

    def test_a_running_daemon_is_running(self, home: Home) -> None:
        """It left word just now, and its process is there."""
        at = today()
        health = Health(
            live=False, started=at, last_watch={"main/INBOX": at}, troubles=("The disk is full.",), quarantined=2, unknown_sends=1
        )
        write_status(home.settings.state, health, at)
        lines = said(home, "status").splitlines()
        assert lines[0] == "bouncer is running, in a dry run: it sends nothing and asks before every change."
        assert lines[2] == f"Watching main/INBOX: last sign of life {at:%a %Y-%m-%d %H:%M} UTC."
        assert "Messages that could not be read and were set aside: 2." in lines
        assert "Letters of which nobody knows whether they arrived; they are not sent again: 1." in lines
        assert lines[-1] == "Trouble: The disk is full."
        assert told(home)["running"] is True
        assert told(home)["troubles"] == ["The disk is full."]

    def test_one_that_left_no_word_for_long_is_not(self, home: Home) -> None:
        """A process id may be another's by now."""
        write_status(home.settings.state, Health(live=True), today() - timedelta(minutes=6))
        assert told(home)["running"] is False

    def test_one_that_is_gone_is_not(self, home: Home) -> None:
        """Though its word is fresh."""
        child = os.fork()
        if child == 0:
            write_status(home.settings.state, Health(live=True), today())
            os._exit(0)
        os.waitpid(child, 0)
        assert told(home)["running"] is False
        assert said(home, "status").startswith("bouncer is not running")

    def test_a_machine_is_told_everything(self, tmp_path: Path) -> None:
        """Also where bouncer has never run."""
        nothing = told(Home(tmp_path))
        assert nothing == {
            "live": False, "started": None, "troubles": [], "last_watch": {}, "sending_stopped": None, "quarantined": 0, "unknown_sends": 0,
            "decisions_wanted": 0, "sent_today": 0, "sent_this_week": 0, "last_event": None, "running": False, "last_word": None,
        }  # fmt: skip

    def test_a_state_directory_that_may_not_be_looked_into_is_said(self, home: Home) -> None:
        """As when another user runs the service."""
        home.config.write_text(home.text + f"state: {'x' * 300}\n")
        result = CliRunner().invoke(app, ["status", "--config", str(home.config)])
        assert isinstance(result.exception, StorageFault)
        assert str(result.exception).endswith("File name too long; is this the user that bouncer runs as?")


class TestSummary:
    """A preview."""

    def test_the_week_is_shown_as_text(self, home: Home) -> None:
        """Nothing is sent and nothing queued by showing it."""
        ledger = home.ledger()
        ledger.note(EventKind.HEALTH, "all well", today())
        ledger.close()
        assert "Your network in week" in said(home, "summary")
        ledger = home.ledger()
        assert ledger.due(today() + timedelta(days=30)) == ()
        ledger.close()

    def test_what_troubles_the_daemon_is_in_it(self, home: Home) -> None:
        """Its own word, not that of the process that previews."""
        write_status(home.settings.state, Health(live=True, troubles=("The mailbox cannot be reached.",)), today())
        assert "The mailbox cannot be reached." in said(home, "summary")

    def test_the_page_is_written_where_it_is_wanted(self, home: Home) -> None:
        """As a whole HTML document."""
        page = home.path / "week.html"
        assert said(home, "summary", "--html", str(page)) == f"Written to {page}.\n"
        assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")

    def test_a_page_that_cannot_be_written_is_said(self, home: Home) -> None:
        """In a sentence."""
        result = CliRunner().invoke(app, ["summary", "--html", str(home.path / "no" / "page.html"), "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        assert str(result.exception).endswith("page.html cannot be written: No such file or directory.")

    def test_another_week_can_be_asked_for(self, home: Home) -> None:
        """In either case of the letter."""
        for week in ("2026-W10", "2026-w10"):
            assert said(home, "summary", "--week", week).startswith("Your network in week 10, 2 to 8 March 2026")

    @pytest.mark.parametrize("week", ["2026-W54", "2026", "W10", "last", "2026-W10-1", "2026-W0"])
    def test_what_is_no_week_is_said(self, home: Home, week: str) -> None:
        """With how to write one."""
        result = CliRunner().invoke(app, ["summary", "--week", week, "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        assert str(result.exception) == f"{week!r} is no ISO week; write it like 2026-W47."
