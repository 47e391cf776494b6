"""Submission, and what every fault of a server comes to."""

import asyncio
import re
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.scripted import Certificates, Line, Scripted
from support.scripted.smtp import smtp

from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.errors import SecretMissing, StorageFault
from bouncer.model import Account, Address, Delivery, Letter, OutboxState, PersonId, Secret, Server

SECRET = "correct horse"
SENT, REFUSED, READY, UNKNOWN = OutboxState.SENT, OutboxState.REFUSED, OutboxState.READY, OutboxState.UNKNOWN
SHORT = Waits(connect=5, command=5, data=5, final=5)


def letter(
    to: str = "jane@acme.example", *, data: bytes = b"Subject: Hello\r\n\r\nHello.\r\n", sender: str = "olga@home.example"
) -> Letter:
    """Give a letter from Olga."""
    address, envid = Address("Jane Doe", to), "b.abc=+1"
    return Letter("checkin", PersonId("p1"), "main", Address("Olga", sender), address, "Hello", "<b.1@home.example>", envid, data)


def account(port: int, tls: str = "loopback-none", ca_file: Path | None = None, host: str = "127.0.0.1") -> Account:
    """Give the account of a scripted server."""
    server = Server(host=host, port=port, tls=tls, ca_file=ca_file)  # type: ignore[arg-type]
    return Account(name="main", address="olga@home.example", imap=server, smtp=server, secret=Secret(inline=SECRET))


async def submit(
    where: Account, one: Letter | None = None, *, arm: Callable[[], None] = lambda: None, waits: Waits = SHORT, password: str = SECRET
) -> Delivery:
    """Submit one letter over a sender of its own."""
    sender = SmtpSender(where, lambda: password, waits=waits)
    try:
        return await sender.send(one or letter(), arm)
    finally:
        await sender.aclose()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority of our own."""
    return Certificates(tmp_path_factory.mktemp("tls"))


# -- the way of a letter


async def test_a_letter_is_sent_with_its_dsn_parameters() -> None:
    """RET and ENVID go with MAIL, NOTIFY and ORCPT with RCPT, in xtext (RFC 3461)."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port))
    assert delivery == Delivery(SENT, "final", 250, "2.0.0", "2.0.0 Ok: queued")
    assert b"MAIL FROM:<olga@home.example> RET=HDRS ENVID=b.abc+3D+2B1" in server.heard
    assert b"RCPT TO:<jane@acme.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;jane@acme.example" in server.heard


async def test_a_server_without_dsn_gets_no_parameters() -> None:
    """Unasked-for parameters are answered with 555 by some."""
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH PLAIN")) as server:
        assert (await submit(account(server.port))).state is SENT
    assert {b"MAIL FROM:<olga@home.example>", b"RCPT TO:<jane@acme.example>"} <= set(server.heard)


async def test_a_plus_in_the_recipient_survives_as_xtext() -> None:
    """A plus is itself in RCPT and +2B in ORCPT."""
    with Scripted(smtp()) as server:
        await submit(account(server.port), letter("jane+x@acme.example"))
    assert b"RCPT TO:<jane+x@acme.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;jane+2Bx@acme.example" in server.heard


async def test_arming_comes_once_after_the_recipient_and_before_the_text() -> None:
    """What the server had heard when the letter was armed ends with RCPT."""
    with Scripted(smtp()) as server:
        heard: list[list[bytes]] = []
        await submit(account(server.port), arm=lambda: heard.append(list(server.heard)))
    (then,) = heard
    assert then[-1].startswith(b"RCPT")
    assert b"DATA" in server.heard[len(then) :]


async def test_what_arming_raises_stops_the_sending() -> None:
    """A full disk is the caller's to hear of, and no text goes out."""

    def full() -> None:
        raise StorageFault("disk full")

    with Scripted(smtp()) as server, pytest.raises(StorageFault):
        await submit(account(server.port), arm=full)
    assert b"DATA" not in server.heard


async def test_what_arming_raises_is_never_taken_for_the_server_s_fault() -> None:
    """Not even where it looks like a lost connection."""

    def lost() -> None:
        raise ConnectionResetError("the disk is far away")

    with Scripted(smtp()) as server, pytest.raises(ConnectionResetError):
        await submit(account(server.port), arm=lost)
    assert b"DATA" not in server.heard


