"""The command itself: every fault is one clear sentence and its exit code, for `run` and `once` alike, and never a traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.bouncer_home import CONFIG, CONTACTS, Home
from support.servers import free_ports
from typer.testing import CliRunner

from bouncer import __version__
from bouncer.cli.app import app
from bouncer.edge.ledger import SqliteLedger

LINES = CONFIG.count("\n")
RULE = "pack: replies\nlanguage: en\nrules:\n  - name: en-mine\n    means: left\n    within: body\n    phrases: ['(unclosed']\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a live home whose servers nobody has started."""
    imap, smtp = free_ports(2)
    return Home(tmp_path, live=True, imap=imap, smtp=smtp)


def names(home: Home) -> list[str]:
    """Give what lies in the directory."""
    return sorted(path.name for path in home.path.iterdir())


def test_the_version_and_the_help_are_there(home: Home) -> None:
    """By the installed script and by the module."""
    assert home.bouncer("--version").out == f"bouncer {__version__}\n"
    script = Path(sys.executable).with_name("bouncer")
    assert subprocess.run([script, "--version"], capture_output=True, check=True).stdout.decode() == f"bouncer {__version__}\n"
    helped = home.bouncer("--help").out
    for command in ("check", "run", "once", "status", "summary", "explain", "history", "undo", "review", "resume", "demo"):
        assert f" {command} " in helped


@pytest.mark.parametrize("command", ["check", "run", "once", "status"])
def test_a_missing_configuration_is_said_with_the_places_and_how_to_begin(tmp_path: Path, command: str) -> None:
    """A newcomer is told how to begin."""
    home = Home(tmp_path)
    home.config.unlink()
    ran = home.bouncer(command)
    assert ran.code == 78
    assert ran.out == ""
    (line,) = ran.err.splitlines()
    assert line.startswith("bouncer.yaml: there is no configuration in any of bouncer.yaml, ")
    assert line.endswith("name it with --config FILE, or begin with `bouncer init`")


ALIKE = pytest.mark.parametrize("command", ["run", "once"])


class TestBrokenFiles:
    """All problems at once, with file and line; exit 78, nothing written, nothing sent."""

    @ALIKE
    def test_every_file_is_named_at_once(self, home: Home, command: str) -> None:
        """Configuration, contact file, template and rule pack in one go."""
        (home.path / "mine").mkdir()
        (home.path / "mine" / "checkin.en.txt").write_text("Subject: Hello\n\n{% if %}\n")
        (home.path / "own").mkdir()
        (home.path / "own" / "mine.yaml").write_text(RULE)
        home.contacts.write_text(CONTACTS.replace("email: bob@bolt.example", "email: bob"))
        home.config.write_text(home.text + "templates: mine\nrules: own\npoll_minutes: 0\n")
        before = names(home)
        ran = home.bouncer(command)
        assert ran.code == 78
        assert ran.out == ""
        places = {":".join(line.split(":")[:2]).rpartition("/")[2] for line in ran.err.splitlines()}
        assert {f"bouncer.yaml:{LINES + 3}", "contacts.yaml:7", "checkin.en.txt:3"} <= places
        assert any(place.startswith("mine.yaml:") for place in places)
        assert "Traceback" not in ran.err
        assert names(home) == before

    @pytest.mark.parametrize(
        ("name", "text", "place"),
        [
            ("bouncer.yaml", "owner: [\n", "bouncer.yaml:2: "),
            ("bouncer.yaml", "", "bouncer.yaml: "),
            ("contacts.yaml", "contacts: {a: b}\n", "contacts.yaml:1: "),
            ("contacts.yaml", "contacts:\n  - name: Jane\n    email: jane@acme.example\n    account: work\n", "contacts.yaml:2: account: "),
            ("contacts.yaml", None, "contacts.yaml: "),
        ],
    )
    def test_each_is_enough_by_itself(self, home: Home, name: str, text: str | None, place: str) -> None:
        """One that is missing as well as one that does not parse or names an account that is not there."""
        (home.path / name).unlink()
        if text is not None:
            (home.path / name).write_text(text)
        before = names(home)
        ran = home.bouncer("once")
        assert ran.code == 78
        assert place in ran.err
        assert "Traceback" not in ran.err
        assert names(home) == before

    @pytest.mark.parametrize("option", ["rules", "templates"])
    def test_a_directory_of_the_owners_that_is_missing_is_said(self, home: Home, option: str) -> None:
        """Rather than gone without."""
        home.config.write_text(home.text + f"{option}: mine\n")
        ran = home.bouncer("once")
        assert ran.code == 78
        assert "directory" in ran.err
        assert "mine" in ran.err

    def test_a_ledger_that_is_none_is_said(self, home: Home) -> None:
        """And not overwritten."""
        (home.path / "state").mkdir()
        (home.path / "state" / "ledger.sqlite3").write_text("this is no database, whatever its name says" * 100)
        ran = home.bouncer("once")
        assert ran.code == 74
        assert ran.err.splitlines()[-1].startswith("bouncer: The ledger ")
        assert "Traceback" not in ran.err

    def test_damaged_keys_are_said(self, home: Home) -> None:
        """They are never replaced: every answer under way would be orphaned."""
        (home.path / "state").mkdir()
        (home.path / "state" / "keys").write_text("gone\n")
        (home.path / "state" / "keys").chmod(0o600)
        ran = home.bouncer("once")
        assert ran.code == 78
        assert "this is no key file" in ran.err
        assert (home.path / "state" / "keys").read_text() == "gone\n"

    def test_a_state_directory_that_is_a_file_is_said(self, home: Home) -> None:
        """With the line that names it."""
        home.config.write_text(home.text + "state: password\n")
        ran = home.bouncer("once")
        assert ran.code == 78
        assert f"bouncer.yaml:{LINES + 1}: state: " in ran.err

    @ALIKE
    def test_a_second_daemon_is_told_who_has_the_directory(self, home: Home, command: str) -> None:
        """Exit code 75: it may be tried again later."""
        first = SqliteLedger(home.path / "state" / "ledger.sqlite3")
        first.hold()
        try:
            ran = home.bouncer(command)
        finally:
            first.close()
        assert ran.code == 75
        assert ran.err.splitlines()[-1].startswith("bouncer: Another bouncer (process ")


