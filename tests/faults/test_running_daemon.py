"""`bouncer run` as a process: signals, the service manager, servers that refuse, a full disk, and kill -9 at the worst moment."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.bouncer_home import Home
from support.build import raw
from support.daemons import Daemon, fill, listening
from support.scripted import Certificates, Line, Scripted
from support.scripted.imap import ImapScript
from support.scripted.smtp import smtp
from support.servers import eventually, free_ports

from bouncer.edge.contacts import open_contacts
from bouncer.model import OutboxState, Planned

ALWAYS = "catch_up_days: 3650\npace: {hours: [0, 24], days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}\n"


def listing(line: Line, _tag: str, _words: str) -> None:
    """Have an Inbox and a Sent."""
    line.say('* LIST () "/" INBOX', '* LIST (\\Sent) "/" Sent')


def mailbox(*texts: str, **answers: Callable[[Line, str, str], bool | None]) -> ImapScript:
    """Give the script of a mailbox that holds messages of *texts*."""
    return ImapScript({uid: raw(text).data for uid, text in enumerate(texts, 1)}, **{"LIST": listing, **answers})


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Give a starter of daemons; what still runs at the end is killed."""
    with listening(tmp_path / "notify") as manager, ExitStack() as made:

        def start(home: Home, **environ: str) -> Daemon:
            return made.enter_context(Daemon(home.path, home.environ(**environ), manager=manager, log=home.path / "log"))

        yield start


@contextmanager
def served(
    path: Path, imap: ImapScript, submission: Callable[[Line], None] | None = None, *, live: bool = False
) -> Iterator[tuple[Home, Scripted]]:
    """Give a home whose servers follow scripts, and the one that takes letters; Jane's check-in is due where *live*."""
    path.mkdir(exist_ok=True)
    with Scripted(imap) as reading, Scripted(submission or smtp()) as taking:
        home = Home(path, live=live, imap=reading.port, smtp=taking.port)
        home.text = home.text.replace("sent_folder: Sent", "sent_folder: Sent\n    sent_copy: server")
        home.text = home.text.replace("olga@home.example}", f"olga@home.example, timezone: {noon()}}}", 1) + ALWAYS
        home.config.write_text(home.text)
        if live:
            enqueue(home)
        yield home, taking


