"""Access tokens at Dovecot and Postfix, which ask a sign-in server whose they are, by each of the two mechanisms."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.imap_client import LONG_AGO
from support.mailstack import CHECKER, OWNER, MailStack, need_mail_servers
from support.scripted import Certificates
from support.signin import CLIENT_ID, SignIn
from support.smtp_client import READY, SENT, letter, submit

from bouncer.edge.imap import ImapMailbox
from bouncer.edge.oauth import Grant, Keeping, Tokens
from bouncer.errors import LoginRefused
from bouncer.model import Account, Oauth, Secret

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def signin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """Give a sign-in server that signs in the mailbox's owner."""
    with SignIn(Certificates(tmp_path_factory.mktemp("tls")), user=CHECKER) as running:
        yield running


@pytest.fixture(scope="module", params=["xoauth2", "oauthbearer"])
def stack(signin: SignIn, request: pytest.FixtureRequest) -> Iterator[MailStack]:
    """Give a mail system that takes its tokens, one way only."""
    need_mail_servers()
    with MailStack(signin.introspection, request.param) as running:
        yield running


def account(stack: MailStack, signin: SignIn) -> Account:
    """Give the account that signs in there."""
    oauth = Oauth(provider="microsoft", client_id=CLIENT_ID, authority=signin.authority, ca_file=signin.ca_file)
    return dataclasses.replace(stack.account(), auth="xoauth2", secret=Secret(), oauth=oauth)


async def test_a_login_that_is_kept_reads_and_sends(stack: MailStack, signin: SignIn, tmp_path: Path) -> None:
    """Over TLS, and a rotated refresh token is used the next time."""
    whose, now = account(stack, signin), datetime.now(UTC)
    signin.granted()
    Keeping(whose, tmp_path).save(Grant(signin.refresh_token, CLIENT_ID, now, now))
    one = letter(OWNER, sender=CHECKER, data=b"From: checker@bouncer.test\r\nSubject: by token\r\n\r\nHello.\r\n")
    assert (await submit(whose, one, password=Tokens(whose, tmp_path)())).state is SENT
    assert b"Subject: by token" in stack.wait_for_mail(OWNER, b"by token")
    stack.deliver(b"Subject: answer\r\n\r\nHello.\r\n", CHECKER)
    box = ImapMailbox(whose, Tokens(whose, tmp_path), 10_000)
    assert [raw for raw in box.fetch({}, LONG_AGO) if b"Subject: answer" in raw.data]


async def test_a_token_that_nobody_gave_opens_nothing(stack: MailStack, signin: SignIn) -> None:
    """Both servers say why, and the sentence what to do; the token stands in none."""
    forged, whose = "access-c4nary-forged", account(stack, signin)
    with pytest.raises(LoginRefused, match="run: bouncer login main") as caught:
        list(ImapMailbox(whose, lambda: forged, 10_000).sent_headers(LONG_AGO))
    refused = await submit(whose, letter(OWNER, sender=CHECKER), password=forged)
    assert (refused.state, refused.phase) == (READY, "login")
    assert "run: bouncer login main" in refused.trouble
    assert "c4nary" not in f"{caught.value}{refused.trouble}"


async def test_a_token_of_somebody_else_opens_no_mailbox(stack: MailStack, signin: SignIn) -> None:
    """The user must be the one that was signed in."""
    token = str(signin.granted()["access_token"])
    whose = dataclasses.replace(account(stack, signin), address=OWNER)
    with pytest.raises(LoginRefused, match="the user must be the mailbox that was signed in to"):
        list(ImapMailbox(whose, lambda: token, 10_000).sent_headers(LONG_AGO))
