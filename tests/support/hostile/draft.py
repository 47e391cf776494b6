"""Messages as raw lines, so that every lie can be told: fields twice, fields out of order, tokens anywhere."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from bouncer.model import Kind
from support.build import ACCOUNT
from support.hostile.stage import Person, Stage

HOST = ACCOUNT.authserv_id or ""
OURS = ACCOUNT.address
EVIL = "evil.test"


@dataclass
class Draft:
    """A message to be bent: trace fields from the top, then the other fields, then the body."""

    person: Person
    at: datetime
    kind: Kind
    trace: list[tuple[str, str]] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    claim: str = ""  # the sentence that would change something
    whole: bytes = b""  # the message as it is, where it is not made of these
    sender: str = ""  # whose domain the provider may vouch for, where it is not the person's

    @property
    def domain(self) -> str:
        """The domain of the From."""
        return (self.sender or self.person.contact.email).rpartition("@")[2]

    def set(self, name: str, value: str) -> None:
        """Replace the field *name*, or add it."""
        place = next((i for i, (known, _) in enumerate(self.fields) if known == name), len(self.fields))
        self.fields[place : place + 1] = [(name, value)]

    def add(self, name: str, value: str) -> None:
        """Add one more field *name*."""
        self.fields.append((name, value))

    def drop(self, *names: str) -> None:
        """Take the fields called so away."""
        self.fields = [(name, value) for name, value in self.fields if name not in names]

    def swap(self, old: str, new: str) -> None:
        """Write *new* for *old* everywhere."""
        self.fields = [(name, value.replace(old, new)) for name, value in self.fields]
        self.body = self.body.replace(old, new)

    def data(self) -> bytes:
        """Give the bytes."""
        if self.whole:
            return self.whole
        head = "".join(f"{name}: {value}\n" for name, value in (*self.trace, *self.fields))
        return f"{head}\n{self.body}".replace("\n", "\r\n").encode("utf-8", "surrogateescape")


Make = Callable[[random.Random, Stage, Person], Draft]
Flaw = Callable[[random.Random, Stage, Draft], None]


def arrival(domain: str, at: datetime, origin: str = "203.0.113.5") -> tuple[str, str]:
    """Give the Received field that the owner's provider writes."""
    return ("Received", f"from mail.{domain} (mail.{domain} [{origin}])\n\tby {HOST} (Postfix) with ESMTPS id 4X;\n\t{format_datetime(at)}")


def passed(domain: str) -> tuple[str, str]:
    """Give the provider's word for a message that is from *domain*."""
    return ("Authentication-Results", f"{HOST};\n\tdkim=pass header.d={domain};\n\tdmarc=pass header.from={domain}")


def failed(domain: str) -> tuple[str, str]:
    """Give the provider's word against it."""
    return ("Authentication-Results", f"{HOST};\n\tdkim=none; spf=fail smtp.mailfrom=x@{domain};\n\tdmarc=fail header.from={domain}")


def genuine(person: Person, at: datetime) -> list[tuple[str, str]]:
    """Give the trace of what really comes from the person's address."""
    domain = person.contact.email.rpartition("@")[2]
    return [passed(domain), arrival(domain, at)]


