"""One daemon per state directory: an advisory lock beside the database, which dies with its process."""

import fcntl
import os
from pathlib import Path

from bouncer.errors import Busy, StorageFault


class Lock:
    """An exclusive `flock` on a file (mode 0600) that holds the process id of whoever has it."""

    def __init__(self, path: Path) -> None:
        """Take the lock at once; raises Busy where another has it and StorageFault where the file cannot be made."""
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StorageFault(f"The lock {path} cannot be made: {fault.strerror or fault}.") from fault
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise Busy(f"Another bouncer (process {holder}) already runs on the state directory {path.parent}.") from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Let go of it; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
