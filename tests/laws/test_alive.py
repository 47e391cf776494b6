"""How alive the network is: counting everybody at once says what counting each by themselves would."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support import weeks

from bouncer.core.summary import looking_back, summarise
from bouncer.core.summary.alive import trend
from bouncer.core.summary.material import Material
from bouncer.model import Because, Change, Contact, Life, Status, SummaryInput

TODAY = date(2026, 3, 8)
BACK = st.integers(-2, 1600)  # days; the ledger may know of tomorrow, where the owner lives behind UTC
LOST = frozenset({Status.LEFT, Status.UNREACHABLE})


def turned(back: int, before: Status | None) -> tuple[date, Change]:
    """Give a change of status so many days ago."""
    return TODAY - timedelta(days=back), Change("a@x.example", "status", before, "left", Because("r", "q", "body"))


SEEN = st.lists(BACK, unique=True, max_size=6).map(lambda days: tuple(TODAY - timedelta(days=n) for n in sorted(days, reverse=True)))
TURNS = st.lists(st.tuples(BACK, st.sampled_from([None, Status.LEFT, Status.AWAY])), max_size=2)
LIVES = st.builds(Life, SEEN, TURNS.map(lambda turns: tuple(turned(*turn) for turn in sorted(turns, key=lambda turn: -turn[0]))))
STATES = st.sampled_from([None, None, Status.LEFT, Status.AWAY, Status.STOPPED])
PEOPLE = st.lists(st.tuples(LIVES, STATES), min_size=1, max_size=12)


def network(people: list[tuple[Life, Status | None]]) -> SummaryInput:
    """Give a week in which these people stand in the file."""
    contacts = tuple(Contact(name=f"P {n}", email=f"p{n}@x.example", status=status) for n, (_, status) in enumerate(people))
    persons = {contact.email: f"{n:012x}" for n, contact in enumerate(contacts)}
    lives = {f"{n:012x}": life for n, (life, _) in enumerate(people)}
    return replace(weeks.given(weeks.week()), contacts=contacts, person_of=persons, lives=lives)


def stood(life: Life, status: Status | None, day: date) -> str:
    """Give where one person stood at the end of *day*."""
    now: object = status
    for when, change in reversed(life.turns):
        if when > day:
            now = change.before
    ago = min(((day - seen).days for seen in life.seen if seen <= day), default=None)
    return (
        "lost"
        if now in LOST
        else "never"
        if ago is None
        else next((k for most, k in ((183, "6"), (365, "12"), (730, "24")) if ago <= most), "")
    )


@given(PEOPLE)
def test_the_trend_is_the_count_of_each_by_themselves(people: list[tuple[Life, Status | None]]) -> None:
    """At the end of each of its days, however long ago anybody wrote and whatever became of them since."""
    made = trend(Material(network(people)))
    counted = [(life, status) for life, status in people if status is not Status.STOPPED]
    days = [date(2026 - (n + 9) // 12, (3 - n - 1) % 12 + 1, 8) for n in range(12, -1, -1)]
    first = min((life.seen[0] for life, _ in counted if life.seen), default=date.max)
    wanted = [Counter(stood(life, status, day) for life, status in counted) for day in days if day >= first]
    if len(wanted) < 3:
        assert made is None
    else:
        assert made is not None
        assert [shares for _, shares in made.months] == [tuple(c[key] / len(counted) for key in ("6", "12", "24", "lost")) for c in wanted]


@given(PEOPLE)
def test_of_long_ago_the_first_and_the_last_day_tell_all_that_the_summary_tells(people: list[tuple[Life, Status | None]]) -> None:
    """The ledger leaves out the days between, of which a large network has millions."""
    whole = network(people)
    since = looking_back(whole.week, whole.today)

    def thinned(life: Life) -> Life:
        before = [day for day in life.seen if day < since]
        return replace(life, seen=(*dict.fromkeys([*before[:1], *before[-1:]]), *(day for day in life.seen if day >= since)))

    thin = replace(whole, lives={person: thinned(life) for person, life in whole.lives.items()})
    assert summarise(thin) == summarise(whole)


def test_the_trend_looks_back_twelve_months_from_the_end_of_the_week() -> None:
    """Or from today, in a week that is not over."""
    assert looking_back(weeks.week(), date(2026, 3, 20)) == date(2025, 3, 8)
    assert looking_back(weeks.week(), date(2026, 3, 4)) == date(2025, 3, 4)
