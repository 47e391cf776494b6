"""An access token for each connection: asked for anew, shared for a moment, kept when rotated; and no token in any sentence."""

import dataclasses
import json
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from support.build import ACCOUNT
from support.scripted import Certificates, Line, Scripted
from support.servers import free_ports
from support.signin import CLIENT_ID, CLIENT_SECRET, SignIn

from bouncer.edge.oauth import Grant, Keeping, Tokens, ending
from bouncer.edge.oauth.issuer import refreshed
from bouncer.errors import LoginRefused, SecretMissing, ServerFault, TlsFault
from bouncer.model import Account, Oauth, Secret

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority of our own."""
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(certificates: Certificates) -> Iterator[SignIn]:
    """Give a sign-in server."""
    with SignIn(certificates) as running:
        yield running


def account(server: SignIn, **oauth: object) -> Account:
    """Give an account that signs in there."""
    given = {"provider": "microsoft", "client_id": CLIENT_ID, "authority": server.authority, "ca_file": server.ca_file, **oauth}
    return dataclasses.replace(ACCOUNT, auth="xoauth2", secret=Secret(), oauth=Oauth(**given))  # type: ignore[arg-type]


def signed_in(server: SignIn, state: Path, whose: Account | None = None, **more: object) -> Keeping:
    """Keep a login that *server* knows, as `bouncer login` leaves it."""
    server.granted()
    keeping = Keeping(whose or account(server), state)
    keeping.save(dataclasses.replace(Grant(server.refresh_token, CLIENT_ID, AT, AT), **more))  # type: ignore[arg-type]
    return keeping


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin."""
        self.at = AT

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_each_connection_gets_a_token_that_the_server_knows(server: SignIn, tmp_path: Path, provider: str) -> None:
    """A minute is shared; after it, one is asked for anew."""
    whose, clock = account(server, provider=provider, client_secret=Secret(inline=CLIENT_SECRET)), Clock()
    signed_in(server, tmp_path, whose)
    tokens = Tokens(whose, tmp_path, now=clock)
    first = tokens()
    assert first in server.valid
    clock.at += timedelta(seconds=30)
    assert tokens() == first
    clock.at += timedelta(seconds=31)
    assert tokens() in server.valid - {first}
    assert [form["client_secret"] for form in server.asked] == [CLIENT_SECRET] * 2


