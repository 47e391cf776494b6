"""Signing in once, with the provider's own library: msal for Microsoft, google-auth-oauthlib for Google; each is read only here and now."""

import importlib
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bouncer.edge.oauth.issuer import given, issuer, refused
from bouncer.edge.oauth.keeping import Grant
from bouncer.edge.secrets import client_secret
from bouncer.errors import LoginRefused, SecretMissing, ServerFault
from bouncer.model import Account

_PATIENCE = 900  # seconds that somebody may take in the browser
_SECONDS = 30  # for an answer of the sign-in server


def sign_in(account: Account, say: Callable[[str], None], *, port: int = 0, browser: bool = True) -> Grant:
    """Sign in to the mailbox of *account*, with words to its owner by *say*; blocks until they are done, for a quarter of an hour at most.

    Google's page comes back to *port* of this machine (0: any), and is opened in a *browser* where there is one. Raises SecretMissing where
    the library or the client's secret is missing, LoginRefused where the provider says no, ServerFault where it cannot be reached.
    """
    whose, at = f"account {account.name}: {issuer(account).name}", datetime.now(UTC)
    held = _google(account, say, port, browser) if account.oauth.provider == "google" else _microsoft(account, say)
    tokens = given(held, whose)
    if tokens.refresh is None:
        raise LoginRefused(f"{whose} gave no refresh token, so the login would end within the hour; sign in again and agree to all it asks")
    dies = at + timedelta(seconds=tokens.refresh_seconds) if tokens.refresh_seconds else None
    return Grant(tokens.refresh, account.oauth.client_id or "", at, at, dies)


def _microsoft(account: Account, say: Callable[[str], None]) -> Mapping[str, Any]:
    """Sign in by a code that is typed into any browser, on any machine (RFC 8628)."""
    msal, requests, where = _library(account, "msal", "microsoft"), _library(account, "requests", "microsoft"), issuer(account)
    try:
        application = msal.PublicClientApplication(
            account.oauth.client_id,
            authority=f"{where.authority}/{account.oauth.tenant}",
            instance_discovery=False if account.oauth.authority else None,
            verify=str(account.oauth.ca_file) if account.oauth.ca_file else True,
            timeout=_SECONDS,
        )
        flow = application.initiate_device_flow(scopes=list(where.scopes))
        if "user_code" not in flow:
            raise refused(account, flow, ())
        say(f"Open {flow['verification_uri']} in any browser, enter the code {flow['user_code']}, and sign in as {account.address}.")
        held: Mapping[str, Any] = application.acquire_token_by_device_flow(flow)
    except (requests.RequestException, ValueError) as error:  # ValueError: the authority does not describe itself
        raise _unreachable(account, error) from None
    if "access_token" not in held:
        raise refused(account, held, ())
    return held


def _google(account: Account, say: Callable[[str], None], port: int, browser: bool) -> Mapping[str, Any]:
    """Sign in by a browser on this machine, which comes back to a port of it (RFC 8252 section 7.3)."""
    flows, requests, where = (
        _library(account, "google_auth_oauthlib.flow", "google"),
        _library(account, "requests", "google"),
        issuer(account),
    )
    secret = client_secret(account) or ""
    client = {"client_id": account.oauth.client_id, "client_secret": secret, "auth_uri": where.sign_in, "token_uri": where.tokens}
    flow = flows.InstalledAppFlow.from_client_config({"installed": client}, list(where.scopes), autogenerate_code_verifier=True)
    if account.oauth.ca_file:
        flow.oauth2session.verify = str(account.oauth.ca_file)
    say(f"Sign in as {account.address} in a browser on this machine, and let bouncer read, write and send mail.")
    if port:
        say(f"From another machine: ssh -L {port}:127.0.0.1:{port} this-machine, and open the page there.")
    try:
        flow.run_local_server(
            host="127.0.0.1",
            port=port,
            open_browser=browser and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
            authorization_prompt_message="Open {url}",
            success_message="bouncer is signed in; you may close this page.",
            timeout_seconds=_PATIENCE,
            access_type="offline",
            prompt="consent",  # without it Google gives a refresh token the first time only
            login_hint=account.address,
        )
    except flows.WSGITimeoutError:
        raise LoginRefused(f"account {account.name}: nobody signed in within {_PATIENCE // 60} minutes; try again") from None
    except importlib.import_module("oauthlib.oauth2").OAuth2Error as error:
        raise refused(account, {"error": error.error, "error_description": error.description}, (secret,)) from None
    except (requests.RequestException, OSError) as error:
        raise _unreachable(account, error) from None
    held: Mapping[str, Any] = flow.oauth2session.token
    return held


def _library(account: Account, name: str, extra: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        said = f"account {account.name}: signing in needs an extra package; run: pip install 'bouncer-daemon[{extra}]'"
        raise SecretMissing(said) from None


def _unreachable(account: Account, error: Exception) -> ServerFault:
    where = issuer(account)
    said = f"account {account.name}: the sign-in server {where.authority} cannot be asked ({type(error).__name__})"
    return ServerFault(f"{said}; check the network, oauth.tenant and oauth.authority")
