"""The decisions on one message agree: a field is set once, the graver state wins, and a question builds on what is done."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE, SETTINGS
from support.trust import (
    AWAY,
    BECAUSE,
    LEFT,
    MAILED,
    PHONE,
    RETIRED,
    ROLE,
    STOP,
    UNTIL,
    all_changes,
    answer,
    at_level,
    changed,
    decisions,
    known,
    token,
    whys,
)

from bouncer.core.decide import decide
from bouncer.model import (
    Apply,
    Away,
    Contact,
    Finding,
    Ignore,
    Kind,
    Level,
    Match,
    NewAddress,
    Policy,
    Previous,
    Reading,
    Review,
    Role,
    Status,
    Trust,
    Unmonitored,
)

NEW = "jane@newco.example"
MOVE = NewAddress(because=BECAUSE, address=NEW)


@pytest.mark.parametrize(
    ("findings", "status"),
    [((AWAY, LEFT, STOP), "stopped"), ((AWAY, LEFT, RETIRED), "retired"), ((AWAY, LEFT), "left"), ((LEFT, AWAY), "left")],
)
def test_the_state_that_ends_more_wins_and_brings_no_date(findings: tuple[Finding, ...], status: str) -> None:
    """Who has left or said stop is not away until a day."""
    assert changed(decisions(at_level("E4", *findings))) == {"status": status}


def test_beside_a_new_address_the_day_of_the_return_is_kept() -> None:
    """Probation is the state; when she is back is true all the same."""
    found = changed(decisions(at_level("E3", AWAY, MOVE)))
    assert (found["status"], found["away_until"], found["email"]) == ("probation", UNTIL.isoformat(), NEW)


@pytest.mark.parametrize("order", [(AWAY, MOVE), (MOVE, AWAY)])
def test_a_state_that_is_set_is_not_lifted_by_another_finding(order: tuple[Finding, ...]) -> None:
    """The new address would take `suspect` away, and the absence says what holds instead."""
    found = decisions(at_level("E4", *order), replace(JANE, status=Status.SUSPECT))
    assert changed(found)["status"] == "away"
    fields = [c.field for c in all_changes(found)]
    assert len(fields) == len(set(fields))


def test_what_leaves_the_state_away_takes_its_date_along() -> None:
    """A date without an absence would only puzzle the owner."""
    contact = replace(JANE, status=Status.AWAY, away_until=UNTIL)
    assert changed(decisions(at_level("E4", LEFT), contact)) == {"status": "left", "away_until": None}


def test_a_second_value_for_a_field_is_a_question_from_the_first_one_on() -> None:
    """What the field holds by then is what the question starts from."""
    titles = decisions(at_level("E4", ROLE, Role(because=BECAUSE, title="CFO")))
    days = decisions(at_level("E4", AWAY, Away(because=BECAUSE, until=UNTIL + timedelta(days=7))))
    for found, before, after in ((titles, "CTO", "CFO"), (days, UNTIL.isoformat(), (UNTIL + timedelta(days=7)).isoformat())):
        (review,) = [d for d in found if isinstance(d, Review)]
        assert [(c.before, c.after) for c in review.changes] == [(before, after)]
        assert ", but the message says two things about that: " in review.why


def test_a_question_names_the_entry_as_it_is_after_what_is_done() -> None:
    """The new address is taken over, and the title asked about by that address."""
    found = decisions(at_level("E3", MOVE, ROLE))
    (review,) = [d for d in found if isinstance(d, Review)]
    assert {c.contact for c in review.changes} == {NEW}


def test_what_is_so_already_is_neither_done_nor_asked() -> None:
    """And the sentence says so."""
    contact = replace(JANE, status=Status.AWAY, away_until=UNTIL)
    for level in ("E3", "E1"):
        found = decisions(at_level(level, AWAY), contact)
        assert all(isinstance(d, Ignore) for d in found)
        assert ", but that is so already: " in whys(found)


def test_an_act_with_an_effect_beside_the_file_is_no_nothing() -> None:
    """A stop of somebody stopped is kept in the ledger once more; a re-import must not undo it."""
    found = decisions(at_level("E3", STOP), replace(JANE, status=Status.STOPPED))
    assert [(d.changes, d.suppress) for d in found if not isinstance(d, Ignore)] == [((), (MAILED,))]


@pytest.mark.parametrize("policy", [Policy(), Policy(new_address="ask")])
def test_the_end_of_probation_is_e5_done_or_asked(policy: Policy) -> None:
    """That level comes from the token of the new address alone."""
    contact = replace(JANE, email=NEW, status=Status.PROBATION, previous=(Previous(MAILED),))
    reading = answer(Kind.AUTO_REPLY, sender=NEW, carries=token(NEW))
    (only,) = decisions(reading, contact, settings=replace(SETTINGS, policy=policy))
    assert (only.level, isinstance(only, Review)) == (Level.E5, policy.new_address == "ask")
    assert only.why.startswith(f"an answer from {NEW} carries that address's own token, so its probation ends")


def test_a_match_that_says_nothing_is_named_by_its_level() -> None:
    """The sentence never ends in a colon."""
    found = decide(at_level("E4", LEFT), Match("0123456789ab", Trust(Level.E4, ()), MAILED), JANE, SETTINGS, known(), AT)
    assert whys(found) == "Jane Doe has left: level E4"


def test_a_very_long_sentence_is_cut() -> None:
    """It goes into a mail and a terminal."""
    match = Match("0123456789ab", Trust(Level.E4, ()), MAILED, why="word " * 1000)
    (only,) = decide(at_level("E4", LEFT), match, JANE, SETTINGS, known(), AT)
    assert 990 < len(only.why) <= 1000
    assert only.why.endswith("…")


@pytest.mark.parametrize(
    ("contact", "reading", "before"),
    [
        (replace(JANE, phones=("1234567",)), at_level("E4", PHONE), {"phones": ("1234567",)}),
        (JANE, at_level("E4", PHONE), {"phones": None}),
        (
            replace(JANE, previous=(Previous("j@x.example"),)),
            at_level("E4", MOVE),
            {"email": MAILED, "previous": (Previous("j@x.example"),)},
        ),
        (JANE, at_level("E4", MOVE), {"email": MAILED, "previous": None}),
        (replace(JANE, status=Status.AWAY, away_until=AT.date()), at_level("E4", AWAY), {"away_until": AT.date().isoformat()}),
        (replace(JANE, title="Engineer"), at_level("E4", ROLE), {"title": "Engineer"}),
        (JANE, at_level("E4", ROLE), {"title": None}),
    ],
)
def test_a_change_starts_from_what_the_entry_holds(contact: Contact, reading: Reading, before: dict[str, object]) -> None:
    """Absent and empty are one: None."""
    assert {c.field: c.before for c in all_changes(decisions(reading, contact))} == before


def test_a_doubtful_absence_does_not_end_the_known_one() -> None:
    """An answer ends an absence, but not one that speaks of being away."""
    contact = replace(JANE, status=Status.AWAY, away_until=UNTIL)
    assert changed(decisions(at_level("E3", replace(AWAY, ambiguous=True), kind=Kind.HUMAN), contact)) == {}


@pytest.mark.parametrize("finding", [MOVE, LEFT, RETIRED, Unmonitored(because=BECAUSE)])
def test_a_farewell_does_not_show_that_a_failing_address_works(finding: Finding) -> None:
    """Its last words are no sign of life."""
    found = decisions(at_level("E4", finding), replace(JANE, status=Status.SUSPECT))
    assert not any(d.works for d in found if isinstance(d, Apply))


def test_an_answer_to_another_letter_shows_nothing_of_a_failing_address() -> None:
    """The From can be forged by whoever has any token of theirs; the policy can ask even otherwise."""
    contact = replace(JANE, also=("jane@home2.example",), status=Status.SUSPECT)
    assert changed(decisions(answer(Kind.AUTO_REPLY, carries=token("jane@home2.example")), contact)) == {}
    asking = replace(SETTINGS, policy=Policy(bounce="ask"))
    found = decisions(at_level("E3"), replace(JANE, status=Status.SUSPECT), settings=asking)
    assert (changed(found), [c.after for c in all_changes(found)]) == ({}, [None])
    assert ", but you want to be asked: " in whys(found)
