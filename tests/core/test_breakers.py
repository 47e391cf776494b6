"""Where many things happen at once bouncer stops and asks; one thing less, and it goes on."""

from dataclasses import replace

import pytest
from support.build import AT, SETTINGS
from support.ledger import BECAUSE, KEEP, MOVE, TITLE, mail, reading

from bouncer.core.blame import means_us, recipients_of, refusal_of
from bouncer.core.breakers import (
    address_changes,
    addresses_asked,
    all_asked,
    as_it_is_now,
    most,
    refused_us,
    shrunken,
    stale,
    told,
    too_many_changes,
)
from bouncer.core.plan import allowance
from bouncer.model import (
    Activity,
    Apply,
    Breaker,
    Decision,
    Health,
    Ignore,
    Kind,
    Level,
    Match,
    OutboxState,
    Outcome,
    Pace,
    Recent,
    Recipient,
    Review,
    Sent,
    Trip,
    Trust,
)

FINE, GONE = Outcome("fine.example"), Outcome("gone.example", "userunknown", "5.1.1")


def us(number: int, reason: str = "blocked", status: str | None = "5.7.1") -> Outcome:
    """Give a refusal that means us, by the *number*th domain."""
    return Outcome(f"d{number}.example", reason, status)


def sends(*failed: Outcome) -> tuple[Outcome, ...]:
    """Give the last twenty check-ins, of which some *failed*."""
    return (*failed, *[FINE] * (20 - len(failed)))


class TestTheBook:
    """More than 3, and more than 2 %."""

    @pytest.mark.parametrize(("people", "limit"), [(0, 3), (4, 3), (150, 3), (199, 3), (200, 4), (249, 4), (250, 5), (100_000, 2000)])
    def test_so_many_may_change_at_once(self, people: int, limit: int) -> None:
        """Three of a small book, 2 % of a large one."""
        assert most(people) == limit

    @pytest.mark.parametrize(("people", "lost"), [(15, 3), (3, 3), (200, 4), (10_000, 200), (0, 0)])
    def test_a_file_that_lost_a_few_is_acted_on(self, people: int, lost: int) -> None:
        """An owner may strike people out."""
        assert shrunken(lost, people) is None

    @pytest.mark.parametrize(("people", "lost"), [(15, 4), (4, 4), (200, 5), (10_000, 201)])
    def test_a_file_that_lost_one_more_is_not(self, people: int, lost: int) -> None:
        """And the sentence says how many of how many."""
        assert shrunken(lost, people) == f"The contact file has lost {lost} of its {people} people at once."


class TestAddressChanges:
    """Bouncer's own, within a week."""

    @pytest.mark.parametrize(("made", "wanted", "people"), [(0, 1, 15), (2, 1, 15), (0, 3, 15), (3, 1, 200), (3, 0, 15), (99, 0, 15)])
    def test_as_many_as_may_be_are_made(self, made: int, wanted: int, people: int) -> None:
        """The last one allowed goes through, and where none is wanted none is too many."""
        assert too_many_changes(Recent(people, made), wanted) is None

    @pytest.mark.parametrize(("made", "wanted", "people"), [(3, 1, 15), (0, 4, 15), (2, 2, 15), (4, 1, 200), (3, 1, 0)])
    def test_the_first_beyond_is_not(self, made: int, wanted: int, people: int) -> None:
        """It is held before it is made."""
        why = too_many_changes(Recent(people, made), wanted)
        assert why is not None
        assert why.startswith(f"{made + wanted} addresses would have changed by themselves within seven days")

    def test_only_what_is_done_without_asking_is_counted(self) -> None:
        """A question changes nothing, nor does another field."""
        asked = Review((MOVE,), "is it Jane?", Level.E1, BECAUSE)
        done = Apply((MOVE, KEEP), "she says so", Level.E4)
        assert address_changes((asked, Ignore("no news", Level.E4), Apply((TITLE,), "signature", Level.E4))) == 0
        assert address_changes((asked, done, done)) == 2


