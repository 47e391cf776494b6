"""renameat2(2) with RENAME_EXCHANGE, which Python's library does not have: two names change places in one step."""

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
_WITHOUT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTTY})


class Unsupported(Exception):
    """The file system or the C library cannot exchange names."""


def exchange(one: Path, other: Path) -> None:
    """Let *one* and *other* change places. Raises Unsupported where that cannot be had, OSError where it fails."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise Unsupported
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0:
        return
    code = ctypes.get_errno()
    if code in _WITHOUT:
        raise Unsupported
    raise OSError(code, os.strerror(code), str(other))
