"""Every fault of a mail server at every step of a conversation: what is done, and in which state it has to end."""

import gc
import random
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from support.scripted import Certificates, Line

SHARE = 0.05  # of a core, at most, while nothing comes
DEADLINE = 12.0  # seconds: every wait of a cell is under one second, and none has more than some eight of them
SECRET = "correct horse"
USER = "olga@home.example"
CLEAR = (SECRET.encode(), b64encode(SECRET.encode()).rstrip(b"="), b64encode(f"\0{USER}\0{SECRET}".encode()).rstrip(b"="))
Cell = tuple[str, str, str]  # how TLS is had, at which step, what goes wrong
Misdeed = Callable[[Line, bytes], None]  # is told what a good server would have said


@dataclass(slots=True)
class Outcome:
    """How one cell ended: what was *wrong*, and how long and how busily it was waited."""

    cell: str
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0
    waiting: bool = False

    @property
    def share(self) -> float:
        """The share of a core that was used."""
        return self.processor / self.seconds if self.seconds else 0.0

    def judge(self) -> Self:
        """Say what is wrong with the time it took."""
        if self.seconds > DEADLINE:
            self.wrong.append(f"took {self.seconds:.1f} s")
        if self.waiting and self.share > SHARE:
            self.wrong.append(f"used {self.share:.0%} of a core while waiting")
        return self


def drop(_line: Line, _good: bytes) -> None:
    """Hang up."""
    raise EOFError


def reset(line: Line, _good: bytes) -> None:
    """End the connection as a machine does that knows nothing of it (RST)."""
    line._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line._file.close()
    line._sock.close()
    raise EOFError


def silence(line: Line, _good: bytes) -> None:
    """Stay connected and say nothing, as behind a router that has forgotten the connection."""
    while True:
        line.hear()


def half(line: Line, good: bytes) -> None:
    """Hang up in the middle of an answer."""
    line.raw(good[: max(1, len(good) // 2)].rstrip(b"\r\n"))
    raise EOFError


def stalled(line: Line, good: bytes) -> None:
    """Stop in the middle of an answer, and stay connected."""
    line.raw(good[: max(1, len(good) // 2)].rstrip(b"\r\n"))
    silence(line, good)


def drip(line: Line, good: bytes) -> None:
    """Send an answer that never ends, byte by byte."""
    line.raw(good[:2])
    while True:
        line.raw(b"x")
        time.sleep(0.03)


def delay(line: Line, good: bytes) -> None:
    """Take a while, within the time that there is."""
    time.sleep(0.2)
    line.raw(good)


def slowly(line: Line, good: bytes) -> None:
    """Send the right answer in small pieces."""
    for start in range(0, len(good), 9):
        line.raw(good[start : start + 9])
        time.sleep(0.003)


def garbage(line: Line, good: bytes) -> None:
    """Send what is no answer at all, the same for the same answer."""
    noise = random.Random(good).randbytes(200).replace(b"\n", b"?")  # noqa: S311 - noise
    line.raw(b"\xff\x00{" + noise + b"\r\n")
    silence(line, good)


def silly(line: Line, good: bytes) -> None:
    """Speak another protocol."""
    line.raw(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    silence(line, good)


def endless_line(line: Line, good: bytes) -> None:
    """Send a line of three million bytes."""
    line.raw(good[:4] + b"x" * 3_000_000 + b"\r\n")
    silence(line, good)


class Tap:
    """Stands between client and server and keeps every byte that the client puts on the wire."""

    def __init__(self, port: int) -> None:
        """Listen for a server on *port*."""
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.bytes = bytearray()
        self._socks: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start accepting."""
        self._run(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close everything."""
        for sock in (self._listener, *self._socks):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for sock in (self._listener, *self._socks):
            sock.close()

    def _run(self, what: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._socks += (near, far)
                self._run(self._pump, near, far, [self.bytes])
                self._run(self._pump, far, near, [])

    def _pump(self, source: socket.socket, sink: socket.socket, copies: list[bytearray]) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                for copy in copies:
                    copy.extend(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def told(self) -> bool:
        """Tell whether the password went over the wire in clear."""
        return any(form in self.bytes for form in CLEAR)


class Authority:
    """The certificates of all cells, made once."""

    def __init__(self, directory: Path) -> None:
        """Make them."""
        (directory / "other").mkdir(parents=True)
        known = Certificates(directory)
        self.ca_file = known.ca_file
        self.good = known.server()
        self.bad = {
            "expired": known.server(age=timedelta(days=2)),
            "wrong host name": known.server("mail.other.example"),
            "unknown authority": Certificates(directory / "other").server(),
        }


def all_cells(run: Callable[[Cell], Outcome], cells: Iterable[Cell], at_once: int = 12) -> list[Outcome]:
    """Live through *cells*, several at a time, each in a thread of its own."""
    gc.collect()
    gc.freeze()  # what a long test run has piled up: going through it again would count as busy waiting
    try:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(run, cells))
    finally:
        gc.unfreeze()
