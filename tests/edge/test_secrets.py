"""A password comes from where the configuration says, and stands in no message."""

import os
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from bouncer.edge.secrets import secret
from bouncer.errors import SecretMissing
from bouncer.model import Account, Secret, Server

PASSWORD = "c4nary-hunter2"


def account(source: Secret, user: str | None = None) -> Account:
    """Give an account whose password comes from *source*."""
    server = Server(host="127.0.0.1", port=993, user=user)
    return Account(name="main", address="olga@home.example", imap=server, smtp=server, secret=source)


def refused(source: Secret, environ: dict[str, str] | None = None, seconds: float = 10) -> str:
    """Give the sentence with which *source* is refused; it never holds the password, nor does anything it hangs on."""
    with pytest.raises(SecretMissing) as caught:
        secret(account(source), environ or {}, seconds)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    sentence = str(caught.value)
    assert PASSWORD not in sentence
    assert sentence.startswith("account main: ")
    return sentence.removeprefix("account main: ")


def private(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """Write *data* to *path* with *mode*."""
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_file_holds_the_password_and_perhaps_a_line_end(tmp_path: Path, ending: bytes) -> None:
    """Spaces belong to the password; the line end an editor adds does not."""
    path = private(tmp_path / "password", b" no 0123 " + ending)
    assert secret(account(Secret(file=path))) == " no 0123 "


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The sentence says how to mend it."""
    path = private(tmp_path / "password", PASSWORD.encode(), mode)
    assert refused(Secret(file=path)) == f"{path} can be read by others (mode {mode:03o}); run: chmod 600 {path}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So is a directory in its place, and a pipe that nobody writes to does not hang us."""
    assert refused(Secret(file=tmp_path / "none")) == f"{tmp_path / 'none'} cannot be read: No such file or directory"
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert refused(Secret(file=tmp_path / "pipe")) == f"{tmp_path / 'pipe'} is no regular file"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the password is empty"),
        (b"\n\n", "the password is empty"),
        (PASSWORD.encode() + b"\nsecond", "the password has more than one line or a control character"),
        (PASSWORD.encode() + b"\xff", "is not UTF-8"),
        (PASSWORD.encode() + b"\x00", "the password has more than one line or a control character"),
    ],
)
def test_a_file_that_holds_no_password_alone_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """An empty file, two lines, another encoding: said without showing what is in it."""
    assert refused(Secret(file=private(tmp_path / "password", data))).endswith(said)


def test_a_variable_holds_the_password() -> None:
    """An empty variable is as good as none."""
    assert secret(account(Secret(env="MAIL_PASSWORD")), {"MAIL_PASSWORD": PASSWORD}) == PASSWORD
    assert refused(Secret(env="MAIL_PASSWORD"), {"MAIL_PASSWORD": ""}) == "the environment variable MAIL_PASSWORD is not set"
    assert refused(Secret(env="MAIL_PASSWORD"), {"OTHER": PASSWORD}) == "the environment variable MAIL_PASSWORD is not set"


def test_a_command_prints_the_password_first() -> None:
    """Only the first line counts (`pass` prints notes after it), and no shell looks at the arguments."""
    assert secret(account(Secret(command=("printf", "%s\\nnote\\n", PASSWORD)))) == PASSWORD
    assert secret(account(Secret(command=("printf", "%s", "$HOME;`id`")))) == "$HOME;`id`"


def test_a_command_that_fails_is_quoted_by_the_last_line_of_its_errors() -> None:
    """The arguments are not shown: they may hold a secret of their own."""
    command = ("sh", "-c", f": {PASSWORD}; echo first >&2; printf 'vault is \\033[31mlocked\\n' >&2; exit 3")
    assert refused(Secret(command=command)) == "sh failed (exit code 3): vault is ?[31mlocked"


def test_a_command_that_prints_the_password_among_its_errors_is_not_quoted() -> None:
    """What it printed as the password must not come back by the other way."""
    command = ("sh", "-c", f"echo {PASSWORD}; echo could not use {PASSWORD} >&2; exit 1")
    assert refused(Secret(command=command)) == "sh failed (exit code 1)"


def test_a_command_that_is_not_there_or_says_nothing_is_refused() -> None:
    """And one that dies by a signal."""
    assert refused(Secret(command=("/no/such/program",))) == "/no/such/program cannot be run: No such file or directory"
    assert refused(Secret(command=("true",))) == "the password is empty"
    assert refused(Secret(command=("sh", "-c", "kill -9 $$"))) == "sh failed (signal 9)"


def test_a_command_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    """Its child would otherwise hold the pipe open for ever."""
    pid = tmp_path / "pid"
    command = ("sh", "-c", f"echo {PASSWORD}; sleep 1000 & echo $! > {pid}; wait")
    assert refused(Secret(command=command), seconds=0.5) == "sh took longer than 0.5 seconds"
    state = Path(f"/proc/{pid.read_text().strip()}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] in ("Z", "X")


def test_a_credential_lies_where_systemd_says(tmp_path: Path) -> None:
    """The files of systemd are readable by a group where it uses ACLs, so their mode is not looked at."""
    private(tmp_path / "mail", PASSWORD.encode() + b"\n", 0o440)
    assert secret(account(Secret(credential="mail")), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == PASSWORD


def test_a_credential_that_is_missing_says_what_the_unit_needs(tmp_path: Path) -> None:
    """Without systemd there is none at all."""
    assert refused(Secret(credential="mail")) == "the credential mail is only there under systemd; the unit needs LoadCredential=mail:FILE"
    said = refused(Secret(credential="mail"), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert said == "the credential mail cannot be read: No such file or directory; the unit needs LoadCredential=mail:FILE"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Give the one password there is; the service `locked` is locked."""
        if service == "locked":
            raise KeyringLocked(PASSWORD)
        return PASSWORD if (service, username) in {("mail", "olga@home.example"), ("mail", "olga")} else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing is kept."""

    def delete_password(self, service: str, username: str) -> None:
        """Nothing is there to delete."""


@pytest.fixture
def ring() -> object:
    """Use a keyring in memory for one test."""
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("ring")
def test_the_keyring_is_asked_for_the_login_name() -> None:
    """Which is the account's address where the server has no user of its own."""
    assert secret(account(Secret(keyring="mail"))) == PASSWORD
    assert secret(account(Secret(keyring="mail"), user="olga")) == PASSWORD


@pytest.mark.usefixtures("ring")
def test_a_keyring_without_the_password_says_how_to_put_it_there() -> None:
    """A locked one is named by the kind of its error alone."""
    said = refused(Secret(keyring="other"))
    assert said == "the keyring has no password of olga@home.example for other; run: keyring set other olga@home.example"
    assert refused(Secret(keyring="locked")) == "the keyring cannot be asked (KeyringLocked)"


def test_a_missing_extra_is_said_in_a_plain_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refused(Secret(keyring="mail")) == "the keyring needs an extra package; run: pip install 'bouncer-daemon[keyring]'"


def test_an_inline_password_works_and_is_in_no_repr() -> None:
    """Whoever logs an account does not log its password."""
    holder = account(Secret(inline=PASSWORD))
    assert secret(holder) == PASSWORD
    assert PASSWORD not in repr(holder)


def test_no_source_at_all_is_refused() -> None:
    """A validated configuration always has one; a twin of it may not."""
    assert refused(Secret()) == "no source of the password is configured"
