"""What a set of rules does to a message is said rule by rule."""

from dataclasses import replace
from datetime import date

import pytest

from bouncer.core.trial import conflicts, difference, in_words, spoke
from bouncer.model import Ask, Away, Because, Finding, Kind, NewAddress, OptOut, Reading, Recipient, Verdict


def because(rule: str) -> Because:
    """Give the reason of a rule."""
    return Because(rule, f"the words of {rule}", "body")


def reading(*findings: Finding, kind: Kind = Kind.HUMAN) -> Reading:
    """Give a reading with these findings."""
    return Reading("mail", "0", None, None, (), (), "", Verdict(kind, because("verdict")), findings=findings)


NEW = NewAddress(because=because("en-new"), address="a@new.example")
OTHER = NewAddress(because=because("my-new"), address="b@new.example")
AWAY = Away(because=because("en-away"), until=date(2026, 3, 9))


def test_the_rules_that_spoke_are_named_with_their_words() -> None:
    """The verdict's, the recipients' and the findings', each once."""
    notice = replace(
        reading(NEW, NEW), recipients=(Recipient("x@y.example", "failed", "userunknown", permanent=True, because=because("gone")),)
    )
    assert [rule for rule, _ in spoke(notice)] == ["verdict", "gone", "en-new"]


def test_two_new_addresses_of_one_person_contradict_each_other() -> None:
    """Both rules and both addresses are named."""
    (one,) = conflicts(reading(NEW, OTHER))
    assert (one.one, one.other, one.what) == ("en-new", "my-new", "new-address a@new.example or b@new.example")


@pytest.mark.parametrize(
    "findings",
    [
        (NEW, replace(OTHER, about="Jane Doe")),
        (NEW, replace(OTHER, address="a@new.example")),
        (NEW, replace(OTHER, because=because("en-new"))),
        (AWAY, replace(AWAY, because=because("my-away"), until=None)),
        (Ask(because=because("a"), name="Bo"), Ask(because=because("b"), name="Cy")),
        (NEW, AWAY),
    ],
)
def test_what_can_both_be_true_is_no_contradiction(findings: tuple[Finding, ...]) -> None:
    """Another person, the same value, the same rule, a missing value, two people to ask, two things said."""
    assert list(conflicts(reading(*findings))) == []


def test_the_difference_between_two_readings_is_said_line_by_line() -> None:
    """What is lost, what is gained, and another kind."""
    assert difference(reading(NEW), reading(OTHER, OptOut(because=because("my-stop")), kind=Kind.OPT_OUT)) == (
        "kind human -> opt-out (verdict)",
        "- new-address a@new.example (en-new)",
        "+ new-address b@new.example (my-new)",
        "+ opt-out (my-stop)",
    )


def test_the_same_said_by_another_rule_is_no_difference() -> None:
    """What counts is what is read, not who read it."""
    assert difference(reading(NEW), reading(replace(NEW, because=because("my-new")))) == ()


def test_a_finding_about_somebody_else_says_so() -> None:
    """In one line, without what was not said."""
    assert in_words(Ask(because=because("a"), name="Bo", about="Jane Doe")) == "ask about Jane Doe Bo, cover"
