"""Every call that writes, made to fail: of Python into the file system, of SQLite into its files, and of the mail server into Sent.

The hooks stay, so they are for a child that ends soon.
"""

import errno
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bouncer.errors import ServerFault
from support.sqlite_shim import fail_sqlite

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
_NAMES = {"os.rename": "rename", "os.remove": "unlink", "os.mkdir": "mkdir", "ctypes.dlopen": "exchange"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_NOT_OURS = ("wire", "draft", "letter")  # the mail server's, and the owner's editor's


@dataclass(slots=True)
class Faults:
    """Lets call *at* (from 1) that writes end with *code*, and where it is *for_ever* every later one; *trace* says what each was."""

    at: int = 0
    code: int = errno.EIO
    for_ever: bool = False
    passed: int = 0
    hits: int = 0
    trace: list[str] | None = None
    over: bool = False

    def __call__(self, what: str) -> int:
        """Come to a call; gives the errno that it ends with, or 0."""
        if self.over:
            return 0
        self.passed += 1
        if self.trace is not None:
            self.trace.append(what)
        due = self.passed == self.at or (self.for_ever and 0 < self.at < self.passed)
        self.hits += due
        return self.code if due else 0

    def meet(self, what: str, path: str) -> None:
        """Come to a call on *path* that Python makes; raises OSError."""
        if code := self(what):
            raise OSError(code, os.strerror(code), path)

    def watch(self, root: Path) -> None:
        """Come to each call that writes below *root*, whoever makes it."""
        fail_sqlite(self)
        self._watch_writes(str(root))
        inside, sent = f"{root}{os.sep}", f"{root}{os.sep}sent"

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event == "ctypes.dlopen":  # what `edge.contacts.exchange` does last before its call
                self.meet("exchange", "")
                return
            writes = (event == "open" and bool(args[2] & _WRITING)) or event in _NAMES
            path = os.fsdecode(args[0]) if writes and isinstance(args[0], str | bytes | os.PathLike) else ""
            if not path.startswith(inside) or path.removeprefix(inside).startswith(_NOT_OURS):
                return
            if not path.startswith(sent):
                self.meet(_NAMES.get(event, event), path)
            elif event == "open" and self("append to Sent"):
                raise ServerFault("IMAP imap.home.example: the server has no room for a copy")

        sys.addaudithook(hook)

    def _watch_writes(self, root: str) -> None:
        """Come to each write and fsync, of which Python tells no hook."""
        really_sync, really_open = os.fsync, os.fdopen

        def fsync(handle: int) -> None:
            if str(Path(f"/proc/self/fd/{handle}").readlink()).startswith(root):
                self.meet("fsync", "")
            really_sync(handle)

        def fdopen(handle: int, mode: str = "r", *rest: Any, **more: Any) -> Any:
            return io.BufferedWriter(_Raw(handle, self)) if mode == "wb" else really_open(handle, mode, *rest, **more)

        os.fsync, os.fdopen = fsync, fdopen


class _Raw(io.FileIO):
    """A file whose writes come to a step; of one that fails for want of room, half gets there."""

    def __init__(self, handle: int, faults: Faults) -> None:
        """Write to *handle*."""
        super().__init__(handle, "wb")
        self._faults = faults

    def write(self, data: Any) -> int:
        """Write, or fail."""
        if code := self._faults("write"):
            if code == errno.ENOSPC:
                super().write(bytes(data)[: len(data) // 2])
            raise OSError(code, os.strerror(code))
        return super().write(data)
