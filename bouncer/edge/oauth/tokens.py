"""An access token for each connection, and word of a login that is about to end."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bouncer.edge.oauth.issuer import issuer, refreshed
from bouncer.edge.oauth.keeping import Grant, Keeping
from bouncer.edge.secrets import client_secret, command_output
from bouncer.errors import LoginRefused, SecretMissing, ServerFault
from bouncer.model import Account

SOON = timedelta(days=8)  # the summary comes once a week: what ends within eight days must stand in this one
_SHARED = timedelta(seconds=60)  # connections made together share a token; what a server refused is asked for anew
_SPARE = timedelta(seconds=60)  # a token that ends sooner is of no use


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    since: datetime
    until: datetime


class Tokens:
    """Gives access tokens of one account; may be asked by several threads at once."""

    def __init__(self, account: Account, state: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Use the login of *account* that is kept in *state*, or its token_command; *now* is aware."""
        self._account, self._now = account, now
        self._keeping = Keeping(account, state)
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def __call__(self) -> str:
        """Give an access token, asked for just now; blocks. Each time is a use, so a login in use does not fade away.

        Where the sign-in server cannot be reached, the token of before is given while it lasts. Raises SecretMissing, LoginRefused,
        ServerFault and StorageFault, in none of which a token stands.
        """
        with self._lock:
            if self._account.oauth.token_command is not None:
                return command_output(self._account.name, self._account.oauth.token_command)
            at = self._now()
            if self._held and at - self._held.since < _SHARED and at + _SPARE < self._held.until:
                return self._held.token
            try:
                self._held = self._fresh(at)
            except (LoginRefused, SecretMissing):
                self._held = None
                raise
            except ServerFault:
                if self._held is None or at + _SPARE >= self._held.until:
                    raise
            return self._held.token

    def _fresh(self, at: datetime) -> _Held:
        """Ask for a token, and keep the refresh token that comes with it: it may be the only one that works from now on."""
        secret = client_secret(self._account)
        with self._keeping.locked():
            grant = self._keeping.load()
            tokens = refreshed(self._account, grant.refresh_token, secret)
            dies = at + timedelta(seconds=tokens.refresh_seconds) if tokens.refresh_seconds else grant.dies
            self._keeping.save(replace(grant, refresh_token=tokens.refresh or grant.refresh_token, used=at, dies=dies))
        return _Held(tokens.access, at, at + timedelta(seconds=tokens.seconds if tokens.seconds is not None else 3600))


def ending(account: Account, state: Path, at: datetime) -> str | None:
    """Say that the login of *account* has ended, or when it will, within eight days of *at*; None where all is well or no login is used."""
    if account.auth != "xoauth2" or account.oauth.token_command is not None:
        return None
    try:
        grant = Keeping(account, state).load()
    except SecretMissing as fault:
        return str(fault)
    end = _end(account, grant)
    if end - at > SOON:
        return None
    when = f"has ended on {end:%a %d %b %Y}" if end <= at else f"ends on {end:%a %d %b %Y, %H:%M} UTC"
    return f"account {account.name}: the login at {issuer(account).name} {when}; run: bouncer login {account.name}"


def _end(account: Account, grant: Grant) -> datetime:
    """Give when the login ends, in UTC: as the provider said, as the owner knows, or because nobody used it."""
    days = account.oauth.login_days
    ends = [grant.used + issuer(account).idle, grant.dies, grant.signed_in + timedelta(days=days) if days else None]
    return min(end.astimezone(UTC) for end in ends if end is not None)
