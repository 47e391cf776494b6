"""`bouncer contacts export`: the contact file on the way to another program."""

import json
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from support.bouncer_home import Home
from typer.testing import CliRunner, Result

from bouncer.cli.app import app
from bouncer.cli.contacts import Form
from bouncer.core.export import FORMATS
from bouncer.edge.contacts import open_contacts
from bouncer.errors import OwnerFault, UsageError
from bouncer.model import Because, Change, Contact

WORD = Because("owner", "at the command line", "body")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Give Jane and Bob, whom no bouncer has taken in yet."""
    return Home(tmp_path_factory.mktemp("home"))


def run(home: Home, *arguments: str) -> Result:
    """Run it in this process."""
    return CliRunner().invoke(app, ["contacts", "export", *arguments, "--config", str(home.config)])


def text(home: Home, *arguments: str) -> str:
    """Give what it prints, line ends and all."""
    return run(home, *arguments).stdout_bytes.decode()


def names(home: Home, *arguments: str) -> list[str]:
    """Give who is exported."""
    return [entry["name"] for entry in json.loads(run(home, "--format", "json", *arguments).stdout)["contacts"]]


def change(home: Home, at: datetime, *wanted: Change, undone: bool = False) -> None:
    """Change the file at the owner's word, as the commands do, and take it back where asked."""
    contacts = open_contacts(home.contacts, home.path / "state" / "history")
    with closing(home.ledger()) as ledger:
        ledger.sync(contacts.load(), at)
        made = ledger.commit(wanted, "you said so", at)
        ledger.settle(made, contacts.apply([one for _, one in made]), at)
        if undone:
            made = ledger.undo(ledger.events(limit=1)[0].id, at + timedelta(days=2))
            ledger.settle(made, contacts.apply([one for _, one in made]), at + timedelta(days=2))


