"""A mailbox at a scripted IMAP server, being read and being watched."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bouncer.edge.imap import ImapMailbox, Timing
from bouncer.edge.imap.wire import Guard, Wire
from bouncer.edge.mends import Place
from bouncer.model import Account, RawMail, Secret, Server
from support.scripted import Line, Script, Scripted
from support.servers import eventually

SECRET = "correct horse"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = Timing(connect=5, read=5, operation=5, first_pause=0.02, longest_pause=0.05, refused_pause=0.02, longest_refused_pause=0.05)
ONE = {1: b"Subject: one\r\n\r\n1\r\n"}
TWO = {**ONE, 2: b"Subject: two\r\n\r\n2\r\n"}


def account(
    port: int, tls: str = "loopback-none", ca_file: Path | None = None, host: str = "127.0.0.1", folders: tuple[str, ...] = ("INBOX",)
) -> Account:
    """Give the account of a scripted server."""
    server = Server(host=host, port=port, tls=tls, ca_file=ca_file)  # type: ignore[arg-type]
    return Account(name="main", address="olga@home.example", imap=server, smtp=server, secret=Secret(inline=SECRET), folders=folders)


def mailbox(where: Account, *, timing: Timing = QUICK, password: Callable[[], str] = lambda: SECRET) -> ImapMailbox:
    """Give the mailbox of *where*."""
    return ImapMailbox(where, password, 1000, timing=timing)


def read(where: Account, *, timing: Timing = QUICK, seen: dict[str, tuple[int, int]] | None = None) -> list[RawMail]:
    """Read all that is new."""
    return list(mailbox(where, timing=timing).fetch(seen or {}, LONG_AGO))


@contextmanager
def wire(*scripts: Script) -> Iterator[tuple[Wire, Scripted]]:
    """Give a connection that is logged in."""
    with Scripted(*scripts) as server:
        connection = Wire(Place("IMAP", account(server.port)), SECRET, Guard(), QUICK)
        try:
            yield connection, server
        finally:
            connection.close()


class Watch:
    """A folder being watched in a thread: what came, and what was reported."""

    def __init__(self, box: ImapMailbox, seen: tuple[int, int] | None = None, refuse: int = 0) -> None:
        """Start; the first *refuse* messages are not taken."""
        self.came: queue.Queue[bytes] = queue.Queue()
        self.said: queue.Queue[str | None] = queue.Queue()
        self._refuse = refuse
        self.thread = threading.Thread(target=box.watch, args=("INBOX", seen, LONG_AGO, self._take, lambda _, said: self.said.put(said)))
        self.thread.start()

    def _take(self, raw: RawMail) -> None:
        if self._refuse:
            self._refuse -= 1
            raise RuntimeError("queue full")
        self.came.put(raw.data)

    def next(self) -> bytes:
        """Give the next message."""
        return self.came.get(timeout=20)

    def trouble(self) -> str:
        """Give the next sentence about trouble."""
        return eventually(lambda: self.said.get(timeout=20)) or ""


@contextmanager
def watching(server: Scripted, *, seen: tuple[int, int] | None = None, timing: Timing = QUICK, refuse: int = 0) -> Iterator[Watch]:
    """Watch the Inbox of *server* until the end of the block; the thread has to end with it."""
    box = mailbox(account(server.port), timing=timing)
    watch = Watch(box, seen, refuse)
    try:
        yield watch
    finally:
        box.stop()
        watch.thread.join(20)
        assert not watch.thread.is_alive()


def refusing(words: str) -> Callable[[Line, str, str], bool]:
    """Give an answer that refuses with *words*."""

    def refuse(line: Line, tag: str, _words: str) -> bool:
        line.say(f"{tag} NO {words}")
        return True

    return refuse
