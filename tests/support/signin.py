"""A sign-in server on the loopback: Google's and Microsoft's ways to a token, the refreshing of one, and introspection for a mail server.

Over TLS it answers clients (RFC 6749, RFC 8628); in clear it answers a mail server's question about a token (RFC 7662).
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from support.scripted import Certificates

Said = tuple[int, Mapping[str, object]]  # status, and what the answer holds

CLIENT_ID, CLIENT_SECRET = "client-1", "c4nary-client-secret"
_WAITING: Said = (400, {"error": "authorization_pending"})


class SignIn:
    """The server; what it does can be changed between two requests."""

    def __init__(self, certificates: Certificates, *, user: str = "olga@home.example") -> None:
        """Sign in *user*, whoever comes."""
        self.user = user
        self.rotates = True
        self.seconds = 3600
        self.refresh_seconds: int | None = None
        self.pending = 0  # so often a device is told to wait
        self.refusals: list[Said] = []  # the next answers to whoever asks for a token
        self.asked: list[Mapping[str, str]] = []  # every form that came for a token
        self.valid: set[str] = set()  # access tokens
        self.refresh_token = ""
        self._challenges: dict[str, str] = {}
        self._servers = (_server(self, certificates), _server(self, None))
        self._threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in self._servers]
        self.authority = f"https://127.0.0.1:{self._servers[0].server_address[1]}"
        self.introspection = f"http://127.0.0.1:{self._servers[1].server_address[1]}/introspect"
        self.ca_file = certificates.ca_file

    def __enter__(self) -> Self:
        """Start."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join(20)
            server.server_close()

    def granted(self) -> Mapping[str, object]:
        """Give a new pair of tokens; an old refresh token is of no more use where it `rotates`."""
        if self.rotates or not self.refresh_token:
            self.refresh_token = f"refresh-c4nary-{secrets.token_hex(8)}"
        access = f"access-c4nary-{secrets.token_hex(8)}"
        self.valid.add(access)
        held: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": self.seconds}
        if self.refresh_seconds is not None:
            held["refresh_token_expires_in"] = self.refresh_seconds
        return {**held, "refresh_token": self.refresh_token}

    def token(self, form: Mapping[str, str]) -> Said:
        """Answer who asks for a token."""
        self.asked.append(form)
        if self.refusals:
            return self.refusals.pop(0)
        if form.get("client_id", CLIENT_ID) != CLIENT_ID:
            return 401, {"error": "invalid_client", "error_description": "unknown client"}
        grant = form.get("grant_type")
        if grant == "refresh_token" and form["refresh_token"] != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": f"no such token: {form['refresh_token']}"}
        if grant == "authorization_code" and not self._proves(form):
            return 400, {"error": "invalid_grant", "error_description": "the code is another's"}
        if grant is not None and grant.endswith("device_code") and self.pending:
            self.pending -= 1
            return _WAITING
        return 200, {**self.granted(), "scope": form.get("scope", "https://mail.google.com/")}

    def _proves(self, form: Mapping[str, str]) -> bool:
        """Tell whether who asks also began (RFC 7636 section 4.6), and knows the client's secret."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        return self._challenges.pop(form.get("code", ""), None) == digest and form.get("client_secret") == CLIENT_SECRET

    def device(self) -> Said:
        """Answer a device that wants to sign in."""
        page = f"{self.authority}/device"
        return 200, {
            "device_code": "dev",
            "user_code": "ABCD-1234",
            "verification_uri": page,
            "expires_in": 60,
            "interval": 0,
            "message": page,
        }

    def configuration(self, tenant: str) -> Said:
        """Say where everything is (OpenID Connect Discovery section 4)."""
        base = f"{self.authority}/{tenant}"
        ends = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
        return 200, {"issuer": f"{base}/v2.0", **{f"{name}_endpoint": f"{base}/oauth2/v2.0/{path}" for name, path in ends.items()}}

    def code(self, query: Mapping[str, str]) -> str:
        """Give where a browser goes after its user has said yes."""
        code = secrets.token_hex(8)
        self._challenges[code] = query.get("code_challenge", "")
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'scope': query['scope']})}"

    def known(self, token: str) -> Said:
        """Tell a mail server whose *token* is."""
        return 200, {"active": True, "username": self.user} if token in self.valid else {"active": False}


class _Handler(BaseHTTPRequestHandler):
    owner: SignIn

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.endswith("/openid-configuration"):
            self._say(*self.owner.configuration(url.path.split("/")[1]))
        elif url.path.endswith("/auth"):
            self.send_response(302)
            self.send_header("Location", self.owner.code(query))
            self.end_headers()
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        given = self.headers.get("Authorization", "")
        if given.startswith("Basic "):  # RFC 6749 section 2.3.1
            form["client_id"], _, form["client_secret"] = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
        path = urlsplit(self.path).path
        if path.endswith("/devicecode"):
            self._say(*self.owner.device())
        elif path.endswith("/token"):
            self._say(*self.owner.token(form))
        else:
            self._say(*self.owner.known(form.get("token", "")))

    def _say(self, status: int, held: Mapping[str, object]) -> None:
        body = json.dumps(held).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


def _server(owner: SignIn, certificates: Certificates | None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": owner}))
    if certificates is not None:
        server.socket = certificates.server().wrap_socket(server.socket, server_side=True)
    return server
