"""Small builders with invented people, for tests that need a noun and not its every field."""

from datetime import UTC, datetime
from email.message import EmailMessage

from bouncer.model import Account, Contact, Owner, RawMail, Secret, Server, Settings

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday
OWNER = Owner(name="Olga Owner", address="olga@home.example", timezone="Europe/London")
ACCOUNT = Account(
    name="main",
    address="olga@home.example",
    imap=Server(host="imap.home.example", port=993),
    smtp=Server(host="smtp.home.example", port=465),
    secret=Secret(env="BOUNCER_PASSWORD"),
    authserv_id="mx.home.example",
)
SETTINGS = Settings(owner=OWNER, accounts=(ACCOUNT,), live=True)
JANE = Contact(name="Jane Doe", email="jane@acme.example", company="Acme")


def raw(text: str = "Hello.\n", *, sender: str = "Jane Doe <jane@acme.example>", subject: str = "Re: Hello", **headers: str) -> RawMail:
    """Give a plain message from *sender* to the owner; a header's underscores become hyphens."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, OWNER.address, subject
    mail["Date"], mail["Message-ID"] = "Wed, 04 Mar 2026 10:00:00 +0000", "<answer-1@acme.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return RawMail(mail.as_bytes())
