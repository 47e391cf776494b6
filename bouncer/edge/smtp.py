"""Submission of letters over SMTP, with every phase on record (RFC 6409, RFC 5321 section 4.5.3.2 for the waiting times)."""

import asyncio
import re
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import aiosmtplib

from bouncer.edge import tls
from bouncer.edge.envelope import Envelope, Unfit, envelope
from bouncer.edge.mends import Place
from bouncer.edge.sasl import Bearer, bearer
from bouncer.errors import BouncerError
from bouncer.model import Account, Delivery, Letter, OutboxState, Phase
from bouncer.model.checkup import Secured

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")  # RFC 3463, at the start of a reply line (RFC 2034)
_REPLY_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_LINE_END = re.compile(rb"\r\n|\n|\r")  # a line end of another kind could hide a second message (RFC 5321 section 2.3.8)
_DOT = re.compile(rb"(?m)^\.")
_UNAUTHENTICATED = 530  # RFC 4954 section 6: the server wants a login first, so it is not this letter's fault
_AUTHENTICATED, _CHALLENGE = 235, 334  # RFC 4954 section 4
_GO_AHEAD = 354
_TRANSIENT = 400
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds to wait for a reply, by command; and how long a connection may rest before a new one is made."""

    connect: float = 60
    command: float = 300
    data: float = 120
    final: float = 600
    goodbye: float = 5
    rest: float = 30


class SmtpSender:
    """The port Sender over aiosmtplib: one connection, kept for the next letter until `aclose` or a surprise."""

    def __init__(self, account: Account, password: Callable[[], str], *, waits: Waits | None = None) -> None:
        """Submit for *account*; *password*, or with `auth: xoauth2` an access token, is asked at each login, in a thread.

        It may raise SecretMissing or ServerFault.
        """
        self._place = Place("SMTP", account)
        self._password = password
        self._waits = waits or Waits()
        self._turn = asyncio.Lock()
        self._client: aiosmtplib.SMTP | None = None
        self._last_used = 0.0
        self._greeting = ""

    async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Submit *letter*; *arm* is called once, just before DATA, and what it raises stops the sending and goes to the caller.

        Gives SENT, REFUSED (5xx for this letter), READY (nothing was handed over; `trouble` says what hinders all sending) or
        UNKNOWN (the connection broke after the text was on its way). Raises nothing for the server's fault.
        """
        async with self._turn:
            try:
                return await self._attempt(letter, arm)
            except BaseException:  # cancelled, or not armed: the replies are out of step, so nobody uses this connection again
                self._drop()
                raise

    async def look(self) -> tuple[frozenset[str], str, Secured | None]:
        """Log in and give the server's extensions (lower case), its greeting and the TLS; nothing is sent.

        Raises what hinders all sending: ServerFault, TlsFault, LoginRefused or SecretMissing.
        """
        async with self._turn:
            try:
                client = await self._connected()
            except _Hindered as hindered:
                self._drop()
                raise hindered.fault from None
            extensions = frozenset(name.lower() for name in client.esmtp_extensions)
            return extensions, self._place.words(self._greeting), tls.secured(client.get_transport_info("ssl_object"))

    async def aclose(self) -> None:
        """Say QUIT and close; a server that does not answer in time is left without."""
        async with self._turn:
            client, self._client = self._client, None
            if client is not None:
                transport = client.transport  # QUIT forgets it, and leaves it waiting for the other side's goodbye
                try:
                    with suppress(aiosmtplib.SMTPException, OSError):
                        await client.quit(timeout=self._waits.goodbye)
                finally:
                    _abort(client, transport)
                await asyncio.sleep(0)  # lets the transport take note

    async def _attempt(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        try:
            client = await self._connected()
        except _Hindered as hindered:
            self._drop()
            return Delivery(OutboxState.READY, hindered.phase, code=hindered.code, text=hindered.said, trouble=str(hindered.fault))
        offered = frozenset(name for name in ("dsn", "smtputf8", "8bitmime") if client.supports_extension(name))
        try:
            made = envelope(letter, offered)
        except Unfit as unfit:
            return Delivery(OutboxState.REFUSED, unfit.phase, status=unfit.status, text=str(unfit))
        return await self._introduce(client, made) or await self._submit(client, letter, arm)

    async def _introduce(self, client: aiosmtplib.SMTP, made: Envelope) -> Delivery | None:
        """Say who writes to whom; None where the server will take the letter."""
        phase: Phase = "mail"
        try:
            _in_step(client)
            await client.mail(made.sender, options=made.mail_options, encoding="utf-8", timeout=self._waits.command)
            _in_step(client)
            phase = "rcpt"
            await client.rcpt(made.recipient, options=made.rcpt_options, encoding="utf-8", timeout=self._waits.command)
            _in_step(client)
        except (aiosmtplib.SMTPException, OSError) as error:
            return self._failed(phase, error)
        return None

    async def _submit(self, client: aiosmtplib.SMTP, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Arm the letter and hand it over; the phase is set before each step, so that a lost connection is known to be lost in it."""
        arm()
        phase: Phase = "data"
        try:
            ready = await client.execute_command(b"DATA", timeout=self._waits.data)
            if ready.code != _GO_AHEAD:
                return self._answered(phase, ready.code, ready.message)
            _in_step(client)
            phase = "final"
            final = await self._hand_over(client, letter.data)
        except (aiosmtplib.SMTPException, OSError) as error:
            return self._failed(phase, error)
        if final.code // 100 != 2:  # noqa: PLR2004 - 2yz: taken (RFC 5321 section 4.2.1)
            return self._answered(phase, final.code, final.message)
        self._last_used = asyncio.get_running_loop().time()
        ids = tuple(found for found in dict.fromkeys(_REPLY_ID.findall(final.message)) if found != letter.message_id)
        return Delivery(OutboxState.SENT, phase, final.code, _status(final.message), self._place.words(final.message), ids)

    async def _hand_over(self, client: aiosmtplib.SMTP, data: bytes) -> aiosmtplib.SMTPResponse:
        """Send the text and its final dot (RFC 5321 section 4.5.2), and wait for the reply.

        Apart from DATA itself, which aiosmtplib would send along: only so can a break before the text be told from one after it.
        """
        if client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        text = _LINE_END.sub(b"\r\n", data if data.endswith(b"\n") else data + b"\r\n")
        client.protocol.write(_DOT.sub(b"..", text) + b".\r\n")
        return await client.protocol.read_response(timeout=self._waits.final)

    def _failed(self, phase: Phase, error: BaseException) -> Delivery:
        """Make a Delivery of an exception: of the server's reply, or of a lost connection."""
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:  # below: what the server said is no reply
            return self._answered(phase, error.code, error.message)
        self._drop()
        fault = str(self._place.lost(error.__cause__ if isinstance(error.__cause__, OSError) else error))
        if phase == "final":
            return Delivery(OutboxState.UNKNOWN, phase, text=fault)
        return Delivery(OutboxState.READY, phase, text=fault, trouble=fault)

    def _answered(self, phase: Phase, code: int, message: str) -> Delivery:
        """Make a Delivery of a reply that is not the one hoped for."""
        self._drop()
        text, status = self._place.words(message), _status(message)
        if code == _UNAUTHENTICATED or status == "5.7.57":
            return Delivery(OutboxState.READY, phase, code, status, text, trouble=str(self._place.refused(message)))
        if code >= _PERMANENT:
            return Delivery(OutboxState.REFUSED, phase, code, status, text)
        if phase == "final" and code < _TRANSIENT:  # neither taken nor refused
            return Delivery(OutboxState.UNKNOWN, phase, code, status, text)
        return Delivery(OutboxState.READY, phase, code, status, text)

    # -- the connection

    async def _connected(self) -> aiosmtplib.SMTP:
        """Give a connection that is logged in: the one at hand where it is fresh and answers RSET, else a new one."""
        now = asyncio.get_running_loop().time()
        if self._client is not None and self._client.is_connected and now - self._last_used <= self._waits.rest:
            try:
                await self._client.rset(timeout=self._waits.goodbye)
            except (aiosmtplib.SMTPException, OSError):
                pass
            else:
                return self._client
        self._drop()
        return await self._login(await self._connect())

    async def _connect(self) -> aiosmtplib.SMTP:
        server = self._place.server
        try:
            context = await asyncio.to_thread(tls.context, server)
        except BouncerError as fault:
            raise _Hindered("connect", fault) from fault
        self._client = client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname="[127.0.0.1]",  # RFC 5321 section 4.1.3; the machine's own name is nobody's business
            timeout=self._waits.connect,
            use_tls=server.tls == "implicit",
            start_tls=False,  # asked for below: what `True` does is not told apart from a lost connection
            tls_context=context,
        )
        try:
            self._greeting = (await client.connect()).message
            if server.tls == "starttls":
                await client.ehlo()
                if not client.supports_extension("starttls"):
                    raise _Hindered("connect", self._place.no_starttls())
                await client.starttls()
            await client.ehlo()
        except aiosmtplib.SMTPResponseException as error:
            said = ConnectionError(f"{error.code} {error.message}")
            raise _Hindered("connect", self._place.lost(said), error.code, self._place.words(error.message)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _Hindered("connect", self._place.lost(error.__cause__ if isinstance(error.__cause__, OSError) else error)) from error
        return client

    async def _login(self, client: aiosmtplib.SMTP) -> aiosmtplib.SMTP:
        """Log in by the first mechanism in our order that the server offers: one try, for many count as an attack."""
        if self._place.server.tls == "loopback-none" and not client.server_auth_methods:
            return client  # a relay on this machine that asks nobody's name
        way = self._by_token(client) if self._place.account.auth == "xoauth2" else self._by_password(client)
        try:
            secret = await asyncio.to_thread(self._password)
            self._place.knows(secret)
            await way(self._place.user, secret)
        except BouncerError as fault:
            raise _Hindered("login", fault) from fault
        except aiosmtplib.SMTPResponseException as error:
            raise _Hindered("login", self._login_fault(error), error.code, self._place.words(error.message)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _Hindered("login", self._place.lost(error)) from None
        return client

    def _by_password(self, client: aiosmtplib.SMTP) -> Callable[[str, str], Awaitable[object]]:
        tries = (("plain", client.auth_plain), ("login", client.auth_login), ("cram-md5", client.auth_crammd5))
        way = next((way for name, way in tries if name in client.server_auth_methods), None)
        if way is None:
            raise _Hindered("login", self._place.no_password_login())
        return way

    def _by_token(self, client: aiosmtplib.SMTP) -> Callable[[str, str], Awaitable[object]]:
        host, port = self._place.server.host, self._place.server.port
        offered = client.server_auth_methods
        if bearer(offered, "", "", host, port) is None:
            raise _Hindered("login", self._place.no_token_login())

        async def way(user: str, token: str) -> None:
            exchange = bearer(offered, user, token, host, port)
            if exchange is not None:
                await self._present(client, exchange)

        return way

    async def _present(self, client: aiosmtplib.SMTP, exchange: Bearer) -> None:
        """Show the token (RFC 4954 section 4). aiosmtplib knows XOAUTH2 alone, and forgets why a server refuses."""
        said = await client.execute_command(b"AUTH", exchange.mechanism.encode(), b64encode(exchange(b"")), timeout=self._waits.command)
        why = ""
        if said.code == _CHALLENGE:
            why = _decoded(said.message)
            said = await client.execute_command(b64encode(exchange(why.encode())), timeout=self._waits.command)
        if said.code != _AUTHENTICATED:
            raise aiosmtplib.SMTPAuthenticationError(said.code, f"{said.message} {why}".strip())

    def _login_fault(self, error: aiosmtplib.SMTPResponseException) -> BouncerError:
        """Tell a refused password from a server that cannot say just now (RFC 4954 section 6: 4yz)."""
        if error.code < _PERMANENT:
            return self._place.lost(ConnectionError(f"{error.code} {error.message}"))
        return self._place.refused(error.message)

    def _drop(self) -> None:
        """Close without a word; the next letter gets a connection of its own."""
        client, self._client = self._client, None
        if client is not None:
            _abort(client, client.transport)


class _Hindered(Exception):
    """No letter can go out: *fault* says why, *phase* how far the connection came."""

    def __init__(self, phase: Literal["connect", "login"], fault: BouncerError, code: int | None = None, said: str = "") -> None:
        super().__init__(str(fault))
        self.phase, self.fault, self.code, self.said = phase, fault, code, said


def _decoded(challenge: str) -> str:
    """Give the text of a challenge in base64, or as it is where it is none."""
    try:
        return b64decode(challenge, validate=True).decode("utf-8", "replace")
    except ValueError:
        return challenge


def _status(message: str) -> str | None:
    found = _STATUS.match(message)
    return found[1] if found else None


def _in_step(client: aiosmtplib.SMTP) -> None:
    """Raise where the server has answered more than it was asked: aiosmtplib would take the rest for the reply to the next command."""
    if client.protocol is not None and client.protocol._buffer:  # noqa: SLF001 - there is no public way
        raise aiosmtplib.SMTPServerDisconnected("more replies than commands")


def _abort(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close *client* at once: a *transport* that waits for the other side's goodbye would outlive the loop."""
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