def answer(chance: random.Random, stage: Stage, person: Person, claim: str, *, auto: bool) -> Draft:
    """Give a genuine answer of the person's that makes *claim*; E4."""
    at = stage.clock.now() - timedelta(minutes=chance.randrange(600))
    subject = chance.choice(("Automatic reply: Hello", "Out of Office: Hello", "Auto: Hello")) if auto else "Re: Hello"
    draft = Draft(person, at, Kind.AUTO_REPLY if auto else Kind.HUMAN, genuine(person, at), claim=claim)
    draft.fields = [
        ("From", f"{_shown(person.contact.name)} <{person.contact.email}>"),
        ("To", OURS),
        ("Subject", subject),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{chance.getrandbits(64):x}@{person.contact.email.rpartition('@')[2]}>"),
        ("In-Reply-To", person.got.message_id),
        ("References", person.got.message_id),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    if auto:
        draft.add("Auto-Submitted", "auto-replied")
    greeting = chance.choice(("Hello,", "Dear Olga,", "Hi,", "Good morning,"))
    end = chance.choice(("Kind regards", "Best wishes", "Regards", "All the best"))
    draft.body = f"{greeting}\n\n{claim}\n\n{end}\n{person.contact.name}\n"
    return draft


def dsn(chance: random.Random, stage: Stage, person: Person, status: str = "5.1.1", said: str = "550 5.1.1 User unknown") -> Draft:
    """Give a genuine report (RFC 3464) that our letter to the person failed."""
    at, to = stage.clock.now() - timedelta(minutes=chance.randrange(600)), person.contact.email
    domain, edge = to.rpartition("@")[2], f"=_{chance.getrandbits(40):x}"
    draft = Draft(person, at, Kind.BOUNCE, [arrival(domain, at)], claim=said)
    draft.fields = [
        ("From", f"MAILER-DAEMON@mx.{domain} (Mail Delivery System)"),
        ("To", OURS),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{chance.getrandbits(64):x}@mx.{domain}>"),
        ("Auto-Submitted", "auto-replied"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/report; report-type=delivery-status; boundary="{edge}"'),
    ]
    head = person.got.data.split(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
    draft.body = (
        f"--{edge}\nContent-Type: text/plain\n\nThis is the mail system at host mx.{domain}.\n\n"
        f"I'm sorry to have to inform you that your message could not be delivered.\n\n<{to}>: {said}\n\n"
        f"--{edge}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.{domain}\n\nFinal-Recipient: rfc822; {to}\n"
        f"Original-Recipient: rfc822;{to}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n\n"
        f"--{edge}\nContent-Type: text/rfc822-headers\n\n{head}\n\n--{edge}--\n"
    )
    return draft


def exim(chance: random.Random, stage: Stage, person: Person) -> Draft:
    """Give a genuine notice in plain words, with a copy of our letter."""
    at, to = stage.clock.now() - timedelta(minutes=chance.randrange(600)), person.contact.email
    domain = to.rpartition("@")[2]
    draft = Draft(person, at, Kind.BOUNCE, [arrival(domain, at)], claim="Unrouteable address")
    draft.fields = [
        ("X-Failed-Recipients", to),
        ("Auto-Submitted", "auto-replied"),
        ("From", f"Mail Delivery System <Mailer-Daemon@mx.{domain}>"),
        ("To", OURS),
        ("Subject", "Mail delivery failed: returning message to sender"),
        ("Message-ID", f"<E1{chance.getrandbits(48):x}@mx.{domain}>"),
        ("Date", format_datetime(at)),
    ]
    copy = person.got.data.decode().replace("\r\n", "\n")
    draft.body = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or "
        f"more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {to}\n    "
        f"host mx.{domain} [203.0.113.9]\n    SMTP error from remote mail server after RCPT TO:<{to}>:\n    550 5.1.1 <{to}>: "
        f"Recipient address rejected: User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n{copy}\n"
    )
    return draft


def arf(chance: random.Random, stage: Stage, person: Person) -> Draft:
    """Give a genuine complaint (RFC 5965) about our letter."""
    draft = dsn(chance, stage, person)
    draft.kind = Kind.COMPLAINT
    edge = draft.body.partition("\n")[0][2:]
    domain = person.contact.email.rpartition("@")[2]
    draft.set("From", f"fbl@{domain}")
    draft.set("Subject", "FW: Hello")
    draft.drop("Auto-Submitted")
    draft.set("Content-Type", f'multipart/report; report-type=feedback-report; boundary="{edge}"')
    copy = person.got.data.decode().replace("\r\n", "\n")
    draft.body = (
        f"--{edge}\nContent-Type: text/plain\n\nThis is an email abuse report for a message received from {OURS}.\n\n"
        f"--{edge}\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n"
        f"Original-Rcpt-To: <{person.contact.email}>\n\n--{edge}\nContent-Type: message/rfc822\n\n{copy}\n--{edge}--\n"
    )
    return draft


def _shown(name: str) -> str:
    return f'"{name}"' if name.isascii() else name
