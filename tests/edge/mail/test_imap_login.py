"""Who is trusted with the password, and what a refused login says."""

import re
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from support.imap_client import LONG_AGO, ONE, SECRET, account, mailbox, read, refusing
from support.scripted import Certificates, Line, Scripted
from support.scripted.imap import ImapScript

from bouncer.errors import BouncerError, LoginRefused, SecretMissing, ServerFault, TlsFault


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("expired", "has expired"),
        ("other name", "for another name|for another address"),
        ("unknown", "name it in ca_file|name that root in ca_file"),
    ],
)
def test_a_bad_certificate_gets_no_password(certificates: Certificates, tmp_path: Path, tls: str, bad: str, words: str) -> None:
    """The sentence says what is wrong with it."""
    context = {
        "expired": lambda: certificates.server(age=timedelta(days=1)),
        "other name": lambda: certificates.server("mx.elsewhere.example"),
        "unknown": lambda: Certificates(tmp_path).server(),
    }[bad]()
    script = ImapScript(ONE, capabilities="STARTTLS")
    script.context = context
    with Scripted(script, context=context if tls == "implicit" else None) as server, pytest.raises(TlsFault, match=words):
        read(account(server.port, tls, certificates.ca_file))
    assert not [line for line in server.heard if re.search(rb"LOGIN|AUTHENTICATE", line)]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_good_certificate_is_read_through(certificates: Certificates, tls: str) -> None:
    """The counterpart: the same server with a certificate that holds."""
    script = ImapScript(ONE, capabilities="STARTTLS")
    script.context = certificates.server()
    with Scripted(script, context=script.context if tls == "implicit" else None) as server:
        assert len(read(account(server.port, tls, certificates.ca_file))) == 1


def test_old_tls_is_refused(certificates: Certificates) -> None:
    """TLS 1.1 is not spoken."""
    context = certificates.server()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Scripted(ImapScript(ONE), context=context) as server, pytest.raises(TlsFault):
        read(account(server.port, "implicit", certificates.ca_file))


def test_a_server_without_starttls_never_sees_the_password(certificates: Certificates) -> None:
    """The connection ends instead, and the sentence says what to set."""
    with Scripted(ImapScript(ONE)) as server, pytest.raises(TlsFault, match=r"offers no STARTTLS.*tls: implicit and port 993"):
        read(account(server.port, "starttls", certificates.ca_file))
    assert not [line for line in server.heard if b"LOGIN" in line]


def test_a_greeting_that_claims_a_login_in_clear_is_refused(certificates: Certificates) -> None:
    """PREAUTH would skip STARTTLS altogether (RFC 9051 section 11.1)."""

    def preauth(line: Line, _tag: str, _words: str) -> bool:
        line.say("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome")
        return True

    with (
        Scripted(ImapScript(ONE, greeting=preauth, capabilities="STARTTLS")) as server,
        pytest.raises(TlsFault, match="offers no STARTTLS"),
    ):
        read(account(server.port, "starttls", certificates.ca_file))


def test_clear_text_is_for_the_loopback_only() -> None:
    """A name or another machine's address is refused before a connection is made."""
    for host in ("imap.example", "192.0.2.1", "localhost"):
        with pytest.raises(TlsFault, match=r"127\.0\.0\.1 and ::1 only"):
            read(account(143, host=host))


def test_a_ca_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Whether it is missing or holds no certificate."""
    (tmp_path / "empty.pem").write_text("no certificate\n")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(TlsFault, match=f"ca_file .*{name} cannot be read"):
            read(account(993, "implicit", tmp_path / name))


def test_a_plain_port_is_told_from_a_broken_one(certificates: Certificates) -> None:
    """The sentence names the setting to change."""
    with Scripted(lambda line: line.say("* OK ready")) as server, pytest.raises(TlsFault, match="set tls: starttls"):
        read(account(server.port, "implicit", certificates.ca_file))


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", LoginRefused, "check the account's user and secret"),
        ("[ALERT] Application-specific password required: https://support.example", LoginRefused, "make an app password"),
        ("AUTHENTICATE failed. Basic authentication is disabled", LoginRefused, "OAuth only"),
        ("LOGIN failed.", LoginRefused, "check the account's user and secret"),
        ("[ALERT] Please log in via your web browser", LoginRefused, "with a web browser"),
        ("[ALERT] Too many simultaneous connections. (Failure)", ServerFault, "tried again"),
        ("[UNAVAILABLE] Temporary authentication failure", ServerFault, "tried again"),
    ],
)
def test_providers_words_are_turned_into_what_to_do(said: str, kind: type[BouncerError], words: str) -> None:
    """A refused password is told from a server that has no time."""
    with Scripted(ImapScript(LOGIN=refusing(said))) as server, pytest.raises(ServerFault, match=words) as caught:
        read(account(server.port))
    assert caught.type is kind
    assert SECRET not in str(caught.value)
    assert str(caught.value).startswith(f"IMAP 127.0.0.1:{server.port} (account main): ")


def test_a_connection_lost_at_login_is_no_wrong_password() -> None:
    """The library calls it a LoginError all the same."""

    def gone(_line: Line, _tag: str, _words: str) -> None:
        raise EOFError

    with Scripted(ImapScript(LOGIN=gone)) as server, pytest.raises(ServerFault, match="closed the connection") as caught:
        read(account(server.port))
    assert caught.type is ServerFault


@pytest.mark.parametrize(("secret", "capabilities"), [("pässwörd", "AUTH=PLAIN"), (SECRET, "LOGINDISABLED AUTH=PLAIN")])
def test_authenticate_plain_is_the_second_way_in(secret: str, capabilities: str) -> None:
    """For a password beyond ASCII, and where LOGIN is switched off."""
    with Scripted(ImapScript(ONE, capabilities=capabilities)) as server:
        assert len(list(mailbox(account(server.port), password=lambda: secret).fetch({}, LONG_AGO))) == 1
    assert [line for line in server.heard if b"AUTHENTICATE PLAIN" in line]


def test_a_server_that_takes_no_password_says_so() -> None:
    """OAuth only: nothing is tried."""
    with Scripted(ImapScript(capabilities="LOGINDISABLED AUTH=XOAUTH2")) as server, pytest.raises(LoginRefused, match="takes no password"):
        read(account(server.port))


def test_a_secret_with_a_line_break_never_reaches_the_wire() -> None:
    """It would be a command of its own."""
    with Scripted(ImapScript(ONE)) as server, pytest.raises(LoginRefused, match="control character"):
        list(mailbox(account(server.port), password=lambda: 'x"\r\nA9 LOGOUT').fetch({}, LONG_AGO))
    assert not [line for line in server.heard if b"LOGOUT" in line]


def test_a_missing_secret_is_said_as_it_is() -> None:
    """The sentence of whoever keeps the secret is passed on."""

    def missing() -> str:
        raise SecretMissing("no such file: /run/secret")

    with pytest.raises(SecretMissing, match="/run/secret"):
        list(mailbox(account(1), password=missing).fetch({}, LONG_AGO))


def test_nobody_there_is_said_in_a_sentence() -> None:
    """A closed port names host, port and account."""
    with Scripted(ImapScript()) as server:
        port = server.port
    with pytest.raises(ServerFault, match=rf"IMAP 127\.0\.0\.1:{port} \(account main\): nobody listens there; check host and port"):
        read(account(port))
