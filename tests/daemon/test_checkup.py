"""Broken set-ups on the loopback, each named right and with its mend, and a healthy one in which nothing is found."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.bouncer_home import CONTACTS
from support.imap_client import QUICK, SECRET, refusing
from support.scripted import Certificates, Line, Script, Scripted
from support.scripted.imap import ImapScript
from support.scripted.smtp import smtp
from support.servers import free_ports

from bouncer.daemon.checkup import Checkup
from bouncer.edge.smtp import Waits
from bouncer.model import Account, Owner, Secret, Server, Settings
from bouncer.model.checkup import Diagnosis

ALL = "IDLE AUTH=PLAIN QUOTA STARTTLS"
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system that is none of the tests'
QUICKLY = Waits(connect=5, command=5, data=5, final=5, goodbye=1)


def folders(*more: str) -> dict[str, Any]:
    """Give an answer to LIST: the Inbox and *more*."""

    def answer(line: Line, _tag: str, _words: str) -> None:
        line.say('* LIST () "/" INBOX', *(f"* LIST {one}" for one in more))

    return {"LIST": answer}


def quota(used: int) -> dict[str, Any]:
    """Give an answer to GETQUOTAROOT: of 1000 KiB so many are used."""

    def answer(line: Line, _tag: str, _words: str) -> None:
        line.say('* QUOTAROOT INBOX ""', f'* QUOTA "" (STORAGE {used} 1000)')

    return {"GETQUOTAROOT": answer}


def script(capabilities: str = ALL, **answers: Any) -> ImapScript:
    """Give a mailbox in which all is well but for *answers*."""
    well = {**folders(r'(\Junk) "/" Spam', r'(\Sent) "/" Sent'), **quota(10), **answers}
    return ImapScript(capabilities=capabilities, **well)


class Setup:
    """A set-up on the loopback."""

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        """Write the contact file into *directory*; servers end with *stack*."""
        self.directory, self._stack = directory, stack
        self.contacts, self.state = directory / "contacts.yaml", directory / "state"
        self.contacts.write_text(CONTACTS)
        self.state.mkdir(mode=0o700)
        self.imap, self.smtp = self.server(script()), self.server(smtp())
        self.folders = ("INBOX", "\\Junk")

    def server(
        self, what: Script, tls: str = "loopback-none", certificates: Certificates | None = None, context: ssl.SSLContext | None = None
    ) -> Server:
        """Start a server that follows *what*."""
        running = self._stack.enter_context(Scripted(what, context=context))
        ca_file = certificates.ca_file if certificates else None
        return Server(host="127.0.0.1", port=running.port, tls=tls, ca_file=ca_file)  # type: ignore[arg-type]

    def found(self) -> list[Diagnosis]:
        """Give all that is found wrong."""
        account = Account(
            name="main", address="olga@home.example", imap=self.imap, smtp=self.smtp, secret=Secret(inline=SECRET),
            folders=self.folders, authserv_id="mx.example",
        )  # fmt: skip
        owner = Owner(name="Olga Owner", address="olga@home.example")
        settings = Settings(owner=owner, accounts=(account,), contacts=self.contacts, state=self.state)
        return [one for one in Checkup(settings, QUICK, QUICKLY).diagnoses() if one.gravity != "fine"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority of our own."""
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    """Give a healthy set-up, to be broken."""
    with ExitStack() as stack:
        yield Setup(tmp_path, stack)


def named(found: list[Diagnosis], name: str, mend: str) -> None:
    """Check that the one thing found is called *name* and its mend says *mend*."""
    assert [one.id for one in found] == [name], found
    assert mend in found[0].mend
    assert found[0].said
    assert (found[0].code != 0) is (found[0].gravity == "error")


def test_in_a_healthy_setup_nothing_is_found(setup: Setup) -> None:
    """And nothing was written to look."""
    assert setup.found() == []
    assert sorted(path.name for path in setup.directory.rglob("*")) == ["contacts.yaml", "state"]


def test_a_wrong_port_is_named(setup: Setup) -> None:
    """Nobody listens there."""
    setup.imap = replace(setup.imap, port=free_ports(1)[0])
    named(setup.found(), "imap.port-closed", "check host and port")


