"""No terminal, no HOME, a HOME that cannot be written, a half-finished beginning: one clear sentence each, and nothing lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.bouncer_home import Home, Ran
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.edge.oauth import Keeping
from bouncer.errors import SecretMissing

INIT = ("init", "--yes", "--no-dns", "--address", "olga@home.example", "--name", "Olga Owner")
# Root may write everywhere: it is one of many only without the capability that lets it.
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
needs_bounds = pytest.mark.skipif(bool(BOUND) and shutil.which("setpriv") is None, reason="as root it takes setpriv")


def bouncer(place: Path, *arguments: str, before: tuple[str, ...] = (), **environ: str) -> Ran:
    """Run the command in *place* with nothing but *environ*, and no terminal."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "bouncer", *arguments],
        cwd=place, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120, env={"PATH": os.environ["PATH"], **environ},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr + done.stdout
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """Give a home directory that cannot be written."""
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    return home


class TestNoHome:
    """As under cron or in a container."""

    def test_it_begins_and_works_without(self, tmp_path: Path) -> None:
        """All it needs lies where it was told to."""
        assert bouncer(tmp_path, *INIT).code == 0
        for command in (("status",), ("help", "undo")):
            ran = bouncer(tmp_path, *command)
            assert (ran.code, ran.err) == (0, "")

    def test_a_configuration_that_is_nowhere_is_said_with_the_places(self, tmp_path: Path) -> None:
        """Those that there are without a home."""
        ran = bouncer(tmp_path, "status")
        said = "bouncer.yaml: there is no configuration in any of bouncer.yaml, /etc/bouncer/bouncer.yaml; name it with --config FILE"
        assert (ran.code, ran.err) == (78, f"{said}, or begin with `bouncer init`\n")


class TestAHomeThatCannotBeWritten:
    """Read-only, another's, or on a full disk."""

    @needs_bounds
    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (INIT, "bouncer.yaml cannot be written: Permission denied; name another directory: bouncer init DIR"),
            ((*INIT, "sub"), "bouncer.yaml cannot be written: Permission denied; name another directory: bouncer init DIR"),
            (("demo", "--fast", "--keep", "sub"), "bouncer: sub: Permission denied"),
        ],
    )
    def test_what_would_be_written_there_is_said(self, closed: Path, command: tuple[str, ...], said: str) -> None:
        """With exit code 74, and nothing of it stays."""
        ran = bouncer(closed, *command, before=BOUND, HOME=str(closed))
        assert ran.code == 74
        assert ran.err.strip().endswith(said)
        assert len(ran.err.splitlines()) == 1
        assert list(closed.iterdir()) == []

    @needs_bounds
    def test_a_shell_that_cannot_be_taught_says_so(self, closed: Path) -> None:
        """Instead of a traceback."""
        script = f"{sys.executable} -m bouncer --install-completion; true"
        done = subprocess.run(
            [*BOUND, "bash", "-c", script],
            capture_output=True,
            check=True,
            timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(closed)},
        )
        assert b"Traceback" not in done.stderr
        assert b"Permission denied" in done.stderr

    @needs_bounds
    def test_a_state_directory_elsewhere_is_enough(self, tmp_path: Path, closed: Path) -> None:
        """Nothing is written to the home directory."""
        (tmp_path / "place").mkdir()
        home = Home(tmp_path / "place")
        ran = bouncer(home.path, "once", before=BOUND, HOME=str(closed))
        assert ran.code == 69  # nobody is at the server's port
        assert (home.path / "state" / "ledger.sqlite3").exists()
        assert list(closed.iterdir()) == []

    @needs_bounds
    def test_the_check_up_names_what_cannot_be_written(self, tmp_path: Path, closed: Path) -> None:
        """The directory of the contact file, in which a new version has to be made; and that of the state."""
        (tmp_path / "place").mkdir()
        home = Home(tmp_path / "place")
        closed.chmod(0o755)
        home.contacts.rename(closed / "contacts.yaml")
        closed.chmod(0o555)
        home.config.write_text(f"{home.text}contacts: {closed}/contacts.yaml\nstate: {closed}/state\n")
        ran = bouncer(home.path, "doctor", "--json", before=BOUND)
        found = {one["id"]: one for one in map(json.loads, ran.out.splitlines())}
        assert ran.code == 74
        assert found["contacts.directory-not-writable"]["where"] == str(closed)
        assert "under systemd name it in ReadWritePaths=" in found["contacts.directory-not-writable"]["mend"]
        assert found["state.not-writable"]["said"] == f"cannot be made, for {closed} cannot be written"


