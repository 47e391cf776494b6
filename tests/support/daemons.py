"""`bouncer run` as a process, and the service manager that looks after it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from support.servers import eventually

PATIENCE = 90  # seconds: a start compiles every pack, twice, and a busy machine takes its time
RUN = (sys.executable, "-m", "bouncer", "run")


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """Give the socket at *path* to which a daemon tells how it is."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        path.chmod(0o666)  # a daemon may run as somebody else
        manager.setblocking(False)  # noqa: FBT003 - the socket has it so
        yield manager


def fill(path: Path) -> None:
    """Write to *path* until the disk is full."""
    with suppress(OSError), path.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 4096)


class Daemon:
    """A running daemon; what it still does at the end of `with` is cut short."""

    def __init__(
        self, cwd: Path, environ: Mapping[str, str], command: Sequence[str] = RUN, *, manager: socket.socket | None = None, log: Path
    ) -> None:
        """Start *command* in *cwd*; *manager* hears how it is, *log* keeps what it writes."""
        self.manager, self.log, self.told = manager, log, list[str]()
        notify = {} if manager is None else {"NOTIFY_SOCKET": str(manager.getsockname())}
        with log.open("ab") as stream:
            self.process = subprocess.Popen(command, cwd=cwd, stderr=stream, env={**environ, **notify})

    def __enter__(self) -> Self:
        """Give the daemon."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Kill what is left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def hears(self, word: str, times: int = 1) -> None:
        """Wait until the manager was told *word* so often."""
        assert self.manager is not None
        manager = self.manager

        def heard() -> bool:
            while True:
                try:
                    self.told += manager.recv(4096).decode().splitlines()
                except BlockingIOError:
                    break
            assert self.process.poll() is None or self.told.count(word) >= times, self.log.read_text()
            return self.told.count(word) >= times

        eventually(heard, PATIENCE)

    def logs(self, words: str) -> None:
        """Wait until *words* stand in the log."""
        eventually(lambda: words in self.log.read_text(), PATIENCE)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(240)
