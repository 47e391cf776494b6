"""Work done in a forked child, where every call into the file system can be counted, made to fail, or be the last."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

CALLS = frozenset(
    {
        "open",
        "os.rename",
        "os.remove",
        "os.chmod",
        "os.chown",
        "os.listxattr",
        "os.setxattr",
        "os.mkdir",
        "os.scandir",
        "fcntl.fcntl",
        "fcntl.flock",
    }
)


def in_child(work: Callable[[], int]) -> int:
    """Give what *work* gives (0 to 100) when run in a forked child, or minus the signal that killed it."""
    pid = os.fork()
    if pid == 0:
        code = 101
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def at_call(number: int, do: Callable[[], None], *, for_ever: bool = False) -> None:
    """Have *do* called just before call *number* (from 0) into the file system, or before every one from there on; only in a child."""
    calls = -1

    def hook(event: str, _: tuple[Any, ...]) -> None:
        nonlocal calls
        if event in CALLS:
            calls += 1
            if calls == number or (for_ever and calls > number):
                do()

    sys.addaudithook(hook)


def at_exchange(do: Callable[[int], None]) -> None:
    """Have *do* called, with a number from 0, just before each time that two names change places; only in a child."""
    times = -1

    def hook(event: str, _: tuple[Any, ...]) -> None:
        nonlocal times
        if event == "ctypes.dlopen":  # what `edge.contacts.exchange` does last before its call
            times += 1
            do(times)

    sys.addaudithook(hook)


def die() -> None:
    """Be killed as by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)
