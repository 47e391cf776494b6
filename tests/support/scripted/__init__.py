"""Servers on the loopback that follow a script: real sockets, real TLS, and every fault that a well-behaved server will not show."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

Script = Callable[["Line"], None]


class Certificates:
    """An authority of our own, and certificates good and bad."""

    def __init__(self, directory: Path) -> None:
        """Make the authority and write its certificate to `ca_file`."""
        self._authority = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)

    def server(self, *names: str, age: timedelta = timedelta(0)) -> ssl.SSLContext:
        """Give the context of a server called *names*, or 127.0.0.1; with an *age*, its certificate ran out that long ago."""
        expires = datetime.now(UTC) - age if age else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._authority.issue_cert(*(names or ("127.0.0.1",)), not_after=expires).configure_cert(context)
        return context


class Line:
    """One accepted connection, seen from the server."""

    def __init__(self, sock: socket.socket, heard: list[bytes]) -> None:
        """Speak over *sock*; every line heard is added to *heard*."""
        self._sock = sock
        self._file = sock.makefile("rb")
        self._heard = heard

    def say(self, *lines: str) -> None:
        """Send *lines* in one packet, each with its line end."""
        self.raw("".join(f"{line}\r\n" for line in lines).encode())

    def raw(self, data: bytes) -> None:
        """Send *data* as it is."""
        self._sock.sendall(data)

    def hear(self) -> bytes:
        """Give the next line without its end; raises EOFError where the client has gone."""
        line = self._file.readline()
        if not line:
            raise EOFError
        self._heard.append(line.rstrip(b"\r\n"))
        return self._heard[-1]

    def take(self, size: int) -> bytes:
        """Read *size* bytes."""
        return self._file.read(size)

    def secure(self, context: ssl.SSLContext) -> None:
        """Go over to TLS."""
        self._file.close()
        self._sock = context.wrap_socket(self._sock, server_side=True)
        self._file = self._sock.makefile("rb")

    def close(self) -> None:
        """Close the connection."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._sock.close()


class Scripted:
    """A server that runs a script for each connection: the first its first one, and so on; the last serves all that follow."""

    def __init__(self, *scripts: Script, context: ssl.SSLContext | None = None) -> None:
        """Listen on a free port; with a *context*, speak TLS from the first byte."""
        self._scripts = scripts
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = False
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        self.connections = 0
        self.broken: list[BaseException] = []

    def __enter__(self) -> Self:
        """Start accepting."""
        self._run(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close everything; a script that failed fails the test."""
        self._over = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            line.close()
        for thread in self._threads:
            thread.join(20)
        if self.broken and error is None:
            raise self.broken[0]

    def _run(self, what: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            self._run(self._serve, sock, script)

    def _serve(self, sock: socket.socket, script: Script) -> None:
        sock.settimeout(30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
        except OSError:  # the client did not like the certificate
            sock.close()
            return
        line = Line(sock, self.heard)
        self._lines.append(line)
        try:
            script(line)
        except (OSError, EOFError, ValueError):
            pass  # the client has gone, or the test is over
        except BaseException as error:  # noqa: BLE001 - shown at the end of the test
            self.broken.append(error)
        finally:
            line.close()
