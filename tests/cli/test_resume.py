"""`bouncer resume`: what has stopped is shown with its why, and the owner's word lets it go on; also without a daemon."""

import json
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.core.breakers import told
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.status import write_status
from bouncer.errors import OwnerFault
from bouncer.model import Breaker, Health, Trip

ADDRESSES = "4 addresses would have changed by themselves within seven days; up to 3 do so without asking you."
REFUSALS = "3 domains refused us, not the address, for the same reason (blocked): a.example, b.example, c.example."
FULL = "contacts:\n" + "".join(f"  - name: Person {n}\n    email: p{n}@d{n}.example\n" for n in range(30))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home whose thirty people are known."""
    home = Home(tmp_path)
    home.contacts.write_text(FULL, encoding="utf-8")
    home.take_in()
    return home


def cut(home: Home, left: int) -> None:
    """Leave so many in the contact file."""
    home.contacts.write_text("contacts:" + FULL.split("contacts:")[1].partition(f"  - name: Person {left}\n")[0], encoding="utf-8")


def trip(home: Home, *trips: tuple[Breaker, str]) -> None:
    """Have the daemon trip them."""
    ledger = home.ledger()
    for breaker, why in trips:
        ledger.trip(breaker, why, today())
    ledger.close()


def tripped(home: Home) -> tuple[Trip, ...]:
    """Give what has tripped."""
    ledger = home.ledger()
    try:
        return ledger.tripped()
    finally:
        ledger.close()


def said(home: Home, *arguments: str) -> str:
    """Run the command in this process and give what it printed."""
    result = CliRunner().invoke(app, ["resume", *arguments, "--config", str(home.config)])
    assert result.exit_code == 0, result.output
    return result.output


class TestShowing:
    """`--look`."""

    def test_looking_changes_nothing(self, home: Home) -> None:
        """As often as one likes."""
        trip(home, (Breaker.ADDRESSES, ADDRESSES))
        cut(home, 20)
        for _ in range(2):
            shown = said(home, "--look")
            assert ADDRESSES in shown
            assert "The contact file has lost 10 of its 30 people at once." in shown
            assert shown.count("`bouncer resume` lets it go on.") == 2
        assert [one.breaker for one in tripped(home)] == [Breaker.ADDRESSES]

    def test_a_machine_is_told_the_same(self, home: Home) -> None:
        """An object a line; the names where people were lost."""
        trip(home, (Breaker.REFUSALS, REFUSALS))
        cut(home, 25)
        refusals, book = map(json.loads, said(home, "--look", "--json").splitlines())
        assert refusals == {"breaker": "refusals", "since": refusals["since"], "why": REFUSALS, "resumed": False}
        assert book["breaker"] == "book"
        assert book["lost"] == ["Person 25", "Person 26", "Person 27", "Person 28", "Person 29"]

    def test_where_nothing_has_stopped_that_is_said(self, home: Home) -> None:
        """Also where bouncer has never run; a machine is told nothing."""
        assert said(home) == "Nothing has stopped.\n"
        assert said(home, "--json") == ""
        (home.path / "new").mkdir()
        new = Home(home.path / "new")
        assert said(new) == "Nothing has stopped.\n"
        assert not (new.path / "state").exists()


class TestLettingGo:
    """The owner's word."""

    def test_status_says_what_has_stopped_until_it_goes_on(self, home: Home) -> None:
        """The word that the daemon left is older than the owner's."""
        trip(home, (Breaker.REFUSALS, REFUSALS))
        word = told(Breaker.REFUSALS, REFUSALS)
        write_status(home.settings.state, Health(live=True, troubles=(word,), sending_stopped=word), today())
        status = CliRunner().invoke(app, ["status", "--config", str(home.config)]).output
        assert f"Trouble: {REFUSALS} No check-in goes out until you have looked into it" in status
        said(home)
        assert "Trouble" not in CliRunner().invoke(app, ["status", "--config", str(home.config)]).output

    def test_everything_that_has_tripped_goes_on(self, home: Home) -> None:
        """With what that means; a second time there is nothing left."""
        trip(home, (Breaker.ADDRESSES, ADDRESSES), (Breaker.REFUSALS, REFUSALS))
        shown = said(home)
        assert f": {ADDRESSES}\n  Addresses are changed by themselves again" in shown
        assert f": {REFUSALS}\n  Check-ins go out again." in shown
        assert tripped(home) == ()
        assert said(home) == "Nothing has stopped.\n"

    def test_a_smaller_contact_file_is_taken_as_it_is(self, home: Home) -> None:
        """Whether the daemon has seen it or not; who is missing is named, twenty at most, and it is an event."""
        cut(home, 5)
        shown = said(home)
        assert "The contact file has lost 25 of its 30 people at once." in shown
        assert "No longer in it: Person 10, " in shown
        assert "and 5 more.\n  The contact file is taken as it is now." in shown
        ledger = home.ledger()
        kinds = [event.kind.value for event in ledger.events()]
        assert (ledger.recent(today()).people, ledger.tripped(), kinds) == (5, (), ["resumed", "tripped"])
        ledger.close()

    def test_what_the_file_loses_afterwards_is_not_confirmed(self, home: Home) -> None:
        """The word was for what was shown."""
        cut(home, 20)
        said(home)
        cut(home, 10)
        assert "has lost 10 of its 20 people" in said(home, "--look")

    def test_people_who_are_back_need_no_word(self, home: Home) -> None:
        """The daemon saw them gone, and has not yet seen them again."""
        trip(home, (Breaker.BOOK, "The contact file has lost 10 of its 30 people at once."))
        assert said(home) == "Nothing has stopped.\n"
        assert tripped(home) == ()

    def test_with_a_file_that_cannot_be_read_nothing_is_confirmed(self, home: Home) -> None:
        """It is said with its line."""
        trip(home, (Breaker.REFUSALS, REFUSALS))
        home.contacts.write_text("contacts: {a: b}\n")
        result = CliRunner().invoke(app, ["resume", "--config", str(home.config)])
        assert isinstance(result.exception, OwnerFault)
        assert [one.breaker for one in tripped(home)] == [Breaker.REFUSALS]

    def test_a_name_cannot_speak_to_the_terminal(self, home: Home) -> None:
        """Whatever stood in the file."""
        ledger = SqliteLedger(home.settings.state / "ledger.sqlite3")
        ledger._database._connection.execute("UPDATE person SET name = ? WHERE name = 'Person 29'", ("Mallory\x1b[31m",))
        ledger.close()
        cut(home, 25)
        assert "\x1b" not in said(home)
