"""The IMAP connection, guarded: the one file that speaks imapclient (RFC 9051, RFC 2177)."""

import imaplib
import re
import select
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from bouncer.edge import tls
from bouncer.edge.mends import Place
from bouncer.edge.sasl import bearer
from bouncer.errors import BouncerError, LoginRefused, ServerFault
from bouncer.model.checkup import Secured

_CRITERION = re.compile(r"[A-Za-z0-9.@<>+:*-]{1,200}")
_SLACK = 4_000_000  # bytes that any one operation may read besides what it asked for: long lists, untagged chatter
_BYTES_PER_SECOND = 20_000  # slower than this is as good as dead


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that the watcher waits for this and that."""

    connect: float = 20
    read: float = 30  # for the next byte
    operation: float = 90  # for a whole operation, however the bytes drip in; more where much was asked for
    idle: float = 540  # one IDLE; RFC 2177 allows 29 minutes, routers and half-open connections do not
    first_pause: float = 2  # before the second try to connect; doubles
    longest_pause: float = 300
    refused_pause: float = 300  # after a refused login, for many tries count as an attack; doubles
    longest_refused_pause: float = 1800
    healthy: float = 60  # a connection that lived this long was a good one: the next pause is the first again


class Declined(ServerFault):
    """The server would not do this one thing; the connection is as good as before."""


class Guard:
    """Keeps hold of a connection from before its greeting, so that any thread can end it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._twin: socket.socket | None = None
        self._ended = False
        self.late = False
        self.allowance = _SLACK

    def hold(self, sock: socket.socket) -> None:
        """Hold the connection of *sock*, a plain one, by a descriptor of our own: it outlives every TLS wrapping."""
        with self._lock:
            self._twin = sock.dup()
            if self._ended:
                self._shut()

    def end(self) -> None:
        """Shut the connection down: whoever reads from it gets its end."""
        with self._lock:
            self._ended = True
            self._shut()

    def _shut(self) -> None:
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go."""
        with self._lock:
            if self._twin is not None:
                self._twin.close()
                self._twin = None

    @contextmanager
    def within(self, seconds: float, size: int = 0) -> Iterator[None]:
        """Allow *seconds*, and more for the *size* bytes that were asked for; then shut the connection down."""
        self.allowance = size + _SLACK
        timer = threading.Timer(seconds + size / _BYTES_PER_SECOND, self._overdue)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _overdue(self) -> None:
        self.late = True
        self.end()

    def spend(self, size: int) -> None:
        """Count *size* bytes about to be kept in memory; raises imaplib's abort where the operation takes too many."""
        self.allowance -= size
        if self.allowance < 0:
            raise imaplib.IMAP4.abort("more bytes than were asked for")


class _Imap4(imaplib.IMAP4):
    """imaplib with a guarded socket, keep-alive probes, and a limit to what one operation may read."""

    def __init__(self, place: Place, context: ssl.SSLContext | None, guard: Guard, timing: Timing) -> None:
        self._context = context if place.server.tls == "implicit" else None
        self._guard = guard
        self._timing = timing
        super().__init__(place.server.host, place.server.port, timing.connect)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # IMAPClient sends a command and its line end apart
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
                if hasattr(socket, option):
                    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
            self._guard.hold(sock)
            sock.settimeout(self._timing.read)
            return self._context.wrap_socket(sock, server_hostname=self.host) if self._context else sock
        except BaseException:
            sock.close()
            raise

    def read(self, size: int) -> bytes:
        """Read a literal of *size* bytes, unless that is more than was asked for."""
        self._guard.spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        """Read a line; imaplib limits its length, and leaves the rest of a longer one to be taken for the next."""
        try:
            line = super().readline()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise imaplib.IMAP4.abort(*error.args) from error
        self._guard.spend(len(line))
        return line


class _Client(IMAPClient):  # type: ignore[misc] # the library is untyped
    """IMAPClient over that connection: aware times, and nothing of the conversation in the log."""

    def __init__(self, place: Place, context: ssl.SSLContext | None, guard: Guard, timing: Timing) -> None:
        self._make: Callable[[], _Imap4] = partial(_Imap4, place, context, guard, timing)
        super().__init__(place.server.host, place.server.port, ssl=place.server.tls == "implicit", timeout=timing.read)
        self.normalise_times = False
        self.wire.debug = 0  # IMAPClient sets 5: slower, and bodies in the debug log

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        self.wire = self._make()
        return self.wire