class TestNoTerminal:
    """Whatever would be asked has to be said instead."""

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (("init",), "There is no terminal to ask at; say `bouncer init --yes --address you@your-provider`."),
            (("forget", "jane@acme.example"), "say --yes"),
        ],
    )
    def test_a_question_that_cannot_be_asked_is_one_sentence(self, tmp_path: Path, command: tuple[str, ...], said: str) -> None:
        """With the option that answers it, and nothing done."""
        home = Home(tmp_path)
        before = home.contacts.read_bytes()
        (tmp_path / "empty").mkdir()
        ran = bouncer(tmp_path / "empty" if command == ("init",) else tmp_path, *command)
        assert ran.code == 64
        assert said in ran.err
        assert home.contacts.read_bytes() == before
        assert list((tmp_path / "empty").iterdir()) == []


class TestAHalfFinishedBeginning:
    """Broken off, or the disk was full."""

    @pytest.mark.parametrize(
        ("kept", "said"),
        [
            ("", "bouncer.yaml: is empty; see the sample config/bouncer.yaml"),
            ("owner: {name: Olga\n", "bouncer.yaml:2: a bracket or brace that is never closed, or a comma missing before this"),
        ],
    )
    def test_what_is_not_whole_is_named_and_left_alone(self, tmp_path: Path, kept: str, said: str) -> None:
        """It may be the owner's own; the rest is made."""
        (tmp_path / "bouncer.yaml").write_text(kept)
        ran = bouncer(tmp_path, "init")
        assert ran.code == 0
        (line,) = [line for line in ran.out.splitlines() if "right what is wrong" in line]
        assert line.startswith("  - right what is wrong in the configuration, or move it away and say `bouncer init` again: ")
        assert line.endswith(said)
        assert (tmp_path / "bouncer.yaml").read_text() == kept

    def test_one_that_is_whole_is_not_complained_about(self, tmp_path: Path) -> None:
        """Though its password and its people are still to come."""
        bouncer(tmp_path, *INIT)
        (tmp_path / "password").unlink()
        ran = bouncer(tmp_path, "init")
        assert "right what is wrong" not in ran.out
        assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600

    def test_a_file_in_the_place_of_a_directory_is_said(self, tmp_path: Path) -> None:
        """And what was made before stays for the next call."""
        (tmp_path / "templates").touch()
        ran = bouncer(tmp_path, *INIT)
        assert (ran.code, ran.err) == (74, f"bouncer: {tmp_path}/templates/README.md cannot be written: File exists\n")
        (tmp_path / "templates").unlink()
        assert bouncer(tmp_path, "init").code == 0
        assert (tmp_path / "templates" / "README.md").exists()


GRANT = {
    "refresh_token": "c4nary",
    "client_id": "c",
    "signed_in": "2026-03-01T10:00:00+00:00",
    "used": "2026-03-01T10:00:00+00:00",
    "dies": None,
}


@pytest.mark.parametrize(
    "held",
    [
        "\x00\xff",
        json.dumps(GRANT | {"refresh_token": 5}),
        json.dumps(GRANT)[:-1],
        json.dumps(GRANT | {"used": "0001-01-01T00:00:00+14:00"}),
        json.dumps(GRANT | {"signed_in": "9999-12-31T23:59:59-14:00"}),
        "[" * 5000,
        "9" * 5000,
    ],
    ids=["bytes", "a number", "cut off", "year 1", "year 9999", "deep", "long"],
)
def test_a_login_edited_by_hand_is_one_sentence_and_left_alone(tmp_path: Path, held: str) -> None:
    """It is for the owner to sign in again; the token is never shown."""
    home = Home(tmp_path)
    oauth = "    auth: xoauth2\n    oauth: {provider: microsoft, client_id: c}\n"
    home.config.write_text(home.text.replace("    secret: {file: password}\n", oauth))
    (tmp_path / "state").mkdir(mode=0o700)
    login = tmp_path / "state" / "login.main.json"
    login.touch(mode=0o600)
    login.write_text(held)
    result = CliRunner().invoke(app, ["status", "--config", str(home.config)])
    assert result.exit_code == 0, result.output
    said = f"account main: {login} holds no login that bouncer wrote; run: bouncer login main"
    assert [line for line in result.output.splitlines() if line.startswith("Trouble: ")] == [f"Trouble: {said}"]
    with pytest.raises(SecretMissing) as caught:
        Keeping(home.settings.accounts[0], home.settings.state).load()
    assert str(caught.value) == said
    assert "c4nary" not in result.output
    assert login.read_text() == held