async def test_line_ends_of_every_kind_become_those_of_smtp() -> None:
    """A lone line feed around a dot would end the letter for a careless server, and begin another (RFC 5321 section 2.3.8)."""
    with Scripted(smtp()) as server:
        assert (await submit(account(server.port), letter(data=b"S: x\n\na\n.\nMAIL FROM:<eve@evil.example>\rb"))).state is SENT
    assert server.heard[server.heard.index(b"DATA") + 1 :][:7] == [b"S: x", b"", b"a", b"..", b"MAIL FROM:<eve@evil.example>", b"b", b"."]


async def test_dots_at_the_start_of_lines_are_doubled() -> None:
    """A line of one dot does not end the letter (RFC 5321 section 4.5.2)."""
    with Scripted(smtp()) as server:
        assert (await submit(account(server.port), letter(data=b"S: x\r\n\r\n.\r\n.a\r\nb.\r\n"))).state is SENT
    assert server.heard[server.heard.index(b"DATA") + 1 :][:6] == [b"S: x", b"", b"..", b"..a", b"b.", b"."]


async def test_ids_in_the_final_reply_are_aliases() -> None:
    """Exchange Online names its own Message-ID there; ours is none."""
    reply = "250 2.0.0 OK <AB1CD@mail.prod.example> <b.1@home.example> [Hostname=x.prod.example]"
    with Scripted(smtp(text=reply)) as server:
        assert (await submit(account(server.port))).server_ids == ("<AB1CD@mail.prod.example>",)


async def test_a_final_reply_without_ids_gives_none() -> None:
    """A queue number is no Message-ID."""
    with Scripted(smtp(text="250 2.0.0 OK 1699999 d12-20020a - gsmtp")) as server:
        assert (await submit(account(server.port))).server_ids == ()


async def test_two_letters_share_a_connection() -> None:
    """The second begins with RSET, so that nothing of the first is left."""
    with Scripted(smtp()) as server:
        sender = SmtpSender(account(server.port), lambda: SECRET, waits=SHORT)
        assert [(await sender.send(letter(), lambda: None)).state for _ in range(2)] == [SENT, SENT]
        await sender.aclose()
    assert server.connections == 1
    assert server.heard.count(b"RSET") == 1


async def test_a_connection_that_the_server_closed_is_made_again() -> None:
    """A server that hangs up between letters costs neither of them."""
    with Scripted(smtp(RSET=None)) as server:
        sender = SmtpSender(account(server.port), lambda: SECRET, waits=SHORT)
        assert [(await sender.send(letter(), lambda: None)).state for _ in range(2)] == [SENT, SENT]
        await sender.aclose()
    assert server.connections == 2


async def test_a_connection_that_rested_too_long_is_not_trusted() -> None:
    """It is made anew without asking the old one."""
    with Scripted(smtp()) as server:
        sender = SmtpSender(account(server.port), lambda: SECRET, waits=Waits(rest=-1))
        assert [(await sender.send(letter(), lambda: None)).state for _ in range(2)] == [SENT, SENT]
        await sender.aclose()
    assert server.connections == 2
    assert b"RSET" not in server.heard


# -- refusals


@pytest.mark.parametrize(
    ("command", "phase", "reply", "state", "status"),
    [
        ("MAIL", "mail", "550 5.7.1 Sender refused", REFUSED, "5.7.1"),
        ("MAIL", "mail", "452 4.3.1 Full", READY, "4.3.1"),
        ("RCPT", "rcpt", "550-5.1.1 No such\r\n550 5.1.1 user", REFUSED, "5.1.1"),
        ("RCPT", "rcpt", "450 4.2.1 Greylisted", READY, "4.2.1"),
        ("RCPT", "rcpt", "553 no such user here", REFUSED, None),
        ("DATA", "data", "554 5.5.1 No recipients", REFUSED, "5.5.1"),
        ("DATA", "data", "451 4.3.0 Later", READY, "4.3.0"),
        ("text", "final", "552 5.3.4 Too big", REFUSED, "5.3.4"),
        ("text", "final", "451 4.7.1 Try later", READY, "4.7.1"),
        ("text", "final", "421 4.3.2 Shutting down", READY, "4.3.2"),
        ("text", "final", "354 go on", UNKNOWN, None),
        ("RCPT", "rcpt", "421 4.7.0 Too many errors", READY, "4.7.0"),
    ],
)
async def test_a_reply_decides_by_its_first_digit(command: str, phase: str, reply: str, state: OutboxState, status: str | None) -> None:
    """5yz refuses this letter, 4yz leaves it for later, and both are evidence with code, status and words."""
    with Scripted(smtp(**{command: reply})) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code, delivery.status) == (state, phase, int(reply[:3]), status)
    assert delivery.text.endswith(reply.rpartition(" ")[2])
    assert delivery.trouble == ""


