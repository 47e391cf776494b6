"""A letter being submitted to a scripted SMTP server."""

from collections.abc import Callable
from pathlib import Path

from bouncer.edge.smtp import SmtpSender, Waits
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
