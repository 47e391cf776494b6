"""Passwords, from where the configuration says they are. None of them ever stands in a message, and none is kept."""

import importlib
import os
import re
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from bouncer.errors import SecretMissing
from bouncer.model import Account, Secret

COMMAND_SECONDS = 30.0
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_BYTES = 64 * 1024  # a token may be long, but not that long


def secret(account: Account, environ: Mapping[str, str] = os.environ, seconds: float = COMMAND_SECONDS) -> str:
    """Give the password of *account*; *environ* holds its variables, a command may take *seconds*. Blocks while it runs.

    Raises SecretMissing with one sentence that names the account, what is wrong, and never the password.
    """
    return read_secret(account.secret, f"account {account.name}", account.imap.user or account.address, environ, seconds)


def read_secret(
    source: Secret, whose: str, user: str = "", environ: Mapping[str, str] = os.environ, seconds: float = COMMAND_SECONDS
) -> str:
    """Give what *source* holds; *user* is who the keyring knows it of. Raises SecretMissing with a sentence that begins with *whose*."""
    return _usable(whose, *_look(source, user, environ, seconds))


def client_secret(account: Account, environ: Mapping[str, str] = os.environ) -> str | None:
    """Give the secret of the OAuth client of *account*, None where it has none; as `secret`."""
    source, user = account.oauth.client_secret, account.imap.user or account.address
    return read_secret(source, f"account {account.name}: oauth.client_secret", user, environ) if source.given else None


def command_output(account: str, command: tuple[str, ...], seconds: float = COMMAND_SECONDS) -> str:
    """Give the access token that *command* prints, for the account of that name; as `secret`."""
    return _usable(f"account {account}", *_from_command(command, seconds), what="access token")


def _usable(whose: str, problem: str, password: str, what: str = "password") -> str:
    problem = problem or _unusable(password, what)
    if problem:  # raised here, where no exception that holds the password is being handled
        raise SecretMissing(f"{whose}: {problem}")
    return password


Looked = tuple[str, str]  # what is wrong or "", and the password or ""


def _look(source: Secret, user: str, environ: Mapping[str, str], seconds: float) -> Looked:
    ways: tuple[tuple[object, Callable[[], Looked]], ...] = (
        (source.file, lambda: _from_file(source.file or Path())),
        (source.env, lambda: _from_environment(source.env or "", environ)),
        (source.command, lambda: _from_command(source.command or (), seconds)),
        (source.credential, lambda: _from_credential(source.credential or "", environ)),
        (source.keyring, lambda: _from_keyring(source.keyring or "", user)),
        (source.inline, lambda: ("", source.inline or "")),
    )
    return next((look() for given, look in ways if given is not None), ("no source of the password is configured", ""))


def _unusable(password: str, what: str) -> str:
    if not password:
        return f"the {what} is empty"
    if _CONTROL.search(password):  # no server can be told such a one: RFC 4616 section 2
        return f"the {what} has more than one line or a control character"
    return ""


def _from_file(path: Path) -> Looked:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as handle:  # a FIFO must not hang us
            mode = os.fstat(handle.fileno()).st_mode
            if not stat.S_ISREG(mode):
                return f"{path} is no regular file", ""
            if mode & 0o077:
                return f"{path} can be read by others (mode {mode & 0o777:03o}); run: chmod 600 {path}", ""
            return _decoded(handle.read(_MAX_BYTES), str(path))
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}", ""


def _decoded(data: bytes, where: str) -> Looked:
    try:
        return "", data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return f"what {where} gives is not UTF-8", ""


def _from_environment(name: str, environ: Mapping[str, str]) -> Looked:
    return ("", environ[name]) if environ.get(name) else (f"the environment variable {name} is not set", "")


def _from_credential(name: str, environ: Mapping[str, str]) -> Looked:
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        return f"the credential {name} is only there under systemd; the unit needs LoadCredential={name}:FILE", ""
    try:
        return _decoded((Path(directory) / name).read_bytes()[:_MAX_BYTES], f"the credential {name}")
    except OSError as error:
        return f"the credential {name} cannot be read: {error.strerror}; the unit needs LoadCredential={name}:FILE", ""


def _from_command(command: tuple[str, ...], seconds: float) -> Looked:
    """Only the program is ever named: its arguments may hold secrets of their own."""
    program = command[0]
    try:
        process = subprocess.Popen(  # noqa: S603 -- the owner's own command, run without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        return f"{program} cannot be run: {error.strerror}", ""
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it started
            return f"{program} took longer than {seconds:g} seconds", ""
    if process.returncode:
        return f"{program} failed ({_ending(process.returncode)}){_last_words(errors, output)}", ""
    return _decoded(output.partition(b"\n")[0][:_MAX_BYTES], program)


def _ending(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"


def _last_words(errors: bytes, output: bytes) -> str:
    """Give the last line of *errors*, unless a line of *output*, which may be the password, stands in it."""
    lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    printed = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines or any(line in lines[-1] for line in printed):
        return ""
    return ": " + "".join(sign if sign.isprintable() else "?" for sign in lines[-1].strip())[:200]


def _from_keyring(service: str, user: str) -> Looked:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return "the keyring needs an extra package; run: pip install 'bouncer-daemon[keyring]'", ""
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        return f"the keyring cannot be asked ({type(error).__name__})", ""
    return ("", found) if found else (f"the keyring has no password of {user} for {service}; run: keyring set {service} {user}", "")
