"""Notices made to be dear: each is read, or left alone, and names no more people than a notice may."""

import pytest
from support.notices import read

HEAD = b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\nTo: olga@home.example\n\n"
HTML = b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\nContent-Type: text/html\n\n"
REPORT = (
    b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\nContent-Type: multipart/report; boundary=x\n\n--x\n\nfailed\n--x\n"
    b"Content-Type: message/delivery-status\n\n"
)
BOMBS = {
    "a recipient on each of 20,000 lines": HEAD + b"".join(b"<a%d@acme.example>:\nno such user\n\n" % number for number in range(20_000)),
    "a report of 20,000 recipients": REPORT
    + b"".join(b"Final-Recipient: rfc822; a%d@acme.example\nAction: failed\n\n" % n for n in range(20_000)),
    "20,000 recipients in one block": REPORT
    + b"".join(b"Final-Recipient: rfc822; a%d@acme.example\n" % number for number in range(20_000)),
    "a diagnostic of a megabyte": REPORT
    + b"Final-Recipient: rfc822; a@acme.example\nDiagnostic-Code: smtp; "
    + b"550 x " * 160_000
    + b"\n\n--x--\n",
    "a word of 500,000 letters": HEAD + b"a" * 500_000 + b"@",
    "at signs": HEAD + b"a@" * 200_000 + b"\n",
    "dots": HEAD + b"a@" + b"a." * 200_000 + b"\n",
    "codes": HEAD + b"550-5.1.1 " * 50_000 + b"\n",
    "dialogues": HEAD + b">>> RCPT TO:<a@acme.example>\n<<< 550\n" * 10_000,
    "xtext": REPORT + b"Final-Recipient: rfc822; " + b"+2B" * 200_000 + b"\n\n--x--\n",
    "tags that never close": HTML + b"<div>" * 150_000,
    "links that never close": HTML + b'<a href="mailto:x@acme.example">' * 20_000,
    "one endless tag": HTML + b"<" + b"a " * 200_000,
    "a broken declaration": HTML + b"<![" * 100_000,
    "fields without end": b"".join(b"X-%d: a\n" % number for number in range(40_000)) + HEAD,
    "headings of returned messages": HEAD + b"Received: x\n" * 20_000,
    "deep JSON": HEAD + b'{"notificationType":' + b"[" * 200_000,
    "blank lines": HEAD + b"\t\n" * 200_000,
    "the beginnings of tokens": HEAD + b"b.a\n> " * 60_000,
    "ids without end": HEAD + b"Message-ID: <" * 60_000,
    "messages in messages": b"From: MAILER-DAEMON@mx.example\n" + b"Content-Type: message/rfc822\n\n" * 5_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_only_a_notice(name: str) -> None:
    """No more than 500 recipients, and none that is not in it."""
    notice = read(BOMBS[name])
    recipients = notice.recipients if notice else ()
    assert len(recipients) <= 500
    assert all(one.address.encode() in BOMBS[name] for one in recipients)
