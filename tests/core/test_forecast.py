"""What `bouncer plan` shows: every contact once, either with a letter and its why or without one and why not."""

from dataclasses import replace
from datetime import date, timedelta

from support.build import AT, JANE, SETTINGS

from bouncer.core.due import forbidden
from bouncer.core.forecast import Forecast, forecast
from bouncer.core.news import news
from bouncer.core.plan import asked, in_turn, next_first, occasion, plan
from bouncer.model import Activity, Book, Contact, Pace, Planned, Previous, Status

LONG_AGO = AT - timedelta(days=400)
BUSY = replace(SETTINGS, pace=Pace(per_day=1, per_week=1))


def people(number: int, **fields: object) -> tuple[Contact, ...]:
    """Give so many people, each at a company of their own."""
    return tuple(replace(JANE, name=f"P {n}", email=f"p{n}@c{n}.example", **fields) for n in range(number))


def known(contacts: tuple[Contact, ...], **fields: object) -> Activity:
    """Give an activity that knows *contacts*, all last heard of long ago."""
    persons = {c.email.lower(): f"{n:012x}" for n, c in enumerate(contacts, 1)}
    return replace(Activity(person_of=persons, last_contact=dict.fromkeys(persons.values(), LONG_AGO), sent_ever=9), **fields)


def seen(contacts: tuple[Contact, ...], activity: Activity, queued: tuple[Planned, ...] = (), days: int = 7) -> Forecast:
    """Look ahead at one letter a week."""
    return forecast(Book(contacts, ""), activity, queued, BUSY, AT, lambda: 0.5, days)


def test_everybody_is_in_it_once_and_nobody_is_left_out_silently() -> None:
    """One gets the week's letter; every other one says what keeps theirs."""
    book = (
        *people(3),
        replace(JANE, name="Stop", email="stop@x1.example", status=Status.STOPPED),
        replace(JANE, name="Never", email="never@x2.example", every="never"),
        replace(JANE, name="Fresh", email="fresh@x3.example"),
        replace(JANE, name="Later", email="later@x4.example"),
        replace(JANE, name="Open", email="open@x5.example"),
    )
    activity = known(book, snoozed={"000000000007": date(2026, 6, 1)}, open_checkins=frozenset({"000000000008"}), queued=0)
    activity = replace(activity, last_contact={**activity.last_contact, "000000000006": AT - timedelta(days=100)})
    stranger = replace(JANE, name="New", email="new@x6.example")
    made = seen((*book, stranger), activity, days=3)
    assert len(made.coming) == 1
    reasons = {one.contact.name: (one.group, one.why) for one in made.silent}
    assert len(reasons) + len(made.coming) == len(book) + 1
    assert list(reasons.values()).count(("due, but the pace is used up", "last contact 2025-01-28")) == 2
    assert {name: reasons[name] for name in ("Stop", "Never", "Fresh", "Later", "Open", "New")} == {
        "Stop": ("held back", "status is stopped"),
        "Never": ("never, as you wish", "`every` is never"),
        "Fresh": ("not due yet", "last contact 2025-11-24, due 2026-05-23"),
        "Later": ("put off", "you put them off; not before 2026-06-01"),
        "Open": ("a letter is open", "whether the last letter arrived is not known"),
        "New": ("not taken in yet", "bouncer has not seen this entry yet"),
    }


def test_what_lies_in_the_outbox_is_shown_with_the_hours_in_which_it_can_go() -> None:
    """A letter held up over the week-end is shown on Monday; one that may not go any more is not shown as coming."""
    (jane,) = people(1)
    saturday = AT + timedelta(days=3)
    letter = Planned("000000000001", jane.email, "checkin", AT, "due", "checkin:2026-W10")
    activity = known((jane,), open_checkins=frozenset({"000000000001"}), queued=1)
    (one,) = forecast(Book((jane,), ""), activity, (letter,), SETTINGS, saturday, lambda: 0.5, 7).coming
    assert (one.queued, one.planned.not_before.date()) == (True, date(2026, 3, 9))
    gone = replace(jane, status=Status.LEFT)
    assert forecast(Book((gone,), ""), activity, (letter,), SETTINGS, saturday, lambda: 0.5, 7).coming == ()