async def test_a_server_that_wants_a_login_refuses_nobody() -> None:
    """530 is about us: the letter waits, and the sentence says why."""
    with Scripted(smtp(MAIL="530 5.7.57 Client not authenticated to send mail")) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "mail", 530)
    assert "wants a login" in delivery.trouble


@pytest.mark.parametrize(
    ("command", "reply"), [("greeting", "554 5.3.2 No service"), ("EHLO", "550 5.7.1 Not you"), ("greeting", "421 4.3.2 Busy")]
)
async def test_a_server_that_receives_nobody_refuses_no_letter(command: str, reply: str) -> None:
    """Even a permanent refusal there is none of the recipient."""
    with Scripted(smtp(**{command: reply, "HELO": reply})) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "connect", int(reply[:3]))
    assert reply[10:] in delivery.trouble


async def test_hostile_words_are_one_printable_line() -> None:
    """Escape sequences and bytes that are no text do not reach a terminal."""

    def hostile(line: Line) -> str:
        line.raw(b"550 5.1.1 \x1b[31mno\x07 \xff user\r\n")
        return ""

    with Scripted(smtp(RCPT=hostile)) as server:
        delivery = await submit(account(server.port))
    assert delivery.state is REFUSED
    assert delivery.text == "5.1.1 [31mno \N{REPLACEMENT CHARACTER} user"


