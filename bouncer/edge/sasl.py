"""Logging in with an access token, as both wires speak it: XOAUTH2, of Google's and Microsoft's making, and OAUTHBEARER (RFC 7628)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")  # in this order: every provider that has both is best tried with the first


@dataclass(slots=True)
class Bearer:
    """One exchange. A server that refuses first says why, and wants an answer to that before it says no (RFC 7628 section 3.2.3)."""

    mechanism: str
    first: bytes = field(repr=False)
    why: bytes = b""  # what the server said of its refusal, in JSON
    _begun: bool = False

    def __call__(self, challenge: bytes) -> bytes:
        """Give the answer to *challenge*: the token at first, then what ends the exchange."""
        if not self._begun:
            self._begun = True
            return self.first
        self.why = challenge[:2000]
        return self.last

    @property
    def last(self) -> bytes:
        """What is sent after the server has said why."""
        return b"\x01" if self.mechanism == "OAUTHBEARER" else b""


def initial(mechanism: str, user: str, token: str, host: str, port: int) -> bytes:
    """Give the first message of *mechanism*, before base64."""
    if mechanism == "XOAUTH2":
        return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")  # saslname, RFC 5801 section 4
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def bearer(offered: Iterable[str], user: str, token: str, host: str, port: int) -> Bearer | None:
    """Give the exchange by the first mechanism of ours among those *offered* (any case); None where there is none."""
    there = {name.upper() for name in offered}
    mechanism = next((name for name in MECHANISMS if name in there), None)
    return Bearer(mechanism, initial(mechanism, user, token, host, port)) if mechanism else None
