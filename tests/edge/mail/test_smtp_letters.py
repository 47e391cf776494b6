"""The way of a letter to a server that takes it."""

import pytest
from support.scripted import Scripted
from support.scripted.smtp import smtp
from support.smtp_client import SECRET, SENT, SHORT, account, letter, submit

from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.errors import StorageFault
from bouncer.model import Delivery


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
