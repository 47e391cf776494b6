"""The mailbox over IMAP: what is new, as it comes; the headers of Sent; and the copy that is filed there."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from bouncer.edge.imap.folders import resolve
from bouncer.edge.imap.session import Mark, NotGiven, Opened, examine, headers, news
from bouncer.edge.imap.wire import Guard, Timing, Wire, readable
from bouncer.edge.mends import Place
from bouncer.errors import BouncerError, LoginRefused, SecretMissing, ServerFault, Withheld
from bouncer.model import Account, Letter, RawMail, SentHeader

__all__ = ["ImapMailbox", "Timing"]

_MINUTE = 60
_LONG = 2  # seconds
_TRIES = 5  # to read one message, each on a connection of its own and after a longer pause


class ImapMailbox:
    """The port Mailbox over imapclient; every call has a connection of its own, each `watch` one in the thread that calls it."""

    def __init__(
        self,
        account: Account,
        password: Callable[[], str],
        max_message_bytes: int,
        poll_minutes: float = 15,
        *,
        timing: Timing | None = None,
    ) -> None:
        """Read the mailbox of *account*; *password* is asked at each login and may raise SecretMissing.

        No more than *max_message_bytes* of a message is fetched; each folder is looked into every *poll_minutes*, whatever IDLE says.
        """
        self._account, self._password, self._limit = account, password, max_message_bytes
        self._place = Place("IMAP", account)
        self._timing = timing or Timing()
        self._look_every = min(self._timing.idle, poll_minutes * 60)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._bells: set[socket.socket] = set()
        self._guards: set[Guard] = set()

    def fetch(self, seen: Mapping[str, tuple[int, int]], since: datetime) -> Iterable[RawMail]:
        """Give the messages not yet seen of every watched folder, by folder and UID; *seen* and *since* as in the port.

        A message that the server would not give is asked for on new connections; what comes after it in its folder waits.
        """
        left = [self._mark(folder, seen.get(folder), since) for folder in self._account.folders]
        done, faults, pauses = set[str](), list[ServerFault](), _Pauses(self._timing)
        while left:
            try:
                with self._wire() as wire:
                    while left:
                        name = self._named(wire, left[0].folder)
                        if name is not None and name not in done:
                            yield from news(wire, left[0], self._limit, examine(wire, name, left[0]))
                            done.add(name)
                        del left[0]
            except NotGiven as fault:
                if sum(left[0].declined.values()) < _TRIES:
                    self._stopped.wait(pauses.after(fault))
                else:
                    faults.append(self._withheld(left.pop(0), fault))
        if faults:
            raise faults[0]

    def watch(
        self,
        folder: str,
        seen: tuple[int, int] | None,
        since: datetime,
        deliver: Callable[[RawMail], None],
        report: Callable[[str, str | None], None],
    ) -> None:
        """Give every new message of *folder* to *deliver* until `stop`; as in the port."""
        mark = self._mark(folder, seen, since)
        mark.tries = _TRIES
        pauses = _Pauses(self._timing)
        with self._bell() as bell:
            while not self._stopped.is_set():
                try:
                    pauses.connecting()
                    with self._wire(watching=True) as wire:
                        self._follow(wire, mark, bell, deliver, report)
                except Exception as error:  # noqa: BLE001 - a watcher that ends is deaf, whatever *deliver* may have raised
                    if not self._stopped.is_set():
                        report(folder, str(error) if isinstance(error, BouncerError) else f"{self._place}: {error!r}")
                        self._stopped.wait(pauses.after(error))

    def stop(self) -> None:
        """End every `watch` at once, or within the time to connect where it is connecting; may be called from any thread."""
        self._stopped.set()
        with self._lock:
            for bell in self._bells:
                with suppress(OSError):
                    bell.send(b".")
            for guard in self._guards:
                guard.end()

    def sent_headers(self, since: datetime) -> Iterable[SentHeader]:
        """Give Message-ID, In-Reply-To, To and Date of what lies in the Sent folder *since* then; nothing where there is no such folder."""
        with self._wire() as wire:
            name = self._named(wire, self._account.sent_folder)
            if name is not None:
                yield from headers(wire, since, wire.examine(name).get("EXISTS", 0))

    def append_sent(self, letter: Letter, at: datetime) -> None:
        """File a copy of *letter* as read in the Sent folder, dated *at* (aware)."""
        with self._wire() as wire:
            name = self._named(wire, self._account.sent_folder)
            if name is None:
                raise ServerFault(f"{self._place}: no folder is marked as that of sent mail; name it as the account's sent_folder")
            wire.append(name, letter.data, at)

    def _withheld(self, mark: Mark, fault: NotGiven) -> ServerFault:
        """Give what to say of a message that was not given: where all tries were for this one, more than that the server is moody."""
        if mark.declined[fault.uid] < _TRIES:
            return fault
        said = f"{fault}; message {fault.uid} of {mark.folder} waits, and with it what came later"
        return Withheld(said, mark.folder, mark.uidvalidity, fault.uid)

    def _mark(self, folder: str, seen: tuple[int, int] | None, since: datetime) -> Mark:
        return Mark(self._account.name, folder, since, *(seen or (0, None)))

    def _follow(
        self, wire: Wire, mark: Mark, bell: socket.socket, deliver: Callable[[RawMail], None], report: Callable[[str, str | None], None]
    ) -> None:
        """Deliver what is new and wait for more, until the connection breaks or `stop`."""
        name = self._named(wire, mark.folder)
        if name is None:  # a mailbox without Junk is no fault, and may have one tomorrow
            report(mark.folder, None)
            readable(self._look_every, bell)
            return
        opened, fruitless = examine(wire, name, mark), 0
        while not self._stopped.is_set():
            wire.announced()  # what was said so far is what is looked for now
            before, began = mark.uid, time.monotonic()
            self._deliver(news(wire, mark, self._limit, opened), mark, deliver, report)
            opened = Opened()
            readable(min(1, 0.02 * max(0, fruitless - 5)), bell)  # a server that chatters without end is not to keep us busy
            if not wire.announced():
                self._wait(wire, bell)
            fruitless = fruitless + 1 if mark.uid == before and time.monotonic() - began < _LONG else 0

    def _wait(self, wire: Wire, bell: socket.socket) -> None:
        """Wait until the server may have something new, or *bell* rings."""
        if wire.can_idle:
            wire.idle(self._look_every, bell)
        else:
            readable(self._look_every, bell)
            wire.noop()

    def _deliver(
        self, messages: Iterable[RawMail], mark: Mark, deliver: Callable[[RawMail], None], report: Callable[[str, str | None], None]
    ) -> None:
        """Deliver *messages*, and report that all is well at the end, and each minute meanwhile."""
        last = time.monotonic()
        for raw in messages:
            deliver(raw)
            if self._stopped.is_set():
                return
            if time.monotonic() - last > _MINUTE:
                last = time.monotonic()
                report(mark.folder, None)
        report(mark.folder, None)

    def _named(self, wire: Wire, folder: str) -> str | None:
        """Give the server's name of *folder*; None where nothing has the attribute that it is; raises ServerFault for a name not there."""
        if folder.upper() == "INBOX":  # always there, by that name (RFC 9051 section 5.1)
            return "INBOX"
        listed = wire.folders()
        name = resolve(folder, listed)
        if name is None and not folder.startswith("\\"):
            there = ", ".join(sorted(name for _, _, name in listed)[:20])
            raise ServerFault(f"{self._place}: there is no folder {folder!r}; there are: {there}")
        return name

    @contextmanager
    def _wire(self, *, watching: bool = False) -> Iterator[Wire]:
        """Give a connection for as long as it is needed; `stop` ends it where it is *watching*."""
        guard = Guard()
        with self._lock:
            if watching:
                self._guards.add(guard)
        try:
            if watching and self._stopped.is_set():
                raise ServerFault(f"{self._place}: stopped")
            wire = Wire(self._place, self._password(), guard, self._timing)
            try:
                yield wire
            finally:
                wire.close()
        finally:
            with self._lock:
                self._guards.discard(guard)

    @contextmanager
    def _bell(self) -> Iterator[socket.socket]:
        """Give a socket that can be read once `stop` was called."""
        heard, rung = socket.socketpair()
        with heard, rung:
            with self._lock:
                self._bells.add(rung)
            try:
                yield heard
            finally:
                with self._lock:
                    self._bells.discard(rung)


class _Pauses:
    """How long to wait before connecting again: longer each time, by chance, so that many do not knock at once."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._failures = 0
        self._since = time.monotonic()

    def connecting(self) -> None:
        """Note that a connection is being made."""
        self._since = time.monotonic()

    def after(self, fault: Exception) -> float:
        """Give the seconds to wait after *fault*."""
        if time.monotonic() - self._since > self._timing.healthy:
            self._failures = 0
        slow = isinstance(fault, LoginRefused | SecretMissing)
        first = self._timing.refused_pause if slow else self._timing.first_pause
        most = self._timing.longest_refused_pause if slow else self._timing.longest_pause
        self._failures += 1
        return min(most, first * float(2 ** min(self._failures - 1, 20))) * random.uniform(0.5, 1)  # noqa: S311 - chance, not secrecy