class Wire:
    """One connection, logged in.

    Every method raises ServerFault, TlsFault or LoginRefused, and then the connection is of no more use, except after Declined.
    """

    def __init__(self, place: Place, password: str, guard: Guard, timing: Timing) -> None:
        """Connect to the IMAP server of *place* and log in; *password* is an access token where the account says `auth: xoauth2`."""
        self._place, self._guard, self._timing = place, guard, timing
        self._client: Any = None
        place.knows(password)
        try:
            with self._faults(timing.connect + timing.operation):
                context = tls.context(place.server)
                self._client = _Client(place, context, guard, timing)
                if place.server.tls == "starttls":
                    self._start_tls(context)
                self._login(password)
                self.can_idle = bool(self._client.has_capability("IDLE"))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close without a word: LOGOUT could wait, and a read-only session has nothing to lose."""
        self._guard.end()
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.shutdown()
        self._guard.close()

    def capabilities(self) -> frozenset[str]:
        """Give what the server says that it can do (RFC 9051 section 7.2.2), in upper case."""
        with self._faults():
            return frozenset(_text(name).upper() for name in self._client.capabilities())

    def secured(self) -> Secured | None:
        """Give the TLS of the connection; None for one in clear."""
        return tls.secured(self._client.socket())

    def quota(self, folder: str) -> tuple[int, int] | None:
        """Give the kibibytes that are used and allowed where *folder* is (RFC 9208); None where the server sets or says no limit."""
        with self._faults():
            found = self._client.get_quota_root(folder)[1] if self._client.has_capability("QUOTA") else ()
        return next(((int(one.usage), int(one.limit)) for one in found if _text(one.resource).upper() == "STORAGE"), None)

    def folders(self) -> tuple[tuple[frozenset[str], str, str], ...]:
        """Give the attributes (lower case), the delimiter and the name of every folder."""
        with self._faults():
            listed = self._client.list_folders()
        return tuple((frozenset(_text(flag).lower() for flag in flags), _text(delimiter or b""), name) for flags, delimiter, name in listed)

    def examine(self, folder: str) -> Mapping[str, int]:
        """Open *folder* read-only (EXAMINE) and give what of EXISTS, UIDVALIDITY and UIDNEXT the server says."""
        try:
            with self._faults():
                state = self._client.select_folder(folder, readonly=True)
        except Declined as fault:
            said = f"the folder {folder!r} cannot be opened, though it is there; where it stays so, name another in the configuration"
            raise Declined(f"{fault}; {said}") from fault
        return {name: state[name.encode()] for name in ("EXISTS", "UIDVALIDITY", "UIDNEXT") if isinstance(state.get(name.encode()), int)}

    def search(self, *criteria: str | int | date) -> tuple[int, ...]:
        """Give the UIDs that match, ascending.

        IMAPClient sends a criterion as it is, line breaks and all: only words of bouncer's own making pass.
        """
        if any(isinstance(word, str) and not _CRITERION.fullmatch(word) for word in criteria):
            raise ValueError("a search criterion of foreign making")
        with self._faults():
            return tuple(sorted(self._client.search(list(criteria))))

    def fetch(self, uids: Sequence[int], *items: str, size: int = 0) -> Mapping[int, Mapping[bytes, Any]]:
        """Give *items* of the messages that are still there; *size* bytes of text may come back."""
        with self._faults(size=size):
            answer: Mapping[int, Mapping[bytes, Any]] = self._client.fetch(list(uids), list(items))
        return answer

    def append(self, folder: str, data: bytes, at: datetime) -> None:
        """Add *data* to *folder* as read mail of *at* (aware): the one thing that bouncer ever writes."""
        with self._faults(size=len(data)):
            self._client.append(folder, data, (r"\Seen",), at)

    def noop(self) -> None:
        """Let the server say what is new."""
        with self._faults():
            self._client.noop()

    def announced(self) -> bool:
        """Tell whether the server has said since the last time that there is more, and forget it.

        It may say so in its answer to any command (RFC 9051 section 7), and then says nothing when IDLE begins. imaplib never
        forgets such lines, which over months would fill the memory.
        """
        heard = self._client.wire.untagged_responses
        for name in ("RECENT", "EXPUNGE", "FETCH", "FLAGS"):
            heard.pop(name, None)
        return heard.pop("EXISTS", None) is not None

    def idle(self, seconds: float, stop: socket.socket) -> None:
        """Return when the server says anything, when *seconds* are over, or when *stop* can be read.

        IMAPClient's own waiting is not used: it parses half lines, and does not see what lies in the buffer or that the server is gone.
        """
        with self._faults():
            self._client.idle()
        if not self._buffered():
            readable(seconds, self._client.socket(), stop)
        with self._faults():
            self._client.idle_done()  # reads in blocking mode, and raises where the server has gone

    def _buffered(self) -> bool:
        """Tell whether bytes were read from the socket that nobody has looked at yet: poll() would not wake for them."""
        sock, wire = self._client.socket(), self._client.wire
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        if sys.version_info >= (3, 14):
            return any(getattr(wire, "_readbuf", ()))  # imaplib has no public way
        sock.settimeout(0)
        try:
            return bool(wire.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            sock.settimeout(self._timing.read)

    def _start_tls(self, context: ssl.SSLContext | None) -> None:
        """Upgrade the connection, or raise TlsFault: the password never goes in clear (RFC 9051 section 11.1)."""
        if self._client.wire.state != "NONAUTH":  # a PREAUTH greeting in clear is an attack or a mistake
            raise self._place.no_starttls()
        try:
            self._client.starttls(context)
        except CapabilityError:
            raise self._place.no_starttls() from None

    def _login(self, password: str) -> None:
        """Log in once: with LOGIN where password and server allow it, else with AUTHENTICATE PLAIN (RFC 4616), which takes any text."""
        user = self._place.user
        if any(ord(character) < ord(" ") for character in user + password):
            raise LoginRefused(f"{self._place}: the user name or the secret holds a control character; check the account's user and secret")
        disabled = self._client.has_capability("LOGINDISABLED")
        try:
            if self._place.account.auth == "xoauth2":
                self._present(password)
            elif not disabled and (user + password).isascii():
                self._client.login(user, password)
            elif self._client.has_capability("AUTH=PLAIN"):
                self._client.plain_login(user, password)
            else:
                raise self._place.no_password_login()
        except LoginError as error:
            cause = error.__context__
            if isinstance(cause, imaplib.IMAP4.abort):  # a lost connection is no wrong password
                raise cause from None
            raise self._place.refused(_said(cause or error)) from None

    def _present(self, token: str) -> None:
        """Log in with an access *token*, by the first mechanism of ours that the server offers."""
        offered = [
            _text(name).upper().removeprefix("AUTH=") for name in self._client.capabilities() if _text(name).upper().startswith("AUTH=")
        ]
        exchange = bearer(offered, self._place.user, token, self._place.server.host, self._place.server.port)
        if exchange is None:
            raise self._place.no_token_login()
        try:
            self._client.sasl_login(exchange.mechanism, exchange)
        except LoginError as error:
            cause = error.__context__
            if exchange.why and not isinstance(cause, imaplib.IMAP4.abort):
                raise self._place.refused(f"{_said(cause or error)} {_text(exchange.why)}") from None
            raise

    @contextmanager
    def _faults(self, seconds: float | None = None, size: int = 0) -> Iterator[None]:
        """Run one operation under its deadline and turn whatever goes wrong into a sentence."""
        try:
            with self._guard.within(seconds or self._timing.operation, size):
                yield
        except BouncerError:
            raise
        except OSError as error:
            raise self._place.lost(TimeoutError() if self._guard.late else error) from error
        except Exception as error:  # imaplib.IMAP4.error, and what its parsers let through on a strange answer
            raise self._place.lost(TimeoutError()) if self._guard.late else self._misbehaved(error) from error

    def _misbehaved(self, error: Exception) -> ServerFault:
        bye = self._client.wire.untagged_responses.get("BYE") if self._client is not None else None
        if bye:
            return ServerFault(f'{self._place}: the server said goodbye: "{self._place.words(_text(bye[-1]))}"; it is tried again')
        if isinstance(error, imaplib.IMAP4.abort) and "EOF" in _said(error):
            return ServerFault(f"{self._place}: the server closed the connection; it is tried again")
        if isinstance(error, imaplib.IMAP4.abort):
            return self._place.lost(ConnectionError(_said(error)))
        return Declined(f'{self._place}: the server answered "{self._place.words(_said(error))}"; it is tried again')


def readable(seconds: float, *socks: socket.socket) -> None:
    """Return when one of *socks* can be read or has ended, or when *seconds* are over."""
    poll = select.poll()
    for sock in socks:
        poll.register(sock, select.POLLIN)
    poll.poll(seconds * 1000)


def _said(error: BaseException) -> str:
    """Give the server's words in an exception of imaplib's, which may hold bytes."""
    return " ".join(_text(part) for part in error.args)


def _text(part: object) -> str:
    return part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
