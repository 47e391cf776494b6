"""The sign-in servers: their addresses, and the one request that a running bouncer makes of them (RFC 6749 section 6).

The providers' own libraries are for signing in; they would cost a daemon 7 (msal) or 12 MB (Google) for a form of four fields.
"""

import importlib
import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bouncer.edge.mends import words
from bouncer.errors import LoginRefused, ServerFault, TlsFault
from bouncer.model import Account

_SECONDS = 20.0  # for the next byte
_WHOLE = 60.0  # for the whole answer, however its bytes drip in
_LARGEST = 256 * 1024
_OK, _BUSY, _BROKEN = 200, 429, 500
_OURS = frozenset({"temporarily_unavailable", "server_error", "slow_down"})  # the provider's moment, not the login's fault


@dataclass(frozen=True, slots=True)
class Issuer:
    """One provider's sign-in server; addresses begin with the authority."""

    name: str
    authority: str
    sign_in: str
    tokens: str
    scopes: tuple[str, ...]
    idle: timedelta  # a refresh token that is not used for so long dies


GOOGLE = Issuer(
    "Google",
    "https://oauth2.googleapis.com",
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    ("https://mail.google.com/",),
    timedelta(days=180),
)
MICROSOFT = Issuer(
    "Microsoft",
    "https://login.microsoftonline.com",
    "",  # msal asks the authority
    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    ("https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"),
    timedelta(days=90),
)


def issuer(account: Account) -> Issuer:
    """Give the sign-in server of *account*, or the one that its `authority` puts in its place."""
    oauth = account.oauth
    known = GOOGLE if oauth.provider == "google" else MICROSOFT
    tenant = known.tokens.replace("{tenant}", oauth.tenant)
    if oauth.authority is None:
        return Issuer(known.name, known.authority, known.sign_in, tenant, known.scopes, known.idle)
    base = oauth.authority.rstrip("/")
    return Issuer(known.name, base, f"{base}{urlsplit(known.sign_in).path}", f"{base}{urlsplit(tenant).path}", known.scopes, known.idle)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an issuer gives; seconds from now, None where it does not say."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    seconds: float | None
    refresh_seconds: float | None


def refreshed(account: Account, refresh_token: str, client_secret: str | None, seconds: float = _WHOLE) -> Tokens:
    """Ask for an access token of *account*; blocks, for about *seconds* at most.

    Raises LoginRefused, TlsFault and ServerFault, none of which holds a secret.
    """
    where = issuer(account)
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": account.oauth.client_id or ""}
    if where.name == "Microsoft":
        form["scope"] = " ".join((*where.scopes, "offline_access"))
    if client_secret:
        form["client_secret"] = client_secret
    status, held = _post(account, where, form, seconds)
    hidden = (refresh_token, client_secret or "", b64encode(refresh_token.encode()).decode())
    if status == _OK:
        return given(held, f"account {account.name}: {where.name}")
    raise refused(account, held, hidden, busy=status == _BUSY or status >= _BROKEN, status=status)


def given(held: Mapping[str, Any], whose: str) -> Tokens:
    """Read the answer *held* (RFC 6749 section 5.1); raises ServerFault where it is none that can be used."""
    access, refresh = held.get("access_token"), held.get("refresh_token")
    fit = isinstance(access, str) and access.isascii() and access.isprintable() and access and " " not in access
    if not fit or str(held.get("token_type", "bearer")).lower() != "bearer":
        raise ServerFault(f"{whose}: the sign-in server gave no access token; it is tried again")
    named = held.get("refresh_token_expires_in")
    return Tokens(str(access), refresh if isinstance(refresh, str) and refresh else None, _number(held.get("expires_in")), _number(named))


def refused(account: Account, held: Mapping[str, Any], hidden: tuple[str, ...], *, busy: bool = False, status: int = 0) -> ServerFault:
    """Give the fault that an error of the sign-in server means (RFC 6749 section 5.2); what is *hidden* does not stand in it."""
    name, error = issuer(account).name, str(held.get("error") or "")
    said = f"{error}: {held.get('error_description') or ''}".strip(": ") or f"HTTP {status}"
    for secret in filter(None, hidden):
        said = said.replace(secret, "…")
    whose = f"account {account.name}: {name}"
    if busy or error in _OURS or not error:
        return ServerFault(f'{whose} gives no access token just now: "{words(said)}"; it is tried again')
    if error == "invalid_grant":
        return LoginRefused(f'{whose} has ended the login: "{words(said)}"; run: bouncer login {account.name}')
    if error in {"invalid_client", "unauthorized_client"}:
        return LoginRefused(f'{whose} does not know this client: "{words(said)}"; check oauth.client_id and oauth.client_secret')
    return LoginRefused(f'{whose} refuses an access token: "{words(said)}"; run: bouncer login {account.name}')


def _post(account: Account, where: Issuer, form: Mapping[str, str], seconds: float) -> tuple[int, Mapping[str, Any]]:
    """Send the form and give status and what the answer holds, {} where it is no JSON object."""
    http = importlib.import_module("http.client")  # only who logs in with OAuth pays for it
    url, whose = urlsplit(where.tokens), f"account {account.name}: the sign-in server {urlsplit(where.tokens).netloc}"
    link = http.HTTPSConnection(url.hostname, url.port, timeout=min(_SECONDS, seconds), context=_context(account))
    held_open: list[socket.socket] = []  # by ourselves: the link forgets its own where the server will close
    overdue = threading.Timer(seconds, _hang_up, (held_open,))
    try:
        link.connect()
        held_open.append(link.sock)
        overdue.start()
        link.request("POST", url.path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        answer = link.getresponse()
        status, body = int(answer.status), answer.read(_LARGEST)
    except ssl.SSLCertVerificationError as error:
        raise TlsFault(f"{whose}: the certificate is not to be trusted ({words(error.verify_message)})") from None
    except (OSError, http.HTTPException) as error:
        raise ServerFault(f"{whose} cannot be reached ({words(str(error)) or type(error).__name__}); it is tried again") from None
    finally:
        overdue.cancel()
        link.close()
    try:
        held = json.loads(body)
    except ValueError:
        held = {}
    return status, held if isinstance(held, dict) else {}


def _hang_up(socks: Iterable[socket.socket]) -> None:
    """End the connections under whoever reads from them."""
    for sock in socks:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _context(account: Account) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if account.oauth.ca_file is not None:
        try:
            made.load_verify_locations(cafile=account.oauth.ca_file)
        except OSError as error:
            said = f"account {account.name}: oauth.ca_file {account.oauth.ca_file} cannot be read: {error.strerror or error}"
            raise TlsFault(said) from None
    return made


def _number(value: object) -> float | None:
    """Give *value* as seconds; some providers write them as text."""
    try:
        return max(0.0, float(value)) if isinstance(value, int | float | str) else None
    except ValueError:
        return None