class TestWhole:
    """Everybody."""

    def test_vcards_are_what_is_given_unless_another_format_is_asked_for(self, home: Home) -> None:
        """Line ends as vCard wants them, in order of the file; without an id before bouncer has run."""
        out = run(home).stdout_bytes
        assert out.startswith(
            b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jane Doe\r\nN:Doe;Jane;;;\r\nORG:Acme\r\nEMAIL;PREF=1:jane@acme.example\r\n"
        )
        assert out.count(b"END:VCARD\r\n") == 2
        assert b"UID" not in out
        assert not (home.path / "state").exists()

    def test_whom_bouncer_has_taken_in_has_an_id_that_stays(self, home: Home) -> None:
        """The same at every export, another for each."""
        change(home, datetime.now(UTC), Change("jane@acme.example", "title", None, "CTO", WORD))
        first, second = text(home), text(home)
        ids = [line for line in first.split("\r\n") if line.startswith("UID:urn:uuid:")]
        assert len(set(ids)) == 2
        assert first == second

    def test_a_table_for_google(self, home: Home) -> None:
        """One line for each, and the header."""
        assert text(home, "--format", "google").count("\r\n") == 3

    def test_names_of_any_script_come_out_whole_in_any_locale(self, home: Home) -> None:
        """A terminal that knows ASCII alone is no reason to lose a name."""
        home.contacts.write_text("contacts:\n  - {name: 山田太郎, email: taro@nihon.example}\n", encoding="utf-8")
        ran = home.bouncer("contacts", "export", LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        assert "FN:山田太郎\r\n" in ran.out.replace("\n", "\r\n").replace("\r\r", "\r"), ran.err

    def test_into_a_file_that_only_the_owner_can_read(self, home: Home) -> None:
        """And the number of people on the screen."""
        target = home.path / "people.vcf"
        assert run(home, "--output", str(target)).output == f"Written to {target}: 2 of 2 contacts.\n"
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert target.read_bytes().count(b"\r\n") == 13

    def test_over_no_file_that_is_there(self, home: Home) -> None:
        """It may be the contact file itself."""
        before = home.contacts.read_bytes()
        assert isinstance(run(home, "-o", str(home.contacts)).exception, UsageError)
        assert home.contacts.read_bytes() == before

    def test_not_from_a_file_with_a_fault(self, home: Home) -> None:
        """Half an address book would pass for the whole of it."""
        home.contacts.write_text("contacts:\n  - name: Jane Doe\n", encoding="utf-8")
        result = run(home)
        assert isinstance(result.exception, OwnerFault)
        assert result.stdout == ""


def test_every_format_can_be_asked_for() -> None:
    """By the name that it has."""
    assert {form.value for form in Form} == set(FORMATS)


class TestChangesSince:
    """Only what is new."""

    def test_whoever_was_changed_from_that_day_on(self, home: Home) -> None:
        """The day itself counts, and so does a moment; Bob was left alone."""
        at = datetime(2026, 3, 4, 10, tzinfo=UTC)
        change(home, at, Change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example", WORD))
        assert names(home, "--changes-since", "2026-03-04") == ["Jane Doe"]
        assert names(home, "--changes-since", "2026-03-04T10:00:00+00:00") == ["Jane Doe"]
        assert "REV:20260304T100000Z\r\n" in text(home)

    def test_nobody_who_was_changed_before(self, home: Home) -> None:
        """An empty address book, and no fault."""
        change(home, datetime(2026, 3, 4, 10, tzinfo=UTC), Change("jane@acme.example", "title", None, "CTO", WORD))
        assert names(home, "--changes-since", "2026-03-05") == []
        assert run(home, "--changes-since", "2026-03-04T10:00:01Z").stdout == ""

    def test_the_day_begins_where_the_owner_is(self, home: Home) -> None:
        """Half past midnight in Auckland is the day before in UTC."""
        home.config.write_text(home.text.replace("olga@home.example}", "olga@home.example, timezone: Pacific/Auckland}", 1))
        change(home, datetime(2026, 3, 3, 11, 30, tzinfo=UTC), Change("jane@acme.example", "title", None, "CTO", WORD))
        assert names(home, "--changes-since", "2026-03-04") == ["Jane Doe"]
        assert names(home, "--changes-since", "2026-03-05") == []

    def test_what_was_taken_back_is_a_change_too(self, home: Home) -> None:
        """Whoever has exported in between has the wrong title."""
        change(home, datetime(2026, 3, 4, 10, tzinfo=UTC), Change("jane@acme.example", "title", None, "CTO", WORD), undone=True)
        assert names(home, "--changes-since", "2026-03-06") == ["Jane Doe"]

    def test_whoever_was_added_is_new_before_and_after_bouncer_has_seen_them(self, home: Home) -> None:
        """The entry is nobody's until the next reading of the file."""
        at, kim = datetime(2026, 3, 4, 10, tzinfo=UTC), Contact(name="Kim Kerr", email="Kim@acme.example")
        change(home, at, Change.adding(kim, WORD))
        assert names(home, "--changes-since", "2026-03-04") == ["Kim Kerr"]
        change(home, at - timedelta(days=9))
        assert names(home, "--changes-since", "2026-03-04") == ["Kim Kerr"]

    def test_a_change_that_the_file_refused_is_none(self, home: Home) -> None:
        """It said something else by then."""
        change(home, datetime(2026, 3, 4, 10, tzinfo=UTC), Change("jane@acme.example", "company", "Bolt", "NewCo", WORD))
        assert names(home, "--changes-since", "2026-03-01") == []

    def test_nobody_before_bouncer_has_run(self, home: Home) -> None:
        """It has changed nothing."""
        assert names(home, "--changes-since", "2000-01-01") == []

    @pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "", "04.03.2026"])
    def test_no_day_is_a_sentence(self, home: Home, day: str) -> None:
        """Which says how to write one."""
        result = run(home, "--changes-since", day)
        assert isinstance(result.exception, UsageError)
        assert "write it like 2026-11-25" in str(result.exception)
