"""Who is trusted with the password, and what a refused login says."""

import re
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from support.scripted import Certificates, Line, Scripted
from support.scripted.smtp import smtp
from support.smtp_client import READY, SECRET, SENT, SHORT, account, letter, submit

from bouncer.edge.smtp import SmtpSender
from bouncer.errors import SecretMissing


async def test_a_server_without_starttls_never_sees_the_password(certificates: Certificates) -> None:
    """The connection ends instead, and the sentence says what to set."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port, "starttls", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert "offers no STARTTLS" in delivery.trouble
    assert not [line for line in server.heard if line.startswith(b"AUTH")]


async def test_words_sent_before_the_handshake_are_not_believed_after_it(certificates: Certificates) -> None:
    """What somebody slips in behind `220` in clear is thrown away (RFC 3207 section 4.2)."""

    def injected(line: Line) -> str:
        line.raw(b"220 go ahead\r\n250-mx.example\r\n250 AUTH PLAIN\r\n")
        line.secure(certificates.server())
        return ""

    plain = "250-mx.example\r\n250 STARTTLS"
    secured = "250-mx.example\r\n250-DSN\r\n250 AUTH PLAIN"
    answers = iter((plain, secured))
    with Scripted(smtp(STARTTLS=injected, EHLO=lambda _: next(answers))) as server:
        delivery = await submit(account(server.port, "starttls", certificates.ca_file))
    assert delivery.state is SENT
    assert [line for line in server.heard if b"ENVID=" in line]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("expired", "has expired"),
        ("other name", "for another name|for another address"),
        ("unknown", "name it in ca_file|name that root in ca_file"),
    ],
)
async def test_a_bad_certificate_gets_no_password(certificates: Certificates, tmp_path: Path, tls: str, bad: str, words: str) -> None:
    """The letter stays ready, the sentence says what is wrong, and nothing is said over that connection."""
    context = {
        "expired": lambda: certificates.server(age=timedelta(days=1)),
        "other name": lambda: certificates.server("mx.elsewhere.example"),
        "unknown": lambda: Certificates(tmp_path).server(),
    }[bad]()
    script = smtp(context, EHLO="250-mx.example\r\n250 STARTTLS", STARTTLS="220 go")
    with Scripted(script, context=context if tls == "implicit" else None) as server:
        delivery = await submit(account(server.port, tls, certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert re.search(words, delivery.trouble)
    assert not [line for line in server.heard if line.startswith((b"AUTH", b"MAIL"))]


async def test_old_tls_is_refused(certificates: Certificates) -> None:
    """TLS 1.1 is not spoken."""
    context = certificates.server()
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Scripted(smtp(), context=context) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert "TLS" in delivery.trouble


async def test_a_plain_port_is_told_from_a_broken_one(certificates: Certificates) -> None:
    """The sentence names the setting to change."""
    with Scripted(smtp()) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert "set tls: starttls" in delivery.trouble


async def test_clear_text_is_for_the_loopback_only() -> None:
    """A name or another machine's address is refused before a connection is made."""
    for host in ("mx.example", "192.0.2.1", "localhost"):
        delivery = await submit(account(25, host=host))
        assert (delivery.state, delivery.phase) == (READY, "connect")
        assert "127.0.0.1 and ::1 only" in delivery.trouble


async def test_a_refused_password_is_tried_once() -> None:
    """Many tries look like an attack; the password is in nothing that is kept."""
    with Scripted(smtp(AUTH="535 5.7.8 Username and Password not accepted")) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "login", 535)
    assert "login of olga@home.example refused" in delivery.trouble
    assert SECRET not in repr(delivery)
    assert len([line for line in server.heard if line.startswith(b"AUTH")]) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("534 5.7.9 Application-specific password required", "make an app password"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", "OAuth only"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox", "switch on SMTP AUTH"),
        ("535 5.7.8 Error: authentication failed", "check the account's user and secret"),
    ],
)
async def test_providers_words_are_turned_into_what_to_do(reply: str, words: str) -> None:
    """Each refusal has its own mend."""
    with Scripted(smtp(AUTH=reply)) as server:
        assert words in (await submit(account(server.port))).trouble


async def test_a_server_that_cannot_check_just_now_has_not_refused() -> None:
    """454 says nothing about the password (RFC 4954 section 6)."""
    with Scripted(smtp(AUTH="454 4.7.0 Temporary authentication failure")) as server:
        delivery = await submit(account(server.port))
    assert (delivery.state, delivery.phase, delivery.code) == (READY, "login", 454)
    assert "secret" not in delivery.trouble


async def test_a_relay_on_this_machine_need_not_ask_who_we_are() -> None:
    """Where no login is offered on the loopback, none is made."""
    with Scripted(smtp(EHLO="250 mx.example")) as server:
        assert (await submit(account(server.port))).state is SENT


async def test_a_server_over_tls_without_login_is_the_wrong_port(certificates: Certificates) -> None:
    """Nothing is sent there, for it would be refused letter by letter."""
    with Scripted(smtp(EHLO="250-mx.example\r\n250 AUTH XOAUTH2"), context=certificates.server()) as server:
        delivery = await submit(account(server.port, "implicit", certificates.ca_file))
    assert (delivery.state, delivery.phase) == (READY, "login")
    assert "takes no password" in delivery.trouble


async def test_a_missing_secret_is_said_and_costs_no_letter() -> None:
    """The sentence of whoever keeps the secret is passed on."""

    def missing() -> str:
        raise SecretMissing("account main: no such file: /run/secret")

    with Scripted(smtp()) as server:
        sender = SmtpSender(account(server.port), missing, waits=SHORT)
        delivery = await sender.send(letter(), lambda: None)
        await sender.aclose()
    assert (delivery.state, delivery.phase, delivery.trouble) == (READY, "login", "account main: no such file: /run/secret")


async def test_nobody_there_is_said_in_a_sentence() -> None:
    """A closed port names host, port and account."""
    with Scripted(smtp()) as server:
        port = server.port
    delivery = await submit(account(port))
    assert (delivery.state, delivery.phase) == (READY, "connect")
    assert delivery.trouble == f"SMTP 127.0.0.1:{port} (account main): nobody listens there; check host and port"
