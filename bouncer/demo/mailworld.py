"""An SMTP and an IMAP server on loopback, in the running loop: aiosmtpd takes letters, pymap's dict backend keeps the mailbox."""

import asyncio
import logging
import socket
import warnings
from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import DictBackend
from pymap.flags import FlagOp
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pysasl.hashing import BuiltinHash

USER, PASSWORD = "olga@home.example", "only-for-the-demo"

Letter = Callable[[str, bytes], Awaitable[None]]  # recipient, message
Refusal = Callable[[str], str | None]  # recipient -> reply to RCPT, or None to accept


class MailWorld:
    """The owner's provider: submission with a login, one mailbox with INBOX, Junk and Sent."""

    def __init__(self, refuse: Refusal, received: Letter, now: Callable[[], datetime]) -> None:
        """*refuse* answers RCPT, *received* is given each accepted letter, *now* dates what is put into the mailbox."""
        self._refuse, self._received, self._now = refuse, received, now
        self._stack = AsyncExitStack()
        self._smtp_socket, self._imap_socket = _listening(), _listening()

    @property
    def smtp_port(self) -> int:
        """The submission server's port on 127.0.0.1, known before it is opened."""
        return int(self._smtp_socket.getsockname()[1])

    @property
    def imap_port(self) -> int:
        """The IMAP server's port on 127.0.0.1, known before it is opened."""
        return int(self._imap_socket.getsockname()[1])

    async def __aenter__(self) -> Self:
        """Open both servers."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        await self._open_imap()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._smtp, sock=self._smtp_socket)
        await self._stack.enter_async_context(server)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close both."""
        await self._stack.aclose()

    async def put(self, data: bytes, folder: str = "INBOX") -> None:
        """Deliver one message into *folder*."""
        box = await self._boxes.get_mailbox(folder)
        await box.append(AppendMessage(data, self._now()), recent=True)

    async def remind(self, folder: str) -> None:
        """Announce the newest message of *folder* again: pymap does not tell a client what came just before its IDLE began."""
        box = await self._boxes.get_mailbox(folder)
        newest = [message async for message in box.messages()][-1:]
        for message in newest:
            await box.update(message.uid, message, frozenset(), FlagOp.ADD)

    async def _open_imap(self) -> None:
        plain = Namespace(
            host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None, proxy_protocol=None,
            demo_data=False, demo_user=USER, demo_password=PASSWORD,
        )  # fmt: skip
        backend, config = await DictBackend.init(plain, reject_dnsbl=False, hash_context=BuiltinHash(rounds=1))  # it guards nothing
        config.apply_context()
        await backend.start(self._stack)
        async with backend.login.demo_user_identity.new_session() as session:
            self._boxes = session.mailbox_set
        for folder in ("Junk", "Sent"):
            await self._boxes.add_mailbox(folder)
        reader = ProxyProtocolReader(ProxyProtocolVersion.get(None))
        server = await asyncio.start_server(reader.get_callback(IMAPServer(backend.login, config)), sock=self._imap_socket)
        await self._stack.enter_async_context(server)

    def _smtp(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a login without TLS, which here never leaves the machine
            return SMTP(
                self, hostname="mx.home.example", ident="demo", authenticator=self._login, auth_required=True, auth_require_tls=False,
                enable_SMTPUTF8=True, loop=asyncio.get_running_loop(),
            )  # fmt: skip

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=good)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Refuse or take one recipient."""
        refusal = self._refuse(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name for it
        """Take one letter and give it to whoever it is for."""
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            await self._received(recipient, content)
        return "250 2.0.0 OK"


def _listening() -> socket.socket:
    """Bind a free port of 127.0.0.1."""
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # said outright, else asyncio leaves Nagle's delay on
    line.bind(("127.0.0.1", 0))
    line.listen()
    return line
