"""The circuit breakers: where many things happen at once, bouncer stops and asks. Pure functions over numbers that the ledger counts."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from bouncer.core.blame import GONE, means_us
from bouncer.core.dryrun import as_questions
from bouncer.model import RECENT_SENDS, Apply, Breaker, Decision, Health, Outcome, Recent, Trip

_FEW, _SHARE = 3, Fraction(2, 100)  # of the book: more than the greater of the two is many
_DOMAINS = 3  # that refuse us for one reason
_REFUSED = Fraction(20, 100)  # of the last sends: refusals that mean us, from here on
_UNKNOWN = Fraction(30, 100)  # of the last sends: unknown users, above this
_ADDRESS = "email"
_MEANWHILE = {
    Breaker.ADDRESSES: "Until you have looked, every new address waits in `bouncer review`; `bouncer resume` lets bouncer go on by itself.",
    Breaker.REFUSALS: "No check-in goes out until you have looked into it; `bouncer resume` lets them go on.",
    Breaker.FIRST: "Look at it in your folder of sent mail; no other one goes out before `bouncer resume`.",
    Breaker.BOOK: "Nothing is sent or written until they are back; if it is meant to be so, `bouncer resume` confirms it.",
}


def most(people: int) -> int:
    """Give how many of a book of *people* may change or vanish at once without a question: 3, or 2 %."""
    return max(_FEW, int(people * _SHARE))


def too_many_changes(recent: Recent, wanted: int) -> str | None:
    """Say why *wanted* further changes of addresses are too many for one week; None where they are not."""
    total, limit = recent.address_changes + wanted, most(recent.people)
    if not wanted or total <= limit:
        return None
    return f"{total} addresses would have changed by themselves within seven days; up to {limit} do so without asking you."


def refused_us(recent: Recent) -> str | None:
    """Say why the last check-ins show that servers refuse us; None where they do not. Unknown users say nothing of the kind."""
    ours = [outcome for outcome in recent.outcomes[:RECENT_SENDS] if means_us(outcome.reason, outcome.status)]
    for reason in dict.fromkeys(outcome.reason for outcome in ours):
        domains = sorted({outcome.domain for outcome in ours if outcome.reason == reason})
        if len(domains) >= _DOMAINS:
            return f"{len(domains)} domains refused us, not the address, for the same reason ({reason}): {', '.join(domains[:_DOMAINS])}."
    if len(ours) >= RECENT_SENDS * _REFUSED:
        return f"{len(ours)} of the last {_seen(recent.outcomes)} check-ins were refused because of us, not of the address."
    return None


def first_sent(recent: Recent) -> str | None:
    """Say that the very first letter has gone out, after which the owner has the word; None before and after that."""
    return "The first check-in has gone out." if recent.sent_ever == 1 and Breaker.FIRST not in recent.resumed else None


def stale(outcomes: Sequence[Outcome]) -> str | None:
    """Say that so many of the last check-ins went to nobody that the pace is halved; None where it is not."""
    gone = sum(outcome.reason in GONE and not means_us(outcome.reason, outcome.status) for outcome in outcomes[:RECENT_SENDS])
    if gone <= RECENT_SENDS * _UNKNOWN:
        return None
    return f"{gone} of the last {_seen(outcomes)} check-ins went to addresses that no longer exist; until fewer do, half as many go out."


def shrunken(lost: int, people: int) -> str | None:
    """Say why a contact file that has *lost* so many of its *people* at once is not acted on; None where it is."""
    return f"The contact file has lost {lost} of its {people} people at once." if lost > most(people) else None


def told(breaker: Breaker, why: str) -> str:
    """Give what the owner reads: *why* it tripped, what that stops, and how it goes on."""
    return f"{why} {_MEANWHILE[breaker]}"


def _seen(outcomes: Sequence[Outcome]) -> int:
    return min(len(outcomes), RECENT_SENDS)


def as_it_is_now(health: Health, tripped: Sequence[Trip]) -> Health:
    """Give *health* without what it says of breakers that the owner has let go on since the daemon left word."""
    over = tuple(_MEANWHILE[breaker] for breaker in Breaker if breaker not in {trip.breaker for trip in tripped})
    return replace(
        health,
        troubles=tuple(sentence for sentence in health.troubles if not sentence.endswith(over)),
        sending_stopped=None if (health.sending_stopped or "").endswith(over) else health.sending_stopped,
    )


def address_changes(decisions: Sequence[Decision]) -> int:
    """Count the addresses that *decisions* would change by themselves."""
    return sum(change.field == _ADDRESS for decision in decisions if isinstance(decision, Apply) for change in decision.changes)


def addresses_asked(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Give *decisions* with every change of an address turned into a question that holds check-ins back; the rest goes on."""
    why = "many addresses change at once"
    return tuple(
        part
        for decision in decisions
        for part in (as_questions((decision,), why, hold=True) if address_changes((decision,)) else (decision,))
    )


def all_asked(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Give *decisions* with every change of the contact file turned into a question, as befits a file that may have lost people."""
    return as_questions(decisions, "the contact file has lost people", hold=True)
