"""`bouncer init`: what it writes reads well but for what only the owner knows, and what is there already stays."""

import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.bouncer_home import Home, Ran
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.cli.check import look
from bouncer.cli.servers import servers
from bouncer.cli.unit import drop_in, user_of
from bouncer.config import load
from bouncer.edge.machine import create, language, time_zone
from bouncer.errors import BouncerError, StorageFault

WORDS = ("init", "--yes", "--no-dns", "--name", "Jane Doe")


def bouncer(*arguments: str, **environ: str) -> Ran:
    """Run the command in this process, which is quicker."""
    result = CliRunner().invoke(app, arguments, env=environ)
    fault = result.exception
    if isinstance(fault, BouncerError):
        return Ran(fault.exit_code, result.stdout, str(fault))
    assert fault is None or isinstance(fault, SystemExit)
    return Ran(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a directory that is not there yet."""
    return tmp_path / "mine"


def made(home: Path, *arguments: str, **environ: str) -> Ran:
    """Run init for it."""
    return bouncer(*WORDS, *arguments, str(home), **environ)


@pytest.mark.parametrize(
    ("address", "wants"),
    [
        ("jane@gmail.com", "{home}/bouncer.yaml:51: accounts[0].secret: account main: the password is empty"),
        ("jane@hotmail.com", "{home}/bouncer.yaml:69: accounts[0].oauth.client_id: is missing: `bouncer help` says where to get one"),
    ],
)
def test_what_is_written_wants_nothing_but_what_the_owner_alone_knows(home: Path, address: str, wants: str) -> None:
    """`bouncer check` has one problem, and it is that."""
    ran = made(home, "--address", address)
    assert (ran.code, ran.err) == (0, "")
    assert [str(problem) for problem in look(home / "bouncer.yaml", {}).problems] == [wants.format(home=home)]


def test_gmail_is_filled_in_as_it_is_known(home: Path) -> None:
    """Servers, who files sent mail, and whose word counts; and the files that hold something private are the owner's alone."""
    ran = made(home, "--address", "jane@gmail.com", LANG="de_DE.UTF-8")
    (account,) = load(home / "bouncer.yaml", {}).accounts
    assert (account.imap.host, account.smtp.port, account.auth, account.secret.file) == (
        "imap.gmail.com",
        465,
        "password",
        home / "password",
    )
    assert (account.sent_copy, account.authserv_id, account.plus_address, account.verify_dkim) == ("server", "mx.google.com", True, False)
    settings = load(home / "bouncer.yaml", {})
    assert (settings.owner.name, settings.owner.language, settings.state) == ("Jane Doe", "de", home / "state")
    assert (home / "bouncer.yaml").read_text().startswith("# yaml-language-server: $schema=bouncer.schema.json\n")
    private = {path.name for path in home.iterdir() if path.is_file() and stat.S_IMODE(path.stat().st_mode) == 0o600}
    assert private == {"bouncer.yaml", "contacts.yaml", "password"}
    assert "https://myaccount.google.com/apppasswords" in ran.out
    assert [line.split()[1] for line in ran.out.splitlines() if line.startswith("  bouncer ")] == ["check", "doctor", "once"]


def test_gmail_may_sign_in_instead(home: Path) -> None:
    """With an application of the owner's; its secret has a file of its own, and there is no password."""
    ran = made(home, "--address", "jane@gmail.com", "--oauth", "--client-id", "c-1")
    (account,) = load(home / "bouncer.yaml", {}).accounts
    assert (account.auth, account.oauth.provider, account.oauth.client_id) == ("xoauth2", "google", "c-1")
    assert account.oauth.client_secret.file == home / "client-secret"
    assert not (home / "password").exists()
    assert [line.split()[1] for line in ran.out.splitlines() if line.startswith("  bouncer ")] == ["login", "check", "once"]


def test_nothing_is_overwritten_and_a_half_finished_one_is_gone_on_with(home: Path) -> None:
    """No question is asked the second time: the configuration says it all."""
    made(home, "--address", "jane@gmail.com")
    (home / "contacts.yaml").unlink()
    (home / "rules.d" / "README.md").unlink()
    (home / "password").write_text("s3cret\n")
    (home / "bouncer.yaml").write_text((home / "bouncer.yaml").read_text() + "# mine\n")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    ran = bouncer("init", str(home))
    assert ran.code == 0
    assert [line.split()[1] for line in ran.out.splitlines() if line.startswith("wrote")] == [
        str(home / "contacts.yaml"),
        str(home / "rules.d" / "README.md"),
    ]
    assert {path: path.read_bytes() for path in before} == before
    assert list(home.rglob(".*")) == []
    assert "the app password" not in ran.out


@pytest.mark.parametrize(
    "text",
    ["", "hello\n", "a: [\n", "accounts: []\n", "accounts: [x]\n", "accounts: {a: b}\n", "accounts: [{imap: x, oauth: y, secret: z}]\n"],
)
def test_a_configuration_of_any_kind_is_left_to_be_mended(home: Path, text: str) -> None:
    """`bouncer check` says what is wrong with it; the rest is made all the same."""
    home.mkdir()
    (home / "bouncer.yaml").write_text(text)
    ran = bouncer("init", str(home))
    assert ran.code == 0
    assert (home / "bouncer.yaml").read_text() == text
    assert (home / "templates" / "README.md").exists()
    assert "bouncer check" in ran.out


def test_names_of_any_kind_stand_in_the_configuration_as_they_are(tmp_path: Path) -> None:
    """Colons, quotes, hashes and what YAML would take for something else."""
    for number, name in enumerate(("Jane: O'Doe # x", '"Q"', "null", "No", "Зоя Ко", "- x", "@you", "{a}", "a  b")):
        home = tmp_path / str(number)
        ran = bouncer("init", "--yes", "--no-dns", "--address", "jane@gmail.com", "--name", name, str(home))
        assert (ran.code, ran.err) == (0, "")
        assert load(home / "bouncer.yaml", {}).owner.name == name


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("init",), 64, "There is no terminal to ask at; say `bouncer init --yes --address"),
        (("init", "--yes"), 64, "it takes your mail address"),
        (("init", "--yes", "--address", "jane"), 64, "`jane` is no mail address"),
        (("init", "--yes", "--no-dns", "--oauth", "--address", "jane@home.example"), 64, "--oauth is for Gmail and Microsoft"),
        ((*WORDS, "--address", "jane@gmail.com", "--name", "=?utf-8?q?x?="), 78, "owner.name: must not hold `=?`"),
        ((*WORDS, "--address", "jane@gmail.com", "--name", "a\nb"), 64, "cannot stand in the configuration"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(home: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Not even an empty file."""
    ran = bouncer(*arguments, str(home))
    assert ran.code == code
    assert said in ran.err
    assert not home.exists() or list(home.iterdir()) == []


def test_a_directory_that_cannot_be_is_said(home: Path) -> None:
    """A file in its place."""
    home.write_text("x")
    ran = made(home, "--address", "jane@gmail.com")
    assert ran.code == 74
    assert "cannot be written" in ran.err
    assert home.read_text() == "x"


def test_the_command_itself_works_without_a_home(tmp_path: Path, home: Path) -> None:
    """As under cron or in a container."""
    (tmp_path / "shell").mkdir()
    ran = Home(tmp_path / "shell").bouncer(*WORDS, "--address", "jane@gmail.com", str(home), HOME="", LANG="")
    assert (ran.code, ran.err) == (0, "")
    assert load(home / "bouncer.yaml", {}).owner.language == "en"


class Dns:
    """A DNS of one's own."""

    def __init__(self, mx: tuple[str, ...] = (), srv: Mapping[str, tuple[tuple[str, int], ...]] | None = None) -> None:
        """Know these records."""
        self._mx, self._srv = mx, srv or {}

    def mx(self, _domain: str) -> tuple[str, ...]:
        """Give the exchangers."""
        return self._mx

    def srv(self, name: str) -> tuple[tuple[str, int], ...]:
        """Give the servers."""
        return self._srv.get(name, ())


def test_a_domain_that_is_a_guest_somewhere_is_known_by_its_exchangers() -> None:
    """Google Workspace and Microsoft 365 are."""
    found = servers("jane@home.example", resolver=lambda: Dns(mx=("home-example.mail.protection.outlook.com",)))
    assert found.provider is not None
    assert (found.provider.key, found.smtp[0]) == ("microsoft365", "smtp.office365.com")


def test_the_servers_that_a_domain_names_are_taken() -> None:
    """TLS from the first byte before STARTTLS, where it offers both (RFC 8314)."""
    names = {
        "_imaps._tcp.home.example": (("mail.home.example", 993),),
        "_imap._tcp.home.example": (("mail.home.example", 143),),
        "_submission._tcp.home.example": (("out.home.example", 587),),
    }
    found = servers("jane@home.example", resolver=lambda: Dns(mx=("mx.home.example",), srv=names))
    assert (found.imap, found.smtp) == (("mail.home.example", 993, "implicit"), ("out.home.example", 587, "starttls"))
    assert "RFC 6186" in found.told[0]
    assert "guess" not in found.told[0]


@pytest.mark.parametrize("dns", [True, False])
def test_a_guess_is_said_to_be_one(dns: bool) -> None:
    """Nobody shall wonder why nothing answers."""
    found = servers("jane@home.example", dns=dns, resolver=Dns)
    assert (found.provider, found.imap[0]) == (None, "imap.home.example")
    assert "guessed" in found.told[0]


def test_the_unit_runs_as_this_user_with_these_paths(home: Path) -> None:
    """And nothing is written."""
    ran = bouncer("init", "--systemd", "/home/olga/my mail")
    assert ran.code == 0
    assert '--config "/home/olga/my mail/bouncer.yaml"' in ran.out
    assert 'BindPaths="/home/olga/my mail"' in ran.out
    assert "systemctl enable --now bouncer" in ran.out
    assert not home.exists()


def test_the_unit_goes_on_with_what_the_other_commands_have_kept(home: Path) -> None:
    """The login, the ledger: the state stays beside the configuration, or where that says; the contact file may lie elsewhere as well."""
    made(home, "--address", "jane@gmail.com")
    ran = bouncer("init", "--systemd", str(home))
    assert ran.err == ""
    assert "StateDirectory=\n" in ran.out
    config = home / "bouncer.yaml"
    text = config.read_text().replace("\ncontacts: contacts.yaml\n", "\ncontacts: /srv/book/contacts.yaml\n")
    config.write_text(text.replace("\nstate: state\n", "\nstate: /home/olga/state\n"))
    told = bouncer("init", "--systemd", str(home)).out.splitlines()
    assert "ReadWritePaths=/srv/book" in told
    assert "BindPaths=/home/olga/state" in told


def test_a_unit_for_a_configuration_that_is_not_there_yet_says_so(home: Path) -> None:
    """Not in what goes into the file."""
    ran = bouncer("init", "--systemd", str(home))
    assert ran.err == f"There is no {home}/bouncer.yaml yet; begin with: bouncer init {home}\n"
    assert "There is" not in ran.out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_by_sudo_the_unit_runs_as_the_owner_of_the_directory(home: Path) -> None:
    """Not as root; and as a number where the owner has no name."""
    home.mkdir()
    for number, name in ((pwd.getpwnam("daemon").pw_uid, "daemon"), (54_321, "54321")):
        os.chown(home, number, -1)
        assert user_of(home) == name


def test_what_a_unit_would_expand_stands_for_itself() -> None:
    """A percent sign, a dollar, a colon (systemd.unit)."""
    told = drop_in(Path("/srv/50%/$a:b"), "olga").splitlines()
    assert "User=olga" in told
    assert 'ReadWritePaths="/srv/50%%/$a\\\\:b"' in told
    assert any(line.endswith('--config "/srv/50%%/$$a:b/bouncer.yaml"') for line in told)


def test_a_file_is_made_whole_or_left_alone(tmp_path: Path) -> None:
    """Whatever the umask says, and a link counts as there."""
    old = os.umask(0o077)
    try:
        assert create(tmp_path / "a" / "b", "text", 0o644)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o644
    assert not create(tmp_path / "a" / "b", "other")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert not create(tmp_path / "link", "text")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(StorageFault, match="cannot be written"):
        create(tmp_path / "a" / "b" / "c", "text")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "link"]


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_ALL": "fr_FR", "LANG": "de_DE"}, "fr"),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({}, ""),
    ],
)
def test_the_language_is_the_environments(environ: dict[str, str], said: str) -> None:
    """`C` is none."""
    assert language(environ) == said


