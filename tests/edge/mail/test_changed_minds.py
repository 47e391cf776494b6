"""A provider that changes its mind between two connections: one sentence each, no password told, no message lost or doubled."""

import pytest
from support.imap_client import ONE, TWO, Watch, account, mailbox, refusing
from support.scripted import Certificates, Line, Scripted
from support.scripted.imap import ImapScript


def closing(line: Line, _tag: str, _words: str) -> None:
    """Hang up once everything there is has been read."""
    line.say("+ idling")
    raise EOFError


def leaving(line: Line, _tag: str, _words: str) -> bool:
    """Greet with BYE."""
    line.say("* BYE Too busy, come back later")
    raise EOFError


def seen_and_said(server: Scripted, tls: str = "loopback-none", certificates: Certificates | None = None) -> list[str]:
    """Watch until both messages have come, each once, and give what was said to be wrong meanwhile."""
    box = mailbox(account(server.port, tls, certificates.ca_file if certificates else None))
    watch = Watch(box)
    try:
        assert [watch.next(), watch.next()] == [ONE[1], TWO[2]]
    finally:
        box.stop()
        watch.thread.join(20)
    assert watch.came.empty()
    return [sentence for sentence in watch.said.queue if sentence]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (ImapScript(TWO, LOGIN=refusing("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")), "check the account's user and secret"),
        (ImapScript(TWO, LOGIN=refusing("Basic authentication is disabled")), "OAuth only"),
        (ImapScript(TWO, LOGIN=refusing("[ALERT] Application-specific password required")), "make an app password"),
        (ImapScript(TWO, capabilities="IDLE LOGINDISABLED AUTH=XOAUTH2"), "xoauth2"),
        (ImapScript(TWO, EXAMINE=refusing("[NONEXISTENT] Unknown Mailbox")), "the folder 'INBOX' cannot be opened"),
        (ImapScript(TWO, greeting=leaving), "Too busy"),
        (ImapScript(TWO, SEARCH=refusing("[CANNOT] no search today")), "no search today"),
    ],
    ids=["password", "basic authentication", "app password", "token wanted", "folder", "busy", "search"],
)
def test_it_is_said_and_reading_goes_on_where_it_stopped(second: ImapScript, words: str) -> None:
    """What came meanwhile comes once the provider is of its old mind again."""
    with Scripted(ImapScript(ONE, IDLE=closing), second, ImapScript(TWO)) as server:
        said = seen_and_said(server)
    assert [sentence for sentence in said if words.lower() in sentence.lower()], said
    assert all(sentence.isprintable() for sentence in said)


@pytest.mark.parametrize("changed", ["capability", "certificate"])
def test_a_provider_whose_tls_has_gone_gets_no_password(certificates: Certificates, changed: str) -> None:
    """Neither one that no longer offers STARTTLS, nor one who shows another name's certificate."""
    first, second, third = (ImapScript(messages, capabilities="IDLE STARTTLS") for messages in (ONE, TWO, TWO))
    first.context, third.context = certificates.server(), certificates.server()
    first._answers["IDLE"] = closing
    second.context = certificates.server("mx.elsewhere.example")
    if changed == "capability":
        second.capabilities = "IMAP4rev1 IDLE"
    with Scripted(first, second, third) as server:
        said = seen_and_said(server, "starttls", certificates)
    assert [sentence for sentence in said if ("offers no STARTTLS" if changed == "capability" else "for another") in sentence], said
    assert sum(b"LOGIN" in line or b"AUTHENTICATE" in line for line in server.heard) == 2


def test_a_provider_that_gives_up_idle_is_read_all_the_same() -> None:
    """Nothing is wrong with that."""
    with Scripted(ImapScript(ONE, IDLE=closing), ImapScript(TWO, capabilities="AUTH=PLAIN")) as server:
        said = seen_and_said(server)
    assert not [sentence for sentence in said if "IDLE" in sentence]
