"""`bouncer lost` and `bouncer ask`: whom the owner has lost, how to find them, and a question that leaves only on a yes."""

import json
from pathlib import Path

import pytest
from support.bouncer_home import Home, today
from support.commands import refused, said

from bouncer.model import Planned

PEOPLE = """\
contacts:
  - name: Jane Doe
    email: jane@acme.example
    also: [jane.doe@club.example]
    company: Acme
    status: left
  - name: Bob Best
    email: bob@bolt.example
    previous:
      - {email: bob@acme.example, company: Acme}
  - name: Mia Muster
    email: mia@club.example
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a live home that has lost Jane and knows everybody in the file."""
    home = Home(tmp_path, live=True)
    write(home, PEOPLE)
    return home


def write(home: Home, text: str) -> None:
    """Have the owner write the contact file, and a daemon take it in."""
    home.contacts.write_text(text, encoding="utf-8")
    home.take_in()


def outbox(home: Home) -> list[Planned]:
    """Give what lies in the outbox."""
    ledger = home.ledger()
    try:
        return [letter for _, letter in ledger.due(today().replace(year=today().year + 5))]
    finally:
        ledger.close()


def test_the_lost_are_listed_with_what_helps_to_find_them(home: Home) -> None:
    """Addresses on file, pages to look at, whom to ask; and of how rare the name is, only what is known."""
    shown = said(home, "lost")
    assert shown.startswith("Jane Doe <jane@acme.example>, Acme: left\n")
    assert "jane.doe@club.example" in shown
    assert "https://www.linkedin.com/search/results/people/" in shown
    assert "bouncer ask jane@acme.example --via bob@bolt.example" in shown
    assert "unknown: your contact file is too small" in shown
    assert "Mia Muster <" not in shown


def test_the_list_for_machines_is_an_object_a_person(home: Home) -> None:
    """What is not known is null."""
    (line,) = said(home, "lost", "--json").splitlines()
    one = json.loads(line)
    assert (one["name"], one["status"], one["findable"]) == ("Jane Doe", "left", None)
    assert one["addresses"] == ["jane.doe@club.example"]
    assert {helper["name"]: helper["why"] for helper in one["ask"]}["Bob Best"] == "also at Acme"


def test_nobody_lost_is_said_in_one_line(home: Home) -> None:
    """And is an empty list for machines."""
    write(home, PEOPLE.replace("    status: left\n", ""))
    assert said(home, "lost") == "You have lost nobody.\n"
    assert said(home, "lost", "--json") == ""


def test_a_lost_list_can_be_had_before_bouncer_has_ever_run(tmp_path: Path) -> None:
    """It leaves nothing behind."""
    home = Home(tmp_path)
    home.contacts.write_text(PEOPLE, encoding="utf-8")
    assert "Jane Doe" in said(home, "lost")
    assert not (tmp_path / "state").exists()


class TestAsk:
    """Drafted for everybody, sent on a yes."""

    def test_the_exact_mail_is_shown_and_nothing_leaves_without_a_yes(self, home: Home) -> None:
        """No terminal, no yes."""
        shown = said(home, "ask", "jane", "--via", "bob")
        assert "To: Bob Best <bob@bolt.example>" in shown
        assert "Subject: Are you still in touch with Jane Doe?" in shown
        assert "Nothing is sent" in shown
        assert outbox(home) == []

    def test_a_yes_puts_it_into_the_outbox_once(self, home: Home) -> None:
        """A second question about the same one is refused; the lost list shows the first."""
        assert "It goes out from" in said(home, "ask", "jane", "--via", "bob", "--yes")
        (letter,) = outbox(home)
        assert (letter.purpose, letter.address) == ("ask", "bob@bolt.example")
        assert "once is enough" in refused(home, "ask", "jane", "--via", "bob", "--yes")
        assert "Bob Best: waits to be sent" in said(home, "lost")
        assert "Jane Doe" in said(home, "preview", "bob")

    @pytest.mark.parametrize(
        ("whom", "via", "why"),
        [
            ("mia", "bob", "is not lost"),
            ("jane", "jane.doe@club.example", "cannot be asked after themselves"),
            ("jane", "nobody@else.example", "has that address"),
        ],
    )
    def test_a_question_without_a_point_is_refused(self, home: Home, whom: str, via: str, why: str) -> None:
        """With why."""
        assert why in refused(home, "ask", whom, "--via", via, "--yes")
        assert outbox(home) == []

    def test_who_asked_for_peace_is_not_asked_either(self, home: Home) -> None:
        """The contact's word goes before the owner's."""
        write(home, PEOPLE.replace("    email: bob@bolt.example\n", "    email: bob@bolt.example\n    status: stopped\n"))
        assert "status is stopped" in refused(home, "ask", "jane", "--via", "bob", "--yes")
        assert outbox(home) == []

    def test_who_has_a_letter_under_way_is_asked_later(self, home: Home) -> None:
        """Never two open letters to one person."""
        said(home, "now", "bob")
        assert "under way already" in refused(home, "ask", "jane", "--via", "bob", "--yes")


class TestElsewhere:
    """`bouncer now --to`: a letter to another address on file."""

    def test_it_goes_to_that_address_with_words_of_its_own(self, home: Home) -> None:
        """The first one is named as the one that fails; `plan` says why it goes there."""
        assert "goes out next" in said(home, "now", "jane", "--to", "Jane.Doe@club.example")
        (letter,) = outbox(home)
        assert letter.address == "jane.doe@club.example"
        shown = said(home, "preview", "jane")
        assert "To: Jane Doe <jane.doe@club.example>" in shown
        assert "jane@acme.example came back" in " ".join(shown.split())
        assert "jane@acme.example no longer reaches them" in said(home, "plan")

    def test_one_address_a_day_is_enough(self, home: Home) -> None:
        """The first letter may arrive yet."""
        write(home, PEOPLE.replace("also: [jane.doe@club.example]", "also: [jane.doe@club.example, jd@home.example]"))
        said(home, "now", "jane", "--to", "jane.doe@club.example")
        assert "once a day" in refused(home, "now", "jane", "--to", "jd@home.example")

    @pytest.mark.parametrize("address", ["jane@acme.example", "jane@evil.example", ""])
    def test_an_address_that_is_no_other_of_theirs_is_refused(self, home: Home, address: str) -> None:
        """The known ones are named."""
        assert "known are: jane.doe@club.example" in refused(home, "now", "jane", "--to", address)
        assert outbox(home) == []

    def test_a_stop_holds_for_every_address(self, home: Home) -> None:
        """Whatever the owner says."""
        write(home, PEOPLE.replace("status: left", "status: stopped"))
        assert "status is stopped" in refused(home, "now", "jane", "--to", "jane.doe@club.example")
