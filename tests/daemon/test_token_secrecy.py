"""No token and no client secret comes out of a run, whatever the servers repeat: not in its words, its log or its state."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from support.scripted import Certificates, Line, Scripted
from support.scripted.imap import ImapScript
from support.signin import CLIENT_ID, CLIENT_SECRET, SignIn

from bouncer.edge.oauth import Grant, Keeping


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """Give a sign-in server."""
    with SignIn(Certificates(tmp_path_factory.mktemp("tls"))) as running:
        yield running


def repeating(line: Line, tag: str, _words: str) -> bool:
    """Refuse, and repeat all that was shown."""
    line.say("+ ")
    shown = line.hear().decode()
    line.say("+ e30=")
    line.hear()
    line.say(f"{tag} NO [AUTHENTICATIONFAILED] no: {shown}")
    return True


@pytest.mark.parametrize("ended", [False, True])
def test_a_run_whose_token_is_refused_names_no_secret(tmp_path: Path, server: SignIn, ended: bool) -> None:
    """Neither where the mail server refuses it nor where the sign-in server has ended the login."""
    with Scripted(ImapScript(capabilities="AUTH=XOAUTH2", AUTHENTICATE=repeating)) as imap:
        place = Home(tmp_path, imap=imap.port)
        where = f"authority: '{server.authority}', ca_file: {server.ca_file}"
        oauth = f"{{provider: google, client_id: {CLIENT_ID}, client_secret: {{inline: {CLIENT_SECRET}}}, {where}}}"
        place.config.write_text(place.text.replace("secret: {file: password}", f"auth: xoauth2\n    oauth: {oauth}"))
        server.granted()
        (account,) = place.settings.accounts
        now = today()
        keeping = Keeping(account, place.settings.state)
        keeping.save(Grant("refresh-c4nary-ended" if ended else server.refresh_token, CLIENT_ID, now, now))
        ran = place.bouncer("once", "--debug")
        assert ran.code == 77
        assert ("has ended the login" if ended else "login of olga@home.example refused") in ran.err
        assert "run: bouncer login main" in ran.err
        told = ran.out + ran.err + place.bouncer("status").out
        assert re.findall(r"c4nary[-\w]*|YXV0aD1CZWFyZXI", told) == []
        held = [path for path in place.settings.state.iterdir() if b"c4nary" in path.read_bytes()]
        assert [path.name for path in held] == ["login.main.json"]
