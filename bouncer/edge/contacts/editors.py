"""Signs that a person or a program has the contact file in hand at this moment."""

import errno
import fcntl
import os
import signal
from pathlib import Path

# What editors put beside a file that is open in them: vim and nano, Emacs, Kate, LibreOffice. An Emacs lock is a symbolic link to nowhere.
_SIDECARS = (".{0}.swp", ".{0}.swo", ".{0}.swn", ".#{0}", ".{0}.kate-swp", ".~lock.{0}#")
_UNKNOWN = frozenset({errno.EACCES, errno.EPERM, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOLCK})
_VIM_PID = slice(24, 28)  # of a swap file, least byte first; nano writes its own there in the same way


def sidecar(target: Path) -> str | None:
    """Give the name of an editor's file that says that *target* is open in it, or None; one whose process is gone does not count."""
    for pattern in _SIDECARS:
        beside = target.with_name(pattern.format(target.name))
        if beside.is_symlink() or beside.exists():
            pid = _process(beside)
            if pid is None or Path(f"/proc/{pid}").exists():
                return beside.name
    return None


def _process(beside: Path) -> int | None:
    """Give the process that *beside* names, or None where it does not say."""
    try:
        if beside.is_symlink():  # user@host.pid:boot
            pid = str(beside.readlink()).rpartition(".")[2].partition(":")[0]
            return int(pid) if pid.isdecimal() else None
        with beside.open("rb") as file:
            head = file.read(_VIM_PID.stop)
    except OSError:
        return None
    return (int.from_bytes(head[_VIM_PID], "little") or None) if head.startswith(b"b0") and len(head) == _VIM_PID.stop else None


def being_written(handle: int) -> bool | None:
    """Tell whether anybody has the open file *handle* open for writing; None where the system will not say.

    A read lease is only given while nobody writes (fcntl(2), F_SETLEASE). It is let go at once; were it broken in between, the signal is
    one that nobody minds.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as fault:
        if fault.errno in (errno.EAGAIN, errno.EWOULDBLOCK):
            return True
        if fault.errno in _UNKNOWN:
            return None
        raise
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def snapshot(path: Path) -> tuple[os.stat_result, bytes, bool | None]:
    """Give a file's status, its bytes, and whether somebody was writing it meanwhile (None: cannot be told). Raises OSError."""
    with path.open("rb") as file:
        before = being_written(file.fileno())
        data = file.read()
        found = os.fstat(file.fileno())
        after = being_written(file.fileno()) if before is False else before
    return found, data, after
