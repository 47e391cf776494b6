"""Planned -> Letter: the bytes of one message (RFC 5322), checked against what was meant before they leave."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from bouncer.core.headers import LOCAL, assemble, mailbox
from bouncer.core.hours import zone
from bouncer.core.letters import choose, values, write
from bouncer.core.plain import one_line, safe_in_header
from bouncer.core.threads import continued
from bouncer.core.tokens import mint
from bouncer.errors import OwnerFault, Problem
from bouncer.model import THE_OWNER, Account, Address, Contact, Conversation, Keys, Letter, Owner, PersonId, Planned, Purpose

SAMPLE = "Your Name"  # owner.name in the shipped configuration
_RANDOM = 4  # bytes of a token
_LINE = 998  # RFC 5322 section 2.1.1
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
    last: Conversation | None = None,
) -> Letter:
    """Give the letter for *planned*; *at* is aware, *entropy* gives so many random bytes.

    *about* is whom a letter of purpose `ask` asks after; *occasion* names another kind of template than the purpose does; *last* is the
    person's own last mail, which the letter answers (RFC 5322 section 3.6.4) where it still makes sense to.

    It looks like what it is, one person writing to another: no header that silences an auto-responder (RFC 3834 section 2).
    Raises OwnerFault where a template fails or an address or name cannot stand in a header; then only this letter is not written.
    """
    for option, signed in (("name", owner.name), ("signature", owner.signature or "")):
        if SAMPLE in map(str.strip, signed.splitlines()):
            said = f"is still the sample's {SAMPLE!r}: no letter is signed with that"
            raise OwnerFault((Problem("configuration", 0, f"owner.{option}", said),))
    sender = mailbox(account.display_name or owner.name, account.address, Problem("configuration", 0, f"account {account.name}", ""))
    to = mailbox(contact.name, planned.address, Problem("contacts", contact.line, contact.email, ""))
    name, language = choose(planned, contact, owner, templates, occasion)
    subject, body = write(name, templates[name], values(planned, contact, owner, language, about))
    if not safe_in_header(subject):
        raise OwnerFault((Problem(name, 1, "", "the subject would not be read as it is written"),))
    answered = None if planned.purpose == "ask" else continued(last, at)
    token = mint(keys, planned.purpose, planned.person, planned.address.lower(), at.astimezone(UTC).date(), entropy(_RANDOM))
    content = EmailMessage(policy.SMTP)
    content.set_content(body, charset="utf-8", cte=_encoding(body))
    plus = f"{sender.local}+b.{token}"
    extra = [("Reply-To", Address(sender.name, f"{plus}@{sender.domain}"))] if account.plus_address and len(plus) <= LOCAL else []
    said = answered.subject if answered else subject
    return _letter(planned.purpose, planned.person, account, sender, to, said, token, _date(at, owner), extra, content, answered)


def compose_summary(
    subject: str, text: str, html: str, account: Account, owner: Owner, keys: Keys, at: datetime, entropy: Callable[[int], bytes]
) -> Letter:
    """Give the weekly summary as a mail to the owner, text and HTML, with every header that keeps a machine from answering it.

    *at* is aware. Raises OwnerFault where the account's or the owner's address or name cannot stand in a header.
    """
    where = Problem("configuration", 0, "owner", "")
    sender, to = mailbox("bouncer", account.address, where), mailbox(owner.name, owner.address, where)
    subject = one_line(subject.replace("=?", "= ?"))
    token = mint(keys, "summary", THE_OWNER, owner.address.lower(), at.astimezone(UTC).date(), entropy(_RANDOM))
    content = EmailMessage(policy.SMTP)
    content.set_content(text, charset="utf-8", cte="quoted-printable")
    content.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    content.set_boundary(f"=_{token}")  # `=_` cannot occur in quoted-printable (RFC 2045 section 6.7)
    extra = [*_QUIET, ("List-Id", f"The week of your network <week.bouncer.{sender.domain}>")]
    return _letter("summary", THE_OWNER, account, sender, to, subject, token, _date(at, owner), extra, content)


def _letter(
    purpose: Purpose,
    person: PersonId,
    account: Account,
    sender: Address,
    to: Address,
    subject: str,
    token: str,
    date: str,
    extra: Sequence[tuple[str, str | Address]],
    content: EmailMessage,
    answered: Conversation | None = None,
) -> Letter:
    message_id = f"<b.{token}@{sender.domain}>"
    fields: tuple[tuple[str, str | Address], ...] = (
        ("From", sender),
        ("To", to),
        ("Subject", subject),
        ("Date", date),
        ("Message-ID", message_id),
        *([("In-Reply-To", answered.message_id)] if answered else []),
        # Our own id as well: where a provider rewrites the one, the other stays.
        ("References", f"{answered.message_id} {message_id}" if answered else message_id),
        *extra,
    )
    return Letter(purpose, person, account.name, sender, to, subject, message_id, f"b.{token}", assemble(fields, content))


def _date(at: datetime, owner: Owner) -> str:
    return format_datetime(at.astimezone(zone(owner.timezone) or UTC))


def _encoding(body: str) -> str:
    return "7bit" if body.isascii() and max(map(len, body.splitlines())) <= _LINE else "quoted-printable"
