"""What broken and hostile IMAP servers come to."""

import time
from contextlib import suppress

import pytest
from support.imap_client import ONE, account, read
from support.scripted import Line, Scripted
from support.scripted.imap import ImapScript

from bouncer.edge.imap import Timing
from bouncer.errors import BouncerError, ServerFault


def test_a_dripping_answer_ends_at_the_deadline() -> None:
    """Each byte comes within the time for one byte, but the whole does not come within its own."""

    def drip(line: Line, _tag: str, _words: str) -> None:
        line.raw(b"* SEARCH")
        while True:
            line.raw(b" 1")
            time.sleep(0.02)

    with Scripted(ImapScript(ONE, SEARCH=drip)) as server, pytest.raises(ServerFault, match="no answer in time"):
        read(account(server.port), timing=Timing(read=5, operation=0.3))


def test_a_dripping_greeting_ends_at_the_deadline() -> None:
    """Even before there is a connection to speak of."""

    def drip(line: Line, _tag: str, _words: str) -> None:
        while True:
            line.raw(b"*")
            time.sleep(0.02)

    with Scripted(ImapScript(greeting=drip)) as server, pytest.raises(ServerFault, match="no answer in time"):
        read(account(server.port), timing=Timing(connect=0.1, read=5, operation=0.2))


def test_a_silent_server_is_given_up() -> None:
    """No greeting, no waiting for ever."""

    def silent(line: Line, _tag: str, _words: str) -> None:
        line.hear()

    with Scripted(ImapScript(greeting=silent)) as server, pytest.raises(ServerFault, match="no answer in time"):
        read(account(server.port), timing=Timing(read=0.2))


def test_a_huge_literal_is_not_waited_for() -> None:
    """Ten thousand million bytes are announced, and refused before one is read."""
    script = ImapScript(ONE, FETCH=lambda line, _tag, _words: line.raw(b"* 1 FETCH (UID 1 BODY[]<0> {10000000000}\r\n"))
    with Scripted(script) as server, pytest.raises(ServerFault, match="more bytes than were asked for"):
        read(account(server.port))


def test_a_flood_of_lines_is_cut_off() -> None:
    """Untagged lines without end do not fill the memory."""

    def flood(line: Line, _tag: str, _words: str) -> None:
        while True:
            line.raw(b"* OK still here and very well\r\n" * 1000)

    with Scripted(ImapScript(ONE, SEARCH=flood)) as server, pytest.raises(ServerFault, match="more bytes than were asked for"):
        read(account(server.port))


@pytest.mark.parametrize(
    "answer",
    [
        "* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc",
        "* 1 FETCH (UID",
        '* 1 FETCH (UID 1 INTERNALDATE "99-Foo-2026 11:00:00 +0100" BODY[] "x")',
        "* 1 FETCH",
        "rubbish",
    ],
)
def test_nonsense_is_a_fault_or_nothing(answer: str) -> None:
    """Whatever the parser of the library makes of it, no other exception comes out."""

    def nonsense(line: Line, _tag: str, _words: str) -> None:
        line.say(answer)

    with Scripted(ImapScript(ONE, FETCH=nonsense)) as server, suppress(BouncerError):
        assert [raw.received for raw in read(account(server.port))] in ([], [None])


def test_goodbye_is_passed_on() -> None:
    """The server's own reason is in the sentence."""

    def bye(line: Line, _tag: str, _words: str) -> None:
        line.say("* BYE Shutting down for maintenance")
        raise EOFError

    with Scripted(ImapScript(ONE, EXAMINE=bye)) as server, pytest.raises(ServerFault, match="Shutting down for maintenance"):
        read(account(server.port))
