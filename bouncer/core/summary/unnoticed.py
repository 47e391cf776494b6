"""How many people have moved on without anybody noticing: from the owner's own observed rate, with its uncertainty.

The model: everybody moves on at one constant rate, whether they answer or not. The rate is moves seen per person-year of acquaintance,
a Poisson count; acquaintance runs from somebody's first sign of life to their last one, or to the last move that was seen. Of each who
has been silent for t years since, 1 - exp(-rate * t) have moved on. What it cannot know is whether silent people move more often than
those who answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from bouncer.core.mailboxes import domain_of
from bouncer.model import Change, Life, Status

ENOUGH = 20  # moves seen before anything is said
YEAR = 365.25  # days
_LIKELY = 0.9  # how often the truth lies within what is called likely
_Z = NormalDist().inv_cdf((1 + _LIKELY) / 2)
_ONE_MOVE = timedelta(days=90)  # within which several changes are one move: an address, then the employer
_OLD_NEWS = timedelta(days=30)  # what is learnt so soon after the first sign of life happened before it
_GONE = frozenset({Status.LEFT, Status.UNREACHABLE, Status.RETIRED})


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many of *people* have moved on unnoticed, and between which bounds: it rests on *moves* seen in *years* of acquaintance."""

    point: float
    low: float
    high: float
    people: int
    moves: int
    years: float


def estimate(moves: int, years: float, silent: Sequence[float]) -> Estimate | None:
    """Give how many of those who have been silent for *silent* years each have moved on; None before there are ENOUGH *moves*.

    The bounds join two uncertainties (Zou and Donner's MOVER, Statistics in Medicine 27, 2008): that of the rate, by Byar's
    approximation to the exact Poisson limits (Breslow and Day, Statistical Methods in Cancer Research II, 1987), and that of chance,
    the count being a sum of independent yes and no.
    """
    if moves < ENOUGH or years <= 0:
        return None
    shares = [-math.expm1(-moves / years * t) for t in silent]
    point = math.fsum(shares)
    chance = _Z**2 * math.fsum(share * (1 - share) for share in shares)
    low, high = (math.fsum(-math.expm1(-bound / years * t) for t in silent) for bound in _limits(moves))
    below, above = math.sqrt((point - low) ** 2 + chance), math.sqrt((high - point) ** 2 + chance)
    return Estimate(point, max(0.0, point - below), min(float(len(silent)), point + above), len(silent), moves, years)


def moves_of(life: Life) -> tuple[date, ...]:
    """Give the days on which somebody was seen to move on: to another employer or mail domain, or away from one."""
    if not life.seen or not life.turns:
        return ()
    found: list[date] = []
    for day, change in life.turns:
        if _is_move(change) and day > life.seen[0] + _OLD_NEWS and (not found or day > found[-1] + _ONE_MOVE):
            found.append(day)
    return tuple(found)


def known_for(life: Life, moves: Sequence[date]) -> float:
    """Give for how many years somebody was under observation; *moves* are theirs, oldest first."""
    if not life.seen:
        return 0.0
    last = max(life.seen[-1], moves[-1]) if moves else life.seen[-1]
    return (last - life.seen[0]).days / YEAR


def _is_move(change: Change) -> bool:
    before, after = change.before, change.after
    if change.field == "status":
        return after in _GONE
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    return domain_of(before) != domain_of(after) if change.field == "email" else before.casefold() != after.casefold()


def _limits(number: int) -> tuple[float, float]:
    """Give between what the mean of a Poisson count of *number* (1 or more) likely lies."""
    above = number + 1
    return (
        number * (1 - 1 / (9 * number) - _Z / (3 * math.sqrt(number))) ** 3,
        above * (1 - 1 / (9 * above) + _Z / (3 * math.sqrt(above))) ** 3,
    )