def test_a_snooze_ends_on_its_day() -> None:
    """Not before it, and for nobody else."""
    activity = known(people(2), snoozed={"000000000001": date(2026, 3, 5)})
    first, second = people(2)
    assert forbidden(first, "000000000001", activity, SETTINGS, AT) == "you put them off; not before 2026-03-05"
    assert forbidden(first, "000000000001", activity, SETTINGS, AT + timedelta(days=1)) is None
    assert forbidden(second, "000000000002", activity, SETTINGS, AT) is None


def test_who_works_where_a_whole_domain_has_moved_comes_first_and_the_plan_says_so() -> None:
    """Two from one domain to one other are a move; two to different ones have only gone; a mail provider is no employer."""
    old, others = replace(JANE, email="jane@old.example"), people(5)
    former = (Previous("x@old.example"),)
    moved = tuple(replace(JANE, name=f"M {n}", email=f"m{n}@new.example", previous=former) for n in range(2))
    apart = tuple(replace(one, email=f"a{n}@n{n}.example") for n, one in enumerate(moved))
    home = tuple(replace(one, email=f"a{n}@gmail.com") for n, one in enumerate(moved))
    assert news(Book((*moved, old), "")).of(old) == "colleagues at old.example write from new.example now"
    assert news(Book((*apart, old), "")).of(old) == news(Book((*home, old), "")).of(old) == "2 colleagues at old.example have gone"
    assert news(Book((moved[0], old), "")).of(old) is None
    book = (*others, *moved, old)
    (letter,) = plan(Book(book, ""), known(book), BUSY, AT, lambda: 0.5)
    assert letter.why.startswith("colleagues at old.example write from new.example now; last contact 400 days ago")


def test_what_was_heard_elsewhere_is_a_reason_until_they_are_written_to() -> None:
    """Such as an export that says they have changed jobs; it makes nobody due before their time."""
    book, hint = people(6), {"000000000006": (AT - timedelta(days=3), "LinkedIn says that they work at NewCo now")}
    (letter,) = plan(Book(book, ""), known(book, hints=hint), BUSY, AT, lambda: 0.5)
    assert (letter.address, letter.why.partition(";")[0]) == ("p5@c5.example", "LinkedIn says that they work at NewCo now")
    recent = {**known(book).last_contact, "000000000006": AT - timedelta(days=2)}
    (letter,) = plan(Book(book, ""), known(book, hints=hint, last_contact=recent), BUSY, AT, lambda: 0.5)
    assert letter.address != "p5@c5.example"


def test_every_third_check_in_shows_what_is_on_file() -> None:
    """The owner says which; none where it is 0, and no letter of another purpose ever does."""
    letter = Planned("000000000001", "p0@c0.example", "checkin", AT, "due", "checkin:2026-W10")

    def turn(*had: str, card: int = 3, planned: Planned = letter) -> str | None:
        activity = Activity(periods=frozenset(("000000000001", period) for period in had))
        made = in_turn(planned, activity, replace(SETTINGS, pace=Pace(card=card)))
        return made.period if made else None

    assert turn() == turn("checkin:2024-W01") == "checkin:2026-W10"
    assert turn("checkin:2024-W01", "checkin:2025-W01") == "card:2026-W10"
    assert turn("checkin:2024-W01", "checkin:2025-W01", card=0) == "checkin:2026-W10"
    assert turn("checkin:2026-W10") is turn("card:2026-W10") is None
    probation = replace(letter, purpose="probation", period="probation:p0@c0.example")
    assert turn("checkin:2024-W01", "checkin:2025-W01", planned=probation) == "probation:p0@c0.example"


def test_what_the_owner_asks_for_goes_first_and_can_be_a_card() -> None:
    """Before what has been due for longer; the rest keeps its order."""
    usual = Planned("000000000001", "a@x.example", "checkin", AT, "due", "checkin:2026-W10")
    wanted = asked("000000000002", "b@x.example", AT + timedelta(hours=1), card=True)
    assert [number for number, _ in next_first([(1, usual), (2, wanted), (3, usual)])] == [2, 1, 3]
    assert (occasion(wanted), occasion(asked("000000000002", "b@x.example", AT)), occasion(usual)) == ("card", None, None)


def test_a_large_book_is_looked_at_as_a_small_one_is() -> None:
    """Whom the coming weeks are about does not depend on how many others wait behind them."""
    crowd = people(9000)
    silence = {f"{n:012x}": AT - timedelta(days=400 + n % 7) for n in range(1, 9001)}
    activity = known(crowd, last_contact=silence)
    found = [one.planned.address for one in seen(crowd, activity, days=14).coming]
    assert found == [f"p{n}@c{n}.example" for n in (5, 12, 19)]
