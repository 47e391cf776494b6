"""The mailbox, and what every fault of a server comes to."""

import logging
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support.scripted import Certificates, Line, Script, Scripted
from support.scripted.imap import ImapScript
from support.servers import eventually

from bouncer.edge.imap import ImapMailbox, Timing, session
from bouncer.edge.imap.session import Mark
from bouncer.edge.imap.wire import Guard, Wire
from bouncer.edge.mends import Place
from bouncer.errors import BouncerError, LoginRefused, SecretMissing, ServerFault, TlsFault
from bouncer.model import Account, RawMail, Secret, Server

SECRET = "correct horse"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = Timing(connect=5, read=5, operation=5, first_pause=0.02, longest_pause=0.05, refused_pause=0.02, longest_refused_pause=0.05)
ONE = {1: b"Subject: one\r\n\r\n1\r\n"}
TWO = {**ONE, 2: b"Subject: two\r\n\r\n2\r\n"}


def account(
    port: int, tls: str = "loopback-none", ca_file: Path | None = None, host: str = "127.0.0.1", folders: tuple[str, ...] = ("INBOX",)
) -> Account:
    """Give the account of a scripted server."""
    server = Server(host=host, port=port, tls=tls, ca_file=ca_file)  # type: ignore[arg-type]
    return Account(name="main", address="olga@home.example", imap=server, smtp=server, secret=Secret(inline=SECRET), folders=folders)


def mailbox(where: Account, *, timing: Timing = QUICK, password: Callable[[], str] = lambda: SECRET) -> ImapMailbox:
    """Give the mailbox of *where*."""
    return ImapMailbox(where, password, 1000, timing=timing)


def read(where: Account, *, timing: Timing = QUICK, seen: dict[str, tuple[int, int]] | None = None) -> list[RawMail]:
    """Read all that is new."""
    return list(mailbox(where, timing=timing).fetch(seen or {}, LONG_AGO))


@contextmanager
def wire(*scripts: Script) -> Iterator[tuple[Wire, Scripted]]:
    """Give a connection that is logged in."""
    with Scripted(*scripts) as server:
        connection = Wire(Place("IMAP", account(server.port)), SECRET, Guard(), QUICK)
        try:
            yield connection, server
        finally:
            connection.close()


class Watch:
    """A folder being watched in a thread: what came, and what was reported."""

    def __init__(self, box: ImapMailbox, seen: tuple[int, int] | None = None, refuse: int = 0) -> None:
        """Start; the first *refuse* messages are not taken."""
        self.came: queue.Queue[bytes] = queue.Queue()
        self.said: queue.Queue[str | None] = queue.Queue()
        self._refuse = refuse
        self.thread = threading.Thread(target=box.watch, args=("INBOX", seen, LONG_AGO, self._take, lambda _, said: self.said.put(said)))
        self.thread.start()

    def _take(self, raw: RawMail) -> None:
        if self._refuse:
            self._refuse -= 1
            raise RuntimeError("queue full")
        self.came.put(raw.data)

    def next(self) -> bytes:
        """Give the next message."""
        return self.came.get(timeout=20)

    def trouble(self) -> str:
        """Give the next sentence about trouble."""
        return eventually(lambda: self.said.get(timeout=20)) or ""


