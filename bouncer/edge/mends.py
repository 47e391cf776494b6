"""What goes wrong between bouncer and a mail server, each in one sentence: which server, whose account, what happened, what to do."""

import re
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Literal

from bouncer.edge.sasl import MECHANISMS, initial
from bouncer.errors import LoginRefused, ServerFault, TlsFault
from bouncer.model import Account, Server

_PASSWORD = "check the account's user and secret"  # noqa: S105 - advice, not a password
_OAUTH = (
    "the provider takes no passwords there any more (OAuth only), or an administrator has switched them off for this mailbox; "
    "set auth: xoauth2 (`bouncer help microsoft`, `bouncer help gmail`)"
)

_APP = "make an app password at the provider and use it as the account's secret"
_BROWSER = "log in once with a web browser, then use an app password"
_ADMINISTRATOR = "an administrator must switch on SMTP AUTH for this mailbox"
_FIRST = "the server wants a login before mail: check the account's smtp port (465 or 587) and secret"

# What servers say at login, in lower case, what is the matter, and the mend. First hit wins: the peculiar before the general.
_MENDS: tuple[tuple[str, str, str], ...] = (
    ("application-specific password", "login-app-password", _APP),
    ("app password", "login-app-password", _APP),
    ("web login required", "login-browser", _BROWSER),
    ("log in via your web browser", "login-browser", _BROWSER),
    ("smtpclientauthentication is disabled", "login-smtp-auth-off", _ADMINISTRATOR),
    ("basic authentication is disabled", "login-basic-off", _OAUTH),
    ("5.7.139", "login-basic-off", _OAUTH),
    ("5.7.30", "login-basic-off", _OAUTH),
    ("aadsts", "login-basic-off", _OAUTH),
    ("5.7.57", "login-wanted", _FIRST),
)
# These refuse the moment, not the password (RFC 5530 section 3, RFC 4954 section 6).
_PASSING = ("[unavailable]", "[inuse]", "[limit]", "too many simultaneous", "temporary authentication failure", "try again later")

