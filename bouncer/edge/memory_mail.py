"""Twins of the two wires, in memory: for tests, and for trying things out without a server."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bouncer.edge.sent_header import sent_header
from bouncer.errors import BouncerError, Withheld
from bouncer.model import Delivery, InboundKey, Letter, OutboxState, RawMail, SentHeader


class MemorySender:
    """The port Sender: keeps what it was given, and answers as it is told to."""

    def __init__(self, outcome: Callable[[Letter], Delivery] | None = None) -> None:
        """Answer each letter with *outcome*; where there is none, everything is sent."""
        self._outcome = outcome or (lambda _: Delivery(OutboxState.SENT, "final", 250, "2.0.0", "2.0.0 Ok"))
        self.sent: list[Letter] = []  # what a server would have taken, unknown ones included

    async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Arm where the outcome comes after DATA, as the real one does."""
        delivery = self._outcome(letter)
        if delivery.phase in {"data", "final"}:
            arm()
        if delivery.state in {OutboxState.SENT, OutboxState.UNKNOWN}:
            self.sent.append(letter)
        return delivery

    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class _Folder:
    uidvalidity: int = 1
    messages: list[tuple[int, bytes, datetime]] = field(default_factory=list)  # UID, text, when it came


class MemoryMailbox:
    """The port Mailbox: messages are put in, and every `watch` of the folder wakes."""

    def __init__(self, account: str = "main", folders: tuple[str, ...] = ("INBOX", "\\Junk"), max_message_bytes: int = 2_000_000) -> None:
        """Have *folders*, empty; Sent is there besides."""
        self._account, self._watched, self._limit = account, folders, max_message_bytes
        self._folders = {folder: _Folder() for folder in (*folders, "\\Sent")}
        self._changed = threading.Condition()
        self._stopped = False
        self.fault: BouncerError | None = None  # while it is set, every call meets it
        self.withheld: int | None = None  # a UID that `fetch` is not given

    # -- for tests

    def put(self, data: bytes, folder: str = "INBOX", at: datetime | None = None) -> int:
        """Let a message arrive; gives its UID."""
        with self._changed:
            messages = self._folders[folder].messages
            uid = messages[-1][0] + 1 if messages else 1
            messages.append((uid, data, at or datetime.now(UTC)))
            self._changed.notify_all()
        return uid

    def renumber(self, folder: str = "INBOX") -> None:
        """Give *folder* another UIDVALIDITY, and its messages other UIDs."""
        with self._changed:
            old = self._folders[folder]
            messages = [(number, data, at) for number, (_, data, at) in enumerate(old.messages, 1)]
            self._folders[folder] = _Folder(old.uidvalidity + 1, messages)
            self._changed.notify_all()

    # -- the port

    def fetch(self, seen: Mapping[str, tuple[int, int]], since: datetime) -> Iterable[RawMail]:
        """Give what is new of every folder."""
        for folder in self._watched:
            for raw in self._news(folder, seen.get(folder), since):
                if raw.key and raw.key.uid == self.withheld:
                    raise Withheld(f"message {self.withheld} of {folder} waits", folder, raw.key.uidvalidity, self.withheld)
                yield raw

    def watch(
        self,
        folder: str,
        seen: tuple[int, int] | None,
        since: datetime,
        deliver: Callable[[RawMail], None],
        report: Callable[[str, str | None], None],
    ) -> None:
        """Deliver what is new in *folder* until `stop`."""
        while not self._stopped:
            trouble = None
            try:
                for raw in self._news(folder, seen, since):
                    deliver(raw)
                    seen = (raw.key.uidvalidity, raw.key.uid) if raw.key else seen
            except BouncerError as fault:
                trouble = str(fault)
            report(folder, trouble)
            self._wait(folder, seen, 0.05 if trouble else 60)

    def stop(self) -> None:
        """End every watch."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def sent_headers(self, since: datetime) -> Iterable[SentHeader]:
        """Give the headers of what lies in Sent."""
        self._meet_fault()
        for _, data, at in list(self._folders["\\Sent"].messages):
            if at >= since:
                yield sent_header(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", at)

    def append_sent(self, letter: Letter, at: datetime) -> None:
        """File a copy of *letter*."""
        self._meet_fault()
        self.put(letter.data, "\\Sent", at)

    def _news(self, folder: str, seen: tuple[int, int] | None, since: datetime) -> Iterator[RawMail]:
        self._meet_fault()
        with self._changed:
            there = self._folders[folder]
            validity, messages = there.uidvalidity, list(there.messages)
        valid = seen is not None and seen[0] == validity
        for uid, data, at in messages:
            if (valid and seen is not None and uid > seen[1]) or (not valid and at >= since):
                key = InboundKey(self._account, folder, validity, uid)
                yield RawMail(data[: self._limit], f"{folder}:{uid}", key, at, truncated=len(data) > self._limit)

    def _wait(self, folder: str, seen: tuple[int, int] | None, seconds: float) -> None:
        """Wait for something beyond *seen*, or for `stop`."""

        def called() -> bool:
            there = self._folders[folder]
            return self._stopped or bool(there.messages and (there.uidvalidity, there.messages[-1][0]) != seen)

        with self._changed:
            self._changed.wait_for(called, seconds)

    def _meet_fault(self) -> None:
        if self.fault is not None:
            raise self.fault
