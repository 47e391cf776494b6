"""`bouncer plan`, `preview`, `now`, `skip` and `snooze`: what will go out is shown, and the owner's word is kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.bouncer_home import CONTACTS, Home, today
from support.commands import refused, said
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.errors import UsageError
from bouncer.model import Breaker, Planned


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a live home whose two people are known."""
    home = Home(tmp_path, live=True)
    home.take_in()
    return home


def planned(home: Home, *arguments: str) -> dict[str, dict[str, str]]:
    """Give what `bouncer plan --json` says of each, by name."""
    made = json.loads(said(home, "plan", "--json", *arguments))
    return {one["name"]: one for one in (*made["letters"], *made["not"])}


def outbox(home: Home) -> Iterator[Planned]:
    """Give what lies in the outbox."""
    ledger = home.ledger()
    try:
        yield from (letter for _, letter in ledger.due(today().replace(year=today().year + 5)))
    finally:
        ledger.close()


def test_the_plan_names_everybody_with_when_and_why(home: Home) -> None:
    """Live, nothing has ever gone out: one letter is planned for now, and the other person says what they wait for."""
    everybody = planned(home, "--weeks", "2")
    assert set(everybody) == {"Jane Doe", "Bob Best"}
    assert all(one["why"] == "nobody has written yet" for one in everybody.values())
    assert any("at" in one for one in everybody.values())
    assert "nobody has written yet" in said(home, "plan")


def test_the_plan_leaves_nothing_behind_where_bouncer_has_never_run(tmp_path: Path) -> None:
    """It can be looked at before anything else, and says that this is a dry run."""
    home = Home(tmp_path)
    assert "dry run" in said(home, "plan")
    assert not (tmp_path / "state").exists()


def test_the_plan_says_what_keeps_everything_back(home: Home) -> None:
    """A breaker that has tripped, and what lets it go on."""
    ledger = home.ledger()
    ledger.trip(Breaker.FIRST, "The first check-in has gone out.", today())
    ledger.close()
    assert "`bouncer resume`: The first check-in has gone out." in said(home, "plan")
    said(home, "resume")
    assert "bouncer resume" not in said(home, "plan")


def test_the_preview_is_the_mail_with_its_token_shown_as_such(home: Home) -> None:
    """Header and body; the card where it is asked for; nothing is put into the outbox by looking."""
    shown = said(home, "preview", "jane@acme.example")
    assert "\nTo: Jane Doe <jane@acme.example>\n" in shown
    assert "Message-ID: <b.[token]@home.example>" in shown
    assert "Olga Owner" in shown
    assert "Subject: Is this still right?" in said(home, "preview", "Bob Best", "--card")
    assert said(home, "preview", "bob", "--raw").startswith("From: Olga Owner <olga@home.example>\n")
    assert list(outbox(home)) == []


def test_a_template_that_fails_on_one_contact_is_named_with_its_line(home: Home) -> None:
    """The same words that the journal has when the letter is due."""
    (home.path / "mine").mkdir()
    for name in ("checkin.en.txt", "checkin.en.2.txt", "checkin.en.3.txt"):
        (home.path / "mine" / name).write_text("Subject: Hi\n\nHello {{ nickname }}.\n", encoding="utf-8")
    home.config.write_text(home.text + "templates: mine\n", encoding="utf-8")
    assert ".txt:3: the template fails: 'nickname' is undefined" in refused(home, "preview", "jane")


class TestNow:
    """The owner wants a letter to go out next."""

    def test_it_lies_in_the_outbox_at_once(self, home: Home) -> None:
        """Once, with the owner's wish as its why; a running daemon finds it there."""
        assert "goes out next" in said(home, "now", "jane")
        (letter,) = outbox(home)
        assert (letter.address, letter.why, letter.purpose) == ("jane@acme.example", "you asked for it", "checkin")

    def test_twice_a_day_is_once(self, home: Home) -> None:
        """An impatient owner sends no second letter."""
        said(home, "now", "jane")
        assert "once a day" in refused(home, "now", "jane")

    def test_it_ends_a_snooze(self, home: Home) -> None:
        """The later word counts."""
        said(home, "snooze", "jane", "--for", "3 weeks")
        said(home, "now", "jane")
        assert planned(home)["Jane Doe"]["queued"]

    def test_who_asked_for_peace_is_not_written_to_even_so(self, home: Home) -> None:
        """And the owner is told why."""
        home.contacts.write_text(CONTACTS.replace("company: Acme", "company: Acme\n    status: stopped"), encoding="utf-8")
        home.take_in()
        assert "status is stopped" in refused(home, "now", "jane")
        assert list(outbox(home)) == []


class TestPuttingOff:
    """The owner does not want a letter to go out."""

    def test_what_lies_in_the_outbox_is_taken_back(self, home: Home) -> None:
        """And nothing new is planned before the day."""
        said(home, "now", "jane")
        assert "before 20" in said(home, "snooze", "jane", "--for", "3 weeks")
        assert list(outbox(home)) == []
        assert planned(home, "--weeks", "2")["Jane Doe"]["group"] == "put off"

    def test_a_turn_that_is_left_out_is_a_whole_interval(self, home: Home) -> None:
        """Half a year from today, by default; others go on."""
        said(home, "skip", "jane")
        everybody = planned(home)
        assert "you put them off; not before" in everybody["Jane Doe"]["why"]
        assert everybody["Bob Best"]["why"] == "nobody has written yet"

    def test_the_present_day_ends_it(self, home: Home) -> None:
        """`--until` today."""
        said(home, "snooze", "jane", "--for", "3 weeks")
        assert "again" in said(home, "snooze", "jane", "--until", f"{today():%Y-%m-%d}")
        assert planned(home)["Jane Doe"].get("group") != "put off"

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["--for", "a bit"],
            ["--until", "soon"],
            ["--until", "2001-01-01"],
            ["--for", "99 years"],
            ["--for", "1 day", "--until", "2030-01-01"],
        ],
    )
    def test_what_is_no_time_to_come_is_refused(self, home: Home, arguments: list[str]) -> None:
        """With a sentence, and nothing is noted."""
        assert refused(home, "snooze", "jane", *arguments).endswith((".", "`never`"))
        assert planned(home)["Jane Doe"].get("group") != "put off"


class TestWhom:
    """A contact is named by address or by name."""

    @pytest.mark.parametrize("name", ["JANE@acme.example", "jane doe", "Doe", "  Jane   Doe "])
    def test_one_that_fits_is_meant(self, home: Home, name: str) -> None:
        """In any case, with any spaces."""
        assert "Jane Doe" in said(home, "preview", name)

    @pytest.mark.parametrize(("name", "why"), [("nobody", "Nobody in the contact file"), ("e", "fits 2 contacts"), ("", "Nobody")])
    def test_none_or_several_are_not(self, home: Home, name: str, why: str) -> None:
        """The owner is told which there are."""
        assert why in refused(home, "preview", name)

    def test_before_the_first_run_there_is_nobody_to_put_off(self, tmp_path: Path) -> None:
        """And the state directory is not made for it."""
        home = Home(tmp_path)
        result = CliRunner().invoke(app, ["skip", "jane", "--config", str(home.config)])
        assert isinstance(result.exception, UsageError)
        assert not (tmp_path / "state").exists()
