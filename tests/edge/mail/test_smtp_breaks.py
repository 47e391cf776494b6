"""Lost connections: what is in doubt, and what is not."""

import asyncio
import time

import pytest
from support.scripted import Line, Scripted
from support.scripted.smtp import smtp
from support.smtp_client import READY, SECRET, SENT, SHORT, UNKNOWN, account, letter, submit

from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.model import OutboxState


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
    texts = iter(("250 2.0.0 Ok", ""))
    with Scripted(smtp(text=lambda _: next(texts)), smtp()) as server:
        sender = SmtpSender(account(server.port), lambda: SECRET, waits=SHORT)
        assert (await sender.send(letter(), lambda: None)).state is SENT
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
