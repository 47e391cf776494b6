"""Whatever comes in whatever order, no more happens at once than may, and what may happen is not held up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from support.build import AT, JANE
from support.household import Memory
from support.ledger import MOVE, TITLE, applied, book, jane, mail, match, reading

from bouncer.core.breakers import most, refused_us, stale
from bouncer.daemon.breakers import Breakers
from bouncer.daemon.world import Troubles
from bouncer.edge.ledger import SqliteLedger
from bouncer.model import RECENT_CHANGES, RECENT_SENDS, Apply, Breaker, Contact, Level, Outcome, Recent

REASONS = ["blocked", "spamdetected", "badreputation", "userunknown", "hostunknown", "mailboxfull", None]
OUTCOMES = st.builds(
    Outcome, st.sampled_from([f"d{n}.example" for n in range(5)]), st.sampled_from(REASONS), st.sampled_from([None, "5.1.1", "5.7.1"])
)
OURS = st.builds(Outcome, st.sampled_from([f"d{n}.example" for n in range(5)]), st.sampled_from(REASONS[:3]))


@dataclass(frozen=True)
class Step:
    """A message after so many hours that would change so many addresses; or the owner's word where it is none."""

    hours: int
    wanted: int | None


STEPS = st.lists(st.builds(Step, st.integers(0, 72), st.none() | st.integers(0, 5)), max_size=25)


@contextmanager
def opened(*people: Contact) -> Iterator[tuple[SqliteLedger, Breakers]]:
    """Give a ledger that knows *people*, and the breakers upon it."""
    ledger = SqliteLedger(":memory:")
    try:
        ledger.sync(book(*people, digest="all"), AT)
        yield ledger, Breakers(ledger, Troubles(Memory()))
    finally:
        ledger.close()


def moving(number: int) -> tuple[Apply, ...]:
    """Give what a message says that changes so many addresses, and a title beside them."""
    return (Apply((TITLE,), "signature", Level.E4), *[Apply((MOVE,), "she says so", Level.E4)] * number)


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_within_any_week_no_more_addresses_change_than_may(steps: Sequence[Step]) -> None:
    """Between two words of the owner's; a tripped breaker lets none through, an untripped one all; a title is never held up."""
    with opened(JANE) as (ledger, breakers):
        who, at, made, word, limit = jane(ledger), AT, list[datetime](), AT - RECENT_CHANGES, most(1)
        for number, step in enumerate(steps):
            at += timedelta(hours=step.hours, seconds=1)
            if step.wanted is None:
                ledger.resume(Breaker.ADDRESSES, "you let it go on", at)
                word = at if any(event.kind.value == "resumed" and event.at == at for event in ledger.events()) else word
                continue
            held = bool(ledger.tripped())
            done = breakers.guarded(moving(step.wanted), at)
            changes = [change for decision in done if isinstance(decision, Apply) for change in decision.changes]
            assert changes[0] == TITLE
            raw = mail(f"message {number}", number)
            ledger.settle(ledger.record(raw, reading(raw), match(who), done, JANE, at), applied(*changes), at)
            room = limit - sum(max(at - RECENT_CHANGES, word) < moment for moment in made)
            assert len(changes) - 1 == (step.wanted if not held and step.wanted <= room else 0)
            made += [at] * (len(changes) - 1)
            recent = [moment for moment in made if max(at - RECENT_CHANGES, word) < moment]
            assert len(recent) <= limit


@given(st.lists(OUTCOMES, max_size=30), st.lists(OURS, max_size=5))
def test_only_refusals_that_mean_us_stop_sending_and_more_of_them_never_start_it_again(some: list[Outcome], ours: list[Outcome]) -> None:
    """Without them nothing stops; of the last twenty the order does not matter."""
    harmless = [o for o in some if o.reason not in REASONS[:3] and o.status != "5.7.1"]
    assert refused_us(Recent(outcomes=tuple(harmless))) is None
    last = tuple((ours + some)[:RECENT_SENDS])
    assert bool(refused_us(Recent(outcomes=last))) == bool(refused_us(Recent(outcomes=last[::-1])))
    if refused_us(Recent(outcomes=tuple(some[: RECENT_SENDS - len(ours)]))):
        assert refused_us(Recent(outcomes=last))
    if len(ours) * 5 >= RECENT_SENDS:
        assert refused_us(Recent(outcomes=last))


@given(st.lists(OUTCOMES, max_size=40))
def test_what_is_about_us_never_counts_as_a_stale_book_and_the_other_way_round(outcomes: list[Outcome]) -> None:
    """No letter is held against both."""
    gone = tuple(replace(outcome, reason="userunknown", status="5.1.1") for outcome in outcomes)
    ours = tuple(replace(outcome, status="5.7.1") for outcome in outcomes)
    assert bool(stale(gone)) is (min(len(gone), RECENT_SENDS) > 6)
    assert refused_us(Recent(outcomes=gone)) is None
    assert stale(ours) is None


@given(st.integers(1, 260), st.data())
@settings(deadline=None, max_examples=40)
def test_a_file_is_held_just_where_it_lost_more_than_may_be_lost_at_once(number: int, data: st.DataObject) -> None:
    """Whoever is missing, and whoever is new beside them; once the people are back, it is acted on."""
    people = [Contact(name=f"Person {n}", email=f"p{n}@d{n}.example") for n in range(number)]
    lost = data.draw(st.integers(0, min(number, 12)))
    gone = set(data.draw(st.permutations(range(number)))[:lost])
    new = [Contact(name=f"New {n}", email=f"n{n}@new.example") for n in range(data.draw(st.integers(0, 12)))]
    cut = book(*(person for n, person in enumerate(people) if n not in gone), *new, digest="cut")
    with opened(*people) as (ledger, breakers):
        held = breakers.shrunken(cut, AT)
        assert held is (lost > most(number))
        assert breakers.stopped(AT) is held
        assert ledger.recent(AT).people == number
        assert breakers.shrunken(book(*people, digest="all"), AT) is False
        assert breakers.stopped(AT) is False
