"""A message that comes twice under one Message-ID changes nothing the second time."""

from dataclasses import replace

from support.build import AT, JANE
from support.trust import PERSON, STOP, at_level, changed, decisions, known

from bouncer.model import Apply, Because, Ignore, Kind, Level, NewAddress, Review

MOVED = NewAddress(because=Because("en-new-address", "my new address is", "body"), address="jane@newco.example")


def test_what_was_believed_before_is_only_asked_when_it_comes_again() -> None:
    """The owner may have undone it meanwhile."""
    facts = replace(known(JANE), told={PERSON: Level.E4})
    found = decisions(at_level("E4", MOVED), JANE, facts, at=AT)
    assert changed(found) == {}
    assert any(isinstance(one, Review) and "taken in before" in one.why for one in found)


def test_what_was_believed_less_before_is_news() -> None:
    """Nobody keeps a genuine message out by sending a forgery of it first."""
    facts = replace(known(JANE), told={PERSON: Level.E1})
    assert changed(decisions(at_level("E4", MOVED), JANE, facts, at=AT))["email"] == "jane@newco.example"


def test_the_copy_of_another_persons_message_is_news() -> None:
    """What counts is what was said of this person."""
    facts = replace(known(JANE), told={"ba9876543210": Level.E4})
    assert changed(decisions(at_level("E4", MOVED), JANE, facts, at=AT))


def test_a_copy_is_no_second_sign_of_life_and_a_stop_is_a_stop() -> None:
    """An old answer sent on says nothing of today; a wish not to be written to holds however often it comes."""
    facts = replace(known(JANE), told={PERSON: Level.E4})
    assert not [one for one in decisions(at_level("E4", kind=Kind.HUMAN), JANE, facts) if not isinstance(one, Ignore)]
    stopped = decisions(at_level("E4", STOP, kind=Kind.HUMAN), JANE, facts)
    assert any(isinstance(one, Apply) and one.suppress for one in stopped)
