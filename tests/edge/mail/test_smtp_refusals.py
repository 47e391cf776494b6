"""What a refusal says of the letter, of the recipient and of ourselves."""

import pytest
from support.scripted import Line, Scripted
from support.scripted.smtp import smtp
from support.smtp_client import READY, REFUSED, SENT, UNKNOWN, account, letter, submit

from bouncer.model import OutboxState


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
