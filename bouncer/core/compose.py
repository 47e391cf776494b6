"""Planned -> Letter: the bytes of one message (RFC 5322), checked against what was meant before they leave."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime

from bouncer.core.hours import zone
from bouncer.core.letters import choose, values, write
from bouncer.core.plain import one_line, safe_in_header
from bouncer.core.tokens import mint
from bouncer.errors import OwnerFault, Problem
from bouncer.model import THE_OWNER, Account, Address, Contact, Keys, Letter, Owner, PersonId, Planned, Purpose

SAMPLE = "Your Name"  # owner.name in the shipped configuration
_RANDOM = 4  # bytes of a token
_LOCAL, _ADDRESS = 64, 254  # RFC 5321 section 4.5.3.1
_LINE = 998  # RFC 5322 section 2.1.1
_NAME = 120  # a longer name is no name
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 section 3.2.3
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_QUIET = (  # what keeps auto-responders from answering a summary (RFC 3834 section 2, Exchange, Sieve vacation of RFC 5230)
    ("Auto-Submitted", "auto-generated"),
    ("X-Auto-Response-Suppress", "All"),
    ("Precedence", "bulk"),
)


def compose(
    planned: Planned,
    contact: Contact,
    account: Account,
    owner: Owner,
    templates: Mapping[str, str],
    keys: Keys,
    at: datetime,
    entropy: Callable[[int], bytes],
    *,
    about: Contact | None = None,
    occasion: str | None = None,
) -> Letter:
    """Give the letter for *planned*; *at* is aware, *entropy* gives so many random bytes.

    *about* is whom a letter of purpose `ask` asks after; *occasion* names another kind of template than the purpose does.

    It looks like what it is, one person writing to another: no header that silences an auto-responder (RFC 3834 section 2).
    Raises OwnerFault where a template fails or an address or name cannot stand in a header; then only this letter is not written.
    """
    if owner.name == SAMPLE:
        raise OwnerFault((Problem("configuration", 0, "owner.name", f"is still the sample's {SAMPLE!r}: no letter is signed with that"),))
    where = Problem("contacts", contact.line, contact.email, "")
    sender = Address(
        _name(account.display_name or owner.name, Problem("configuration", 0, "owner.name", "")), _address(account.address, where)
    )
    to = Address(_name(contact.name, where), _address(planned.address, where))
    name, language = choose(planned, contact, owner, templates, occasion)
    subject, body = write(name, templates[name], values(planned, contact, owner, language, about))
    if not safe_in_header(subject):
        raise OwnerFault((Problem(name, 1, "", "the subject would not be read as it is written"),))
    token = mint(keys, planned.purpose, planned.person, planned.address.lower(), at.astimezone(UTC).date(), entropy(_RANDOM))
    message = _message(sender, to, subject, at, owner)
    plus = f"{sender.local}+b.{token}"
    if account.plus_address and len(plus) <= _LOCAL:
        message["Reply-To"] = Mailbox(sender.name, plus, sender.domain)
    message.set_content(body, charset="utf-8", cte=_encoding(body))
    return _letter(planned.purpose, planned.person, account, sender, to, subject, token, message, body)


def compose_summary(
    subject: str, text: str, html: str, account: Account, owner: Owner, keys: Keys, at: datetime, entropy: Callable[[int], bytes]
) -> Letter:
    """Give the weekly summary as a mail to the owner, text and HTML, with every header that keeps a machine from answering it.

    *at* is aware. Raises OwnerFault where the account's or the owner's address or name cannot stand in a header.
    """
    where = Problem("configuration", 0, "owner", "")
    sender, to = Address("bouncer", _address(account.address, where)), Address(_name(owner.name, where), _address(owner.address, where))
    subject = one_line(subject.replace("=?", "= ?"))
    token = mint(keys, "summary", THE_OWNER, owner.address.lower(), at.astimezone(UTC).date(), entropy(_RANDOM))
    message = _message(sender, to, subject, at, owner)
    for name, value in (*_QUIET, ("List-Id", f"The week of your network <week.bouncer.{sender.domain}>")):
        message[name] = value
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    message.set_boundary(f"=_{token}")  # `=_` cannot occur in quoted-printable (RFC 2045 section 6.7)
    return _letter("summary", THE_OWNER, account, sender, to, subject, token, message, text)


def _message(sender: Address, to: Address, subject: str, at: datetime, owner: Owner) -> EmailMessage:
    message = EmailMessage(policy.SMTP)
    message["From"] = Mailbox(sender.name, sender.local, sender.domain)
    message["To"] = Mailbox(to.name, to.local, to.domain)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(zone(owner.timezone) or UTC))
    return message


def _letter(
    purpose: Purpose,
    person: PersonId,
    account: Account,
    sender: Address,
    to: Address,
    subject: str,
    token: str,
    message: EmailMessage,
    text: str,
) -> Letter:
    """Give the letter with its ids in front; our own lines for them, since a folded or encoded id is no id any more."""
    message_id = f"<b.{token}@{sender.domain}>"
    data = f"Message-ID: {message_id}\r\nReferences: {message_id}\r\n".encode("ascii") + message.as_bytes()
    _check(data, {"From": str(message["From"]), "To": str(message["To"]), "Subject": subject, "Message-ID": message_id}, message, text)
    return Letter(purpose, person, account.name, sender, to, subject, message_id, f"b.{token}", data)


def _check(data: bytes, meant: Mapping[str, str], message: EmailMessage, text: str) -> None:
    """Read the bytes again and compare them with what was meant; raises OwnerFault where they differ.

    CPython 3.11.7 turned a line end hidden in an encoded word into a Bcc field; whatever the next such thing is, it ends here.
    """
    again = message_from_bytes(data, policy=policy.SMTP)
    names = ["message-id", "references", *(name.lower() for name in message.keys())]  # noqa: SIM118 - a message has one key several times
    body = again.get_body(("plain",))
    said = body.get_content().replace("\r\n", "\n") if body else ""
    same = all(str(again[name]) == value for name, value in meant.items()) and said.rstrip("\n") == text.rstrip("\n")
    whole = sorted(name.lower() for name in again.keys()) == sorted(names)  # noqa: SIM118
    if not (same and whole and len(again["From"].addresses) == len(again["To"].addresses) == 1):
        raise OwnerFault((Problem("letter", 0, meant["To"], "the message would not be read as it was meant; it is not sent"),))


def _encoding(body: str) -> str:
    return "7bit" if body.isascii() and max(map(len, body.splitlines())) <= _LINE else "quoted-printable"


def _name(name: str, where: Problem) -> str:
    """Give a display name fit for a header. Raises OwnerFault, with the place of *where*, for one that is not."""
    if not safe_in_header(name) or len(name) > _NAME:
        raise OwnerFault((replace(where, message=f"the name {one_line(name, 60)!r} cannot stand in a header"),))
    return " ".join(name.split())


def _address(address: str, where: Problem) -> str:
    """Give *address* in ASCII, its domain by IDNA (RFC 5890). Raises OwnerFault for what is no plain address of RFC 5321."""
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not (_LOCAL_PART.fullmatch(local) and len(local) <= _LOCAL and _DOMAIN.fullmatch(ascii_domain) and len(address) <= _ADDRESS):
        raise OwnerFault((replace(where, message=f"{one_line(address, 80)!r} is no address that mail can be sent to"),))
    return f"{local}@{ascii_domain}"