_VERIFY = {  # OpenSSL's X509_V_ERR_*
    10: ("tls-expired", "the certificate has expired", "if the server is yours, renew it"),
    9: ("tls-not-yet-valid", "the certificate is not valid yet", "check this machine's clock"),
    18: ("tls-untrusted", "the certificate is signed by itself", "name it in ca_file if the server is yours"),
    19: ("tls-untrusted", "the certificate chain ends in an unknown root", "name that root in ca_file if the server is yours"),
    20: ("tls-untrusted", "the certificate's issuer is unknown", "name it in ca_file if the server is yours"),
    62: ("tls-wrong-name", "the certificate is for another name", "use the name that it says as the host"),
    64: ("tls-wrong-name", "the certificate is for another address", "use the name that it says as the host"),
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A server as its account uses it; says each fault in a sentence that begins with where."""

    protocol: Literal["IMAP", "SMTP"]
    account: Account
    unsaid: list[str] = field(default_factory=list, repr=False, compare=False)  # in no sentence, whatever a server repeats

    @property
    def server(self) -> Server:
        """The server of the account that speaks the protocol."""
        return self.account.imap if self.protocol == "IMAP" else self.account.smtp

    @property
    def user(self) -> str:
        """The login name."""
        return self.server.user or self.account.address

    def __str__(self) -> str:
        """Name the server and the account."""
        return f"{self.protocol} {self.server.host}:{self.server.port} (account {self.account.name})"

    def knows(self, password: str) -> None:
        """Have no sentence hold *password*, as it is or as it goes over the wire (base64, RFC 4616): servers repeat what they refuse.

        Where the account logs in with OAuth it is an access token, which goes over the wire in other forms (RFC 7628).
        """
        texts = (password, f"\0{self.user}\0{password}", f"{self.user}\0{self.user}\0{password}")
        plain = [text.encode(errors="replace") for text in texts]
        if self.account.auth == "xoauth2":
            plain += [initial(name, self.user, password, self.server.host, self.server.port) for name in MECHANISMS]
        forms = {password, *(b64encode(text).decode() for text in plain)}
        self.unsaid[:] = sorted(forms - {""}, key=len, reverse=True)

    def words(self, said: str) -> str:
        """Give what the server *said* as `words` does, without the password."""
        for secret in self.unsaid:
            said = said.replace(secret, "…")
        return words(said)

    def lost(self, error: BaseException) -> ServerFault:
        """Give the fault for an *error* of the network or of TLS."""
        if isinstance(error, ssl.SSLError):
            return self.untrusted(error)
        if isinstance(error, socket.gaierror):
            said = self.words(error.strerror or "")
            if error.errno == socket.EAI_AGAIN:
                return ServerFault(f"{self}: no name server answers ({said})", "no-dns", "check this machine's network and its DNS")
            return ServerFault(f"{self}: no such host ({said})", "no-host", "check the host name and the network")
        if isinstance(error, TimeoutError):
            return ServerFault(f"{self}: no answer in time", "silent", "check host, port and network")
        if isinstance(error, ConnectionRefusedError):
            return ServerFault(f"{self}: nobody listens there", "port-closed", "check host and port")
        reason = self.words((error.strerror if isinstance(error, OSError) else None) or str(error)) or type(error).__name__
        return ServerFault(f"{self}: the connection failed ({reason})", "broken", "check host, port and network")

    def untrusted(self, error: ssl.SSLError) -> TlsFault:
        """Give the fault for a failed handshake."""
        if isinstance(error, ssl.SSLCertVerificationError):
            other = ("tls-untrusted", f"the certificate is not to be trusted ({self.words(error.verify_message)})", "")
            kind, what, mend = _VERIFY.get(error.verify_code, other)
            return TlsFault(f"{self}: {what}", kind, mend)
        if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
            way = "starttls" if self.server.tls == "implicit" else "implicit"
            return TlsFault(f"{self}: speaks no TLS on this port", "tls-none", f"check the port, or set tls: {way}")
        if error.reason in {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}:
            return TlsFault(f"{self}: offers only TLS older than 1.2", "tls-old", "the server needs an update")
        return TlsFault(f"{self}: TLS could not be agreed on ({self.words(error.reason or str(error))})", "tls-failed")

    def no_starttls(self) -> TlsFault:
        """Give the fault for a server that does not offer STARTTLS: the password is not sent in clear (RFC 8314 section 5.1)."""
        port = 993 if self.protocol == "IMAP" else 465
        said = f"{self}: offers no STARTTLS, and the password is not sent in clear"
        return TlsFault(said, "tls-no-starttls", f"set tls: implicit and port {port}")

    def refused(self, said: str) -> ServerFault:
        """Give the fault for a refused login in which the server *said* something."""
        lower = said.lower()
        if any(passing in lower for passing in _PASSING):
            return ServerFault(f'{self}: no login just now: "{self.words(said)}"', "login-later", "it is tried again")
        token = self.account.auth == "xoauth2"
        usual = ("login-token", self._login_again()) if token else ("login-password", _PASSWORD)
        known = ((kind, mend) for needle, kind, mend in _MENDS if needle in lower and not (token and mend == _OAUTH))
        return LoginRefused(f'{self}: login of {self.user} refused: "{self.words(said)}"', *next(known, usual))

    def no_password_login(self) -> LoginRefused:
        """Give the fault for a server that offers no way to log in with a password."""
        mend = f"{_OAUTH}, or port and tls are not those of its mail programs"
        return LoginRefused(f"{self}: takes no password from {self.user}", "login-no-password", mend)

    def no_token_login(self) -> LoginRefused:
        """Give the fault for a server that offers no way to log in with an access token."""
        said = f"{self}: offers neither {' nor '.join(MECHANISMS)}"
        return LoginRefused(said, "login-no-token", "set auth: password, or check the host and the port")

    def _login_again(self) -> str:
        oauth = self.account.oauth
        again = "check what the token_command prints" if oauth.token_command else f"run: bouncer login {self.account.name}"
        protocol = "IMAP" if self.protocol == "IMAP" else "authenticated SMTP"
        return f"{again}; the user must be the mailbox that was signed in to, and {protocol} be allowed for it"


def words(said: str) -> str:
    """Give what a server *said* as one printable line of at most 300 characters."""
    line = _CONTROLS.sub(" ", said.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return " ".join(line.split())[:_MOST_WORDS]
