"""A monitor is told how things are, and nothing waits for it or fails because of it."""

import socket

import pytest
from support.monitor import Monitor

from bouncer.edge.pinger import Pinger


def test_each_word_is_a_get_of_the_url_and_nothing_else() -> None:
    """In the order they were said in; no body, no cookie, no address."""
    with Monitor() as monitor:
        pinger = Pinger(monitor.url)
        for word in ("/start", "", "/fail"):
            pinger.ping(word)
        pinger.close(20)
        assert [line for line, _ in monitor.requests] == [f"GET /check-1{word} HTTP/1.1" for word in ("/start", "", "/fail")]
        assert {name for _, headers in monitor.requests for name in headers} == {"Host", "User-Agent", "Accept-Encoding"}
        assert "@" not in str(monitor.requests)
        assert pinger.trouble is None


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_url_with_a_slash_at_its_end_is_the_same(slash: str) -> None:
    """No word follows two of them."""
    with Monitor() as monitor:
        pinger = Pinger(monitor.url + slash)
        pinger.ping("/fail")
        pinger.close(20)
        assert monitor.told == ["/fail"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_answer_that_is_no_yes_is_said(status: int) -> None:
    """A redirection is not followed: one request, wherever it points."""
    with Monitor() as monitor:
        monitor.status = status
        pinger = Pinger(monitor.url)
        pinger.ping("")
        pinger.close(20)
        assert pinger.trouble == f"The monitor at 127.0.0.1 answers {status} to a ping; is ping_url right?"
        assert len(monitor.requests) == 1


def test_a_monitor_that_is_gone_is_said_in_a_sentence() -> None:
    """Without the path, which is as good as a password."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        pinger = Pinger(f"http://127.0.0.1:{line.getsockname()[1]}/s3cret")
        pinger.ping("")
        pinger.close(20)
    assert pinger.trouble == "The monitor at 127.0.0.1 (ping_url) cannot be told how things are: Connection refused."


def test_a_server_that_is_no_monitor_is_said() -> None:
    """It speaks something else than HTTP, or hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        pinger = Pinger(f"http://127.0.0.1:{server.getsockname()[1]}/")
        pinger.ping("")
        line, _ = server.accept()
        with line:
            line.sendall(b"220 mail ESMTP\r\n")
            pinger.close(20)
    assert pinger.trouble == "The monitor at 127.0.0.1 (ping_url) cannot be told how things are: BadStatusLine."


def test_a_monitor_that_does_not_answer_keeps_nobody() -> None:
    """Hundreds of pings come back at once, most are left out, and the end waits no longer than it is told to."""
    with Monitor() as monitor:
        monitor.held.clear()
        pinger = Pinger(monitor.url)
        for _ in range(500):
            pinger.ping("")
        assert monitor.wait(1) == ["ok"]
        pinger.close(0.01)
        assert len(monitor.requests) == 1


def test_one_that_waits_for_too_long_is_given_up() -> None:
    """A server that takes the connection and says nothing is no end of pinging."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        pinger = Pinger(f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=0.05)
        pinger.ping("")
        pinger.close(20)
    assert pinger.trouble == "The monitor at 127.0.0.1 (ping_url) cannot be told how things are: TimeoutError."