@pytest.mark.parametrize(
    "to", ["jane@acme.example>\r\nRCPT TO:<eve@evil.example", "jane", "a b@acme.example", "", "jane@acme.example, eve@evil.example"]
)
async def test_what_is_no_address_is_never_put_on_the_wire(to: str) -> None:
    """It is refused as a server would, and the server hears nothing of it."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port), letter(to))
    assert (delivery.state, delivery.phase, delivery.status) == (REFUSED, "rcpt", "5.1.3")
    assert not [line for line in server.heard if line.startswith((b"MAIL", b"RCPT"))]


async def test_an_address_beyond_ascii_needs_smtputf8() -> None:
    """With it, the address goes as it is and without ORCPT; without it, the letter is refused before anything is said."""
    with Scripted(smtp()) as server:
        assert (await submit(account(server.port), letter("zoë@acme.example"))).state is SENT
    assert b"RCPT TO:<zo\xc3\xab@acme.example> NOTIFY=FAILURE,DELAY" in server.heard
    assert b"MAIL FROM:<olga@home.example> SMTPUTF8 RET=HDRS ENVID=b.abc+3D+2B1" in server.heard
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH PLAIN")) as server:
        delivery = await submit(account(server.port), letter("zoë@acme.example"))
    assert (delivery.state, delivery.status) == (REFUSED, "5.6.7")
    assert not [line for line in server.heard if line.startswith(b"MAIL")]


async def test_a_domain_beyond_ascii_goes_in_its_ascii_form() -> None:
    """No extension is needed for it (RFC 5891)."""
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH PLAIN")) as server:
        assert (await submit(account(server.port), letter("jane@münchen.example"))).state is SENT
    assert b"RCPT TO:<jane@xn--mnchen-3ya.example>" in server.heard


async def test_eight_bit_text_is_announced_or_held_back() -> None:
    """BODY=8BITMIME where the server takes it, else the letter is refused by ourselves (RFC 6152)."""
    eight = letter(data="S: x\r\n\r\nGrüße\r\n".encode())
    with Scripted(smtp()) as server:
        assert (await submit(account(server.port), eight)).state is SENT
    assert [line for line in server.heard if b"BODY=8BITMIME" in line]
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH PLAIN")) as server:
        assert (await submit(account(server.port), eight)).status == "5.6.3"


# -- lost connections


@pytest.mark.parametrize(
    ("command", "phase", "state"),
    [
        ("greeting", "connect", READY),
        ("EHLO", "connect", READY),
        ("AUTH", "login", READY),
        ("MAIL", "mail", READY),
        ("RCPT", "rcpt", READY),
        ("DATA", "data", READY),
        ("text", "final", UNKNOWN),
    ],
)
async def test_a_break_is_in_doubt_only_after_the_text(command: str, phase: str, state: OutboxState) -> None:
    """The library raises the same for each: the phase tells what was handed over."""
    with Scripted(smtp(**{command: None})) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (state, phase, None)
    assert "SMTP 127.0.0.1" in delivery.text + delivery.trouble


@pytest.mark.parametrize(("command", "phase", "state"), [("RCPT", "rcpt", READY), ("DATA", "data", READY), ("text", "final", UNKNOWN)])
async def test_silence_is_waited_for_only_so_long(command: str, phase: str, state: OutboxState) -> None:
    """A server that never replies, or drips a reply without end, does not hold the sender."""

    def drip(line: Line) -> str:
        for _ in range(500):
            line.raw(b"250-x\r\n" if phase == "rcpt" else b"2")
            time.sleep(0.02)
        return ""

    with Scripted(smtp(**{command: drip})) as server:
        delivery = await submit(account(server.port), waits=Waits(command=0.3, data=0.3, final=0.3))
    assert (delivery.state, delivery.phase) == (state, phase)
    assert "no answer in time" in delivery.text


async def test_an_endless_reply_is_cut_off() -> None:
    """Continuation lines without end do not fill the memory."""

    def flood(line: Line) -> str:
        line.raw(b"250-" + b"x" * 70 + b"\r\n")
        for _ in range(5000):
            line.raw(b"250-" + b"x" * 70 + b"\r\n")
        return ""

    with Scripted(smtp(MAIL=flood)) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase) == (READY, "mail")


@pytest.mark.parametrize("command", ["AUTH", "MAIL", "RCPT", "DATA"])
async def test_one_reply_too_many_is_not_taken_for_the_next(command: str) -> None:
    """A second reply in the same packet would shift all that follow: nothing is believed any more, least of all a success."""
    second = {
        "AUTH": "235 2.7.0 Accepted\r\n250 2.1.0 Ok",
        "MAIL": "250 2.1.0 Ok\r\n250 2.1.5 Ok",
        "RCPT": "250 2.1.5 Ok\r\n354 go",
        "DATA": "354 go\r\n250 2.0.0 taken",
    }[command]
    with Scripted(smtp(**{command: second, "text": "550 5.7.1 Not at all"})) as server:
        delivery = await submit(account(server.port))
    assert delivery.state is READY
    assert b"." not in server.heard


async def test_cancelling_leaves_no_connection_behind() -> None:
    """The cancelled letter is in doubt; the next has a connection of its own, with replies in step."""
    silent = smtp(text="")
    with Scripted(silent, smtp()) as server:
        sender = SmtpSender(account(server.port), lambda: SECRET, waits=SHORT)
        armed = asyncio.Event()
        task = asyncio.create_task(sender.send(letter(), armed.set))
        await armed.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await sender.send(letter(), lambda: None)).state is SENT
        await sender.aclose()
    assert server.connections == 2


# -- TLS and login


async def test_a_server_without_starttls_never_sees_the_password(certificates: Certificates) -> None:
    """The connection ends instead, and the sentence says what to set."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port, "starttls", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert "offers no STARTTLS" in delivery.trouble
    assert not [line for line in server.heard if line.startswith(b"AUTH")]


