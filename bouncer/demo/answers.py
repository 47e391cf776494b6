"""What comes back to a check-in in the demo's world, byte for byte as mail systems and people write it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime

from bouncer.demo.mailworld import USER

HOST = "mx.home.example"


@dataclass(frozen=True, slots=True)
class Got:
    """A check-in as it arrived: its recipient, its bytes, and when."""

    recipient: str
    data: bytes
    at: datetime

    @property
    def message_id(self) -> str:
        """The Message-ID, with brackets."""
        return str(BytesParser().parsebytes(self.data, headersonly=True)["Message-ID"]).strip()

    @property
    def text(self) -> str:
        """The letter's words, as a mail program would quote them."""
        payload = BytesParser().parsebytes(self.data).get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def authenticated(sender: str) -> str:
    """Give what the owner's provider finds of a genuine message (RFC 8601)."""
    domain = sender.rpartition("@")[2]
    return f"{HOST}; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={sender}; dmarc=pass header.from={domain}"


def forged(sender: str) -> str:
    """Give what it finds of a message that only claims to be from *sender*."""
    return f"{HOST}; dkim=none; spf=fail smtp.mailfrom={sender}; dmarc=fail header.from={sender.rpartition('@')[2]}"


def human(got: Got, name: str, words: str, sender: str | None = None) -> bytes:
    """Give a person's answer, our letter quoted below."""
    sender = sender or got.recipient
    quoted = "\n".join(f"> {line}" for line in got.text.splitlines())
    mail = _mail(got, name, sender, "Re: Hello", authenticated(sender))
    mail["In-Reply-To"] = mail["References"] = got.message_id
    mail.set_content(f"{words}\n\nOn {got.at:%a, %d %b %Y at %H:%M}, Olga Owner wrote:\n{quoted}\n")
    return mail.as_bytes()


def automatic(got: Got, name: str, subject: str, words: str) -> bytes:
    """Give an auto-reply as RFC 3834 wants it."""
    mail = _mail(got, name, got.recipient, subject, authenticated(got.recipient))
    mail["In-Reply-To"] = mail["References"] = got.message_id
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(words + "\n")
    return mail.as_bytes()


def from_the_owner(answer: bytes, at: datetime) -> bytes:
    """Give what the owner herself writes back to an *answer*, as it lies in her Sent folder."""
    theirs = BytesParser().parsebytes(answer, headersonly=True)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Olga Owner <{USER}>", str(theirs["From"]), str(theirs["Subject"])
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{_mark(answer, at)}@home.example>"
    mail["In-Reply-To"] = mail["References"] = str(theirs["Message-ID"])
    mail.set_content("Lovely, thank you!\n")
    return mail.as_bytes()


def stranger(at: datetime, name: str, claimed: str, words: str) -> bytes:
    """Give a message that somebody else wrote in the name of *claimed*."""
    mail = _mail(Got(claimed, b"", at), name, claimed, "my new address", forged(claimed))
    mail.set_content(words + "\n")
    return mail.as_bytes()


def notice(got: Got, action: str, status: str, diagnostic: str, *, with_original: bool = True) -> bytes:
    """Give a delivery status notification (RFC 3464) such as Postfix writes."""
    domain = got.recipient.rpartition("@")[2]
    failed = action == "failed"
    words = "could not be delivered to one or more recipients" if failed else "has not been delivered yet. You do not need to resend it"
    original = (
        got.data.split(b"\r\n\r\n")[0]
        if with_original
        else b"From: olga@home.example\r\nTo: " + got.recipient.encode() + b"\r\nSubject: Hello"
    )
    lines = [
        "Return-Path: <>",
        f"Received: from mx.{domain} by {HOST}; {format_datetime(got.at)}",
        f"From: MAILER-DAEMON@mx.{domain} (Mail Delivery System)",
        f"To: {USER}",
        f"Subject: {'Undelivered Mail Returned to Sender' if failed else 'Delayed Mail (still being retried)'}",
        f"Date: {format_datetime(got.at)}",
        f"Message-ID: <{_mark(got.recipient, action, got.at)}@mx.{domain}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_notice"',
        "",
        "--=_notice",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"This is the mail system at host mx.{domain}.",
        f"Your message {words}.",
        "",
        f"<{got.recipient}>: {diagnostic}",
        "",
        "--=_notice",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mx.{domain}",
        "",
        f"Final-Recipient: rfc822; {got.recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {diagnostic}",
        "",
        "--=_notice",
        "Content-Type: text/rfc822-headers",
        "",
        original.decode("utf-8", "replace").replace("\r\n", "\n"),
        "",
        "--=_notice--",
        "",
    ]
    return "\r\n".join("\n".join(lines).split("\n")).encode()


def _mail(got: Got, name: str, sender: str, subject: str, found: str) -> EmailMessage:
    mail = EmailMessage()
    domain = sender.rpartition("@")[2]
    mail["Authentication-Results"] = found
    mail["Received"] = f"from mail.{domain} by {HOST}; {format_datetime(got.at)}"
    mail["From"] = f"{name} <{sender}>"
    mail["To"] = USER
    mail["Subject"] = subject
    mail["Date"] = format_datetime(got.at)
    mail["Message-ID"] = f"<{_mark(sender, subject, got.at)}@{domain}>"
    return mail


def _mark(*parts: object) -> str:
    """Give what tells one message from another; the same in every run, for a world that is played again must be the same."""
    return hashlib.blake2s(repr(parts).encode(), digest_size=8).hexdigest()
