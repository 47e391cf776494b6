"""The first hour at the command line: begin, sign in, look, go live; against servers that take access tokens only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.bouncer_home import Home, Ran
from support.mailstack import CHECKER, MailStack, need_mail_servers
from support.scripted import Certificates
from support.signin import CLIENT_ID, SignIn

from bouncer.config.document import Loc
from bouncer.config.fill import filled

pytestmark = pytest.mark.servers

CONTACTS = """\
# mine
contacts:
  - name: Alice Adams
    email: alice@people.test   # from school
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


def test_from_nothing_to_the_first_letter(stack: MailStack, signin: SignIn, tmp_path: Path) -> None:
    """Every step ends well and says what the next one needs; the letter lies in Alice's Inbox and in the Sent folder."""
    (tmp_path / "shell").mkdir()
    shell, home = Home(tmp_path / "shell"), tmp_path / "mine"
    config = home / "bouncer.yaml"

    def bouncer(*arguments: str) -> Ran:
        ran = shell.bouncer(*arguments, "--config", str(config))
        assert ran.code == 0, ran
        assert "c4nary" not in ran.out + ran.err
        return ran

    assert shell.bouncer("init", "--yes", "--no-dns", "--address", CHECKER, "--name", "Olga Owner", str(home)).code == 0
    config.write_text(filled(config.read_text(), of_this_stack(stack, signin)))
    (home / "contacts.yaml").write_text(CONTACTS)
    assert "ABCD-1234" in bouncer("login").out
    stack.deliver(b"From: Alice Adams <alice@people.test>\r\nSubject: Hello\r\nMessage-ID: <1@people.test>\r\n\r\nHello.\r\n", CHECKER)
    bouncer("once")
    assert "in a dry run" in bouncer("status").out
    assert stack.mails("alice@people.test") == []

    days = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
    live = filled(config.read_text(), {("live",): True})
    config.write_text(
        live.replace("hours: [9, 17]", "hours: [0, 24]").replace("days: [monday, tuesday, wednesday, thursday, friday]", f"days: {days}")
    )
    bouncer("now", "alice@people.test")
    bouncer("once")
    assert b"Olga Owner" in stack.wait_for_mail("alice@people.test", b"From: Olga Owner")
    assert len(stack.mails(CHECKER, "Outgoing")) == 1
    assert "Check-ins: 1 today" in bouncer("status").out
    assert (home / "contacts.yaml").read_text() == CONTACTS