class TestOnce:
    """What cron sees."""

    def test_a_server_that_is_not_there_is_one_sentence(self, home: Home) -> None:
        """Exit code 69; what it would do was done as far as it could be."""
        ran = home.bouncer("once")
        assert ran.code == 69
        last = ran.err.splitlines()[-1]
        assert last.startswith("bouncer: IMAP 127.0.0.1:")
        assert last.endswith("nobody listens there; check host and port")
        assert "Traceback" not in ran.err

    def test_a_password_that_is_not_there_is_one_sentence(self, home: Home) -> None:
        """Exit code 78, and never the password."""
        (home.path / "password").chmod(0o644)
        ran = home.bouncer("once")
        assert ran.code == 78
        assert "can be read by others (mode 644); run: chmod 600" in ran.err.splitlines()[-1]
        assert "c4nary" not in ran.err + ran.out

    def test_a_wrong_option_is_a_wrong_use(self, home: Home) -> None:
        """And begins nothing: 64, at which the unit does not start it again."""
        assert home.bouncer("once", "--limit", "-1").code == 64
        assert home.bouncer("undo", "one").code == 64
        assert home.bouncer("once", "now").code == 64
        assert "state" not in names(home)

    @pytest.mark.parametrize(
        "words", [("undo", "9" * 30), ("review", "accept", "0"), ("review", "reject", "9" * 30), ("history", "--days", "9" * 30)]
    )
    def test_a_number_that_cannot_be_one_is_a_wrong_use(self, home: Home, words: tuple[str, ...]) -> None:
        """However large."""
        ran = CliRunner().invoke(app, [*words, "--config", str(home.config)])
        assert ran.exit_code == 2
        assert "Input should be" in ran.output


BROKEN = """\
from bouncer.cli.app import app, main
@app.command()
def broken():
    raise ValueError("jane@acme.example")
main()
"""


class TestWhereItPrints:
    """A file or a pipe."""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
    def test_a_disk_that_is_full_is_one_sentence(self) -> None:
        """Exit code 74."""
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            ran = subprocess.run([sys.executable, "-m", "bouncer", "help"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (74, b"bouncer: No space left on device\n")

    def test_a_reader_that_has_gone_ends_it_without_a_word(self) -> None:
        """As `head` does."""
        asked, ask = os.pipe()
        os.close(asked)
        with os.fdopen(ask, "w") as pipe:
            ran = subprocess.run([sys.executable, "-m", "bouncer", "help"], stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (1, b"")


class TestAFaultOfItsOwn:
    """What nobody has thought of."""

    def test_it_is_one_sentence_that_shows_no_mail(self, tmp_path: Path) -> None:
        """Its kind and where it arose, for a report; exit code 70."""
        ran = broken(tmp_path)
        assert ran.returncode == 70
        said = r"bouncer: a fault of bouncer's own, ValueError at broken\.py:4,.*; with --debug it is shown whole, for a report\n"
        assert re.fullmatch(said, ran.stderr)

    def test_whoever_debugs_sees_the_whole(self, tmp_path: Path) -> None:
        """With its traceback."""
        assert "Traceback" in broken(tmp_path, "--debug").stderr


def broken(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a command that fails as no command does."""
    script = path / "broken.py"
    script.write_text(BROKEN)
    return subprocess.run([sys.executable, script, *options, "broken"], capture_output=True, text=True, check=False, timeout=60)
