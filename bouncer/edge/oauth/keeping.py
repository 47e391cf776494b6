"""Where a login is kept: a file of the state directory that its owner alone can read, or the desktop keyring."""

import fcntl
import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bouncer.edge.beside import beside
from bouncer.errors import SecretMissing, StorageFault
from bouncer.model import Account

_LARGEST = 64 * 1024  # bytes
_YEARS = range(2000, 9000)  # in which a moment can be reckoned with


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in left: the token that access tokens are asked for with, and how old it is. All moments are aware."""

    refresh_token: str = field(repr=False)
    client_id: str
    signed_in: datetime
    used: datetime  # when an access token last came of it
    dies: datetime | None = None  # where the provider said so


class Keeping:
    """The login of one account, shared by all processes that use the state directory."""

    def __init__(self, account: Account, state: Path) -> None:
        """Keep the login of *account* in the directory *state*, or under its service name in the keyring."""
        self._account, self._state = account, state
        self._name = f"login.{quote(account.name, safe='')}"
        self._again = f"run: bouncer login {account.name}"

    @property
    def where(self) -> str:
        """Say where it is kept."""
        return f"the keyring ({self._account.oauth.keyring})" if self._account.oauth.keyring else str(self._path)

    def load(self) -> Grant:
        """Give the login.

        Raises SecretMissing with one sentence where there is none, it is damaged, others may read it, or the client has changed since.
        """
        held = self._read_keyring() if self._account.oauth.keyring else self._read_file()
        try:
            grant = _grant(json.loads(held))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._missing(f"{self.where} holds no login that bouncer wrote; {self._again}") from None
        if grant.client_id != self._account.oauth.client_id:
            raise self._missing(f"the login in {self.where} was made with another client_id; {self._again}")
        return grant

    def save(self, grant: Grant) -> None:
        """Keep *grant* instead of what was kept before; raises StorageFault, and SecretMissing where the keyring will not."""
        if self._account.oauth.keyring:
            _keyring(self._account.name, "set_password", self._account.oauth.keyring, self._account.address, _text(grant))
            return
        try:
            self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = beside(self._path, _text(grant).encode())
            try:
                new.replace(self._path)
            except OSError:
                new.unlink(missing_ok=True)
                raise
        except OSError as fault:
            raise StorageFault(f"{self._path}: {fault.strerror or fault}") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process use the login meanwhile: a provider may take the second use of an old refresh token for a theft.

        Raises StorageFault.
        """
        try:
            self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._state / f"{self._name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as fault:
            raise StorageFault(f"{self._state}: {fault.strerror or fault}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @property
    def _path(self) -> Path:
        return self._state / f"{self._name}.json"

    def _read_file(self) -> str:
        try:
            with self._path.open("rb") as handle:
                mode = os.fstat(handle.fileno()).st_mode
                data = handle.read(_LARGEST)
        except FileNotFoundError:
            raise self._missing(f"nobody has signed in yet; {self._again}") from None
        except OSError as fault:
            raise self._missing(f"{self._path} cannot be read: {fault.strerror}; is this the user that bouncer runs as?") from None
        if mode & 0o077:
            raise self._missing(f"{self._path} can be read by others (mode {mode & 0o777:03o}); run: chmod 600 {self._path}")
        return data.decode("utf-8", "replace")

    def _read_keyring(self) -> str:
        found = _keyring(self._account.name, "get_password", self._account.oauth.keyring, self._account.address)
        if not found:
            raise self._missing(f"{self.where} holds no login; {self._again}")
        return str(found)

    def _missing(self, said: str) -> SecretMissing:
        return SecretMissing(f"account {self._account.name}: {said}")


def _keyring(account: str, call: str, *words: str | None) -> Any:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise SecretMissing(f"account {account}: the keyring needs an extra package; run: pip install 'bouncer-daemon[keyring]'") from None
    try:
        return getattr(keyring, call)(*words)
    except keyring.errors.KeyringError as error:
        raise SecretMissing(f"account {account}: the keyring cannot be asked ({type(error).__name__})") from None


def _text(grant: Grant) -> str:
    held = {
        "refresh_token": grant.refresh_token,
        "client_id": grant.client_id,
        "signed_in": grant.signed_in.isoformat(),
        "used": grant.used.isoformat(),
        "dies": grant.dies.isoformat() if grant.dies else None,
    }
    return json.dumps(held, indent=2) + "\n"


def _grant(held: Any) -> Grant:
    token, client = held["refresh_token"], held["client_id"]
    if not (isinstance(token, str) and token and isinstance(client, str)):
        raise ValueError
    dies = _moment(held["dies"]) if held["dies"] else None
    return Grant(token, client, _moment(held["signed_in"]), _moment(held["used"]), dies)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError
    return found
