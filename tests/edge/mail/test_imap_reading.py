"""What a mailbox gives when it is read, and what it says to the server."""

import logging
import re
import socket
import time
from datetime import UTC, date, datetime

import pytest
from support.imap_client import LONG_AGO, ONE, SECRET, TWO, account, mailbox, read, wire
from support.scripted import Line, Scripted
from support.scripted.imap import Answer, ImapScript

from bouncer.edge.imap import session
from bouncer.edge.imap.session import Mark
from bouncer.errors import ServerFault, Withheld
from bouncer.model import Account


def test_times_keep_their_zone_and_text_its_bytes() -> None:
    """INTERNALDATE is given in UTC, whatever the zone of this machine."""
    with Scripted(ImapScript(ONE)) as server:
        (raw,) = read(account(server.port))
    assert raw.received == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert raw.data == ONE[1]
    assert raw.source == "INBOX:1"


def test_the_hour_that_comes_twice_is_not_mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would make local times of INTERNALDATE, and those of one hour in autumn mean two moments."""
    script = ImapScript(
        ONE, FETCH=lambda line, _tag, _words: line.say('* 1 FETCH (UID 1 INTERNALDATE "25-Oct-2026 01:30:00 +0000" BODY[]<0> "x")')
    )
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        try:
            with Scripted(script) as server:
                (raw,) = read(account(server.port))
        finally:
            patch.undo()
            time.tzset()
    assert raw.received == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_nothing_is_ever_opened_for_writing() -> None:
    """EXAMINE and PEEK only: nothing is marked as read."""
    with Scripted(ImapScript(TWO)) as server:
        read(account(server.port))
    said = b"\n".join(server.heard).upper()
    assert b"EXAMINE" in said
    assert not re.search(rb"SELECT|STORE|EXPUNGE|APPEND|BODY\[", said)


def test_the_last_message_matches_always_and_is_dropped() -> None:
    """`UID 3:*` finds message 2 where there is no third (RFC 9051 section 6.4.8)."""
    with Scripted(ImapScript(TWO)) as server:
        assert read(account(server.port), seen={"INBOX": (7, 2)}) == []
    assert [line for line in server.heard if line.endswith(b"UID SEARCH UID 3:*")]


def test_many_messages_are_fetched_in_bounded_groups() -> None:
    """Sizes are asked for first, and no command names more than five hundred messages (a server refuses twenty thousand)."""
    with Scripted(ImapScript(dict.fromkeys(range(1, 1201), b"Subject: x\r\n\r\n"))) as server:
        assert len(read(account(server.port))) == 1200
    fetched = [line.split()[3].count(b",") + 1 for line in server.heard if b"UID FETCH" in line]
    assert max(fetched) == 500
    assert next(line for line in server.heard if b"FETCH" in line).endswith(b"(RFC822.SIZE)")


def test_a_huge_folder_is_searched_in_windows() -> None:
    """The library takes no line over a million bytes, and the UIDs of 120,000 messages are more than that."""

    def examine(line: Line, tag: str, _words: str) -> bool:
        line.say("* 120000 EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 4000120001] x", f"{tag} OK done")
        return True

    def search(line: Line, _tag: str, words: str) -> None:
        low, high = map(int, words.split(maxsplit=1)[0].split(":"))
        line.say("* SEARCH " + " ".join(str(4_000_000_000 + number) for number in range(low, high + 1)))

    with wire(ImapScript(EXAMINE=examine, SEARCH=search)) as (connection, server):
        mark = Mark("main", "INBOX", LONG_AGO)
        opened = session.examine(connection, "INBOX", mark)
        assert session._beyond(connection, mark, opened.exists) == tuple(range(4_000_000_001, 4_000_120_001))
    searched = [line.split(b" ", 3)[3] for line in server.heard if b"SEARCH" in line]
    assert searched == [b"1:50000 SINCE 31-Dec-2019", b"50001:100000 SINCE 31-Dec-2019", b"100001:120000 SINCE 31-Dec-2019"]


def test_a_message_beyond_the_limit_is_cut() -> None:
    """Only the beginning is asked for, and kept."""
    with Scripted(ImapScript({1: b"x" * 1001, 2: b"y" * 1000})) as server:
        long, short = read(account(server.port))
    assert (len(long.data), long.truncated) == (1000, True)
    assert (len(short.data), short.truncated) == (1000, False)
    assert [line for line in server.heard if b"BODY.PEEK[]<0.1001>" in line]


def test_a_message_that_went_meanwhile_is_passed_over() -> None:
    """Found by SEARCH, gone at FETCH: the others are given."""
    script = ImapScript(TWO, SEARCH=lambda line, _tag, _words: line.say("* SEARCH 1 2 3"))
    with Scripted(script) as server:
        assert len(read(account(server.port))) == 2


class Moody(ImapScript):
    """Refuses to give some messages, each so many times."""

    def __init__(self, messages: dict[int, bytes], refusals: dict[int, int], **answers: Answer) -> None:
        """Refuse a UID of *refusals* so often; a FETCH of several is refused whole."""
        self.refusals = dict(refusals)
        super().__init__(messages, FETCH=self._moody, **answers)

    def _moody(self, line: Line, tag: str, words: str) -> bool | None:
        uids = [int(uid) for uid in words.partition(" ")[0].split(",")]
        bad = next((uid for uid in uids if self.refusals.get(uid, 0) > 0), None)
        if bad is None or "BODY" not in words:
            return self._fetch(line, tag, words)
        if len(uids) == 1:
            self.refusals[bad] -= 1
        line.say(f"{tag} {'NO [SERVERBUG]' if bad % 2 == 0 else 'BAD'} cannot read message")
        return True


def numbered(*uids: int) -> dict[int, bytes]:
    """Give a message for each of *uids*."""
    return {uid: f"Subject: {uid}\r\n\r\n".encode() for uid in uids}


def uids_and_fault(where: Account) -> tuple[list[int], ServerFault | None]:
    """Read all that is new, up to the fault that ends it."""
    came: list[int] = []
    try:
        for raw in mailbox(where).fetch({}, LONG_AGO):
            came += [raw.key.uid] if raw.key else []
    except ServerFault as fault:
        return came, fault
    return came, None


@pytest.mark.parametrize("refusals", [{2: 1}, {3: 4}, {1: 2, 3: 2}])
def test_a_message_that_is_refused_for_a_moment_comes_before_the_later_ones(refusals: dict[int, int]) -> None:
    """It is asked for again, on a new connection: were a later one done first, it would never be looked for again."""
    script = Moody(numbered(1, 2, 3), refusals)
    with Scripted(script) as server:
        assert uids_and_fault(account(server.port)) == ([1, 2, 3], None)
    assert sum(b"EXAMINE" in line for line in server.heard) == 1 + sum(refusals.values())


def test_a_message_that_is_never_given_holds_up_its_folder_and_is_named() -> None:
    """After five connections the fault says which it is; what came before it was given, what came later was not."""
    with Scripted(Moody(numbered(1, 2, 3), {2: 99})) as server:
        came, fault = uids_and_fault(account(server.port))
    assert came == [1]
    assert isinstance(fault, Withheld)
    assert (fault.folder, fault.uidvalidity, fault.uid) == ("INBOX", 7, 2)
    assert "message 2 of INBOX waits" in str(fault)
    assert sum(b"EXAMINE" in line for line in server.heard) == 5


def test_a_server_that_refuses_now_this_and_now_that_is_a_fault_of_the_server() -> None:
    """No message has had five tries of its own, so none of them is to blame."""
    with Scripted(Moody(numbered(1, 2, 3), {1: 3, 2: 3})) as server:
        came, fault = uids_and_fault(account(server.port))
    assert came == [1]
    assert fault is not None
    assert not isinstance(fault, Withheld)


def test_what_one_folder_withholds_keeps_back_no_other_folder() -> None:
    """The next folder is read before the fault is raised."""
    script = Moody(numbered(1, 2), {1: 5}, LIST=lambda line, _tag, _words: line.say('* LIST (\\Junk) "/" Spam'))
    with Scripted(script) as server:
        came, fault = uids_and_fault(account(server.port, folders=("INBOX", "\\Junk")))
    assert came == [1, 2]  # of Spam, whose messages are the same in this script
    assert isinstance(fault, Withheld)
    assert fault.folder == "INBOX"


def test_what_is_older_than_asked_for_is_left_alone() -> None:
    """SINCE knows whole days only, so the time is looked at as well."""
    with Scripted(ImapScript(ONE)) as server:
        box = mailbox(account(server.port))
        assert list(box.fetch({}, datetime(2026, 3, 4, 10, 1, tzinfo=UTC))) == []
        assert len(list(box.fetch({}, datetime(2026, 3, 4, 9, 59, tzinfo=UTC)))) == 1
    assert [line for line in server.heard if line.endswith(b"UID SEARCH SINCE 03-Mar-2026")]


def test_a_folder_named_twice_is_read_once() -> None:
    r"""A folder marked as \Junk and also named is one folder."""
    listing = ImapScript(ONE, LIST=lambda line, _tag, _words: line.say('* LIST () "/" INBOX', '* LIST (\\Junk) "/" "Sp&AOQ-m"'))
    with Scripted(listing) as server:
        keys = [raw.key for raw in read(account(server.port, folders=("\\Junk", "Späm")))]
    assert [key.folder for key in keys if key] == ["\\Junk"]


def test_a_mailbox_without_junk_is_no_fault() -> None:
    """What is there is read."""
    with Scripted(ImapScript(ONE)) as server:
        assert len(read(account(server.port, folders=("INBOX", "\\Junk")))) == 1


@pytest.mark.parametrize("word", ['x"\r\nA1 LOGOUT', "a b", "ä", "", "(", "x" * 201, 'x"'])
def test_a_foreign_word_never_becomes_a_search_criterion(word: str) -> None:
    """IMAPClient would put it on the wire as it is, line breaks and all."""
    with wire(ImapScript(ONE)) as (connection, server):
        connection.examine("INBOX")
        with pytest.raises(ValueError, match="foreign"):
            connection.search("HEADER", "Message-ID", word)
        assert not [line for line in server.heard if b"HEADER" in line]


def test_a_word_of_our_own_is_searched_for() -> None:
    """Tokens, dates and numbers pass."""
    with wire(ImapScript(TWO)) as (connection, server):
        connection.examine("INBOX")
        assert connection.search("HEADER", "Message-ID", "<b.abc@home.example>", "SINCE", date(2026, 3, 4)) == (1, 2)
        assert server.heard[-1].endswith(b"SEARCH HEADER Message-ID <b.abc@home.example> SINCE 04-Mar-2026")


def test_a_command_is_not_held_back_and_a_dead_peer_is_noticed() -> None:
    """The library sends a command in two packets, and the second would wait for the acknowledgement of the first."""
    with wire(ImapScript(ONE)) as (connection, _):
        sock = connection._client.socket()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_nothing_of_the_conversation_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither secret nor text, not even at DEBUG, where the library would tell all (and read half as fast again)."""
    caplog.set_level(logging.DEBUG)
    with Scripted(ImapScript(ONE)) as server:
        read(account(server.port))
    assert SECRET not in caplog.text
    assert "Subject: one" not in caplog.text


def test_what_the_server_says_by_the_way_is_forgotten() -> None:
    """The library keeps every untagged line; a connection that lives for months would not end well."""
    script = ImapScript(TWO, NOOP=lambda line, _tag, _words: line.say("* 3 EXISTS", "* 1 EXPUNGE", "* 1 FETCH (FLAGS ())"))
    with wire(script) as (connection, _):
        connection.examine("INBOX")
        assert connection.announced()
        assert not connection.announced()
        connection.noop()
        assert connection.announced()
        assert not {"EXISTS", "EXPUNGE", "FETCH"} & set(connection._client.wire.untagged_responses)
