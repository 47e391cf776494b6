"""No secret is seen anywhere, and no contact's address in a log or a process list.

A sample; `python tests/faults/canaries.py` lives through all of them, and looks at what every command shows.
"""

from base64 import b64encode
from pathlib import Path

import pytest
from support.canaries import LOCAL, PASSWORD, Sightings, secrets_of, spellings
from support.leaks import LEAKS, playing

WORD = b"c4nary-in-a-mine"
SAMPLE = ("work", "the IMAP server repeats the password")
TELLTALE = """\
import imaplib, sys
login = imaplib.IMAP4.login
def telling(self, user, password):
    print("login", user, password, file=sys.stderr)
    return login(self, user, password)
imaplib.IMAP4.login = telling
"""


@pytest.mark.parametrize("name", SAMPLE)
def test_no_canary_is_seen(name: str, tmp_path: Path) -> None:
    """The log at debug level, the process list, the state directory, `bouncer status`; that the address was there, the ledger shows."""
    leak = next(leak for leak in LEAKS if leak.name == name)
    with playing(leak, tmp_path) as (home, daemon, server):
        found = daemon.end(("status",))
        assert found.hits(secrets_of(home)) == []
        assert found.hits({"address": LOCAL.encode()}, "log", "process list") == []
        assert found.hits({"address": LOCAL.encode()}, "state/ledger")
        assert found.hits({"command": b"bouncer\0run\0--debug"}, "process list")
        assert any(PASSWORD.encode() in line for line in server.heard)


def test_a_daemon_that_tells_is_found_out(tmp_path: Path) -> None:
    """One whose login writes what it sends into the log."""
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(TELLTALE, encoding="utf-8")
    (tmp_path / "home").mkdir()
    with playing(LEAKS[0], tmp_path / "home", first=str(tmp_path / "first")) as (home, daemon, _):
        assert "password, bare in log" in daemon.end(()).hits(secrets_of(home))


@pytest.mark.parametrize(
    "spelled", [WORD, WORD.hex().encode(), b64encode(WORD), b64encode(b"\0user\0" + WORD), b64encode(b"x" + WORD), b64encode(b"xx" + WORD)]
)
def test_a_secret_is_found_in_every_spelling(spelled: bytes) -> None:
    """Bare, in hex, in base64, in the base64 of a login."""
    assert Sightings({"log": b"xx " + spelled + b" yy"}).hits(spellings("secret", WORD))


def test_what_is_no_secret_is_not_found() -> None:
    """The control."""
    assert Sightings({"log": b"a canary sang"}).hits(spellings("secret", WORD)) == []
