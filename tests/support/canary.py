"""Everything that bouncer comes to hold of one person, on disk: a contact file, a ledger, versions of the file, and a word to `status`."""

import gzip
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Apply, Because, Change, Contact, Kind, Level, OutboxState, PersonId, Review, Traces
from bouncer.ports import Contacts
from support.build import AT
from support.ledger import delivery, letter, mail, match, planned, reading

CANARIES = ("jane.canary@acme.example", "canary@home.example", "Canary Zebracorn", "quaggaphone", "in/canary-zebracorn")
FILE = """\
# mine
contacts:
  - name: Bob Best
    email: bob@bolt.example
    note: plays the oboe
  - name: Jane Canary Zebracorn
    email: jane.canary@acme.example   # at work
    also: [jane.canary@home.example]
    linkedin: https://www.linkedin.com/in/canary-zebracorn
    note: quaggaphone player
  # at the same firm
  - name: Kim Bystander
    email: kim@acme.example
    also: [kim@home.example]
"""
WITHOUT = FILE[: FILE.index("  - name: Jane")] + FILE[FILE.index("  # at the same") :]
SAID = Because("signature", "I am the quaggaphone lead now", "body")
TITLE = Change("jane.canary@acme.example", "title", None, "quaggaphone lead", SAID)
PHONE = Change("jane.canary@acme.example", "phones", None, ("+44 20 7946 0018",), Because("signature", "quaggaphone ext. 18", "signature"))
LEAD = Change(
    "bob@bolt.example", "email", "bob@bolt.example", "jane.canary@acme.example", Because("ask", "write to jane.canary@acme.example", "body")
)
MENTION = Because("left", "write to Jane  Canary\nZebracorn <jane.canary@acme.example> instead", "body")


@dataclass(frozen=True)
class Home:
    """Where it all is."""

    root: Path

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.root / "state"

    @property
    def file(self) -> Path:
        """The contact file."""
        return self.root / "contacts.yaml"

    def contacts(self) -> Contacts:
        """Open the contact file."""
        return open_contacts(self.file, self.state / "history")

    def ledger(self) -> SqliteLedger:
        """Open the ledger; close it."""
        return SqliteLedger(self.state / "ledger.sqlite3")

    def remains(self, *words: str) -> list[str]:
        """Give every file that holds any of *words* (of CANARIES where none are given), packed or not, in any case."""
        wanted = [word.lower().encode() for word in words or CANARIES]
        found = []
        for path in sorted(self.root.rglob("*")):
            data = (path.read_bytes() if path.is_file() else b"") + path.name.encode()
            data += gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else b""
            found += [path.name] if any(word in data.lower() for word in wanted) else []
        return found


def furnish(root: Path) -> Home:
    """Fill *root* with a life of bouncer in which Jane has done everything that leaves a trace."""
    home = Home(root)
    home.file.write_text(FILE)
    contacts, ledger = home.contacts(), home.ledger()
    book = contacts.load()
    ledger.sync(book, AT)
    bob, jane, kim = book.contacts
    who = ledger.person(jane.email) or ""
    _letters(ledger, who)
    _mails(ledger, contacts, jane, who)
    _others(ledger, bob, kim)
    ledger.close()
    (home.state / "ledger.sqlite3.v1").write_bytes(b"as it was: jane.canary@acme.example")
    (home.state / "status.json").write_text('{"troubles": ["jane.canary@acme.example is in two entries"]}')
    (home.state / "history" / ".leftover").write_bytes(b"jane.canary@acme.example")
    return home


def traces(home: Home) -> Traces:
    """Give what Jane is known by."""
    ledger = home.ledger()
    who = ledger.person("jane.canary@acme.example")
    ledger.close()
    return Traces(
        who,
        ("jane.canary@acme.example", "jane.canary@home.example"),
        ("Jane Canary Zebracorn",),
        ("https://www.linkedin.com/in/canary-zebracorn",),
    )


def _letters(ledger: SqliteLedger, who: PersonId) -> None:
    """Send one, have one refused, and leave one on its way, one ready and one due."""
    for week, end in enumerate((OutboxState.SENT, OutboxState.REFUSED, None)):
        number = _armed(ledger, who, f"checkin:2026-W1{week}")
        if end is not None:
            ledger.delivered(number, replace(delivery(end), text="jane.canary@acme.example: quaggaphone"), AT)
    ledger.enqueue([replace(planned(who, f"checkin:2026-W2{n}", "jane.canary@acme.example"), why="quaggaphone") for n in range(2)], AT)
    number = next(i for i, p in ledger.due(AT) if p.period == "checkin:2026-W20")
    ledger.ready(number, letter(who, "<b.ready@home.example>", "jane.canary@acme.example"), AT)


def _armed(ledger: SqliteLedger, who: PersonId, period: str) -> int:
    ledger.enqueue([planned(who, period, "jane.canary@acme.example")], AT)
    number = next(i for i, p in ledger.due(AT) if p.period == period)
    ledger.ready(number, letter(who, f"<b.{period[-3:]}@home.example>", "jane.canary@acme.example"), AT)
    ledger.arm(number, AT)
    return number


def _mails(ledger: SqliteLedger, contacts: Contacts, jane: Contact, who: PersonId) -> None:
    """Have a change made, one asked, one left pending, a stop, an answer that waits, a bounce, and a message nobody can read."""
    first, second, third, fourth, fifth = (mail(f"quaggaphone {n}", n) for n in range(5))
    sender = "jane.canary@acme.example"
    made = ledger.record(
        first, reading(first, sender=sender), match(who), (Apply((TITLE,), "she says quaggaphone", Level.E4, alive=True),), jane, AT
    )
    ledger.settle(made, contacts.apply([TITLE]), AT)
    ledger.record(
        second, reading(second, sender=sender), match(who), (Review((PHONE,), "quaggaphone?", Level.E1, SAID, hold=True),), jane, AT
    )
    ledger.record(
        third, reading(third, sender=sender), match(who), (Apply((PHONE,), "quaggaphone", Level.E4, suspect=(sender,)),), jane, AT
    )
    stop = Apply((), "stop the quaggaphone", Level.E4, suppress=jane.addresses)
    ledger.record(fourth, reading(fourth, sender=sender), match(who), (stop,), jane, AT + timedelta(days=1))
    ledger.record(fifth, replace(reading(fifth, Kind.HUMAN, sender), subject="quaggaphone"), match(who), (), jane, AT)
    for _ in range(3):
        ledger.quarantine(mail("bomb", 9), "too long: jane.canary@acme.example", AT)


def _others(ledger: SqliteLedger, bob: Contact, kim: Contact) -> None:
    """Have Bob speak of her, a lead to her wait, and Kim be at the same domains."""
    whose = ledger.person(bob.email)
    spoken, lead, hers = mail("bob speaks", 20), mail("bob's lead", 21), mail("kim", 22)
    oboe = Review((), "Bob says: ask Jane Canary Zebracorn about the oboe", Level.E1, MENTION, hold=False)
    ledger.record(spoken, reading(spoken, sender=bob.email), match(whose, Level.E1), (oboe,), bob, AT)
    ledger.record(
        lead,
        reading(lead, sender=bob.email),
        match(whose, Level.E1),
        (Review((LEAD,), "lead", Level.E1, LEAD.because, hold=False),),
        bob,
        AT,
    )
    ledger.record(
        hers, reading(hers, sender=kim.email), match(ledger.person(kim.email)), (Apply((), "alive", Level.E4, alive=True),), kim, AT
    )
