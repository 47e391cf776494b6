"""`bouncer check` looks at every file in one go, writes nothing, and says with its exit code whether bouncer could run."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bouncer.cli.check import check, look, problems
from bouncer.cli.common import config_path, settings_of
from bouncer.config import schema
from bouncer.errors import OwnerFault

app = typer.Typer()
app.command()(check)

CONFIG = """\
owner: {name: Olga Owner, address: olga@home.test}
accounts:
  - name: main
    address: olga@home.test
    imap: {host: imap.home.test, port: 993}
    smtp: {host: smtp.home.test, port: 465}
    secret: {file: password}
    authserv_id: mx.home.test
live: true
"""
CONTACTS = "contacts:\n  - name: Jane Doe\n    email: jane@acme.test\n"
RULE = """\
pack: replies
language: en
rules:
  - name: en-mine
    means: left
    within: body
    phrases: ['have passed the baton at {org}']
    examples: ["I have passed the baton at Acme Rail."]
    counter-examples: ["I have not passed the baton at Acme Rail."]
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Give a directory with everything a small configuration needs."""
    (tmp_path / "bouncer.yaml").write_text(CONFIG)
    (tmp_path / "contacts.yaml").write_text(CONTACTS)
    (tmp_path / "password").write_text("c4nary\n")
    (tmp_path / "password").chmod(0o600)
    return tmp_path


def said(house: Path, code: int) -> list[str]:
    """Run the command, expect its exit code, and give its lines without the directory."""
    result = CliRunner().invoke(app, ["--config", str(house / "bouncer.yaml")])
    assert result.exit_code == code, result.output
    assert "c4nary" not in result.output
    return result.stdout.replace(f"{house}/", "").splitlines()


def test_all_that_is_well_is_said(house: Path) -> None:
    """Nothing is written by looking."""
    lines = said(house, 0)
    assert lines[:2] == ["fine: bouncer.yaml: 1 account, live", "fine: contacts.yaml: 1 contact"]
    assert lines[2] == "fine: templates: de, en, fr"
    assert lines[3].startswith("fine: rules: ")
    assert lines[4:] == ["fine: the password of account main is there"]
    assert sorted(path.name for path in house.iterdir()) == ["bouncer.yaml", "contacts.yaml", "password"]


def test_every_file_is_looked_at_though_the_configuration_is_wrong(house: Path) -> None:
    """All problems come at once, each with file, line and path, and the exit code is 78."""
    wrong = CONFIG.replace("live: true", "live: perhaps\ntemplates: mine\nrules: own").replace("olga@home.test}", "olga}")
    (house / "bouncer.yaml").write_text(wrong)
    (house / "contacts.yaml").write_text(CONTACTS.replace("    email: jane@acme.test\n", "    email: jane\n    status: gone\n"))
    (house / "password").chmod(0o644)
    (house / "mine").mkdir()
    (house / "mine" / "checkin.en.txt").write_text("Subject: Hello\n\n{% if %}\n")
    (house / "own").mkdir()
    (house / "own" / "mine.yaml").write_text(RULE.replace('Acme Rail."]\n    counter', 'nowhere."]\n    counter'))
    lines = said(house, 78)
    places = [line.partition(": ")[0] for line in lines]
    assert places[:4] == ["bouncer.yaml:1", "bouncer.yaml:9", "contacts.yaml:3", "contacts.yaml:4"]
    assert places[4:] == ["mine/checkin.en.txt:3", "own/mine.yaml:8", "bouncer.yaml:7"]
    assert (
        lines[-1] == "bouncer.yaml:7: accounts[0].secret: account main: password can be read by others (mode 644); run: chmod 600 password"
    )


def test_a_missing_file_is_named(house: Path) -> None:
    """So is a directory that is none."""
    (house / "contacts.yaml").unlink()
    (house / "password").unlink()
    (house / "state").write_text("")
    (house / "bouncer.yaml").write_text(CONFIG.replace("port: 993", "port: 993, ca_file: ca.pem") + "rules: own\ntemplates: mine\n")
    lines = said(house, 78)
    places = [line.partition(": ")[0] for line in lines if not line.startswith("fine: ")]
    assert places == ["bouncer.yaml:1", "contacts.yaml", "mine", "bouncer.yaml:10", "bouncer.yaml:5", "bouncer.yaml:7"]
    assert "bouncer.yaml:10: rules: there is no directory own" in lines
    assert "bouncer.yaml:5: accounts[0].imap.ca_file: ca.pem cannot be used: No such file or directory" in lines


def test_a_file_that_the_system_refuses_is_a_problem_as_any_other(house: Path) -> None:
    """A path that runs through a file, or one that is too long, ends in a sentence."""
    (house / "bouncer.yaml").write_text(CONFIG + f"state: {'x' * 300}\ncontacts: password/contacts.yaml\n")
    state, contacts = problems(house / "bouncer.yaml", {})
    assert "File name too long" in str(state)
    assert contacts.file == f"{house}/password/contacts.yaml"


def test_a_path_that_is_none_is_said_once(house: Path) -> None:
    """There is nothing to look at behind it."""
    (house / "bouncer.yaml").write_text(CONFIG + "state: [a]\ncontacts: {a: b}\n")
    assert [problem.path for problem in problems(house / "bouncer.yaml", {})] == ["state", "contacts"]


def test_a_certificate_file_must_hold_one(house: Path) -> None:
    """A file of something else would only fail at the first connection."""
    (house / "bouncer.yaml").write_text(CONFIG.replace("port: 465", "port: 465, ca_file: contacts.yaml"))
    (problem,) = problems(house / "bouncer.yaml", {})
    assert (problem.line, problem.path) == (6, "accounts[0].smtp.ca_file")
    assert problem.message.endswith("cannot be used: it holds no PEM certificate")


def test_a_contact_of_an_account_that_is_not_there_is_a_problem(house: Path) -> None:
    """It could never be written to."""
    (house / "contacts.yaml").write_text(CONTACTS + "    account: work\n")
    (problem,) = problems(house / "bouncer.yaml", {})
    assert str(problem) == f"{house}/contacts.yaml:2: account: `work` is no account of the configuration; there are `main`"
    (house / "contacts.yaml").write_text(CONTACTS + "    account: main\n")
    assert problems(house / "bouncer.yaml", {}) == ()


def test_an_interval_that_cannot_be_read_is_a_problem(house: Path) -> None:
    """The contact would silently be written to at the usual pace."""
    (house / "contacts.yaml").write_text(CONTACTS + "    every: fortnightly-ish\n")
    (problem,) = problems(house / "bouncer.yaml", {})
    assert str(problem).startswith(f"{house}/contacts.yaml:2: every: 'fortnightly-ish' is no interval")
    (house / "contacts.yaml").write_text(CONTACTS + "    every: 6 months\n")
    assert problems(house / "bouncer.yaml", {}) == ()


def test_an_interval_by_tag_that_nobody_can_read_is_named_with_its_line(house: Path) -> None:
    """In the configuration as in the contact file; one that can be read is no problem."""
    (house / "bouncer.yaml").write_text(CONFIG + "every:\n  client: 3 months\n  friend: fortnightly-ish\n")
    (problem,) = problems(house / "bouncer.yaml", {})
    assert str(problem).startswith(f"{house}/bouncer.yaml:12: every.friend: 'fortnightly-ish' is no interval")


def test_what_is_odd_does_not_fail(house: Path) -> None:
    """A dry run, a credential that only systemd has, a language nobody wrote a template in."""
    (house / "bouncer.yaml").write_text(CONFIG.replace("live: true", "live: false").replace("file: password", "credential: mail"))
    (house / "contacts.yaml").write_text(CONTACTS + "    language: fi-FI\n")
    warned = [line for line in said(house, 0) if line.startswith("warning: ")]
    assert len(warned) == 3
    assert warned[0].startswith("warning: bouncer.yaml: live: is false")
    assert warned[1] == "warning: bouncer.yaml: accounts[0].secret.credential: is only there under systemd, so it was not looked at"
    assert warned[2].startswith("warning: there is no template checkin.fi.txt (1 contact); another language is used, one of de, en, fr")


def test_a_credential_is_looked_at_where_systemd_gives_one(house: Path) -> None:
    """As when the daemon itself looks before it reloads."""
    (house / "bouncer.yaml").write_text(CONFIG.replace("file: password", "credential: mail"))
    (problem,) = problems(house / "bouncer.yaml", {"CREDENTIALS_DIRECTORY": str(house)})
    assert problem.path == "accounts[0].secret"
    assert problems(house / "bouncer.yaml", {"CREDENTIALS_DIRECTORY": str(house / "none")})
    (house / "mail").write_text("c4nary")
    assert look(house / "bouncer.yaml", {"CREDENTIALS_DIRECTORY": str(house)}).problems == ()


def test_own_rules_that_do_what_they_say_are_counted(house: Path) -> None:
    """And the house keeps quiet about them otherwise."""
    before = look(house / "bouncer.yaml", {}).fine
    (house / "own").mkdir()
    (house / "own" / "mine.yaml").write_text(RULE)
    (house / "bouncer.yaml").write_text(CONFIG + "rules: own\n")
    assert look(house / "bouncer.yaml", {}).problems == ()
    assert look(house / "bouncer.yaml", {}).fine != before


def test_an_escape_sequence_in_a_file_does_not_reach_the_terminal(house: Path) -> None:
    """Not even from the owner's own."""
    (house / "bouncer.yaml").write_text(CONFIG.replace("live: true", 'live: "\\e[31m"'))
    assert not any("\x1b" in line for line in said(house, 78))


