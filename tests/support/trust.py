"""Builders for the trust in an answer: Jane, her person, our token to her, and a reading that carries it or not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.core.tokens import mint
from bouncer.model import (
    Address,
    Apply,
    Away,
    Because,
    Change,
    Contact,
    Decision,
    Finding,
    Handle,
    Ignore,
    Joined,
    Keys,
    Kind,
    Known,
    Left,
    OptOut,
    OutboxState,
    Phone,
    Purpose,
    Reading,
    Recipient,
    Renamed,
    Retired,
    Review,
    Role,
    Sent,
    Settings,
    Verdict,
)
from support.build import ACCOUNT, AT, JANE, SETTINGS

KEYS = Keys(b"k" * 32)
PERSON, OTHER = "0123456789ab", "ba9876543210"
BECAUSE = Because("rule", "the words", "body")
MAILED = "jane@acme.example"
BOB = "bob@acme.example"

UNTIL = AT.date() + timedelta(days=9)
AWAY = Away(because=BECAUSE, until=UNTIL)
LEFT = Left(because=BECAUSE)
ROLE = Role(because=BECAUSE, title="CTO")
JOINED = Joined(because=BECAUSE, company="NewCo", title="CEO")
STOP = OptOut(because=BECAUSE)
RETIRED = Retired(because=BECAUSE)
RENAMED = Renamed(because=BECAUSE, name="Jane Smith")
PHONE = Phone(because=BECAUSE, number="020 7946 0018", e164="+442079460018")


def token(address: str = MAILED, person: str = PERSON, purpose: Purpose = "checkin", at: datetime = AT) -> str:
    """Give a token of ours."""
    return mint(KEYS, purpose, person, address, at.date(), b"rand")


def sent(
    text: str, address: str = MAILED, person: str = PERSON, at: datetime = AT - timedelta(days=1), purpose: Purpose = "checkin"
) -> Sent:
    """Give our letter with the token *text*."""
    return Sent(1, purpose, person, address, f"<b.{text}@home.example>", OutboxState.SENT, at)


def known(contact: Contact = JANE, *letters: Sent, **more: object) -> Known:
    """Give what the ledger knows of *contact* and of Bob, another one."""
    people = dict.fromkeys(contact.addresses, PERSON) | {BOB: OTHER}
    fields = {"person_of": people, "addresses_of": {PERSON: contact.addresses, OTHER: (BOB,)}, "sent": letters} | more
    return replace(Known(), **fields)


def vouched(domain: str = "acme.example") -> tuple[tuple[str, str], ...]:
    """Give the trace of a message whose From the provider vouches for."""
    return (
        ("authentication-results", f"mx.home.example; dmarc=pass header.from={domain}"),
        ("received", f"from mail.{domain} (mail.{domain} [203.0.113.5]) by mx.home.example (Postfix) with ESMTPS id 1"),
    )


def answer(
    kind: Kind = Kind.HUMAN,
    *findings: Finding,
    sender: str = MAILED,
    name: str = "Jane Doe",
    carries: str | None = None,
    recipients: Sequence[Recipient] = (),
    authenticated: bool = False,
    reply_to: Sequence[Address] = (),
    date: datetime = AT,
) -> Reading:
    """Give a message from Jane, bare of any proof but for what is said otherwise; *carries* is a token."""
    return Reading(
        source="-",
        digest="0",
        message_id="<answer@acme.example>",
        date=date,
        from_=(Address(name, sender),),
        reply_to=tuple(reply_to),
        subject="Re: Hello",
        verdict=Verdict(kind, BECAUSE),
        recipients=tuple(recipients),
        findings=findings,
        handles=(Handle("reference", f"<b.{carries}@home.example>"),) if carries else (),
        trace=vouched(sender.rpartition("@")[2]) if authenticated else (),
    )


def at_level(level: str, *findings: Finding, kind: Kind = Kind.AUTO_REPLY, **more: object) -> Reading:
    """Give a message of Jane's mailbox that is believed at *level*."""
    carries = token() if level in {"E3", "E4"} else None
    return answer(kind, *findings, carries=carries, authenticated=level in {"E2", "E4"}, **more)


def failed(address: str = MAILED, reason: str = "userunknown", status: str | None = "5.1.1", original: str | None = None) -> Recipient:
    """Give a recipient for whom a letter failed."""
    permanent = reason in {"userunknown", "hostunknown", "hasmoved"}
    return Recipient(address, "failed", reason, permanent, BECAUSE, original, status)


def decisions(
    reading: Reading, contact: Contact = JANE, facts: Known | None = None, settings: Settings = SETTINGS, at: datetime = AT
) -> tuple[Decision, ...]:
    """Correlate and decide, as the daemon does."""
    facts = facts or known(contact)
    return decide(reading, correlate(reading, facts, ACCOUNT, KEYS, at), contact, settings, facts, at)


def changed(found: Sequence[Decision]) -> dict[str, object]:
    """Give field -> new value of all that is done without asking."""
    return {change.field: change.after for decision in found if isinstance(decision, Apply) for change in decision.changes}


def asked(found: Sequence[Decision]) -> dict[str, object]:
    """Give field -> new value of all that is asked."""
    return {change.field: change.after for decision in found if isinstance(decision, Review) for change in decision.changes}


def whys(found: Sequence[Decision]) -> str:
    """Give every reason, one a line."""
    return "\n".join(decision.why for decision in found)


def all_changes(found: Sequence[Decision]) -> tuple[Change, ...]:
    """Give every change, done or asked."""
    return tuple(change for decision in found if not isinstance(decision, Ignore) for change in decision.changes)
