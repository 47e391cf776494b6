"""History, undo and review: what was done and why, taking it back, and deciding what waits; without a daemon, live or not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.bouncer_home import CONTACTS, Home, today
from support.commands import said
from support.ledger import mail, reading
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.edge.contacts import open_contacts
from bouncer.errors import BouncerError, OwnerFault, UsageError
from bouncer.model import Apply, Because, Change, Level, Match, Review, Trust

BECAUSE = Because("en-title", "I am CTO now\x1b[31m", "body")
TITLE = Change("jane@acme.example", "title", None, "CTO", BECAUSE)
BOBS = Change("bob@bolt.example", "company", None, "Bolt", Because("signature", "Bolt Ltd", "signature"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which Jane's title was changed, and a question about Bob waits."""
    home = Home(tmp_path)
    contacts, ledger, at = open_contacts(home.contacts, tmp_path / "state" / "history"), home.ledger(), today()
    book = contacts.load()
    ledger.sync(book, at)
    jane, bob = book.contacts
    first, second = mail("one", 1), mail("two", 2)
    done = Apply((TITLE,), "her answer carries our token (E4)", Level.E4)
    who = Match(ledger.person(jane.email), Trust(Level.E4, ()))
    made = ledger.record(first, reading(first), who, (done,), jane, at)
    ledger.settle(made, contacts.apply([TITLE]), at)
    asked = Review((BOBS,), "somebody says so (E1)", Level.E1, BOBS.because, hold=True)
    ledger.record(second, reading(second), replace(who, person=ledger.person(bob.email)), (asked,), bob, at)
    ledger.close()
    assert "title: CTO" in home.contacts.read_text()
    return home


def fault(home: Home, *arguments: str) -> BouncerError:
    """Run a command that must fail, and give the fault that ends it."""
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert isinstance(result.exception, BouncerError)
    return result.exception


def event(home: Home, kind: str) -> int:
    """Give the number of the newest event of *kind*."""
    ledger = home.ledger()
    try:
        return next(event.id for event in ledger.events() if event.kind.value == kind)
    finally:
        ledger.close()


class TestHistory:
    """Newest first, with the words."""

    def test_each_change_is_told_with_its_number_and_its_words(self, home: Home) -> None:
        """And what a message says cannot colour the terminal."""
        told = said(home, "history")
        assert f"{event(home, 'changed'):>5}  " in told
        assert "Jane Doe  title: nothing -> CTO" in told
        assert "because “I am CTO now [31m” (en-title)" in told
        assert "\x1b[31m" not in told
        assert told.index("Bob Best") < told.index("Jane Doe")

    def test_one_contact_alone_is_told_by_any_address_and_case(self, home: Home) -> None:
        """Nobody else's line is among it."""
        told = said(home, "history", "JANE@acme.example")
        assert "Jane Doe" in told
        assert "Bob Best" not in told

    def test_a_machine_gets_one_object_a_line(self, home: Home) -> None:
        """With the change and its why."""
        events = [json.loads(line) for line in said(home, "history", "--json").splitlines()]
        (changed,) = [event for event in events if event["kind"] == "changed"]
        assert changed["change"] == {"contact": "jane@acme.example", "field": "title", "before": None, "after": "CTO"}
        assert changed["because"]["rule"] == "en-title"
        assert changed["level"] == "E4"

    def test_nobody_known_is_a_wrong_use(self, home: Home) -> None:
        """Said in a sentence, with the address."""
        wrong = fault(home, "history", "nobody@else.example")
        assert isinstance(wrong, UsageError)
        assert str(wrong) == "Nobody is known by the address nobody@else.example."

    def test_looking_back_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """Where bouncer has never run, no state directory comes into being, whose owner might be the wrong one."""
        home = Home(tmp_path)
        assert said(home, "history") == "Nothing happened in the last 90 days.\n"
        assert said(home, "review") == "Nothing waits for your decision.\n"
        assert said(home, "status").startswith("bouncer is not running")
        assert "quiet week" in said(home, "summary")
        assert not (tmp_path / "state").exists()


