"""In a dry run the contact file is the owner's alone."""

from bouncer.core.dryrun import as_questions
from bouncer.model import Apply, Because, Change, Ignore, Level, Review

BECAUSE = Because("left", "I have left", "body")
CHANGE = Change("ann@acme.example", "status", None, "left", BECAUSE)


def test_a_change_becomes_a_question_that_names_the_same_change() -> None:
    """Nothing is lost: a yes does exactly what a live bouncer would have done."""
    (asked,) = as_questions((Apply((CHANGE,), "she said so", Level.E4),))
    assert asked == Review((CHANGE,), "dry run: she said so", Level.E4, BECAUSE)


def test_a_stop_is_heeded_even_in_a_dry_run() -> None:
    """The suppression stays an effect; only the file's change is asked."""
    kept, asked = as_questions((Apply((CHANGE,), "stop", Level.E3, suppress=("ann@acme.example",), alive=True),))
    assert kept == Apply((), "stop", Level.E3, ("ann@acme.example",), alive=True)
    assert isinstance(asked, Review)


def test_what_changes_no_file_passes_as_it_is() -> None:
    """Ignored mail, questions and bare signs of life are not touched."""
    same = (Ignore("a full mailbox is soft", Level.E3), Apply((), "alive", Level.E2, alive=True))
    assert as_questions(same) == same
