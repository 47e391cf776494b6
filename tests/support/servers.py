"""What a test does without a server that it needs, free ports, and waiting for something to come true."""

import os
import socket
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

import pytest

T = TypeVar("T")


def missing(what: str) -> NoReturn:
    """Skip the test because *what* is missing; with BOUNCER_REQUIRE_SERVERS=1, fail."""
    if os.environ.get("BOUNCER_REQUIRE_SERVERS") == "1":
        pytest.fail(f"BOUNCER_REQUIRE_SERVERS=1, but {what}")
    pytest.skip(what)


def free_ports(count: int) -> tuple[int, ...]:
    """Give ports of 127.0.0.1 on which nobody listens just now, all different."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return tuple(sock.getsockname()[1] for sock in socks)
    finally:
        for sock in socks:
            sock.close()


def eventually(ask: Callable[[], T], patience: float = 30) -> T:
    """Give the first true answer of *ask*; fails after *patience* seconds without one."""
    end = time.monotonic() + patience
    while not (answer := ask()):
        if time.monotonic() > end:
            pytest.fail(f"nothing came of it in {patience:g} s")
        time.sleep(0.02)
    return answer