class TestUndo:
    """Taking one change back."""

    def test_the_file_is_byte_for_byte_as_before(self, home: Home) -> None:
        """Though the configuration says dry run: the owner's word is enough."""
        assert said(home, "undo", str(event(home, "changed"))) == "jane@acme.example: title: CTO -> nothing\n"
        assert home.contacts.read_text() == CONTACTS
        assert "undone" in said(home, "history")

    def test_twice_is_once(self, home: Home) -> None:
        """The second says so."""
        number = str(event(home, "changed"))
        said(home, "undo", number)
        assert str(fault(home, "undo", number)) == f"Event {number} is undone already."

    def test_what_the_owner_changed_since_is_left_alone(self, home: Home) -> None:
        """It is said, and the exit code tells."""
        edited = home.contacts.read_text().replace("title: CTO", "title: CEO")
        home.contacts.write_text(edited)
        told = said(home, "undo", str(event(home, "changed")), code=1)
        assert "title was not changed: `title` is `CEO` by now, not `CTO`" in told
        assert home.contacts.read_text() == edited

    def test_what_is_no_change_cannot_be_undone(self, home: Home) -> None:
        """Neither a message that came, nor a number that nobody knows."""
        for number in (event(home, "received"), 999):
            assert str(fault(home, "undo", str(number))) == f"Event {number} is not a change of the contact file."

    def test_a_broken_file_keeps_the_decision_for_later(self, home: Home) -> None:
        """The problem is named, nothing is written, and it is made once the file is mended."""
        good = home.contacts.read_text()
        number = str(event(home, "changed"))
        home.contacts.write_text(good + "  - name: [\n")
        result = CliRunner().invoke(app, ["undo", number, "--config", str(home.config)])
        assert isinstance(result.exception, OwnerFault)
        assert "Your decision is kept" in result.output
        assert home.contacts.read_text() == good + "  - name: [\n"
        ledger = home.ledger()
        assert [change.field for _, change in ledger.pending()] == ["title"]
        ledger.close()


class TestReview:
    """What waits for the owner."""

    def test_it_is_listed_with_what_a_yes_would_do(self, home: Home) -> None:
        """And what is held back until then."""
        told = said(home, "review")
        assert "Bob Best  somebody says so (E1)" in told
        assert "yes would set company: nothing -> Bolt" in told
        assert "because “Bolt Ltd” (signature, E1)" in told
        assert "no check-in goes to this contact until you decide" in told

    def test_a_machine_gets_one_object_a_line(self, home: Home) -> None:
        """And nothing at all where nothing waits."""
        (question,) = [json.loads(line) for line in said(home, "review", "--json").splitlines()]
        assert question["hold"] is True
        assert question["changes"][0]["after"] == "Bolt"
        said(home, "review", "reject", str(question["id"]))
        assert said(home, "review", "--json") == ""

    def test_yes_makes_the_changes(self, home: Home) -> None:
        """In the entry, and nowhere else."""
        before = home.contacts.read_text()
        assert said(home, "review", "accept", "1") == "bob@bolt.example: company: nothing -> Bolt\n"
        assert home.contacts.read_text() == before + "    company: Bolt\n"
        assert said(home, "review") == "Nothing waits for your decision.\n"

    def test_no_leaves_the_file_alone(self, home: Home) -> None:
        """And the question does not come back."""
        before = home.contacts.read_text()
        assert said(home, "review", "reject", "1") == "Noted; the contact file stays as it is.\n"
        assert home.contacts.read_text() == before
        assert said(home, "review") == "Nothing waits for your decision.\n"

    @pytest.mark.parametrize("word", ["accept", "reject"])
    def test_a_number_that_is_not_open_is_a_wrong_use(self, home: Home, word: str) -> None:
        """Unknown, or answered before."""
        assert isinstance(fault(home, "review", word, "99"), UsageError)
        said(home, "review", "reject", "1")
        assert isinstance(fault(home, "review", word, "1"), UsageError)
