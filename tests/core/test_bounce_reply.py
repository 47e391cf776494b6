"""Reply codes, status codes and commands in the words of servers."""

import pytest

from bouncer.core.bounces.failure import mailbox
from bouncer.core.bounces.reply import command_in, joined, read_reply


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        ("550 5.1.1 User unknown", "550", "5.1.1"),
        ("550-5.1.1 The account", "550", "5.1.1"),
        ("#5.1.1 no mailbox", None, "5.1.1"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", None, "5.1.1"),
        ("said: 550 5.0.0 then 5.2.2 full", "550", "5.2.2"),
        ("421 4.7.0 try later", "421", "4.7.0"),
        ("<mx.acme.example #5.1.1 smtp;550 5.1.1 unknown>", "550", "5.1.1"),
        ("554 4.4.7 Message expired.<421 4.4.2 Connection timed out>", "554", "4.4.2"),
        ("host mx.acme.example[5.1.1.1] said: no", None, None),
        ("Postfix 2.5.1 and Exim 4.96.1", None, None),
        ("connect to 192.0.2.5:550", None, None),
        ("after 550 seconds", None, None),
        ("1550 users", None, None),
        ("250 2.1.5 Ok", None, None),
        ("", None, None),
    ],
)
def test_codes_are_found_and_what_only_looks_like_one_is_not(words: str, code: str | None, status: str | None) -> None:
    """IP addresses, port numbers, durations and successes are no codes of a failure."""
    reply = read_reply(words)
    assert (reply.code, reply.status) == (code, status)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("(in reply to RCPT TO command)", "RCPT"),
        ("(in reply to end of DATA command)", "DATA"),
        ("SMTP error from remote mail server after MAIL FROM:<a@b.example> SIZE=1:", "MAIL"),
        (">>> DATA\n<<< 550 no", "DATA"),
        ("SMTP error from remote mail server after initial connection", "HELO"),
        ("[RCPT_TO]", "RCPT"),
        ("(Error following RCPT command)", "RCPT"),
        ("the data are wrong", ""),
        (">>> RCPT TO:<a@b.example>\n<<< 250 ok", ""),
        ("", ""),
    ],
)
def test_the_command_that_was_refused_is_known(words: str, command: str) -> None:
    """Only where somebody says so, and only of a refusal."""
    assert command_in(words) == command


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("550-5.1.1 The account\n 550-5.1.1 does not\n 550 5.1.1 exist", "550-5.1.1 The account does not exist"),
        ("550 one\n   two", "550 one two"),
        ("5.1.0 - Unknown address error 550-'5.7.1 Access denied' (delivery attempts: 0)", "550 5.7.1 Access denied"),
        ("room 550 is full", "room 550 is full"),
    ],
)
def test_a_reply_of_several_lines_becomes_one(words: str, line: str) -> None:
    """The code that each line repeats says nothing new (RFC 5321 section 4.2.1)."""
    assert joined(words) == line


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822; jane@acme.example", "jane@acme.example"),
        ("<jane@acme.example>", "jane@acme.example"),
        ("jane+2Bnews@acme.example", "jane+news@acme.example"),
        ("utf-8; j\\x{E4}ne@acme.example", "jäne@acme.example"),
        ("prvs=1234567890=jane@acme.example", "jane@acme.example"),
        ("jäne@bücher.example", "jäne@bücher.example"),
        ("收件人：jane@acme.example", "jane@acme.example"),
        ('"jane doe"@acme.example', '"jane doe"@acme.example'),
        ("jane@acme.example.", "jane@acme.example"),
        ("jane", None),
        ("@acme.example", None),
        ("", None),
    ],
)
def test_an_address_is_taken_out_of_what_is_around_it(value: str, address: str | None) -> None:
    """Types, brackets, xtext and return-path tags go; what is no address is none."""
    assert mailbox(value) == address