@contextmanager
def watching(server: Scripted, *, seen: tuple[int, int] | None = None, timing: Timing = QUICK, refuse: int = 0) -> Iterator[Watch]:
    """Watch the Inbox of *server* until the end of the block; the thread has to end with it."""
    box = mailbox(account(server.port), timing=timing)
    watch = Watch(box, seen, refuse)
    try:
        yield watch
    finally:
        box.stop()
        watch.thread.join(20)
        assert not watch.thread.is_alive()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority of our own."""
    return Certificates(tmp_path_factory.mktemp("tls"))


# -- reading


def test_times_keep_their_zone_and_text_its_bytes() -> None:
    """INTERNALDATE is given in UTC, whatever the zone of this machine."""
    with Scripted(ImapScript(ONE)) as server:
        (raw,) = read(account(server.port))
    assert raw.received == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert raw.data == ONE[1]
    assert raw.source == "INBOX:1"


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


def test_a_message_that_the_server_cannot_give_keeps_back_no_other() -> None:
    """A whole FETCH fails for one bad message; each of the others comes alone."""

    def moody(line: Line, tag: str, words: str) -> bool | None:
        uids = words.partition(" ")[0].split(",")
        if "2" in uids and "BODY" in words:
            line.say(f"{tag} NO [SERVERBUG] cannot read message")
            return True
        return script._fetch(line, tag, words)

    script = ImapScript({**TWO, 3: b"three"}, FETCH=moody)
    with Scripted(script) as server:
        assert [raw.key.uid for raw in read(account(server.port)) if raw.key] == [1, 3]


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


# -- hostile and broken servers


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


# -- TLS and login


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("expired", "has expired"),
        ("other name", "for another name|for another address"),
        ("unknown", "name it in ca_file|name that root in ca_file"),
    ],
)
def test_a_bad_certificate_gets_no_password(certificates: Certificates, tmp_path: Path, tls: str, bad: str, words: str) -> None:
    """The sentence says what is wrong with it."""
    context = {
        "expired": lambda: certificates.server(age=timedelta(days=1)),
        "other name": lambda: certificates.server("mx.elsewhere.example"),
        "unknown": lambda: Certificates(tmp_path).server(),
    }[bad]()
    script = ImapScript(ONE, capabilities="STARTTLS")
    script.context = context
    with Scripted(script, context=context if tls == "implicit" else None) as server, pytest.raises(TlsFault, match=words):
        read(account(server.port, tls, certificates.ca_file))
    assert not [line for line in server.heard if re.search(rb"LOGIN|AUTHENTICATE", line)]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_good_certificate_is_read_through(certificates: Certificates, tls: str) -> None:
    """The counterpart: the same server with a certificate that holds."""
    script = ImapScript(ONE, capabilities="STARTTLS")
    script.context = certificates.server()
    with Scripted(script, context=script.context if tls == "implicit" else None) as server:
        assert len(read(account(server.port, tls, certificates.ca_file))) == 1


def test_old_tls_is_refused(certificates: Certificates) -> None:
    """TLS 1.1 is not spoken."""
    context = certificates.server()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Scripted(ImapScript(ONE), context=context) as server, pytest.raises(TlsFault):
        read(account(server.port, "implicit", certificates.ca_file))


def test_a_server_without_starttls_never_sees_the_password(certificates: Certificates) -> None:
    """The connection ends instead, and the sentence says what to set."""
    with Scripted(ImapScript(ONE)) as server, pytest.raises(TlsFault, match=r"offers no STARTTLS.*tls: implicit and port 993"):
        read(account(server.port, "starttls", certificates.ca_file))
    assert not [line for line in server.heard if b"LOGIN" in line]


def test_a_greeting_that_claims_a_login_in_clear_is_refused(certificates: Certificates) -> None:
    """PREAUTH would skip STARTTLS altogether (RFC 9051 section 11.1)."""

    def preauth(line: Line, _tag: str, _words: str) -> bool:
        line.say("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome")
        return True

    with (
        Scripted(ImapScript(ONE, greeting=preauth, capabilities="STARTTLS")) as server,
        pytest.raises(TlsFault, match="offers no STARTTLS"),
    ):
        read(account(server.port, "starttls", certificates.ca_file))


def test_clear_text_is_for_the_loopback_only() -> None:
    """A name or another machine's address is refused before a connection is made."""
    for host in ("imap.example", "192.0.2.1", "localhost"):
        with pytest.raises(TlsFault, match=r"127\.0\.0\.1 and ::1 only"):
            read(account(143, host=host))


