"""Weeks of invented people, for whoever looks at the summary."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bouncer.model import (
    Address,
    Because,
    Change,
    Contact,
    Event,
    EventKind,
    Health,
    Level,
    Life,
    OutboxState,
    Planned,
    Previous,
    Question,
    Sent,
    Status,
    SummaryInput,
    Value,
    Week,
)

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 3, 2, tzinfo=ZONE)
AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
ANN = Contact(
    name="Ann Able", email="ann@newco.example", company="NewCo", title="Head of Networks", previous=(Previous("ann@acme.example", "Acme"),)
)
BEN = Contact(name="Ben Baker", email="ben@gamma.example", status=Status.PROBATION, previous=(Previous("ben@beta.example", "Beta"),))
CAT = Contact(
    name="Cat Cooper",
    email="cat@acme.example",
    also=("cat.cooper@gmail.com",),
    company="Acme Ltd",
    tags=("london", "it"),
    linkedin="https://www.linkedin.com/in/catcooper",
    status=Status.LEFT,
)
DAN = Contact(name="Dan Dyer", email="dan@delta.example", status=Status.AWAY, away_until=date(2026, 3, 21))
EVE = Contact(name="Eve Eder", email="eve@acme.example", company="ACME", tags=("it",))
FAY = Contact(name="Fay Fisher", email="fay@phi.example", tags=("london",))
GUS = Contact(name="Gus Grant", email="gus@gnu.example", status=Status.STOPPED)
PEOPLE = (ANN, BEN, CAT, DAN, EVE, FAY, GUS)
HEALTH = Health(
    live=True, last_watch={"main/INBOX": datetime(2026, 3, 9, 6, 58, tzinfo=UTC), "main/Junk": datetime(2026, 3, 9, 6, 57, tzinfo=UTC)}
)


def changed(number: int, contact: Contact, field: str, before: Value, after: Value, quote: str, *, old: str = "", why: str = "") -> Event:
    """Give the event of one change; *old* is the address of the entry before it."""
    because = Because("rule", quote, "body")
    change = Change(old or contact.email, field, before, after, because)
    kind, person = EventKind.CHANGED, f"{sum(contact.name.encode()):012x}"
    return Event(
        number, AT, kind, person, contact.name, change, because, Level.E4, why or f"{field}: it carries our token", f"<{quote}@x.example>"
    )


def question(number: int, contact: Contact, quote: str, field: str = "email", after: Value = "new@new.example") -> Question:
    """Give an open question about *contact*."""
    because = Because("rule", quote, "body")
    change = Change(contact.email, field, contact.email, after, because)
    why = "A new address, but it takes our token (E3): From is a known address, and nothing proves it"
    return Question(number, AT, None, contact.name, (change,), because, why, Level.E1, hold=True)


def week(
    events: Iterable[Event] = (),
    questions: Iterable[Question] = (),
    sent: Iterable[Sent] = (),
    waiting: Iterable[tuple[str, Address, datetime]] = (),
) -> Week:
    """Give the tenth week of 2026."""
    return Week(2026, 10, START, START + timedelta(days=7), tuple(events), tuple(questions), tuple(sent), tuple(waiting))


def letter(number: int, contact: Contact, state: OutboxState = OutboxState.SENT, text: str = "") -> Sent:
    """Give a check-in of this week."""
    return Sent(number, "checkin", f"{number:012x}", contact.email, f"<b.{number}@home.example>", state, AT, text=text)


def given(made: Week, people: tuple[Contact, ...] = PEOPLE, planned: tuple[Planned, ...] = (), health: Health = HEALTH) -> SummaryInput:
    """Give the input of a summary on the Monday after *made*."""
    return SummaryInput(made, people, planned, health, date(2026, 3, 9))


def busy() -> SummaryInput:
    """Give a week in which everything happens once or twice."""
    news, moved = (
        "I have joined NewCo as Head of Networks; please write to ann@newco.example from now on.",
        "Neue Adresse: ben@gamma.example",
    )
    events = (
        changed(31, ANN, "email", "ann@acme.example", "ann@newco.example", news, old="ann@acme.example"),
        changed(32, ANN, "previous", None, ANN.previous, news),
        changed(33, ANN, "company", "Acme", "NewCo", news),
        changed(34, ANN, "title", "Network Engineer", "Head of Networks", news),
        changed(35, BEN, "email", "ben@beta.example", "ben@gamma.example", moved, old="ben@beta.example"),
        changed(36, BEN, "status", None, "probation", moved),
        changed(37, CAT, "status", None, "left", "Cat Cooper is no longer with Acme Ltd."),
        changed(38, DAN, "status", None, "away", "I am out of the office until 21 March"),
        changed(39, DAN, "away_until", None, "2026-03-21", "I am out of the office until 21 March"),
        changed(40, GUS, "status", None, "stopped", "Please do not write to me again."),
        changed(41, EVE, "phones", None, ("+44 20 7946 0018",), "Tel. +44 20 7946 0018"),
        Event(42, AT, EventKind.ALIVE, "00000000000e", EVE.name),
    )
    questions = (
        question(7, FAY, "you can reach me at new@new.example now"),
        replace(
            question(8, EVE, "Jane Successor, jane@acme.example, takes over", after=None),
            changes=(),
            why="Somebody else to write to: Jane",
            hold=False,
        ),
    )
    sent = (
        letter(1, ANN),
        letter(2, EVE),
        letter(3, FAY, OutboxState.UNKNOWN),
        letter(4, GUS, OutboxState.REFUSED, "550 5.1.1 No such user"),
    )
    planned = (
        Planned(
            "00000000000e", FAY.email, "checkin", datetime(2026, 3, 10, 11, tzinfo=UTC), "last contact 201 days ago", "checkin:2026-W11"
        ),
    )
    waiting = ((EVE.name, Address(EVE.name, EVE.email), AT),)
    health = replace(HEALTH, quarantined=1, unknown_sends=1, troubles=("main/INBOX: the server's certificate has expired.",))
    return given(week(events, questions, sent, waiting), planned=planned, health=health)


def alive() -> SummaryInput:
    """Give a busy week of a network of 200 people that has been written to for years."""
    people = tuple(
        Contact(name=f"P {n}", email=f"p{n}@x.example", status=Status.LEFT if n % 31 == 0 else Status.AWAY if n % 40 == 1 else None)
        for n in range(200)
    )
    person_of = {contact.email: f"{n:012x}" for n, contact in enumerate(people)}
    lives = {f"{n:012x}": Life(_letters_of(n), _moves_of(n)) for n in range(180)}
    return replace(busy(), contacts=(*PEOPLE, *people), person_of=person_of, lives=lives)


def _letters_of(number: int) -> tuple[date, ...]:
    """Give the days on which somebody wrote, every 200 to 400 days; the higher their number, the longer ago was the last."""
    last = AT.date() - timedelta(days=number * 5)
    return tuple(last - timedelta(days=back * (200 + number)) for back in range(4, -1, -1))


def _moves_of(number: int) -> tuple[tuple[date, Change], ...]:
    """Give the day on which they were heard to work elsewhere: one in seven did, and one in 31 is lost."""
    because = Because("rule", "words", "body")
    moved = AT.date() - timedelta(days=number * 5)
    if number % 31 == 0:
        return ((AT.date() - timedelta(days=number), Change(f"p{number}@x.example", "status", None, "left", because)),)
    return ((moved, Change(f"p{number}@x.example", "company", "Old", "New", because)),) if number % 7 == 0 else ()


def hostile() -> SummaryInput:
    """Give a week of people whose names and words attack whoever shows them."""
    evil = Contact(
        name='<script>alert("x")</script><img src=https://evil.example/x.png>', email='"a"@evil.example', company="</td></table>"
    )
    reversed_ = Contact(
        name="\u202egro.elpmaxe\u202c \u2066Bad", email="bidi@evil.example", linkedin="javascript:alert(1)", status=Status.LEFT
    )
    long = Contact(name="W" * 400, email="w" * 60 + "@" + "w" * 60 + ".example", company="W" * 300, title="`rm -rf` " * 20)
    arab, japanese = Contact(name="ليلى حسن", email="layla@arab.example"), Contact(name="山田太郎" * 6, email="taro@nihon.example")
    events = (
        changed(1, evil, "company", None, "</td></table><h1>Owned</h1>", "<b>bold</b> & \x1b[31mred\x00 \r\nBcc: all@evil.example"),
        changed(2, reversed_, "status", None, "left", "\u202eleft"),
        changed(3, long, "email", "w" * 200 + "@x.example", long.email, "W" * 900),
        changed(4, arab, "company", None, "شركة المثال", "انتقلت إلى شركة المثال"),
        changed(5, japanese, "title", None, "部長" * 30, "このたび部長になりました。" * 8),
    )
    return given(week(events, (question(1, evil, "</style><script>1</script>"),)), (evil, reversed_, long, arab, japanese))


def crowded(number: int = 300) -> SummaryInput:
    """Give a week in which *number* people move, leave or ask."""
    people = tuple(
        Contact(
            name=f"Person {n}",
            email=f"p{n}@old{n % 7}.example",
            company=f"Old {n % 7}",
            status=(Status.LEFT, None, Status.AWAY)[n % 3],
            tags=("it",),
        )
        for n in range(number)
    )
    events = tuple(
        changed(n, person, *(("status", None, "left"), ("title", "Clerk", "Chief"), ("status", None, "away"))[n % 3], f"words {n}")
        for n, person in enumerate(people)
    )
    return given(week(events, (question(n, person, f"ask {n}") for n, person in enumerate(people))), people)
