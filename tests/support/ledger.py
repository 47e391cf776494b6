"""Small builders for what the ledger is told, with invented people."""

from datetime import timedelta
from hashlib import sha256

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import (
    Address,
    Because,
    Book,
    Change,
    Contact,
    Delivery,
    InboundKey,
    Kind,
    Letter,
    Level,
    Match,
    OutboxState,
    Planned,
    Previous,
    RawMail,
    Reading,
    Receipt,
    Trust,
    Verdict,
)
from support.build import AT, JANE

TOKEN = "abcdefgh" * 5
NEW_ID = f"<b.{TOKEN}@home.example>"
BECAUSE = Because("my-new-address", "my new address is jane@newco.example", "body")
DAY = timedelta(days=1)
MOVE = Change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example", BECAUSE)
KEEP = Change("jane@acme.example", "previous", None, (Previous("jane@acme.example", "Acme", "2026-03-04", "moved"),), BECAUSE)
TITLE = Change("jane@acme.example", "title", None, "CTO", Because("signature", "CTO", "signature"))


def mail(text: str, uid: int | None = None, folder: str = "INBOX", validity: int = 1) -> RawMail:
    """Give a message whose bytes are *text*, at *uid* of the main account where given."""
    key = InboundKey("main", folder, validity, uid) if uid is not None else None
    return RawMail(text.encode(), source=f"{folder}/{uid}", key=key)


def reading(raw: RawMail, kind: Kind = Kind.AUTO_REPLY, sender: str = "jane@acme.example", references: tuple[str, ...] = ()) -> Reading:
    """Give the reading of *raw* as a message of *kind* from *sender*."""
    digest = sha256(raw.data).hexdigest()
    return Reading(
        source=raw.source,
        digest=digest,
        message_id=f"<{digest[:12]}@acme.example>",
        date=AT,
        from_=(Address("Jane Doe", sender),),
        reply_to=(),
        subject="Re: Hello",
        verdict=Verdict(kind, Because("auto-submitted", "auto-replied", "header")),
        references=references,
    )


def match(person: str | None, level: Level = Level.E4, mailed: str | None = None) -> Match:
    """Give a match with *person* at *level*."""
    return Match(person, Trust(level, ()), mailed)


def book(*contacts: Contact, digest: str = "") -> Book:
    """Give a contact file of *contacts*; without a digest it is always looked at."""
    return Book(contacts, digest)


def jane(ledger: SqliteLedger) -> str:
    """Make Jane known to *ledger* and give who she is."""
    ledger.sync(book(JANE), AT)
    who = ledger.person(JANE.email)
    assert who is not None
    return who


def planned(person: str, period: str = "checkin:2026-W10", address: str = JANE.email) -> Planned:
    """Give a check-in that may go out at once."""
    return Planned(person, address, "checkin", AT, "180 days", period)


def letter(person: str, message_id: str = NEW_ID, address: str = JANE.email) -> Letter:
    """Give a letter to *address*."""
    return Letter(
        "checkin",
        person,
        "main",
        Address("Olga", "olga@home.example"),
        Address("Jane", address),
        "Hello",
        message_id,
        "b." + TOKEN,
        b"Hi\r\n",
    )


def delivery(state: OutboxState, code: int | None = 250) -> Delivery:
    """Give how a submission ended in *state*, at the final reply."""
    return Delivery(state, "final" if code else "connect", code, text="said the server")  # type: ignore[arg-type]


def applied(*changes: Change) -> Receipt:
    """Give a receipt for *changes* that all reached the file."""
    return Receipt(changes, (), "before", "after")


def refused(*changes: Change, why: str = "the file says otherwise") -> Receipt:
    """Give a receipt for *changes* that the file refused."""
    return Receipt((), tuple((change, why) for change in changes), "before", "before")


def send(ledger: SqliteLedger, person: str, period: str = "checkin:2026-W10", message_id: str = NEW_ID) -> int:
    """Take a check-in as far as armed and give its number."""
    ledger.enqueue([planned(person, period)], AT)
    outbox = next(i for i, p in ledger.due(AT) if p.period == period)
    ledger.ready(outbox, letter(person, message_id), AT)
    ledger.arm(outbox, AT)
    return outbox