def test_a_ca_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Whether it is missing or holds no certificate."""
    (tmp_path / "empty.pem").write_text("no certificate\n")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(TlsFault, match=f"ca_file .*{name} cannot be read"):
            read(account(993, "implicit", tmp_path / name))


def test_a_plain_port_is_told_from_a_broken_one(certificates: Certificates) -> None:
    """The sentence names the setting to change."""
    with Scripted(lambda line: line.say("* OK ready")) as server, pytest.raises(TlsFault, match="set tls: starttls"):
        read(account(server.port, "implicit", certificates.ca_file))


def refusing(words: str) -> Callable[[Line, str, str], bool]:
    """Give an answer that refuses with *words*."""

    def refuse(line: Line, tag: str, _words: str) -> bool:
        line.say(f"{tag} NO {words}")
        return True

    return refuse


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", LoginRefused, "check the account's user and secret"),
        ("[ALERT] Application-specific password required: https://support.example", LoginRefused, "make an app password"),
        ("AUTHENTICATE failed. Basic authentication is disabled", LoginRefused, "OAuth only"),
        ("LOGIN failed.", LoginRefused, "check the account's user and secret"),
        ("[ALERT] Please log in via your web browser", LoginRefused, "with a web browser"),
        ("[ALERT] Too many simultaneous connections. (Failure)", ServerFault, "tried again"),
        ("[UNAVAILABLE] Temporary authentication failure", ServerFault, "tried again"),
    ],
)
def test_providers_words_are_turned_into_what_to_do(said: str, kind: type[BouncerError], words: str) -> None:
    """A refused password is told from a server that has no time."""
    with Scripted(ImapScript(LOGIN=refusing(said))) as server, pytest.raises(ServerFault, match=words) as caught:
        read(account(server.port))
    assert caught.type is kind
    assert SECRET not in str(caught.value)
    assert str(caught.value).startswith(f"IMAP 127.0.0.1:{server.port} (account main): ")


def test_a_connection_lost_at_login_is_no_wrong_password() -> None:
    """The library calls it a LoginError all the same."""

    def gone(_line: Line, _tag: str, _words: str) -> None:
        raise EOFError

    with Scripted(ImapScript(LOGIN=gone)) as server, pytest.raises(ServerFault, match="closed the connection") as caught:
        read(account(server.port))
    assert caught.type is ServerFault


@pytest.mark.parametrize(("secret", "capabilities"), [("pässwörd", "AUTH=PLAIN"), (SECRET, "LOGINDISABLED AUTH=PLAIN")])
def test_authenticate_plain_is_the_second_way_in(secret: str, capabilities: str) -> None:
    """For a password beyond ASCII, and where LOGIN is switched off."""
    with Scripted(ImapScript(ONE, capabilities=capabilities)) as server:
        assert len(list(mailbox(account(server.port), password=lambda: secret).fetch({}, LONG_AGO))) == 1
    assert [line for line in server.heard if b"AUTHENTICATE PLAIN" in line]


def test_a_server_that_takes_no_password_says_so() -> None:
    """OAuth only: nothing is tried."""
    with Scripted(ImapScript(capabilities="LOGINDISABLED AUTH=XOAUTH2")) as server, pytest.raises(LoginRefused, match="takes no password"):
        read(account(server.port))


def test_a_secret_with_a_line_break_never_reaches_the_wire() -> None:
    """It would be a command of its own."""
    with Scripted(ImapScript(ONE)) as server, pytest.raises(LoginRefused, match="control character"):
        list(mailbox(account(server.port), password=lambda: 'x"\r\nA9 LOGOUT').fetch({}, LONG_AGO))
    assert not [line for line in server.heard if b"LOGOUT" in line]


def test_a_missing_secret_is_said_as_it_is() -> None:
    """The sentence of whoever keeps the secret is passed on."""

    def missing() -> str:
        raise SecretMissing("no such file: /run/secret")

    with pytest.raises(SecretMissing, match="/run/secret"):
        list(mailbox(account(1), password=missing).fetch({}, LONG_AGO))


def test_nobody_there_is_said_in_a_sentence() -> None:
    """A closed port names host, port and account."""
    with Scripted(ImapScript()) as server:
        port = server.port
    with pytest.raises(ServerFault, match=rf"IMAP 127\.0\.0\.1:{port} \(account main\): nobody listens there; check host and port"):
        read(account(port))


# -- watching


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
