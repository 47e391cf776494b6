"""The first hour as the README tells it, at the command line, against servers that take tokens only: from nothing to an undone change."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.bouncer_home import Home, Ran
from support.daemons import PATIENCE, RUN, Daemon
from support.mailstack import CHECKER, MailStack, need_mail_servers
from support.scripted import Certificates
from support.servers import eventually
from support.signin import CLIENT_ID, SignIn

from bouncer.config.document import Loc
from bouncer.config.fill import filled
from bouncer.edge.contacts import open_contacts

pytestmark = pytest.mark.servers

CONTACTS = """\
# mine
contacts:
  - name: Alice Adams
    email: alice@people.test   # from school
  - name: Leo Left
    email: left@people.test
    company: People Inc
"""


@pytest.fixture
def signin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """Give a sign-in server that signs in the mailbox's owner."""
    with SignIn(Certificates(tmp_path_factory.mktemp("tls")), user=CHECKER) as running:
        yield running


@pytest.fixture
def stack(signin: SignIn) -> Iterator[MailStack]:
    """Give a mail system that takes its tokens."""
    need_mail_servers()
    with MailStack(signin.introspection) as running:
        yield running


def of_this_stack(stack: MailStack, signin: SignIn) -> dict[Loc, str | bool]:
    """Give what the owner of such a mailbox changes in what `init` guessed."""
    oauth = {"provider": "microsoft", "client_id": CLIENT_ID, "authority": signin.authority, "ca_file": str(signin.ca_file)}
    values: dict[Loc, str | bool] = {("accounts", 0, "oauth", name): value for name, value in oauth.items()}
    for name, port in (("imap", stack.ports["imaps"]), ("smtp", stack.ports["submissions"])):
        values |= {("accounts", 0, name, "host"): "127.0.0.1", ("accounts", 0, name, "port"): str(port)}
        values |= {("accounts", 0, name, "ca_file"): str(stack.ca_file)}
    values[("rules",)] = ""  # quicker: the shipped packs are not compiled along to prove the sample of an own one
    return values | {("accounts", 0, "auth"): "xoauth2", ("accounts", 0, "secret", "file"): "", ("accounts", 0, "verify_dkim"): False}


class Hour:
    """The owner at the shell, from an empty directory on."""

    def __init__(self, path: Path, stack: MailStack) -> None:
        """Begin with nothing in *path*."""
        (path / "shell").mkdir()
        self.shell, self.home, self.stack = Home(path / "shell"), path / "mine", stack
        self.config, self.contacts = self.home / "bouncer.yaml", self.home / "contacts.yaml"

    def bouncer(self, *arguments: str, code: int = 0) -> Ran:
        """Run a command in the new home; it ends with *code* and shows no secret."""
        ran = self.shell.bouncer(*arguments, "--config", str(self.config))
        assert ran.code == code, ran
        assert "c4nary" not in ran.out + ran.err
        return ran

    def running(self) -> Daemon:
        """Start `bouncer run` in the home."""
        log = self.home.parent / "log"
        return Daemon(self.shell.path, self.shell.environ(), (*RUN, "--config", str(self.config)), log=log)

    def says(self, word: str, *arguments: str) -> str:
        """Wait until a command prints *word*, and give all that it prints."""
        return eventually(lambda: out if word in (out := self.bouncer(*arguments).out) else "", PATIENCE)

    def email_of(self, name: str) -> str:
        """Give the address that the contact file has for somebody."""
        book = open_contacts(self.contacts, self.home / "history").load()
        return next(contact.email or "" for contact in book.contacts if contact.name == name)

    def goes_live(self) -> None:
        """Set `live: true`, and hours in which this test may run."""
        days = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
        live = filled(self.config.read_text(), {("live",): True}).replace("hours: [9, 17]", "hours: [0, 24]")
        self.config.write_text(live.replace("days: [monday, tuesday, wednesday, thursday, friday]", f"days: {days}"))


