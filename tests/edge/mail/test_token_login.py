"""A login with an access token, on both wires: which way is taken, what a refusal says, and that the token stands in no sentence."""

import dataclasses

import pytest
from support.imap_client import LONG_AGO, mailbox
from support.scripted import Line, Scripted
from support.scripted.imap import ImapScript
from support.scripted.smtp import smtp
from support.smtp_client import READY, SENT, account, submit
from support.tokens import REFUSED, shown

from bouncer.edge.sasl import bearer
from bouncer.errors import LoginRefused
from bouncer.model import Account, Oauth

TOKEN = "ya29.c4nary-t0ken"


def oauth_account(port: int, **oauth: object) -> Account:
    """Give the account of a scripted server, which logs in with OAuth."""
    return dataclasses.replace(account(port), auth="xoauth2", oauth=Oauth(**oauth))  # type: ignore[arg-type]


class ImapGate:
    """AUTHENTICATE as a provider does it: a refusal comes as a challenge first."""

    def __init__(self, token: str = TOKEN) -> None:
        """Let *token* in."""
        self.token = token
        self.came: list[tuple[str, str, str]] = []

    def __call__(self, line: Line, tag: str, words: str) -> bool:
        """Answer it."""
        line.say("+ ")
        user, token = shown(line.hear().decode())
        self.came.append((words, user, token))
        if token == self.token:
            line.say(f"{tag} OK in")
            return True
        line.say(f"+ {REFUSED}")
        self.came.append((words, "", line.hear().decode()))
        line.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure) {token}")
        return True


@pytest.mark.parametrize(
    ("offered", "way"),
    [("AUTH=PLAIN AUTH=XOAUTH2", "XOAUTH2"), ("AUTH=OAUTHBEARER AUTH=XOAUTH2", "XOAUTH2"), ("AUTH=OAUTHBEARER", "OAUTHBEARER")],
)
def test_imap_takes_the_first_way_that_is_offered(offered: str, way: str) -> None:
    """User and token arrive, and no LOGIN is tried."""
    gate = ImapGate()
    with Scripted(ImapScript(capabilities=offered, AUTHENTICATE=gate)) as server:
        box = mailbox(oauth_account(server.port), password=lambda: TOKEN)
        list(box.sent_headers(LONG_AGO))
    assert gate.came == [(way, "olga@home.example", TOKEN)]
    assert not [line for line in server.heard if b"LOGIN" in line]


@pytest.mark.parametrize(("offered", "last"), [("AUTH=XOAUTH2", ""), ("AUTH=OAUTHBEARER", "AQ==")])
def test_imap_says_why_a_token_is_refused_and_what_to_do(offered: str, last: str) -> None:
    """The server's reason is answered as the mechanism wants, and the token that it repeats is left out."""
    gate = ImapGate("another")
    with Scripted(ImapScript(capabilities=offered, AUTHENTICATE=gate)) as server, pytest.raises(LoginRefused) as caught:
        list(mailbox(oauth_account(server.port), password=lambda: TOKEN).sent_headers(LONG_AGO))
    assert gate.came[1][2] == last
    assert "run: bouncer login main" in str(caught.value)
    assert '"status": "401"' in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_imap_without_a_way_for_tokens_sees_none() -> None:
    """And it is not fallen back to a password."""
    with (
        Scripted(ImapScript(capabilities="AUTH=PLAIN AUTH=LOGIN")) as server,
        pytest.raises(LoginRefused, match="offers neither XOAUTH2 nor"),
    ):
        list(mailbox(oauth_account(server.port), password=lambda: TOKEN).sent_headers(LONG_AGO))
    assert not [line for line in server.heard if b"AUTHENTICATE" in line or b"LOGIN" in line]


class SmtpGate:
    """AUTH as a provider does it."""

    def __init__(self, line_says: str = "235 2.7.0 Accepted") -> None:
        """Answer a refused token with *line_says* at the end."""
        self.says = line_says
        self.heard: list[str] = []

    def __call__(self, line: Line) -> str:
        """Answer it; the command was heard already."""
        if self.says.startswith("235"):
            return self.says
        line.say(f"334 {REFUSED}")
        self.heard.append(line.hear().decode())
        return self.says


EHLO = "250-mx.example\r\n250-8BITMIME\r\n250 AUTH {}"


@pytest.mark.parametrize(("offered", "way"), [("PLAIN XOAUTH2", "XOAUTH2"), ("OAUTHBEARER", "OAUTHBEARER")])
async def test_smtp_that_demands_a_token_gets_it(offered: str, way: str) -> None:
    """By the first way that is offered, and the letter goes out."""
    with Scripted(smtp(EHLO=EHLO.format(offered), AUTH=SmtpGate())) as server:
        delivery = await submit(oauth_account(server.port), password=TOKEN)
    assert delivery.state is SENT
    (said,) = [line.decode() for line in server.heard if line.startswith(b"AUTH")]
    assert said.split()[1] == way
    assert shown(said.split()[2]) == ("olga@home.example", TOKEN)


@pytest.mark.parametrize(("offered", "last"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
async def test_smtp_says_why_a_token_is_refused_and_what_to_do(offered: str, last: str) -> None:
    """Nothing of the letter was said, so it stays ready."""
    gate = SmtpGate(f"535 5.7.3 Authentication unsuccessful {TOKEN}")
    with Scripted(smtp(EHLO=EHLO.format(offered), AUTH=gate)) as server:
        delivery = await submit(oauth_account(server.port), password=TOKEN)
    assert (delivery.state, delivery.phase) == (READY, "login")
    assert gate.heard == [last]
    assert "run: bouncer login main" in delivery.trouble
    assert '"status": "401"' in delivery.trouble
    assert TOKEN not in f"{delivery.trouble}{delivery.text}"


async def test_smtp_without_a_way_for_tokens_sees_none() -> None:
    """The sentence says so."""
    with Scripted(smtp()) as server:
        delivery = await submit(oauth_account(server.port), password=TOKEN)
    assert "offers neither XOAUTH2 nor OAUTHBEARER" in delivery.trouble
    assert not [line for line in server.heard if line.startswith(b"AUTH")]


async def test_a_token_of_a_command_is_mended_at_the_command() -> None:
    """Not by `bouncer login`."""
    with Scripted(smtp(EHLO=EHLO.format("XOAUTH2"), AUTH="535 5.7.3 no")) as server:
        delivery = await submit(oauth_account(server.port, token_command=("x",)), password=TOKEN)
    assert "check what the token_command prints" in delivery.trouble


def test_the_first_message_is_as_the_specifications_have_it() -> None:
    """RFC 7628 section 4.1; a comma in the user's name is not the end of it (RFC 5801 section 4)."""
    exchange = bearer(["OAUTHBEARER"], "user=a,b@home.example", "vF9dft4q", "server.example", 143)
    assert exchange is not None
    assert exchange(b"") == b"n,a=user=3Da=2Cb@home.example,\x01host=server.example\x01port=143\x01auth=Bearer vF9dft4q\x01\x01"
    assert bearer(["PLAIN", "DIGEST-MD5"], "u", "t", "h", 1) is None