def test_a_rotated_refresh_token_is_kept_for_its_owner_alone(server: SignIn, tmp_path: Path) -> None:
    """The file is replaced whole, mode 0600, and says when it was used."""
    keeping, clock = signed_in(server, tmp_path), Clock()
    for _ in range(3):
        clock.at += timedelta(hours=1)
        Tokens(account(server), tmp_path, now=clock)()
        assert keeping.load().refresh_token == server.refresh_token
    assert (keeping.load().used, keeping.load().signed_in) == (clock.at, AT)
    (file,) = tmp_path.glob("login.*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 2  # and the lock


def test_a_provider_that_keeps_its_refresh_token_need_not_repeat_it(server: SignIn, tmp_path: Path) -> None:
    """Google does not."""
    server.refusals.append((200, {"access_token": "one", "token_type": "Bearer", "expires_in": "3600"}))
    keeping = signed_in(server, tmp_path)
    assert Tokens(account(server), tmp_path)() == "one"
    assert keeping.load().refresh_token == server.refresh_token


@pytest.mark.parametrize(
    ("refusal", "fault", "said"),
    [
        ((400, {"error": "invalid_grant", "error_description": "AADSTS700082: expired"}), LoginRefused, "run: bouncer login main"),
        ((401, {"error": "invalid_client"}), LoginRefused, "check oauth.client_id"),
        ((400, {"error": "interaction_required"}), LoginRefused, "run: bouncer login main"),
        ((400, {"error": "temporarily_unavailable"}), ServerFault, "just now"),
        ((503, {}), ServerFault, '"HTTP 503"; it is tried again'),
        ((429, {"error": "invalid_grant"}), ServerFault, "just now"),
        ((302, {}), ServerFault, '"HTTP 302"'),
        ((200, {"token_type": "Bearer"}), ServerFault, "gave no access token"),
        ((200, {"access_token": "a b\n", "token_type": "Bearer"}), ServerFault, "gave no access token"),
        ((200, {"access_token": "one", "token_type": "mac"}), ServerFault, "gave no access token"),
    ],
)
def test_each_refusal_says_what_to_do(
    server: SignIn, tmp_path: Path, refusal: tuple[int, dict[str, object]], fault: type[ServerFault], said: str
) -> None:
    """An ended login is told from a bad moment, and the login that is kept stays as it was."""
    keeping = signed_in(server, tmp_path)
    before = keeping.load()
    server.refusals.append(refusal)
    with pytest.raises(ServerFault) as caught:
        Tokens(account(server), tmp_path)()
    assert type(caught.value) is fault
    assert str(caught.value).startswith("account main: Microsoft")
    assert said in str(caught.value)
    assert keeping.load() == before


def test_while_the_sign_in_server_is_away_the_token_of_before_is_used(server: SignIn, tmp_path: Path) -> None:
    """As long as it lasts, and not longer."""
    signed_in(server, tmp_path)
    clock = Clock()
    tokens = Tokens(account(server), tmp_path, now=clock)
    first = tokens()
    server.refusals += [(503, {})] * 2
    clock.at += timedelta(minutes=50)
    assert tokens() == first
    clock.at += timedelta(minutes=10)
    with pytest.raises(ServerFault, match="just now"):
        tokens()
    assert tokens() != first


def test_a_login_that_is_over_is_not_used_again_though_its_token_would_last(server: SignIn, tmp_path: Path) -> None:
    """The provider has changed its mind between two connections."""
    signed_in(server, tmp_path)
    clock = Clock()
    tokens = Tokens(account(server), tmp_path, now=clock)
    tokens()
    server.refresh_token = "another"
    clock.at += timedelta(minutes=5)
    for _ in range(2):
        with pytest.raises(LoginRefused, match="has ended the login"):
            tokens()


def test_no_sentence_holds_a_token_that_the_server_repeats(server: SignIn, tmp_path: Path) -> None:
    """The fake one says which token it does not know."""
    keeping = signed_in(server, tmp_path, refresh_token="c4nary-stolen")
    with pytest.raises(LoginRefused) as caught:
        Tokens(account(server), tmp_path)()
    assert "no such token: …" in str(caught.value)
    assert "c4nary" not in f"{caught.value}{keeping.load()!r}"
    assert caught.value.__context__ is None


def test_an_unknown_certificate_gets_no_token(server: SignIn, tmp_path: Path) -> None:
    """The refresh token is worth a password."""
    signed_in(server, tmp_path)
    with pytest.raises(TlsFault, match="not to be trusted"):
        Tokens(account(server, ca_file=None), tmp_path)()
    assert server.asked == []


def test_a_sign_in_server_that_is_not_there_is_said(server: SignIn, tmp_path: Path) -> None:
    """And tried again."""
    signed_in(server, tmp_path)
    (port,) = free_ports(1)
    with pytest.raises(ServerFault, match=r"cannot be reached .*; it is tried again"):
        Tokens(account(server, authority=f"https://127.0.0.1:{port}"), tmp_path)()


@pytest.mark.parametrize(
    "head", ["HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n{", "HTTP/1.1 200 OK\r\nX: "]
)
def test_a_sign_in_server_whose_bytes_drip_holds_nobody_for_ever(certificates: Certificates, server: SignIn, head: str) -> None:
    """Each byte comes in time, the answer does not."""

    def drip(line: Line) -> None:
        line.hear()
        line.raw(head.encode())
        while True:
            line.raw(b"x")
            time.sleep(0.02)

    with Scripted(drip, context=certificates.server()) as slow:
        whose = account(server, authority=f"https://127.0.0.1:{slow.port}")
        with pytest.raises(ServerFault, match="it is tried again"):
            refreshed(whose, "c4nary", None, seconds=0.5)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "hello", '{"refresh_token": "", "client_id": "client-1"}'])
def test_a_file_edited_by_hand_is_one_clear_sentence(server: SignIn, tmp_path: Path, text: str) -> None:
    """Nothing is asked, and nothing is written over it."""
    signed_in(server, tmp_path)
    (file,) = tmp_path.glob("login.*.json")
    file.write_text(text)
    with pytest.raises(SecretMissing, match="holds no login that bouncer wrote; run: bouncer login main"):
        Tokens(account(server), tmp_path)()
    assert file.read_text() == text
    assert server.asked == []