def test_the_zone_is_where_the_link_leads(tmp_path: Path) -> None:
    """A file that is no link says nothing."""
    zone = tmp_path / "zoneinfo" / "Europe" / "London"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    assert time_zone(tmp_path / "localtime") == "Europe/London"
    (tmp_path / "plain").touch()
    assert (time_zone(tmp_path / "plain"), time_zone(tmp_path / "missing")) == ("", "")


def at_a_terminal(shell: Path, typed: bytes, *arguments: str) -> tuple[int, str]:
    """Run `init` at a terminal where *typed* is typed, in a home *shell*; gives its exit code and what it printed."""
    shell.mkdir()
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "bouncer", "init", "--no-dns", *arguments]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=Home(shell).environ(), text=True
    ) as asking:
        os.write(ours, typed)
        out, _ = asking.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return asking.returncode, out


def test_at_a_terminal_it_asks_for_what_it_does_not_know(tmp_path: Path, home: Path) -> None:
    """The address, the name, and whether the servers are right."""
    code, out = at_a_terminal(tmp_path / "shell", b"jane@web.de\nJane Doe\ny\n", str(home))
    assert code == 0
    assert "Your mail address" in out
    assert "web.de belongs to WEB.DE" in out
    assert load(home / "bouncer.yaml", {}).accounts[0].smtp.host == "smtp.web.de"


def test_at_a_terminal_a_no_writes_nothing(tmp_path: Path, home: Path) -> None:
    """It says where the sample lies instead."""
    code, out = at_a_terminal(tmp_path / "shell", b"n\n", "--address", "jane@home.example", "--name", "Jane", str(home))
    assert code == 64
    assert "Nothing was written" in out
    assert not home.exists()
