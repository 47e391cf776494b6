"""`summary` only looks, and shows the week as it would be mailed."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from support.commands import said
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.edge.status import write_status
from bouncer.errors import UsageError
from bouncer.model import EventKind, Health


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which bouncer has run."""
    home = Home(tmp_path)
    home.ledger().close()
    return home


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