def test_the_schema_is_printed_for_whoever_wants_it() -> None:
    """The file under config/ is made so."""
    assert json.loads(CliRunner().invoke(app, ["--schema"]).stdout) == schema()


def test_the_configuration_is_looked_for_in_three_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The present directory before the user's before the machine's; a named one before all."""
    here, etc, home = (tmp_path / name for name in ("here", "etc", "home"))
    for folder in (here, etc / "bouncer", home / ".config" / "bouncer", home / "xdg" / "bouncer"):
        folder.mkdir(parents=True)
    monkeypatch.chdir(here)
    environ = {"HOME": str(home)}
    with pytest.raises(
        OwnerFault,
        match=r"in any of bouncer\.yaml, .*/home/\.config/bouncer/bouncer\.yaml, .*; name it with --config FILE, or begin with `bouncer",
    ):
        config_path(None, environ, etc)
    assert config_path(tmp_path / "named.yaml", environ, etc) == tmp_path / "named.yaml"
    for place in (etc / "bouncer", home / ".config" / "bouncer", here):
        (place / "bouncer.yaml").touch()
        assert config_path(None, environ, etc).absolute() == place / "bouncer.yaml"
    (here / "bouncer.yaml").unlink()
    assert config_path(None, {**environ, "XDG_CONFIG_HOME": str(home / "xdg")}, etc) == etc / "bouncer" / "bouncer.yaml"
    assert config_path(None, {**environ, "XDG_CONFIG_HOME": "relative"}, etc) == home / ".config" / "bouncer" / "bouncer.yaml"
    assert config_path(None, {}, etc) == etc / "bouncer" / "bouncer.yaml"
    assert config_path(None, {"HOME": "/" + "x" * 300}, etc) == etc / "bouncer" / "bouncer.yaml"


def test_the_settings_of_a_named_configuration_are_read(house: Path) -> None:
    """Or every problem of it is raised."""
    assert settings_of(house / "bouncer.yaml").owner.name == "Olga Owner"
    with pytest.raises(OwnerFault):
        settings_of(house / "contacts.yaml")
