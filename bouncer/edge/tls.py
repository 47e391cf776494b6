"""TLS as both wires use it: always verified, version 1.2 or later, and never opportunistic (RFC 8314)."""

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address

from bouncer.errors import TlsFault
from bouncer.model import Server
from bouncer.model.checkup import Secured


def context(server: Server) -> ssl.SSLContext | None:
    """Give the verifying context for *server*, or None where it may be spoken to in clear.

    Raises TlsFault where `loopback-none` is asked for a host that is no loopback address, or where ca_file cannot be read.
    """
    if server.tls == "loopback-none":
        if not _is_loopback(server.host):
            said = f"{server.host}:{server.port}: tls: loopback-none is for 127.0.0.1 and ::1 only"
            raise TlsFault(said, "tls-not-loopback", "use implicit or starttls")
        return None
    made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.ca_file is not None:
        try:
            made.load_verify_locations(cafile=server.ca_file)
        except OSError as error:  # ssl.SSLError, for a file without a certificate, is one
            said = f"{server.host}:{server.port}: ca_file {server.ca_file} cannot be read: {error.strerror or error}"
            raise TlsFault(said, "tls-ca-file") from error
    return made


def secured(sock: object) -> Secured | None:
    """Give version and certificate's end of a connection whose certificate was verified; None for one in clear."""
    if not isinstance(sock, ssl.SSLSocket | ssl.SSLObject):
        return None
    ends = (sock.getpeercert() or {}).get("notAfter")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
    return Secured(sock.version() or "TLS", expires)


def _is_loopback(host: str) -> bool:
    """Tell whether *host* is a loopback address; a name is none, for it may resolve to anything."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
