"""The service manager is told what it asks for, and only where there is one."""

import os
import socket
from pathlib import Path

from bouncer.edge.systemd import notify, reloading, watchdog_seconds


def test_a_notification_is_one_datagram_of_assignments(tmp_path: Path) -> None:
    """READY and STATUS arrive together, a line each."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        assert notify("READY=1", "STATUS=all well", environ={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(4096) == b"READY=1\nSTATUS=all well"


def test_an_abstract_socket_is_reached_too() -> None:
    """A leading @ stands for the abstract namespace."""
    name = f"bouncer-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name)
        assert reloading(environ={"NOTIFY_SOCKET": "@" + name})
        assert manager.recv(4096).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_without_a_service_manager_nothing_happens(tmp_path: Path) -> None:
    """No variable, a strange one, or a manager that went away: False, and no exception."""
    assert not notify("READY=1", environ={})
    assert not notify("READY=1", environ={"NOTIFY_SOCKET": "vsock:2:1"})
    assert not notify("READY=1", environ={"NOTIFY_SOCKET": str(tmp_path / "gone")})


def test_the_watchdog_is_fed_twice_in_its_time() -> None:
    """WatchdogSec=60 asks for a sign of life every 30 s."""
    assert watchdog_seconds({"WATCHDOG_USEC": "60000000"}) == 30
    assert watchdog_seconds({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}) == 30


def test_another_process_s_watchdog_is_not_ours() -> None:
    """WATCHDOG_PID names who is watched; without WATCHDOG_USEC nobody is."""
    assert watchdog_seconds({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}) is None
    assert watchdog_seconds({}) is None
    assert watchdog_seconds({"WATCHDOG_USEC": "soon"}) is None