class TestWhatIsAsked:
    """While a breaker holds."""

    MOVES = Apply((MOVE, KEEP), "she says so", Level.E4, alive=True)
    TITLES = Apply((TITLE,), "signature", Level.E4)
    STOPS = Apply((), "stop", Level.E3, suppress=("jane@acme.example",))

    def test_a_new_address_waits_with_all_that_goes_with_it_and_the_rest_goes_on(self) -> None:
        """No check-in goes to the old address meanwhile."""
        decisions: tuple[Decision, ...] = (self.MOVES, self.TITLES, self.STOPS)
        sign, asked, *rest = addresses_asked(decisions)
        assert sign == replace(self.MOVES, changes=())
        assert isinstance(asked, Review)
        assert asked.changes == (MOVE, KEEP)
        assert asked.hold
        assert asked.why == "many addresses change at once: she says so"
        assert rest == [self.TITLES, self.STOPS]

    def test_of_a_file_that_lost_people_everything_waits_but_the_stop(self) -> None:
        """What only the ledger keeps is kept."""
        asked = all_asked((self.MOVES, self.TITLES, self.STOPS))
        assert [type(decision) for decision in asked] == [Apply, Review, Review, Apply]
        assert asked[-1] == self.STOPS
        assert not any(isinstance(decision, Apply) and decision.changes for decision in asked)

    def test_what_was_a_question_before_stays_the_same_one(self) -> None:
        """Its words are the message's own."""
        asked = Review((MOVE,), "is it Jane?", Level.E1, BECAUSE)
        assert addresses_asked((asked,)) == (asked,)
        assert all_asked((asked,)) == (asked,)


class TestRefusalsOfUs:
    """They stop sending; nothing else does."""

    def test_the_same_from_three_domains_stops_it(self) -> None:
        """Whatever the status says beside it."""
        why = refused_us(Recent(outcomes=sends(us(1), us(2, status="5.7.26"), us(3, status=None))))
        assert why == "3 domains refused us, not the address, for the same reason (blocked): d1.example, d2.example, d3.example."

    @pytest.mark.parametrize(
        "outcomes",
        [
            sends(us(1), us(2)),
            sends(us(1), us(1), us(1)),
            sends(us(1), us(2), us(3, "spamdetected")),
            sends(us(1), us(2), us(2)),
            (us(1), us(2)),
            sends(us(1), us(2), Outcome("d3.example", "mailboxfull", "5.2.2")),
            (),
        ],
    )
    def test_fewer_or_different_ones_do_not(self, outcomes: tuple[Outcome, ...]) -> None:
        """Two domains, three refusals of one, another reason, too few letters, a full mailbox."""
        assert refused_us(Recent(outcomes=outcomes)) is None

    def test_a_fifth_of_the_last_twenty_stops_it(self) -> None:
        """Be they all of one domain, or each for a reason of its own."""
        assert refused_us(Recent(outcomes=sends(us(1), us(1), us(1), us(1)))) == (
            "4 of the last 20 check-ins were refused because of us, not of the address."
        )
        assert refused_us(Recent(outcomes=sends(us(1), us(2), us(3, "speeding"), us(4, "spamdetected")))) is not None

    def test_one_letter_of_one_is_not_a_fifth_of_twenty(self) -> None:
        """A beginner's first refusal stops nothing."""
        assert refused_us(Recent(outcomes=(us(1),))) is None

    def test_what_lies_behind_the_last_twenty_is_over(self) -> None:
        """Only those count."""
        assert refused_us(Recent(outcomes=(us(1), us(2), *[FINE] * 18, us(3), us(4)))) is None

    def test_unknown_users_never_do(self) -> None:
        """A stale book is what this is for."""
        assert refused_us(Recent(outcomes=(GONE,) * 20)) is None
        assert refused_us(Recent(outcomes=tuple(Outcome(f"d{n}.example", "hostunknown", "5.1.2") for n in range(20)))) is None

    def test_a_policy_worded_as_an_unknown_user_is_about_us(self) -> None:
        """RFC 3463 section 3.8: the status knows better."""
        assert means_us("userunknown", "5.7.1")
        assert means_us("rejected", None)
        assert not means_us("userunknown", "5.1.1")
        assert not means_us("mailboxfull", None)
        assert not means_us(None, None)
        assert refused_us(Recent(outcomes=sends(*(us(n, "userunknown", "5.7.1") for n in range(3))))) is not None
        assert stale((us(1, "userunknown", "5.7.1"),) * 20) is None


