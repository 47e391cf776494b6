"""How many have moved on unnoticed: when it may be said, what counts as a move, and what more evidence does to it."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.core.summary.unnoticed import ENOUGH, Estimate, estimate, known_for, moves_of
from bouncer.model import Because, Change, Life, Value

FIRST = date(2020, 1, 1)
MOVES = st.integers(ENOUGH, 5_000)
YEARS = st.floats(1, 50_000)
SILENT = st.lists(st.floats(0, 20), max_size=60)


def made(moves: int, years: float, silent: list[float]) -> Estimate:
    """Give the estimate, which has to be there."""
    found = estimate(moves, years, silent)
    assert found is not None
    return found


def life(*turns: tuple[int, str, Value, Value], seen: tuple[int, ...] = (0, 700)) -> Life:
    """Give a life of changes so many days after the first sign of life."""
    because = Because("r", "q", "body")
    changes = ((FIRST + timedelta(days=n), Change("a@x.example", field, before, after, because)) for n, field, before, after in turns)
    return Life(tuple(FIRST + timedelta(days=n) for n in seen), tuple(changes))


@given(MOVES, YEARS, SILENT)
def test_the_bounds_hold_the_point_and_nobody_is_counted_twice(moves: int, years: float, silent: list[float]) -> None:
    """From nobody to everybody."""
    found = made(moves, years, silent)
    assert 0 <= found.low <= found.point <= found.high <= len(silent) or found.high == pytest.approx(found.point)


@given(MOVES, st.integers(1, 500), YEARS, SILENT)
def test_more_moves_never_lower_it(moves: int, more: int, years: float, silent: list[float]) -> None:
    """Nor do more people."""
    point = made(moves, years, silent).point
    assert made(moves + more, years, silent).point >= point
    assert made(moves, years, [*silent, 1.0]).point >= point


@given(MOVES, YEARS)
def test_of_nobody_nobody_has_moved(moves: int, years: float) -> None:
    """And of people heard from today neither."""
    for people in ([], [0.0] * 9):
        found = made(moves, years, people)
        assert (found.point, found.low, found.high) == (0, 0, 0)


@given(st.integers(0, ENOUGH - 1), YEARS, SILENT)
def test_before_twenty_moves_nothing_is_said(moves: int, years: float, silent: list[float]) -> None:
    """Nor from no acquaintance at all."""
    assert estimate(moves, years, silent) is None
    assert estimate(ENOUGH, 0.0, silent) is None


def test_what_is_called_likely_holds_the_truth_about_nine_times_in_ten() -> None:
    """In 1,000 invented networks whose people move at a known rate."""
    chance, inside = Random(7), 0  # noqa: S311 - invented people
    for _ in range(1_000):
        rate, years = 0.15, 400.0
        seen, clock = 0, chance.expovariate(rate)
        while clock < years:
            seen, clock = seen + 1, clock + chance.expovariate(rate)
        silent = [chance.uniform(0, 4) for _ in range(150)]
        truth = sum(chance.expovariate(rate) < t for t in silent)
        found = made(seen, years, silent)
        inside += found.low - 0.5 <= truth <= found.high + 0.5
    assert 860 <= inside <= 960


@pytest.mark.parametrize(
    "turn",
    [
        (100, "company", "Acme", "NewCo"),
        (100, "email", "a@x.example", "a@y.example"),
        (100, "status", None, "left"),
        (100, "status", "suspect", "unreachable"),
    ],
)
def test_another_employer_or_domain_is_a_move(turn: tuple[int, str, Value, Value]) -> None:
    """And so is leaving one."""
    assert moves_of(life(turn)) == (FIRST + timedelta(days=100),)


@pytest.mark.parametrize(
    "turn",
    [
        (20, "company", "Acme", "NewCo"),  # so soon after the first sign of life it is old news
        (100, "company", None, "NewCo"),  # first heard of
        (100, "company", "ACME", "Acme"),
        (100, "email", "a@x.example", "b@x.example"),
        (100, "status", None, "away"),
        (100, "status", None, "suspect"),
    ],
)
def test_what_says_nothing_of_a_move_is_none(turn: tuple[int, str, Value, Value]) -> None:
    """Other spellings, absences, doubts."""
    assert moves_of(life(turn)) == ()


def test_an_address_and_then_an_employer_are_one_move_and_a_year_later_is_another() -> None:
    """Acquaintance goes on to the last sign of life or move."""
    moved = life((100, "email", "a@x.example", "a@y.example"), (120, "company", "X", "Y"), (900, "status", None, "left"))
    assert len(moves_of(moved)) == 2
    assert known_for(moved, moves_of(moved)) == pytest.approx(900 / 365.25)
    assert known_for(life(), ()) == pytest.approx(700 / 365.25)


def test_of_whom_nothing_was_ever_heard_nothing_is_known() -> None:
    """However often their entry changed."""
    stranger = life((100, "status", None, "left"), seen=())
    assert (moves_of(stranger), known_for(stranger, ())) == ((), 0)
