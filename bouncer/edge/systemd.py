"""The service manager's notification protocol, sd_notify(3): one datagram to $NOTIFY_SOCKET, nothing where there is none."""

import os
import socket
import time
from collections.abc import Mapping


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send assignments such as `READY=1` or `STATUS=…`; gives False where nobody listens."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    name = "\0" + address[1:] if address.startswith("@") else address  # an abstract socket, unix(7)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto("\n".join(lines).encode(), name)
    except OSError:
        return False  # a manager that went away is no reason to stop working
    return True


def reloading(environ: Mapping[str, str] = os.environ) -> bool:
    """Say that a reload begins; systemd 253 and later want the monotonic time with it."""
    return notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", environ=environ)


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """Give how often to send `WATCHDOG=1`: half of WatchdogSec=, or None where there is no watchdog for this process."""
    usec = environ.get("WATCHDOG_USEC", "")
    if not usec.isdigit() or environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(usec) / 2_000_000
