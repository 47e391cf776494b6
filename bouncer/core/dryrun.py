"""While the configuration says `live: false`, or a breaker has tripped, what bouncer would do by itself becomes a question."""

from collections.abc import Sequence
from dataclasses import replace

from bouncer.model import Apply, Decision, Review


def as_questions(decisions: Sequence[Decision], why: str = "dry run", *, hold: bool = False) -> tuple[Decision, ...]:
    """Give *decisions* with every change of the contact file turned into a Review that says *why*; an Apply keeps its ledger effects.

    A stop still suppresses and a sign of life still counts: neither is seen outside the state directory.
    """
    return tuple(part for decision in decisions for part in _parts(decision, why, hold=hold))


def _parts(decision: Decision, why: str, *, hold: bool) -> tuple[Decision, ...]:
    if not isinstance(decision, Apply) or not decision.changes:
        return (decision,)
    asked = Review(decision.changes, f"{why}: {decision.why}", decision.level, decision.changes[0].because, hold)
    kept = replace(decision, changes=())
    return (kept, asked) if kept.suppress or kept.suspect or kept.wait or kept.alive or kept.works else (asked,)
