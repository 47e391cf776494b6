"""The people of the demo: how each behaves when a check-in arrives, and how their entry must look in the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bouncer.demo.answers import Got, automatic, human, notice, stranger

Answer = tuple[str, bytes]  # folder, message
Behave = Callable[[Got], tuple[Answer, ...]]


def silent(_got: Got) -> tuple[Answer, ...]:
    """Say nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Person:
    """One contact: *ends* are the fields that must differ in the end, *asked* whether something about them waits for the owner."""

    name: str
    address: str
    company: str
    what: str
    behave: Behave = silent
    ends: Mapping[str, str] = field(default_factory=dict)
    asked: bool = False
    refusal: str | None = None
    language: str = "en"
    title: str = ""
    chats: bool = False  # the owner writes back


def _gone(got: Got) -> tuple[Answer, ...]:
    return (
        (
            "INBOX",
            notice(
                got, "failed", "5.1.1", f"550 5.1.1 <{got.recipient}>: Recipient address rejected: User unknown in local recipient table"
            ),
        ),
    )


def _full(got: Got) -> tuple[Answer, ...]:
    return (("INBOX", notice(got, "failed", "5.2.2", "552 5.2.2 Mailbox full: quota exceeded")),)


def _slow(got: Got) -> tuple[Answer, ...]:
    return (("INBOX", notice(got, "delayed", "4.4.1", "connect to mx.slowcoach.example[192.0.2.9]:25: Connection timed out")),)


def _away(got: Got) -> tuple[Answer, ...]:
    back = got.at.date() + timedelta(days=40)
    words = f"Thank you for your message. I am out of the office and will be back on {back:%d %B %Y}.\n\nDan Dale"
    return (("INBOX", automatic(got, "Dan Dale", "Automatic reply: Hello", words)),)


def _moved(got: Got) -> tuple[Answer, ...]:
    words = (
        "Hello,\n\nI have left Juniper Works. My new email address is eva.ekberg@northlight.example.\n"
        "This mailbox is no longer read.\n\nEva"
    )
    return (("INBOX", automatic(got, "Eva Ekberg", "Automatic reply: Hello", words)),)


def _left(got: Got) -> tuple[Answer, ...]:
    words = "I no longer work at Harbour Ltd. Please contact my successor Gina Gold at gina.gold@harbour.example from now on."
    return (("Junk", automatic(got, "Finn Fox", "Out of Office: Hello", words)),)


def _promoted(got: Got) -> tuple[Answer, ...]:
    words = (
        "Hi Olga,\n\nlovely to hear from you, all well here. Lunch in May?\n\nBest,\nHana\n\n"
        "-- \nHana Hill\nHead of Platform\nAlder Systems\n"
    )
    return (("INBOX", human(got, "Hana Hill", words)),)


def _german(got: Got) -> tuple[Answer, ...]:
    words = (
        "Guten Tag,\n\nich bin nicht mehr bei der Kessel GmbH beschäftigt.\n"
        "Meine neue E-Mail-Adresse lautet jonas.jung@werkraum.example.\n\n"
        "Mit freundlichen Grüßen\nJonas Jung"
    )
    return (("INBOX", automatic(got, "Jonas Jung", "Automatische Antwort: Hallo", words)),)


def _stop(got: Got) -> tuple[Answer, ...]:
    return (("INBOX", human(got, "Kim Kaur", "Please remove me from your list and do not write to me again.\n\nKim")),)


def _private(got: Got) -> tuple[Answer, ...]:
    words = "Hi Olga! Answering from home, the office account is being wound up. Talk soon, Mia"
    return (("INBOX", human(got, "Mia Moss", words, "mia.moss@post.example")),)


def _forged_bounce(got: Got) -> tuple[Answer, ...]:
    return (("INBOX", notice(got, "failed", "5.1.1", "550 5.1.1 User unknown", with_original=False)),)


def _hijack(got: Got) -> tuple[Answer, ...]:
    words = "Hello, this is Olive. My new email address is olive.oak@cash-quick.example. Please update your address book."
    return (("INBOX", stranger(got.at, "Olive Oak", got.recipient, words)),)


def _same(got: Got) -> tuple[Answer, ...]:
    return (("INBOX", human(got, "Quinn Quill", "Hello Olga, nothing new here, and that is good news. Yours, Quinn")),)


CAST: tuple[Person, ...] = (
    Person(
        "Ann Archer", "ann.archer@acme.example", "Acme", "mailbox gone: a bounce, and another after the re-check", _gone,
        {"status": "unreachable"},
    ),
    Person("Ben Brook", "ben.brook@fullbox.example", "Fullbox", "mailbox full", _full),
    Person("Cleo Chan", "cleo.chan@slowcoach.example", "Slowcoach", "delivery delayed", _slow),
    Person("Dan Dale", "dan.dale@meadow.example", "Meadow", "out of office until a date", _away, {"status": "away", "away_until": "*"}),
    Person(
        "Eva Ekberg", "eva.ekberg@juniper.example", "Juniper Works", "has a new address", _moved,
        {"email": "eva.ekberg@northlight.example", "previous": "eva.ekberg@juniper.example", "company": ""},
    ),
    Person(
        "Finn Fox", "finn.fox@harbour.example", "Harbour Ltd", "has left and names a successor", _left, {"status": "left"}, asked=True,
    ),
    Person(
        "Hana Hill", "hana.hill@alder.example", "Alder Systems", "answers, with a new title in the signature", _promoted,
        {"title": "Head of Platform"}, title="Engineer", chats=True,
    ),
    Person(
        "Jonas Jung", "jonas.jung@kessel.example", "Kessel GmbH", "answers in German that he has moved", _german,
        {"email": "jonas.jung@werkraum.example", "previous": "jonas.jung@kessel.example", "company": ""}, language="de",
    ),
    Person("Kim Kaur", "kim.kaur@tern.example", "Tern", "asks to be left alone", _stop, {"status": "stopped"}, chats=True),
    Person("Lars Lind", "lars.lind@quiet.example", "Quiet", "does not answer"),
    Person("Mia Moss", "mia.moss@windup.example", "Windup", "answers from a private address", _private, asked=True, chats=True),
    Person("Nils North", "nils.north@polar.example", "Polar", "is the victim of a forged bounce", _forged_bounce, asked=True),
    Person(
        "Olive Oak", "olive.oak@grove.example", "Grove", "is impersonated by a stranger with a “new address”", _hijack, asked=True,
    ),
    Person(
        "Pat Page", "pat.page@ledgerline.example", "Ledgerline", "refused while we deliver", ends={"status": "unreachable"},
        refusal="550 5.1.1 <pat.page@ledgerline.example>: Recipient address rejected: User unknown",
    ),
    Person("Quinn Quill", "quinn.quill@same.example", "Same & Co", "answers: nothing new", _same, chats=True),
)  # fmt: skip
