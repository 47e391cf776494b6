"""`status` only looks, and says on one screen how things are: to people, and to machines."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from support.build import SETTINGS
from support.commands import said
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.cli.status import _next_summary
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.status import write_status
from bouncer.errors import StorageFault
from bouncer.model import Breaker, EventKind, Health

ODD = "\x1b[2J\x9b1m\u202e"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which bouncer has run."""
    home = Home(tmp_path)
    home.ledger().close()
    return home


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
        assert "Trouble: The disk is full." in lines
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
        assert {letter["name"] for letter in nothing.pop("next")} <= {"Jane Doe", "Bob Best"}  # type: ignore[attr-defined]
        assert datetime.fromisoformat(str(nothing.pop("next_summary"))) > today()
        assert nothing == {
            "live": False, "started": None, "troubles": [], "last_watch": {}, "sending_stopped": None, "quarantined": 0, "unknown_sends": 0,
            "decisions_wanted": 0, "sent_today": 0, "sent_this_week": 0, "last_event": None, "running": False, "last_word": None,
            "last": [], "stopped": [],
        }  # fmt: skip

    def test_a_state_directory_that_may_not_be_looked_into_is_said(self, home: Home) -> None:
        """As when another user runs the service."""
        home.config.write_text(home.text + f"state: {'x' * 300}\n")
        result = CliRunner().invoke(app, ["status", "--config", str(home.config)])
        assert isinstance(result.exception, StorageFault)
        assert str(result.exception).endswith("File name too long; is this the user that bouncer runs as?")


class TestOneScreen:
    """What it did last, what comes next, what is wrong, what waits."""

    def test_what_it_did_last_is_shown_newest_first(self, home: Home) -> None:
        """The last three events, in the owner's own time."""
        for number in range(5):
            with_ledger(home, lambda ledger, number=number: ledger.note(EventKind.HEALTH, f"number {number}", today()))  # type: ignore[misc]
        lines = said(home, "status").splitlines()
        begin = lines.index("Done: 0 check-ins today, 0 this week.")
        assert [line.rpartition("  ")[2] for line in lines[begin + 1 : begin + 4]] == [f"health number {n}" for n in (4, 3, 2)]
        assert lines[begin + 4] == "Next, were it live:"
        assert [one["detail"] for one in told(home)["last"]] == ["number 4", "number 3", "number 2"]  # type: ignore[attr-defined]

    def test_what_comes_next_is_in_the_order_of_its_coming(self, home: Home) -> None:
        """Letters and the summary; and what has to be done for that."""
        home.config.write_text(home.text.replace("live: false", "live: true") + "pace: {per_day: 5}\n")
        lines = said(home, "status").splitlines()
        ahead = lines[lines.index("Next:") + 1 : -1]
        assert ahead[-1] == "  Nothing of this happens by itself: start `bouncer run`, or call `bouncer once` again and again."
        assert sum("check-in to " in line for line in ahead) == len(told(home)["next"])  # type: ignore[arg-type]
        assert sum("summary to you" in line for line in ahead) == 1
        moments = [line[6:22] for line in ahead if line[6:8] == "20"]
        assert moments == sorted(moments)

    def test_nobody_to_write_to_is_said(self, home: Home) -> None:
        """And where the reason stands."""
        home.contacts.write_text("contacts: []\n")
        assert "  no letter in the next 28 days; `bouncer plan` says why" in said(home, "status").splitlines()

    @pytest.mark.parametrize("breaker", [Breaker.REFUSALS, Breaker.FIRST, Breaker.ADDRESSES])
    def test_what_has_stopped_is_said_before_any_daemon_says_so(self, home: Home, breaker: Breaker) -> None:
        """As after `once`; an address waits in review and stops no letter."""
        home.config.write_text(home.text.replace("live: false", "live: true"))
        with_ledger(home, lambda ledger: ledger.trip(breaker, "Too much at once.", today()))
        lines = said(home, "status").splitlines()
        assert "Trouble: Too much at once. `bouncer resume` lets it go on." in lines
        assert ("Next, once what stops it is mended:" in lines) == (breaker is not Breaker.ADDRESSES)
        assert [one["breaker"] for one in told(home)["stopped"]] == [breaker.value]  # type: ignore[attr-defined]

    def test_a_contact_file_that_does_not_parse_is_said_with_its_line(self, home: Home) -> None:
        """It is what is wrong, and no reason to say nothing else."""
        home.contacts.write_text("contacts:\n  - name: Jane\n    email: no address\n")
        lines = said(home, "status").splitlines()
        assert [line for line in lines if line.startswith(f"Trouble: {home.contacts}:3: ")]
        assert lines[-1] == "Decisions wanted: none."

    def test_many_troubles_leave_room_for_the_rest(self, home: Home) -> None:
        """One screen is one screen."""
        write_status(home.settings.state, Health(live=True, troubles=tuple(f"Trouble {n}." for n in range(40))), today())
        lines = said(home, "status").splitlines()
        assert "Trouble: and 34 more; see `bouncer status --json`." in lines
        assert len(lines) <= 24

    def test_folders_that_were_heard_of_together_share_a_line(self, home: Home) -> None:
        """One that fell silent stands out."""
        at = today()
        heard = {"main/INBOX": at, "main/Junk": at, "work/INBOX": at - timedelta(hours=2)}
        write_status(home.settings.state, Health(live=True, last_watch=heard), at)
        watched = [line.partition(":")[0] for line in said(home, "status").splitlines() if line.startswith("Watching ")]
        assert watched == ["Watching main/INBOX, main/Junk", "Watching work/INBOX"]

    def test_nothing_that_a_terminal_obeys_comes_through(self, home: Home) -> None:
        """Neither in words nor in JSON, whose values are as they were all the same."""
        with_ledger(home, lambda ledger: ledger.note(EventKind.HEALTH, f"odd {ODD}", today()))
        write_status(home.settings.state, Health(live=True, troubles=(f"odd {ODD}",), last_watch={f"main/{ODD}": today()}), today())
        for shown in (said(home, "status"), said(home, "status", "--json")):
            assert shown.replace("\n", "").isprintable()
        assert told(home)["troubles"] == [f"odd {ODD}"]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 2, 6, 59, tzinfo=UTC), datetime(2026, 3, 2, 7, tzinfo=UTC)),  # a Monday
        (datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (datetime(2026, 3, 8, 23, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_the_next_summary_is_the_first_one_ahead(now: datetime, due: datetime) -> None:
    """At its day and hour in the owner's zone."""
    assert _next_summary(SETTINGS, now).astimezone(UTC) == due


def with_ledger(home: Home, act: Callable[[SqliteLedger], object]) -> None:
    """Do something to the ledger of a home whose people it knows."""
    ledger = home.ledger()
    ledger.sync(open_contacts(home.settings.contacts, home.settings.state / "history").load(), today())
    act(ledger)
    ledger.close()