def test_from_nothing_to_a_correction_that_was_undone(stack: MailStack, signin: SignIn, tmp_path: Path) -> None:
    """Every step ends well and leaves what the next one needs; nobody but the first gets a letter before the owner has said so."""
    hour = Hour(tmp_path, stack)
    begins(hour, signin)
    looks(hour)
    runs_dry(hour)
    is_live_and_answered(hour)
    takes_it_back(hour)


def begins(hour: Hour, signin: SignIn) -> None:
    """Install the files, say whose mailbox it is, write the contacts; `check` asks for the login, and then for nothing."""
    arguments = ("init", "--yes", "--no-dns", "--address", CHECKER, "--name", "Olga Owner", str(hour.home))
    assert hour.shell.bouncer(*arguments).code == 0
    hour.config.write_text(filled(hour.config.read_text(), of_this_stack(hour.stack, signin)))
    hour.contacts.write_text(CONTACTS)
    assert "bouncer login main" in hour.bouncer("check", code=78).out
    assert "ABCD-1234" in hour.bouncer("login").out
    assert "2 contacts" in hour.bouncer("check").out


def looks(hour: Hour) -> None:
    """See the trial letter come back, which shows what to set; that these servers vouch for nobody is a warning, and heeded."""
    lines = hour.bouncer("doctor", "--roundtrip", "--set", "--json", code=1).out.splitlines()
    found = {one["id"]: one["gravity"] for one in map(json.loads, lines)}
    assert found["mail.back"] == "fine"
    warned = {name for name, gravity in found.items() if gravity not in {"fine", "note"}}
    assert warned == {"mail.nobody-vouches", "mail.no-authentication-results"}
    text = hour.config.read_text()
    assert "plus_address: true" in text
    hour.config.write_text(filled(text, {("accounts", 0, "authserv_id"): "mx.people.test"}))


def runs_dry(hour: Hour) -> None:
    """Have what comes read; nothing goes out, and the contact file is as it was."""
    hour.stack.deliver(b"From: Alice Adams <alice@people.test>\r\nSubject: Hello\r\nMessage-ID: <1@people.test>\r\n\r\nHello.\r\n", CHECKER)
    with hour.running() as daemon:
        hour.says("Alice Adams", "history")
        assert "in a dry run" in hour.bouncer("status").out
        assert daemon.end() == 0
    assert hour.stack.mails("alice@people.test") + hour.stack.mails("left@people.test") == []
    assert hour.contacts.read_text() == CONTACTS


def is_live_and_answered(hour: Hour) -> None:
    """One letter goes out, its auto-reply corrects the contact file, and the other letter waits for the owner's word."""
    hour.goes_live()
    hour.bouncer("now", "left@people.test")
    with hour.running() as daemon:
        assert b"Olga Owner" in hour.stack.wait_for_mail("left@people.test", b"From: Olga Owner", PATIENCE)
        eventually(lambda: hour.email_of("Leo Left") == "left.new@elsewhere.test", PATIENCE)
        assert hour.stack.mails("alice@people.test") == []
        hour.says("bouncer resume", "status")
        assert daemon.end() == 0
    hour.bouncer("now", "alice@people.test")
    assert "go out from now on" in hour.bouncer("resume").out
    hour.bouncer("once")
    hour.stack.wait_for_mail("alice@people.test", b"From: Olga Owner", PATIENCE)
    assert len(hour.stack.mails(CHECKER, "Outgoing")) == 2


def takes_it_back(hour: Hour) -> None:
    """Read in the summary what changed; `history` says its number, `undo` puts it back, and then there is nothing of it to tell."""
    assert "left.new@elsewhere.test" in hour.bouncer("summary").out
    change = re.search(r"^ *(\d+) .*email: left@people.test -> left.new@elsewhere.test$", hour.bouncer("history").out, re.MULTILINE)
    assert change is not None
    assert "left.new@elsewhere.test -> left@people.test" in hour.bouncer("undo", change[1]).out
    assert hour.email_of("Leo Left") == "left@people.test"
    assert hour.contacts.read_text().startswith(CONTACTS.partition("  - name: Leo")[0])
    told = hour.bouncer("summary").out
    assert "2 check-ins" in told
    assert "left.new@elsewhere.test" not in told
