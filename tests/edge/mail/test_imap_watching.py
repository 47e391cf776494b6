"""A folder being watched: news at once, and every way to lose and find a connection."""

import threading
import time
from collections.abc import Callable

import pytest
from support.imap_client import LONG_AGO, ONE, TWO, Watch, account, mailbox, refusing, watching
from support.scripted import Certificates, Line, Scripted
from support.scripted.imap import ImapScript

from bouncer.edge.imap import Timing


def arriving(script: ImapScript, uid: int, *packets: bytes) -> Callable[[Line, str, str], None]:
    """Give an answer to IDLE that puts message *uid* into the Inbox and says so in *packets*, the first of them with the go-ahead."""

    def idle(line: Line, _tag: str, _words: str) -> None:
        if uid in script.messages:
            line.say("+ idling")
        else:
            script.messages[uid] = b"pushed"
            for packet in packets:
                line.raw(packet)
                time.sleep(0.05)
        assert line.hear() == b"DONE"

    return idle


@pytest.mark.parametrize(
    "packets",
    [
        (b"+ idling\r\n* 2 EXISTS\r\n",),
        (b"+ idling\r\n", b"* 2 EXISTS\r\n"),
        (b"+ idling\r\n", b"* 2 EX", b"ISTS\r\n"),
        (b"+ idling\r\n* 2 EX", b"ISTS\r\n"),
        (b"+ idling\r\n", b"* OK Still here\r\n"),
        (b"+ idling\r\n", b"* 2 EXISTS\r\n* 1 RECENT\r\n* 2 EXISTS\r\n"),
    ],
    ids=["in the go-ahead's packet", "in its own", "split", "split in the go-ahead's packet", "not said at all", "said twice"],
)
@pytest.mark.parametrize("secured", [False, True])
def test_what_is_pushed_is_seen_however_it_is_packed(certificates: Certificates, packets: tuple[bytes, ...], secured: bool) -> None:
    """Hidden in a buffer, cut in two, or over TLS: it is delivered long before IDLE is renewed."""
    script = ImapScript(ONE)
    script._answers["IDLE"] = arriving(script, 2, *packets)
    with Scripted(script, context=certificates.server() if secured else None) as server:
        box = mailbox(account(server.port, "implicit" if secured else "loopback-none", certificates.ca_file if secured else None))
        watch = Watch(box)
        try:
            assert [watch.next(), watch.next()] == [ONE[1], b"pushed"]
        finally:
            box.stop()
            watch.thread.join(20)


def test_what_is_announced_in_another_answer_is_not_waited_for() -> None:
    """A message that comes between two commands is announced in the answer to the second, and IDLE has nothing more to say of it."""

    def fetch(line: Line, tag: str, words: str) -> None:
        script._fetch(line, tag, words)
        if 2 not in script.messages:
            script.messages[2] = b"meanwhile"
            line.say("* 2 EXISTS", "* 1 RECENT")

    script = ImapScript(ONE, FETCH=fetch)
    with Scripted(script) as server, watching(server) as watch:
        assert [watch.next(), watch.next()] == [ONE[1], b"meanwhile"]


def test_a_push_before_the_go_ahead_costs_a_connection_and_no_message() -> None:
    """The library takes it for an answer to IDLE and gives up."""
    script = ImapScript(ONE)
    script._answers["IDLE"] = arriving(script, 2, b"* 2 EXISTS\r\n+ idling\r\n")
    with Scripted(script) as server, watching(server) as watch:
        assert [watch.next(), watch.next()] == [ONE[1], b"pushed"]


