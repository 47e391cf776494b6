"""`bouncer login` against a sign-in server on the loopback: a device code for Microsoft, a browser that comes back for Google."""

import re
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.bouncer_home import Home
from support.scripted import Certificates
from support.signin import CLIENT_ID, CLIENT_SECRET, SignIn

from bouncer.edge.oauth import Keeping


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """Give a sign-in server."""
    with SignIn(Certificates(tmp_path_factory.mktemp("tls"))) as running:
        yield running


def home(path: Path, server: SignIn, oauth: str) -> Home:
    """Give a directory whose account signs in at *server*."""
    made = Home(path)
    where = f"authority: '{server.authority}', ca_file: {server.ca_file}"
    text = made.text.replace("secret: {file: password}", f"auth: xoauth2\n    oauth: {{{oauth}, {where}}}")
    made.config.write_text(text, encoding="utf-8")
    return made


MICROSOFT = f"provider: microsoft, client_id: {CLIENT_ID}"
GOOGLE = f"provider: google, client_id: {CLIENT_ID}, client_secret: {{inline: {CLIENT_SECRET}}}"


def test_microsoft_signs_in_by_a_code(tmp_path: Path, server: SignIn) -> None:
    """The code is shown, waited for, and the login kept; no token is printed."""
    server.pending = 1
    place = home(tmp_path, server, MICROSOFT)
    ran = place.bouncer("login")
    assert (ran.code, ran.err) == (0, "")
    assert f"Open {server.authority}/device in any browser, enter the code ABCD-1234, and sign in as olga@home.example." in ran.out
    assert "c4nary" not in ran.out
    (account,) = place.settings.accounts
    assert Keeping(account, place.settings.state).load().refresh_token == server.refresh_token
    assert "offline_access" in server.asked[-1].get("scope", "offline_access")


def test_google_signs_in_by_a_browser_that_comes_back(tmp_path: Path, server: SignIn) -> None:
    """Who began must end it (RFC 7636), and the days that the provider grants are said."""
    server.refresh_seconds = 604_800
    place = home(tmp_path, server, GOOGLE)
    command = [sys.executable, "-u", "-m", "bouncer", "login", "main"]
    with subprocess.Popen(command, cwd=tmp_path, env=place.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        page = next(found[1] for line in running.stdout if (found := re.match(r"Open (https://\S+)", line)))
        assert "access_type=offline" in page
        assert "code_challenge_method=S256" in page
        trusted = ssl.create_default_context(cafile=server.ca_file)
        with urllib.request.urlopen(page, context=trusted, timeout=20) as answer:  # noqa: S310 - our own server
            assert b"signed in" in answer.read()
        out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (0, "")
    assert "The provider lets it last until" in out
    (account,) = place.settings.accounts
    grant = Keeping(account, place.settings.state).load()
    assert grant.refresh_token == server.refresh_token
    assert grant.dies is not None
    assert (grant.dies - grant.signed_in).days == 7


@pytest.mark.parametrize(
    ("refusal", "code", "said"),
    [
        ({"error": "access_denied", "error_description": "the owner said no"}, 77, "access_denied: the owner said no"),
        ({"error": "invalid_client", "error_description": "AADSTS7000218"}, 77, "check oauth.client_id"),
        ({"error": "expired_token"}, 77, "run: bouncer login main"),
    ],
)
def test_a_provider_that_says_no_is_one_sentence(tmp_path: Path, server: SignIn, refusal: dict[str, object], code: int, said: str) -> None:
    """And the login of before stays."""
    server.refusals.append((400, refusal))
    place = home(tmp_path, server, MICROSOFT)
    state = place.settings.state
    ran = place.bouncer("login", "main")
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert list(state.glob("login.*.json")) == []


def test_a_sign_in_server_that_cannot_be_trusted_is_told_nothing(tmp_path: Path, server: SignIn) -> None:
    """No ca_file, no code."""
    place = home(tmp_path, server, MICROSOFT)
    place.config.write_text(re.sub(r", ca_file: \S+}", "}", place.config.read_text()), encoding="utf-8")
    ran = place.bouncer("login")
    assert ran.code == 69
    assert "cannot be asked" in ran.err
    assert "Traceback" not in ran.err
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("nobody",), "There is no account 'nobody'; there are: main."), ((), "No account logs in with OAuth; set `auth: xoauth2`")],
)
def test_a_command_line_that_cannot_be_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """With 64."""
    ran = Home(tmp_path).bouncer("login", *arguments)
    assert ran.code == 64
    assert said in ran.err


def test_an_account_with_a_command_or_a_password_has_nothing_to_sign_in_to(tmp_path: Path) -> None:
    """The sentence says why."""
    place = Home(tmp_path)
    assert "logs in with a password" in place.bouncer("login", "main").err
    place.config.write_text(place.text.replace("secret: {file: password}", "auth: xoauth2\n    oauth: {token_command: [echo, x]}"))
    assert "token_command" in place.bouncer("login", "main").err


def test_check_and_status_say_that_nobody_has_signed_in_and_when_a_login_ends(tmp_path: Path, server: SignIn) -> None:
    """Without asking the sign-in server."""
    place = home(tmp_path, server, f"{MICROSOFT}, login_days: 3")
    ran = place.bouncer("check")
    assert ran.code == 78
    assert "accounts[0].oauth: account main: nobody has signed in yet; run: bouncer login main" in ran.out
    assert place.bouncer("login").code == 0
    asked = len(server.asked)
    ran = place.bouncer("check")
    assert ran.code == 0
    assert "warning" in ran.out
    assert "the login of account main is there" in ran.out
    assert "Trouble: account main: the login at Microsoft ends on" in place.bouncer("status").out
    assert len(server.asked) == asked