def test_a_host_that_the_dns_does_not_know_is_named(setup: Setup) -> None:
    """It is not asked for a login."""
    setup.imap = Server(host="imap.no-such-host.invalid", port=993)
    named(setup.found(), "imap.no-host", "check the host name and the network")


@pytest.mark.parametrize(
    ("said", "name", "mend"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "imap.login-password", "check the account's user and secret"),
        ("LOGIN failed. Basic authentication is disabled", "imap.login-basic-off", "auth: xoauth2"),
        ("[ALERT] Application-specific password required", "imap.login-app-password", "make an app password"),
        ("[ALERT] Too many simultaneous connections", "imap.login-later", "tried again"),
    ],
)
def test_a_refused_imap_login_is_named_by_what_the_server_says(setup: Setup, said: str, name: str, mend: str) -> None:
    """In plain words, with what to do."""
    setup.imap = setup.server(script(LOGIN=refusing(said)))
    named(setup.found(), name, mend)


@pytest.mark.parametrize(
    ("said", "name", "mend"),
    [
        ("535 5.7.8 Error: authentication failed", "smtp.login-password", "check the account's user and secret"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", "smtp.login-basic-off", "auth: xoauth2"),
        ("534 5.7.9 Application-specific password required", "smtp.login-app-password", "make an app password"),
    ],
)
def test_a_refused_smtp_login_is_named_by_what_the_server_says(setup: Setup, said: str, name: str, mend: str) -> None:
    """The same on the other wire."""
    setup.smtp = setup.server(smtp(AUTH=said))
    named(setup.found(), name, mend)


@pytest.mark.parametrize(("bad", "name", "mend"), [("age", "tls-expired", "renew"), ("name", "tls-wrong-name", "use the name")])
@pytest.mark.parametrize("wire", ["imap", "smtp"])
def test_a_bad_certificate_is_named(setup: Setup, certificates: Certificates, wire: str, bad: str, name: str, mend: str) -> None:
    """Whether it ran out or is for another host."""
    context = certificates.server(age=timedelta(days=2)) if bad == "age" else certificates.server("mx.elsewhere.example")
    setattr(setup, wire, setup.server(script() if wire == "imap" else smtp(), "implicit", certificates, context))
    named(setup.found(), f"{wire}.{name}", mend)


def test_a_certificate_that_is_good_for_a_week_is_a_warning(setup: Setup, certificates: Certificates) -> None:
    """The server can still be used, and what else is wrong is found as well."""
    context = certificates.server(age=timedelta(days=-7))
    setup.imap = setup.server(script(), "implicit", certificates, context)
    named(setup.found(), "imap.tls-expiring", "renew")


@pytest.mark.parametrize("wire", ["imap", "smtp"])
def test_a_server_without_starttls_is_named(setup: Setup, certificates: Certificates, wire: str) -> None:
    """The password is not sent to it."""
    setattr(setup, wire, setup.server(script("IDLE AUTH=PLAIN") if wire == "imap" else smtp(), "starttls", certificates))
    named(setup.found(), f"{wire}.tls-no-starttls", "set tls: implicit")


def test_a_server_with_old_tls_alone_is_named(setup: Setup, certificates: Certificates) -> None:
    """TLS 1.1 and older are not spoken."""
    context = certificates.server()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    setup.imap = setup.server(script(), "implicit", certificates, context)
    named(setup.found(), "imap.tls-old", "needs an update")


def test_a_missing_sent_folder_is_named(setup: Setup) -> None:
    """With the folders that there are."""
    setup.imap = setup.server(script(**folders(r'(\Junk) "/" Spam', '() "/" Private')))
    named(setup.found(), "imap.sent-missing", "INBOX, Private, Spam")


def test_a_missing_folder_is_named(setup: Setup) -> None:
    """One that the owner has named: with those that there are."""
    setup.folders = ("INBOX", "Answers")
    named(setup.found(), "imap.folder-missing", "set accounts[0].folders to some of these: INBOX, Sent, Spam")


def test_a_missing_junk_folder_is_only_noted(setup: Setup) -> None:
    """Some mailboxes have none."""
    setup.imap = setup.server(script(**folders(r'(\Sent) "/" Sent')))
    named(setup.found(), "imap.junk-missing", "name it in accounts[0].folders")


def test_a_full_mailbox_is_named(setup: Setup) -> None:
    """And one that is nearly full is a warning."""
    setup.imap = setup.server(script(**quota(1000)))
    named(setup.found(), "imap.quota-full", "have the quota raised")
    setup.imap = setup.server(script(**quota(960)))
    named(setup.found(), "imap.quota-nearly-full", "have the quota raised")


def test_a_server_without_idle_is_noted(setup: Setup) -> None:
    """It is asked now and then instead."""
    setup.imap = setup.server(script("AUTH=PLAIN QUOTA"))
    named(setup.found(), "imap.no-idle", "poll_minutes")


def test_a_server_without_dsn_is_noted(setup: Setup) -> None:
    """Bounces come all the same."""
    setup.smtp = setup.server(smtp(EHLO="250-mx.example\r\n250 AUTH PLAIN"))
    named(setup.found(), "smtp.no-dsn", "nothing must be done")


@pytest.mark.parametrize(("hours", "said"), [(2, "behind"), (-2, "ahead of")])
def test_a_wrong_clock_is_named(setup: Setup, hours: int, said: str) -> None:
    """A greeting may hold the server's time."""
    time = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    setup.smtp = setup.server(smtp(greeting=f"220 mx.example ESMTP ready at {time}"))
    found = setup.found()
    named(found, "clock.wrong", "set-ntp")
    assert said in found[0].said


def test_a_time_in_a_zone_that_is_not_known_says_nothing(setup: Setup) -> None:
    """Two hours off may be a zone."""
    time = (datetime.now(UTC) + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S CES")
    setup.smtp = setup.server(smtp(greeting=f"220 mx.example ESMTP ready at {time}"))
    assert setup.found() == []


def test_a_read_only_contact_file_is_named(setup: Setup) -> None:
    """The whole file is exchanged, so the mode would stop nothing."""
    setup.contacts.chmod(0o444)
    named(setup.found(), "contacts.read-only", "chmod u+w")


def test_a_missing_contact_file_is_named(setup: Setup) -> None:
    """And nothing is made in its place."""
    setup.contacts.unlink()
    named(setup.found(), "contacts.missing", "contacts:")
    assert not setup.contacts.exists()


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("ledger.sqlite3", b"nonsense", "is no ledger"),
        ("keys", b"nonsense", "this is no key file"),
        ("ledger.sqlite3", b"", None),
        ("keys", b"ab" * 32 + b"\n", None),
    ],
)
def test_what_is_damaged_in_the_state_directory_is_named(setup: Setup, name: str, held: bytes, said: str | None) -> None:
    """And left as it is; a ledger that is just being made is none of it."""
    (setup.state / name).touch(mode=0o600)
    (setup.state / name).write_bytes(held)
    found = setup.found()
    assert (setup.state / name).read_bytes() == held
    assert [path.name for path in setup.state.iterdir()] == [name]
    if said is None:
        assert found == []
    else:
        named(found, "state.damaged", "from your backup")
        assert said in found[0].said


@pytest.mark.skipif(not MEMORY.is_dir(), reason="there is no other file system to write to")
def test_a_state_directory_in_memory_is_named_and_that_it_is_on_another_file_system(setup: Setup) -> None:
    """What is lost at the next start of the machine would be who was written to."""
    with TemporaryDirectory(dir=MEMORY) as there:
        setup.state = Path(there)
        found = {one.id: one for one in setup.found()}
    assert set(found) == {"state.volatile", "state.other-file-system"}
    assert "a directory on a disk" in found["state.volatile"].mend
    assert "RequiresMountsFor=" in found["state.other-file-system"].mend


def test_a_state_directory_that_others_can_read_is_noted(setup: Setup) -> None:
    """The ledger quotes mail."""
    setup.state.chmod(0o755)
    named(setup.found(), "state.open", "chmod 700")