def noon() -> str:
    """Give a time zone in which it is about noon (the signs of these names are the wrong way round)."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def enqueue(home: Home) -> None:
    """Have a check-in to Jane due."""
    ledger, at = home.ledger(), datetime.now(UTC)
    ledger.sync(open_contacts(home.contacts, home.path / "state" / "history").load(), at)
    person = ledger.person("jane@acme.example")
    assert person is not None
    ledger.enqueue([Planned(person, "jane@acme.example", "checkin", at - timedelta(minutes=1), "180 days", "checkin:test")], at)
    ledger.close()


def states(home: Home) -> list[OutboxState]:
    """Give the letters whose fate is open."""
    ledger = home.ledger()
    try:
        return [sent.state for sent in ledger.armed()]
    finally:
        ledger.close()


def kinds(home: Home) -> list[str]:
    """Give the kinds of the events so far."""
    ledger = home.ledger()
    try:
        return [event.kind.value for event in reversed(ledger.events())]
    finally:
        ledger.close()


def handled(home: Home, uid: int) -> bool:
    """Tell whether the message is done with."""
    ledger = home.ledger()
    try:
        return ledger.seen("main").get("INBOX", (0, 0))[1] >= uid
    finally:
        ledger.close()


class TestSignals:
    """What the owner and the service manager send."""

    def test_a_reload_takes_a_configuration_that_is_right_and_no_other(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """Broken: refused with its lines, and the daemon goes on. Mended: read by the same process. SIGTERM: exit code 0."""
        with served(tmp_path / "home", mailbox()) as (home, _):
            daemon = start(home)
            daemon.hears("READY=1")
            home.config.write_text(home.text + "live: perhaps\npase: {}\n")
            daemon.process.send_signal(signal.SIGHUP)
            daemon.logs("event=reload-refused problem='bouncer.yaml:")
            assert daemon.process.poll() is None
            home.config.unlink()
            daemon.process.send_signal(signal.SIGHUP)
            daemon.logs("there is no configuration in any of")
            home.config.write_text(home.text + "poll_minutes: 7\n")
            daemon.process.send_signal(signal.SIGHUP)
            daemon.hears("READY=1", 2)
            assert "RELOADING=1" in daemon.told
            assert daemon.end() == 0
            assert daemon.told.count("READY=1") == 2
            assert "Traceback" not in daemon.log.read_text()

    def test_many_reloads_in_a_row_do_not_end_it(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """Also those that come while it reads itself anew."""
        with served(tmp_path / "home", mailbox()) as (home, _):
            daemon = start(home)
            daemon.hears("READY=1")
            for _ in range(20):
                daemon.process.send_signal(signal.SIGHUP)
                time.sleep(0.1)
            daemon.hears("READY=1", 2)
            assert home.bouncer("status").out.startswith("bouncer is running")
            assert daemon.end(signal.SIGINT) == 0

    def test_the_letter_in_hand_is_finished_before_it_ends(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """SIGTERM between the text and the server's reply: the reply is waited for and kept."""

        def slowly(_: Line) -> str:
            daemon.process.terminate()
            time.sleep(1.5)
            return "250 2.0.0 Ok: queued"

        with served(tmp_path / "home", mailbox(), smtp(text=slowly), live=True) as (home, _):
            daemon = start(home)
            assert daemon.process.wait(60) == 0
            assert states(home) == []
            assert "sent" in kinds(home)

    def test_the_watchdog_is_fed(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """Twice in its time, with the status."""
        with served(tmp_path / "home", mailbox()) as (home, _):
            daemon = start(home, WATCHDOG_USEC="1000000")
            daemon.hears("WATCHDOG=1", 3)
            assert any(line.startswith("STATUS=dry run; 1 folders watched") for line in daemon.told)
            assert daemon.end() == 0


class TestKilled:
    """kill -9, and again."""

    def test_a_message_is_taken_once(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """What was done is done, what arrives meanwhile is not lost, and the state directory is free at once."""
        script = mailbox("one")
        with served(tmp_path / "home", script) as (home, _):
            first = start(home)
            first.hears("READY=1")
            eventually(lambda: handled(home, 1))
            assert first.end(signal.SIGKILL) == -signal.SIGKILL
            script.messages[2] = raw("two").data
            second = start(home)
            eventually(lambda: handled(home, 2))
            assert kinds(home).count("received") == 2
            assert second.end() == 0

    def test_a_letter_whose_reply_was_not_seen_is_never_sent_again(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """Killed between the text and the server's reply: it is unknown, and stays so."""

        def killing(_: Line) -> None:
            daemon.process.kill()

        with served(tmp_path / "home", mailbox(), smtp(text=killing), live=True) as (home, taking):
            daemon = start(home)
            assert daemon.process.wait(60) == -signal.SIGKILL
            assert states(home) == [OutboxState.ARMED]
            assert home.bouncer("once").code == 0
            assert states(home) == [OutboxState.UNKNOWN]
            assert taking.heard.count(b"DATA") == 1

    def test_a_letter_that_was_not_handed_over_is_sent_after_all(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """Killed at RCPT: nothing had left, so it goes out at the next start, once."""
        killed: list[int] = []

        def killing(_: Line) -> str | None:
            if killed:
                return "250 2.1.5 Ok"
            killed.append(1)
            daemon.process.kill()
            return None

        with served(tmp_path / "home", mailbox(), smtp(RCPT=killing), live=True) as (home, taking):
            daemon = start(home)
            assert daemon.process.wait(60) == -signal.SIGKILL
            assert states(home) == []
            assert home.bouncer("once").code == 0
            assert taking.heard.count(b"DATA") == 1
            assert kinds(home).count("sent") == 1


def test_two_daemons_do_not_share_a_state_directory(tmp_path: Path, start: Callable[..., Daemon]) -> None:
    """The second is told which process has it and ends with 75; the first does not notice."""
    with served(tmp_path / "home", mailbox()) as (home, _):
        first = start(home)
        first.hears("READY=1")
        for command in ("run", "once"):
            ran = home.bouncer(command)
            assert ran.code == 75
            assert f"Another bouncer (process {first.process.pid}) already runs" in ran.err
        assert first.end() == 0


class TestServersThatRefuse:
    """One clear sentence; tried for ever by `run`, an exit code by `once`."""

    def test_a_wrong_password(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """77, with what the server said and what to do; `run` says it once and stays."""

        def refuse(line: Line, tag: str, _words: str) -> bool:
            line.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
            return True

        with served(tmp_path / "home", mailbox(AUTHENTICATE=refuse, LOGIN=refuse)) as (home, _):
            ran = home.bouncer("once")
            assert ran.code == 77
            assert "login of olga@home.example refused" in ran.err.splitlines()[-1]
            assert "check the account's user and secret" in ran.err.splitlines()[-1]
            daemon = start(home)
            daemon.hears("READY=1")
            daemon.logs("where=imap/main/INBOX")
            assert "Trouble: IMAP" in home.bouncer("status").out
            assert daemon.end() == 0
            assert "c4nary" not in daemon.log.read_text() + ran.err

    def test_a_certificate_that_has_expired(self, tmp_path: Path) -> None:
        """69, and the sentence says so."""
        certificates = Certificates(tmp_path)
        with Scripted(mailbox(), context=certificates.server(age=timedelta(days=3))) as server:
            home = Home(tmp_path, imap=server.port)
            home.config.write_text(home.text.replace("tls: loopback-none", f"tls: implicit, ca_file: {certificates.ca_file}"))
            ran = home.bouncer("once")
        assert ran.code == 69
        assert ran.err.splitlines()[-1].startswith(f"bouncer: IMAP 127.0.0.1:{server.port} (account main): the certificate has expired")

    def test_a_server_that_comes_back(self, tmp_path: Path, start: Callable[..., Daemon]) -> None:
        """`run` starts without it, says so, and reads the mail once it is there."""
        (port,) = free_ports(1)
        home = Home(tmp_path, imap=port)
        home.config.write_text(home.text + ALWAYS)
        daemon = start(home)
        daemon.hears("READY=1")
        daemon.logs("nobody listens there")
        server = Scripted(mailbox("one"))
        server._listener.close()
        server._listener, server.port = socket.create_server(("127.0.0.1", port)), port
        with server:
            eventually(lambda: handled(home, 1))
            daemon.logs("event=mended where=imap/main/INBOX")
            assert daemon.end() == 0


class TestAFullDisk:
    """Nothing is sent, and it is said."""

    @pytest.fixture
    def small(self, tmp_path: Path) -> Iterator[Path]:
        """Give a disk of 2 MB."""
        place = tmp_path / "small"
        place.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False).returncode:
            pytest.skip("a small disk needs root")
        yield place
        subprocess.run(["umount", place], check=True)

    def test_nothing_is_sent_and_it_goes_on_once_there_is_room(self, tmp_path: Path, small: Path) -> None:
        """Exit code 74, the disk is named, the server hears of no letter; afterwards the letter leaves."""
        with served(tmp_path / "home", mailbox("one"), live=True) as (home, taking):
            (home.path / "state").rename(home.path / "old")
            subprocess.run(["cp", "-a", f"{home.path}/old/.", small], check=True)
            home.config.write_text(home.text + f"state: {small}\n")
            fill(small / "filler")
            ran = home.bouncer("once")
            assert ran.code == 74
            assert "is full: free some space" in ran.err.splitlines()[-1]
            assert b"DATA" not in taking.heard
            (small / "filler").unlink()
            assert home.bouncer("once").code == 0
            assert taking.heard.count(b"DATA") == 1
