"""Forgetting a person, and showing all that is held about one: on disk, beside a running daemon or not."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from support.bouncer_home import CONTACTS, Home
from support.build import AT
from support.canary import CANARIES, FILE, WITHOUT, furnish
from support.canary import Home as Place
from support.commands import said
from support.servers import eventually
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.errors import Busy, OwnerFault, UsageError

HER = CANARIES[0]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which Jane has left every kind of trace."""
    home = Home(tmp_path)
    furnish(tmp_path)
    return home


def left(home: Home, *words: str) -> list[str]:
    """Give the files that name her still."""
    return Place(home.path).remains(*words)


class TestForgetting:
    """The command."""

    def test_nothing_that_names_her_is_left_anywhere(self, home: Home) -> None:
        """Address, name, and the odd word of her mail: not in the file, the ledger, its log, the history, the quarantine or the state."""
        assert len(left(home)) > 4
        told = said(home, "forget", HER, "--yes")
        assert left(home) == []
        assert home.contacts.read_text() == WITHOUT
        for words in (
            f"Erased: the entry on line 6 of {home.contacts}.\n",
            "Erased: earlier versions of it: 1 written anew without them, 0 deleted.\n",
            "Erased: in the ledger: outbox_name 9, outbox 5, change 2, event 14, question 1, waiting 1, inbound 5, ",
            "ledger.sqlite3.v1.\n",
            "status.json.\n",
            "Kept: a keyed hash of each address (2)",
        ):
            assert words in told

    def test_a_part_of_the_name_is_enough_where_only_one_has_it(self, home: Home) -> None:
        """As in every other command that wants a contact."""
        said(home, "forget", "zebracorn", "--yes")
        assert left(home) == []

    def test_in_past_summaries_and_in_the_history_they_have_no_name(self, home: Home) -> None:
        """What happened stays a fact."""
        said(home, "forget", HER, "--yes")
        told = said(home, "summary", "--week", "2026-W10")
        assert "(forgotten)" in told
        assert "Asked not to be written to" in told
        assert "(forgotten)" in said(home, "history", "--days", "3000")

    def test_everybody_else_is_as_before(self, home: Home) -> None:
        """Bob, who spoke of her, and Kim at the same domains; his words stay, without her name."""
        before = said(home, "history", "kim@acme.example", "--days", "3000")
        said(home, "forget", HER, "--yes")
        assert said(home, "history", "kim@home.example", "--days", "3000") == before
        assert "ask (forgotten) about the oboe" in said(home, "review")

    def test_somebody_who_was_taken_out_of_the_file_is_forgotten_by_address(self, home: Home) -> None:
        """The ledger remembers them until it is told not to; the versions go with it."""
        home.contacts.write_text(WITHOUT)
        said(home, "forget", HER.upper(), "--yes")
        assert left(home) == []
        assert home.contacts.read_text() == WITHOUT

    def test_somebody_the_ledger_has_never_met_is_forgotten_too(self, tmp_path: Path) -> None:
        """Before the first run, say: nobody will ever write to them."""
        home = Home(tmp_path)
        said(home, "forget", "jane@acme.example", "--yes")
        assert "jane" not in home.contacts.read_text().lower()
        with closing(home.ledger()) as ledger:
            assert ledger.is_forgotten("jane@acme.example")

    def test_brought_back_by_a_new_import_they_are_nobody_and_the_owner_is_told(self, home: Home) -> None:
        """Until the entry is forgotten anew."""
        said(home, "forget", HER, "--yes")
        home.contacts.write_text(FILE)
        with closing(home.ledger()) as ledger:
            told = ledger.sync(Place(home.path).contacts().load(), AT + timedelta(days=9))
            assert [line.partition(" of")[0] for line in told] == ["Line 6"]
            assert ledger.person(HER) is None
        assert "ledger.sqlite3" not in left(home)
        said(home, "forget", HER, "--yes")
        assert left(home) == []

    def test_twice_is_said(self, home: Home) -> None:
        """And does nothing."""
        said(home, "forget", HER, "--yes")
        assert said(home, "forget", HER, "--yes") == "They are forgotten already.\n"

    def test_nobody_is_a_wrong_use(self, home: Home) -> None:
        """And nothing is done."""
        result = CliRunner().invoke(app, ["forget", "nobody@else.example", "--yes", "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        assert len(left(home)) > 4

    def test_a_namesake_is_not_touched(self, home: Home) -> None:
        """Neither her entry nor the versions of the file that have it."""
        other = "  - name: Jane Canary Zebracorn\n    email: jcz@other.example\n"
        home.contacts.write_text(home.contacts.read_text() + other)
        with closing(home.ledger()) as ledger:
            ledger.sync(Place(home.path).contacts().load(), AT)
        said(home, "forget", HER, "--yes")
        assert home.contacts.read_text() == WITHOUT + other
        assert left(home, HER, CANARIES[1], "quaggaphone") == []
        assert "Jane Canary Zebracorn" in said(home, "export", "jcz@other.example")


class TestAsking:
    """It cannot be undone, so it asks."""

    def test_without_a_terminal_it_wants_to_be_told(self, home: Home) -> None:
        """By --yes; nothing is done before."""
        result = CliRunner().invoke(app, ["forget", HER, "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        assert "say --yes" in str(result.exception)
        assert len(left(home)) > 4

    @pytest.mark.parametrize(("answer", "gone"), [("y", True), ("n", False), ("", False)])
    def test_on_a_terminal_it_shows_what_would_go_and_asks(self, home: Home, answer: str, gone: bool) -> None:
        """Anything but a yes is a no."""
        ours, theirs = os.openpty()
        os.write(ours, f"{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "bouncer", "forget", HER], cwd=home.path, stdin=theirs, capture_output=True, check=False, timeout=120,
            env=home.environ(),
        )  # fmt: skip
        os.close(ours)
        os.close(theirs)
        assert b"the entry on line 6 of" in done.stdout
        assert b"rows of the ledger, what 1 earlier versions of the file say. It cannot be undone." in done.stdout
        assert (done.returncode, left(home) == []) == ((0, True) if gone else (1, False))

    def test_an_entry_that_cannot_be_taken_out_stops_it_before_anything_is_gone(self, home: Home) -> None:
        """The owner takes it out by hand first."""
        home.contacts.write_text(FILE.replace("- name: Jane", "- &her\n    name: Jane").replace("email: kim", "<<: *her\n    email: kim"))
        before = left(home)
        result = CliRunner().invoke(app, ["forget", HER, "--yes", "--config", str(home.config)])
        assert isinstance(result.exception, OwnerFault)
        assert "take it out by hand" in str(result.exception)
        assert left(home) == before


class TestHalfDone:
    """Where something stands in the way."""

    def test_what_an_open_editor_held_up_is_done_by_the_next_call(self, home: Home) -> None:
        """The ledger has forgotten her at once; file and history follow."""
        swap = home.path / ".contacts.yaml.kate-swp"
        swap.touch()
        result = CliRunner().invoke(app, ["forget", HER, "--yes", "--config", str(home.config)])
        assert isinstance(result.exception, Busy)
        assert "say the same again" in result.output
        with closing(home.ledger()) as ledger:
            assert ledger.person(HER) is None
        swap.unlink()
        assert said(home, "forget", HER, "--yes") == "What was left to do is done: they are forgotten.\n"
        assert left(home) == []

    def test_beside_a_running_daemon_nothing_is_left_and_nothing_comes_back(self, home: Home) -> None:
        """It works on while they are forgotten, and leaves its word to `status` without them."""
        with (home.path / "log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", "bouncer", "run"], cwd=home.path, stderr=log, env=home.environ())
        try:
            eventually(lambda: (home.path / "state" / "status.json").read_text().startswith('{\n  "at"') or None)
            said(home, "forget", HER, "--yes")
            home.contacts.write_text(WITHOUT + "# a comment more, so that it is read again\n")
            assert daemon.poll() is None, (home.path / "log").read_text()
        finally:
            daemon.terminate()
            assert daemon.wait(60) == 0
        assert left(home) == []


class TestExport:
    """All that is held."""

    def test_it_holds_every_trace(self, home: Home) -> None:
        """The entry as it is written, every row, and which versions of the file name her."""
        held = json.loads(said(home, "export", HER))
        assert held["addresses"] == ["jane.canary@acme.example", "jane.canary@home.example"]
        assert held["contact_file"][0]["text"].startswith("  - name: Jane Canary Zebracorn\n")
        assert len(held["earlier_versions"]) == 1
        tables = {table: len(rows) for table, rows in held["ledger"].items()}
        assert tables.pop("mentions") == 6
        assert tables == {
            "outbox_name": 9, "outbox": 5, "change": 2, "event": 14, "question": 1, "waiting": 1, "inbound": 5, "address": 2,
            "suppressed": 2, "suspect": 1, "person": 1,
        }  # fmt: skip
        (changed,) = [event for event in held["ledger"]["event"] if event["kind"] == "changed"]
        assert (changed["change"]["after"], changed["because"]["quote"]) == ("quaggaphone lead", "I am the quaggaphone lead now")

    def test_it_holds_nothing_of_anybody_else(self, home: Home) -> None:
        """Kim is at her firm, and no row of Kim's is shown."""
        assert "kim" not in said(home, "export", HER).lower().replace(FILE.lower(), "")

    def test_it_changes_nothing_and_goes_into_a_file_that_only_the_owner_reads(self, home: Home) -> None:
        """A file that is there is not written over."""
        before, target = left(home), home.path / "her.json"
        assert said(home, "export", HER, "--output", str(target)) == ""
        assert target.stat().st_mode & 0o777 == 0o600
        assert json.loads(target.read_text())["names"] == ["Jane Canary Zebracorn"]
        result = CliRunner().invoke(app, ["export", HER, "-o", str(target), "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        target.unlink()
        assert left(home) == before

    def test_where_bouncer_never_ran_it_is_the_entry_alone(self, tmp_path: Path) -> None:
        """And looking leaves nothing behind."""
        home = Home(tmp_path)
        held = json.loads(said(home, "export", "jane@acme.example"))
        assert (held["contact_file"][0]["text"], held["ledger"]) == (
            CONTACTS[CONTACTS.index("  - name: Jane") : CONTACTS.index("  - name: Bob")],
            {},
        )
        assert not (tmp_path / "state").exists()

    def test_of_somebody_forgotten_there_is_nothing(self, home: Home) -> None:
        """Nobody of that address is known."""
        said(home, "forget", HER, "--yes")
        result = CliRunner().invoke(app, ["export", HER, "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