async def test_words_sent_before_the_handshake_are_not_believed_after_it(certificates: Certificates) -> None:
    """What somebody slips in behind `220` in clear is thrown away (RFC 3207 section 4.2)."""

    def injected(line: Line) -> str:
        line.raw(b"220 go ahead\r\n250-mx.example\r\n250 AUTH PLAIN\r\n")
        line.secure(certificates.server())
        return ""

    plain = "250-mx.example\r\n250 STARTTLS"
    secured = "250-mx.example\r\n250-DSN\r\n250 AUTH PLAIN"
    answers = iter((plain, secured))
    with Scripted(smtp(STARTTLS=injected, EHLO=lambda _: next(answers))) as server:
        delivery = await submit(account(server.port, "starttls", certificates.ca_file))
    assert delivery.state is SENT
    assert [line for line in server.heard if b"ENVID=" in line]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("expired", "has expired"),
        ("other name", "for another name|for another address"),
        ("unknown", "name it in ca_file|name that root in ca_file"),
    ],
)
async def test_a_bad_certificate_gets_no_password(certificates: Certificates, tmp_path: Path, tls: str, bad: str, words: str) -> None:
    """The letter stays ready, the sentence says what is wrong, and nothing is said over that connection."""
    context = {
        "expired": lambda: certificates.server(age=timedelta(days=1)),
        "other name": lambda: certificates.server("mx.elsewhere.example"),
        "unknown": lambda: Certificates(tmp_path).server(),
    }[bad]()
    script = smtp(context, EHLO="250-mx.example\r\n250 STARTTLS", STARTTLS="220 go")
    with Scripted(script, context=context if tls == "implicit" else None) as server:
        delivery = await submit(account(server.port, tls, certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert re.search(words, delivery.trouble)
    assert not [line for line in server.heard if line.startswith((b"AUTH", b"MAIL"))]


async def test_old_tls_is_refused(certificates: Certificates) -> None:
    """TLS 1.1 is not spoken."""
    context = certificates.server()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Scripted(smtp(), context=context) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert "TLS" in delivery.trouble


async def test_a_plain_port_is_told_from_a_broken_one(certificates: Certificates) -> None:
    """The sentence names the setting to change."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert "set tls: starttls" in delivery.trouble


async def test_clear_text_is_for_the_loopback_only() -> None:
    """A name or another machine's address is refused before a connection is made."""
    for host in ("mx.example", "192.0.2.1", "localhost"):
        delivery = await submit(account(25, host=host))
        assert (delivery.state, delivery.phase) == (READY, "connect")
        assert "127.0.0.1 and ::1 only" in delivery.trouble


async def test_a_refused_password_is_tried_once() -> None:
    """Many tries look like an attack; the password is in nothing that is kept."""
    with Scripted(smtp(AUTH="535 5.7.8 Username and Password not accepted")) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "login", 535)
    assert "login of olga@home.example refused" in delivery.trouble
    assert SECRET not in repr(delivery)
    assert len([line for line in server.heard if line.startswith(b"AUTH")]) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("534 5.7.9 Application-specific password required", "make an app password"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", "OAuth only"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox", "switch on SMTP AUTH"),
        ("535 5.7.8 Error: authentication failed", "check the account's user and secret"),
    ],
)
async def test_providers_words_are_turned_into_what_to_do(reply: str, words: str) -> None:
    """Each refusal has its own mend."""
    with Scripted(smtp(AUTH=reply)) as server:
        assert words in (await submit(account(server.port))).trouble


async def test_a_server_that_cannot_check_just_now_has_not_refused() -> None:
    """454 says nothing about the password (RFC 4954 section 6)."""
    with Scripted(smtp(AUTH="454 4.7.0 Temporary authentication failure")) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "login", 454)
    assert "secret" not in delivery.trouble


async def test_a_relay_on_this_machine_need_not_ask_who_we_are() -> None:
    """Where no login is offered on the loopback, none is made."""
    with Scripted(smtp(EHLO="250 mx.example")) as server:
        assert (await submit(account(server.port))).state is SENT


async def test_a_server_over_tls_without_login_is_the_wrong_port(certificates: Certificates) -> None:
    """Nothing is sent there, for it would be refused letter by letter."""
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH XOAUTH2"), context=certificates.server()) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "login")
    assert "takes no password" in delivery.trouble


async def test_a_missing_secret_is_said_and_costs_no_letter() -> None:
    """The sentence of whoever keeps the secret is passed on."""

    def missing() -> str:
        raise SecretMissing("account main: no such file: /run/secret")

    with Scripted(smtp()) as server:
        sender = SmtpSender(account(server.port), missing, waits=SHORT)
        delivery = await sender.send(letter(), lambda: None)
        await sender.aclose()
    assert (delivery.state, delivery.phase, delivery.trouble) == (READY, "login", "account main: no such file: /run/secret")


async def test_nobody_there_is_said_in_a_sentence() -> None:
    """A closed port names host, port and account."""
    with Scripted(smtp()) as server:
        port = server.port
    delivery = await submit(account(port))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert delivery.trouble == f"SMTP 127.0.0.1:{port} (account main): nobody listens there; check host and port"