def test_a_moment_without_its_zone_is_damage(server: SignIn, tmp_path: Path) -> None:
    """It could not be compared with the clock."""
    keeping = signed_in(server, tmp_path)
    (file,) = tmp_path.glob("login.*.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"used": "2026-11-25T09:00:00"}))
    with pytest.raises(SecretMissing, match="holds no login"):
        keeping.load()


def test_a_login_that_others_may_read_is_not_used(server: SignIn, tmp_path: Path) -> None:
    """Nor one made with another client, nor one that nobody made."""
    keeping = signed_in(server, tmp_path)
    (file,) = tmp_path.glob("login.*.json")
    file.chmod(0o640)
    with pytest.raises(SecretMissing, match="chmod 600"):
        keeping.load()
    file.chmod(0o600)
    with pytest.raises(SecretMissing, match="another client_id"):
        Keeping(account(server, client_id="client-2"), tmp_path).load()
    with pytest.raises(SecretMissing, match="nobody has signed in yet; run: bouncer login other"):
        Keeping(dataclasses.replace(account(server), name="other"), tmp_path).load()


class Ring(KeyringBackend):
    """A keyring in memory; *locked*, it gives nothing."""

    priority = 1.0

    def __init__(self) -> None:
        """Hold nothing."""
        self.held: dict[tuple[str, str], str] = {("secrets", "olga@home.example"): CLIENT_SECRET}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is held."""
        if self.locked:
            raise KeyringLocked(service)
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Hold it."""
        self.held[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Use a keyring in memory for one test."""
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_keyring_keeps_login_and_client_secret_as_well(server: SignIn, tmp_path: Path, ring: Ring) -> None:
    """Nothing secret comes into the state directory."""
    whose = account(server, provider="google", client_secret=Secret(keyring="secrets"), keyring="bouncer")
    signed_in(server, tmp_path, whose)
    assert Tokens(whose, tmp_path)() in server.valid
    assert server.asked[-1]["client_secret"] == CLIENT_SECRET
    assert server.refresh_token in ring.held["bouncer", "olga@home.example"]
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_size] == []


def test_a_keyring_that_is_empty_or_locked_is_one_sentence(server: SignIn, tmp_path: Path, ring: Ring) -> None:
    """It is named, and what to do."""
    whose = account(server, keyring="bouncer")
    with pytest.raises(SecretMissing, match=r"the keyring \(bouncer\) holds no login; run: bouncer login main"):
        Tokens(whose, tmp_path)()
    ring.locked = True
    with pytest.raises(SecretMissing, match=r"the keyring cannot be asked \(KeyringLocked\)"):
        Tokens(whose, tmp_path)()


def test_a_command_of_ones_own_gives_the_token(tmp_path: Path) -> None:
    """Each time anew; what it prints besides is not taken."""
    own = dataclasses.replace(ACCOUNT, auth="xoauth2", oauth=Oauth(token_command=("echo", "own-token")))
    assert Tokens(own, tmp_path)() == "own-token"
    with pytest.raises(SecretMissing, match="account main: the access token is empty"):
        Tokens(dataclasses.replace(own, oauth=Oauth(token_command=("true",))), tmp_path)()
    assert ending(own, tmp_path, AT) is None


@pytest.mark.parametrize(
    ("provider", "oauth", "grant", "days", "said"),
    [
        ("google", {"login_days": 7}, {}, 0, "the login at Google ends on Wed 02 Dec 2026, 09:00 UTC; run: bouncer login main"),
        ("google", {}, {"dies": AT + timedelta(days=9)}, 2, "ends on Fri 04 Dec 2026"),
        ("google", {}, {}, 181, "has ended on Mon 24 May 2027"),
        ("microsoft", {}, {}, 83, "the login at Microsoft ends on Tue 23 Feb 2027"),
    ],
)
def test_a_login_about_to_end_is_said_a_week_before(
    server: SignIn, tmp_path: Path, provider: str, oauth: dict[str, object], grant: dict[str, object], days: int, said: str
) -> None:
    """Whichever comes first: the provider's word, the owner's, or that nobody used it."""
    whose = account(server, provider=provider, client_secret=Secret(inline="x"), **oauth)
    signed_in(server, tmp_path, whose, **grant)
    assert said in str(ending(whose, tmp_path, AT + timedelta(days=days)))


@pytest.mark.parametrize(("provider", "days"), [("google", 0), ("google", 171), ("microsoft", 81)])
def test_a_login_with_time_to_spare_is_not_spoken_of(server: SignIn, tmp_path: Path, provider: str, days: int) -> None:
    """Nor is an account with a password."""
    whose = account(server, provider=provider, client_secret=Secret(inline="x"))
    signed_in(server, tmp_path, whose)
    assert ending(whose, tmp_path, AT + timedelta(days=days)) is None
    assert ending(ACCOUNT, tmp_path, AT) is None