def test_a_server_that_closes_during_idle_is_left_and_found_again() -> None:
    """The library would report nothing, for ever, at once; here each connection is one pause away from the last."""

    def closing(line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling")
        raise EOFError

    later = ImapScript(TWO)
    with Scripted(ImapScript(ONE, IDLE=closing), later) as server, watching(server) as watch:
        assert watch.next() == ONE[1]
        assert "closed the connection" in watch.trouble()
        assert watch.next() == TWO[2]
    assert server.connections == 2


def test_a_server_that_always_closes_is_not_hammered() -> None:
    """The pauses grow, though each connection was made and logged in."""

    def closing(line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling")
        raise EOFError

    with Scripted(ImapScript(ONE, IDLE=closing)) as server, watching(server, timing=Timing(first_pause=0.05, longest_pause=60)) as watch:
        for _ in range(3):
            watch.trouble()
        time.sleep(0.3)
        assert server.connections <= 6


def test_a_server_that_chatters_is_not_answered_at_its_pace() -> None:
    """Each word wakes the watcher; where nothing comes of it time and again, the watcher takes its time, and mail is found all the same."""

    def chattering(line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling", "* OK and another thing")
        assert line.hear() == b"DONE"

    script = ImapScript(ONE, IDLE=chattering)
    with Scripted(script) as server, watching(server) as watch:
        assert watch.next() == ONE[1]
        time.sleep(0.5)
        script.messages[2] = b"at last"
        assert watch.next() == b"at last"
        assert len([line for line in server.heard if line.endswith(b"IDLE")]) < 60


def test_goodbye_during_idle_is_passed_on() -> None:
    """The server's own reason is reported."""

    def bye(line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling", "* BYE Autologout; idle for too long")
        raise EOFError

    with Scripted(ImapScript(ONE, IDLE=bye), ImapScript(ONE)) as server, watching(server) as watch:
        assert "Autologout" in watch.trouble()


def test_a_half_open_connection_is_noticed_when_idle_is_renewed() -> None:
    """A server that says nothing any more, not even to DONE, is left."""

    def deaf(line: Line, _tag: str, _words: str) -> bool:
        line.say("+ idling")
        while True:
            line.hear()

    timing = Timing(read=0.2, idle=0.1, first_pause=0.02)
    with Scripted(ImapScript(ONE, IDLE=deaf), ImapScript(TWO)) as server, watching(server, timing=timing) as watch:
        assert watch.next() == ONE[1]
        assert "no answer in time" in watch.trouble()
        assert watch.next() == TWO[2]


def test_idle_is_renewed_and_the_folder_looked_into() -> None:
    """Mail that nobody announced is found at the next renewal, and each renewal is a sign of life."""
    script = ImapScript(ONE)
    with Scripted(script) as server, watching(server, timing=Timing(idle=0.05)) as watch:
        assert watch.next() == ONE[1]
        script.messages[2] = b"unannounced"
        assert watch.next() == b"unannounced"
        assert [watch.said.get(timeout=20) for _ in range(3)] == [None] * 3


def test_a_server_without_idle_is_polled() -> None:
    """NOOP lets it say what is new."""
    script = ImapScript(ONE, capabilities="")
    with Scripted(script) as server, watching(server, timing=Timing(idle=0.05)) as watch:
        assert watch.next() == ONE[1]
        script.messages[2] = b"later"
        assert watch.next() == b"later"
    assert [line for line in server.heard if line.endswith(b"NOOP")]
    assert not [line for line in server.heard if line.endswith(b"IDLE")]


def test_another_uidvalidity_after_a_reconnection_means_reading_again() -> None:
    """UIDs of before say nothing any more."""

    def closing(line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling")
        raise EOFError

    with Scripted(ImapScript(TWO, IDLE=closing), ImapScript(ONE, uidvalidity=8)) as server, watching(server, seen=(7, 1)) as watch:
        assert watch.next() == TWO[2]
        assert watch.next() == ONE[1]


def test_what_was_not_taken_is_given_again() -> None:
    """A consumer that raises has not taken the message; nothing before it comes twice."""
    with Scripted(ImapScript(TWO)) as server, watching(server, refuse=1) as watch:
        assert "queue full" in watch.trouble()
        assert [watch.next(), watch.next()] == [ONE[1], TWO[2]]
        time.sleep(0.1)
        assert watch.came.empty()


def test_a_refused_login_is_reported_and_tried_again() -> None:
    """Until somebody mends the secret."""
    with Scripted(ImapScript(LOGIN=refusing("[AUTHENTICATIONFAILED] no")), ImapScript(ONE)) as server, watching(server) as watch:
        assert "refused" in watch.trouble()
        assert watch.next() == ONE[1]


@pytest.mark.parametrize("stage", ["greeting", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "IDLE"])
def test_stop_ends_a_watch_wherever_it_is(stage: str) -> None:
    """A server that keeps it waiting does not keep it from stopping."""
    waiting = threading.Event()

    def hang(line: Line, _tag: str, _words: str) -> None:
        if stage == "IDLE":
            line.say("+ idling")
        waiting.set()
        line.hear()
        line.hear()

    with Scripted(ImapScript(ONE, **{stage: hang})) as server, watching(server, timing=Timing(read=60, operation=60)):
        assert waiting.wait(20)


def test_stop_ends_a_pause() -> None:
    """Nor does a server that is not there."""
    with Scripted(ImapScript()) as server:
        port = server.port
    box = mailbox(account(port), timing=Timing(first_pause=600))
    watch = Watch(box)
    assert "nobody listens" in watch.trouble()
    box.stop()
    watch.thread.join(20)
    assert not watch.thread.is_alive()


def test_a_stopped_mailbox_is_not_watched() -> None:
    """Stopping before watching is stopping too."""
    with Scripted(ImapScript(ONE)) as server:
        box = mailbox(account(server.port))
        box.stop()
        box.watch("INBOX", None, LONG_AGO, lambda _: None, lambda *_: None)
    assert server.connections == 0
