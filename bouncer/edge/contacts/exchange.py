"""renameat2(2) with RENAME_EXCHANGE, which Python's library does not have: two names change places in one step."""

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
_SWAPS = 16  # tries to give a file back that somebody keeps saving
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


def give_back(held: Path, target: Path, put: bytes) -> None:
    """Give *target* back what *held* holds, where *put* was laid in its place; should it be saved again meanwhile, the newest save instead.

    Each exchange brings up what was there. If that is what was put there last, nobody saved in between and all is well; otherwise it is a
    newer save than the one just given back, and goes back in turn. Raises Unsupported and OSError.
    """
    back = held.read_bytes()
    for _ in range(_SWAPS):
        exchange(held, target)
        displaced = held.read_bytes()
        if displaced == put:
            return
        put, back = back, displaced