class TestAStaleBook:
    """Unknown users slow it down."""

    def test_above_thirty_per_cent_of_the_last_twenty_the_pace_is_halved(self) -> None:
        """Seven are, six are not."""
        assert stale(sends(*[GONE] * 6)) is None
        why = stale(sends(*[GONE] * 7))
        assert why == "7 of the last 20 check-ins went to addresses that no longer exist; until fewer do, half as many go out."
        assert stale((GONE,) * 6) is None
        assert (stale((GONE,) * 8) or "").startswith("8 of the last 8 check-ins")

    @pytest.mark.parametrize(
        ("per_day", "per_week", "day"), [(5, 15, 2), (4, 40, 2), (1, 15, 1), (0, 15, 0), (5, 3, 1), (5, 0, 0), (100, 500, 50)]
    )
    def test_half_as_many_leave_but_never_none(self, per_day: int, per_week: int, day: int) -> None:
        """Without a letter nothing would ever show that the book is better now; an owner who sends none sends none."""
        settings = replace(SETTINGS, pace=Pace(per_day=per_day, per_week=per_week))
        bad = Activity(sent_ever=20, outcomes=sends(*[GONE] * 7))
        assert allowance(bad, settings) == day
        assert allowance(replace(bad, outcomes=sends(*[GONE] * 6)), settings) == min(per_day, per_week)

    def test_the_week_is_halved_as_well(self) -> None:
        """7 of 15."""
        bad = Activity(sent_ever=20, sent_this_week=6, outcomes=sends(*[GONE] * 7))
        assert allowance(bad, SETTINGS) == 1
        assert allowance(replace(bad, sent_this_week=7), SETTINGS) == 0


def test_every_breaker_says_how_it_goes_on() -> None:
    """The owner reads why, what stops, and the command."""
    for breaker in Breaker:
        said = told(breaker, "This is why.")
        assert said.startswith("This is why. ")
        assert "`bouncer resume`" in said


def test_what_the_owner_has_let_go_on_is_no_trouble_any_more() -> None:
    """The daemon's last word is up to a minute old, and older where cron runs it; other troubles stay, and a breaker that holds."""
    why, other = told(Breaker.REFUSALS, "Three domains."), told(Breaker.ADDRESSES, "Many.")
    word = Health(live=True, troubles=("The disk is full.", why, other), sending_stopped=why)
    assert as_it_is_now(word, [Trip(Breaker.REFUSALS, AT, "Three domains."), Trip(Breaker.ADDRESSES, AT, "Many.")]) == word
    assert as_it_is_now(word, [Trip(Breaker.ADDRESSES, AT, "Many.")]) == Health(live=True, troubles=("The disk is full.", other))
    full = Health(live=True, troubles=("The disk is full.",), sending_stopped="The disk is full.")
    assert as_it_is_now(full, []) == full


class TestWhoseRefusal:
    """Which letter a notice speaks of."""

    SENT = Sent(7, "checkin", "a" * 12, "jane@acme.example", "<b.x@home.example>", OutboxState.SENT, AT)
    FAILED = Recipient("jane@acme.example", "failed", "blocked", permanent=False, because=BECAUSE, status="5.7.1")
    MATCH = Match("a" * 12, Trust(Level.E3, ()), "jane@acme.example", SENT)

    def test_a_bounce_with_our_token_does(self) -> None:
        """The recipient that stands for the address we mailed."""
        bounce = replace(reading(mail("bounce"), Kind.BOUNCE), recipients=(self.FAILED,))
        assert refusal_of(bounce, self.MATCH) == self.FAILED

    def test_without_it_or_with_another_kind_of_news_none_does(self) -> None:
        """An id alone is no secret; a delay is no refusal."""
        bounce = replace(reading(mail("bounce"), Kind.BOUNCE), recipients=(self.FAILED,))
        for level in (Level.E0, Level.E1, Level.E2):
            assert refusal_of(bounce, replace(self.MATCH, trust=Trust(level, ()))) is None
        assert refusal_of(bounce, replace(self.MATCH, sent=None)) is None
        assert refusal_of(replace(bounce, recipients=()), self.MATCH) is None
        assert refusal_of(replace(bounce, recipients=(replace(self.FAILED, action="delayed"),)), self.MATCH) is None
        assert refusal_of(replace(reading(mail("late"), Kind.DELAY), recipients=(self.FAILED,)), self.MATCH) is None

    def test_of_several_recipients_it_is_ours_or_none(self) -> None:
        """A single one may be where a forwarder sends on to."""
        other = replace(self.FAILED, address="bob@bolt.example")
        assert recipients_of((other, self.FAILED), "jane@acme.example") == (self.FAILED,)
        assert recipients_of((other,), "jane@acme.example") == (other,)
        assert recipients_of((other, replace(other, address="c@c.example")), "jane@acme.example") == ()
