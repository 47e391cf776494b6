"""`bouncer add`: somebody new in the contact file, in one line of the terminal, and out of it again."""

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
from bouncer.model import Because, Change, Contact, EventKind, Level, Match, Review, Traces, Trust

ANN = "Ann Lee <ann@new.example>"
BECAUSE = Because("import", "connections.csv, line 7", "header")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which bouncer has never run."""
    return Home(tmp_path)


def fault(home: Home, *arguments: str) -> BouncerError:
    """Run a command that must fail, and give the fault that ends it; nothing was written, and nothing is left to be."""
    before = home.contacts.read_bytes()
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert isinstance(result.exception, BouncerError), result.output
    assert home.contacts.read_bytes() == before
    assert pending(home) == ()
    return result.exception


def pending(home: Home) -> tuple[tuple[int, Change], ...]:
    """Give what waits to be written."""
    ledger = home.ledger()
    try:
        return ledger.pending()
    finally:
        ledger.close()


def test_a_name_and_an_address_are_enough(home: Home) -> None:
    """The entry is written as the last one is, and the answer says how to take it back."""
    assert said(home, "add", ANN) == "added: Ann Lee <ann@new.example>\n`bouncer undo 1` takes the entry out again.\n"
    assert home.contacts.read_text() == CONTACTS + "  - name: Ann Lee\n    email: ann@new.example\n"
    assert said(home, "undo", "1") == "taken out: Ann Lee <ann@new.example>\n"
    assert home.contacts.read_text() == CONTACTS


def test_every_field_may_be_given_and_those_of_several_values_several_times(home: Home) -> None:
    """In the order of the format."""
    fields = ("--company", "New: Co", "--title", "CTO", "--phone", "+44 1", "--phone", "+44 2", "--tag", "it", "--also", "a@home.example")
    said(home, "add", '"Lee, Ann" <ann@new.example>', *fields, "--every", "yearly", "--language", "en", "--timezone", "Europe/London")
    entry = home.contacts.read_text().removeprefix(CONTACTS)
    assert entry == (
        "  - name: Lee, Ann\n    email: ann@new.example\n    also: [a@home.example]\n"
        '    company: "New: Co"\n    title: CTO\n    phones: ["+44 1", "+44 2"]\n    language: en\n'
        "    timezone: Europe/London\n    every: yearly\n    tags: [it]\n"
    )


def test_history_tells_it_and_review_has_nothing_to_ask(home: Home) -> None:
    """It was the owner's own word."""
    said(home, "add", ANN)
    assert "Ann Lee  added: Ann Lee <ann@new.example>" in said(home, "history")
    assert said(home, "review") == "Nothing waits for your decision.\n"


@pytest.mark.parametrize(
    "who", ["", "Ann Lee", "ann@new.example", "<ann@new.example>", "Ann ann@new.example", "Ann <>", "Ann <a@x.example> Lee"]
)
def test_what_is_no_name_with_an_address_is_a_wrong_use(home: Home, who: str) -> None:
    """The answer shows how it is written."""
    assert "write it like 'Ann Lee <ann@new.example>', quotes and all" in str(fault(home, "add", who))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Ann <ann@@new.example>",), "Nobody was added: `ann@@new.example` is no e-mail address"),
        (("Ann\x1b[31m <ann@new.example>",), "holds U+001B"),
        ((ANN, "--also", "nowhere"), "`nowhere` is no e-mail address"),
        ((ANN, "--title", "CTO\nemail: eve@evil.example"), "holds U+000A"),
        ((ANN, "--timezone", "Mars/Olympus"), "`Mars/Olympus` is no time zone"),
        ((ANN, "--language", "English!"), "`English!` is no language code"),
        ((ANN, "--every", "fortnightly-ish"), "'fortnightly-ish' is no interval"),
        (("Olga <Olga@home.example>",), "Olga@home.example is your own address"),
        (("Jane <JANE@acme.example>",), "JANE@acme.example belongs to Jane Doe, on line 3 of the file"),
        ((ANN, "--also", "bob@bolt.example"), "bob@bolt.example belongs to Bob Best, on line 6 of the file"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_kept(home: Home, arguments: tuple[str, ...], reason: str) -> None:
    """With the reason, in words that colour no terminal; there is no event of it either."""
    wrong = fault(home, "add", *arguments)
    assert isinstance(wrong, UsageError)
    assert reason in str(wrong)
    assert "\x1b" not in str(wrong)
    assert said(home, "history") == "Nothing happened in the last 90 days.\n"


def test_all_that_is_wrong_is_said_at_once(home: Home) -> None:
    """One try after another is tedious."""
    told = str(fault(home, "add", ANN, "--timezone", "Mars/Olympus", "--every", "often"))
    assert "is no time zone" in told
    assert "is no interval" in told


def test_whoever_was_forgotten_is_not_added_again(home: Home) -> None:
    """Said in one sentence."""
    ledger = home.ledger()
    number, _ = ledger.forget(Traces(None, ("ann@new.example",)), today())
    ledger.wipe(number)
    ledger.close()
    wrong = fault(home, "add", ANN)
    assert str(wrong) == "You had bouncer forget Ann Lee <ann@new.example>, and whoever is forgotten is not added again."
    assert wrong.exit_code == 64


def test_a_namesake_is_pointed_out(home: Home) -> None:
    """It may be the same person with a new address."""
    told = said(home, "add", "jane doe <jane@new.example>")
    assert "Another Jane Doe <jane@acme.example> is on line 3: if that is the same person, undo this" in told


def test_a_role_address_is_added_with_a_remark(home: Home) -> None:
    """An address book may hold it; nobody writes there."""
    assert "Nobody writes to info@new.example, though: it is a role address." in said(home, "add", "Info <info@new.example>")


def test_a_file_that_is_open_in_an_editor_is_waited_for(home: Home) -> None:
    """The owner's word is kept: the next run of bouncer writes it."""
    sidecar = home.contacts.with_name(f".{home.contacts.name}.swp")
    sidecar.write_bytes(b"")
    result = CliRunner().invoke(app, ["add", ANN, "--config", str(home.config)])
    assert isinstance(result.exception, BouncerError)
    assert result.exception.exit_code == 75
    assert "Your decision is kept" in result.output
    sidecar.unlink()
    assert [change.contact for _, change in pending(home)] == ["ann@new.example"]
    assert home.contacts.read_text() == CONTACTS


def test_a_contact_file_that_does_not_parse_is_left_alone(home: Home) -> None:
    """With its line."""
    home.contacts.write_text("contacts: [")
    wrong = fault(home, "add", ANN)
    assert isinstance(wrong, OwnerFault)
    assert wrong.problems[0].line


def test_an_empty_contact_file_is_begun(home: Home) -> None:
    """As whoever starts with one would expect; the undo leaves it as empty as it was."""
    home.contacts.write_text("# my people\n")
    said(home, "add", ANN)
    assert home.contacts.read_text() == "# my people\ncontacts:\n  - name: Ann Lee\n    email: ann@new.example\n"
    said(home, "undo", "1")
    assert home.contacts.read_text() == "# my people\n"


def test_a_contact_file_that_was_emptied_is_not_begun(home: Home) -> None:
    """There were people in it: an accident is not made worse."""
    home.take_in()
    home.contacts.write_text("")
    assert "the file is empty" in str(fault(home, "add", ANN))


def test_an_entry_that_was_edited_since_is_not_taken_out(home: Home) -> None:
    """What the owner wrote of them would go too."""
    said(home, "add", ANN)
    home.contacts.write_text(home.contacts.read_text() + "    note: met at LISA\n")
    told = said(home, "undo", "1", code=1)
    assert told == "ann@new.example was not taken out: the entry was edited since (`note`); please take it out by hand\n"
    assert "met at LISA" in home.contacts.read_text()


def imported(home: Home, count: int) -> int:
    """Have *count* people come in one go; gives the number of the first one's event."""
    wanted = [Change.adding(Contact(name=f"Person {n}", email=f"p{n}@new.example"), BECAUSE) for n in range(count)]
    ledger = home.ledger()
    made = ledger.commit(wanted, "you imported them", today())
    ledger.settle(made, open_contacts(home.contacts, home.path / "state" / "history").apply(wanted), today())
    first = min(event.id for event in ledger.events(limit=count) if event.kind is EventKind.CHANGED)
    ledger.close()
    return first


def test_what_was_added_together_is_taken_back_together(home: Home) -> None:
    """`--all` on any of it; what was done besides stays."""
    said(home, "add", "Early Bird <early@new.example>")
    before = home.contacts.read_bytes()
    event = imported(home, 3)
    assert home.contacts.read_text().count("Person") == 3
    assert said(home, "undo", str(event + 1), "--all").splitlines() == [f"taken out: Person {n} <p{n}@new.example>" for n in (2, 1, 0)]
    assert home.contacts.read_bytes() == before
    assert "undone already" in str(fault(home, "undo", str(event), "--all"))


def test_many_who_came_in_one_go_are_one_line_of_history(home: Home) -> None:
    """With the command that takes them back; a machine gets every one."""
    first = imported(home, 40)
    told = said(home, "history")
    assert f"40 people added: Person 0, Person 1, Person 2 and 37 more; `bouncer undo {first} --all` takes them back" in told
    assert f"to {first + 39}: you imported them" in told
    assert "Person 9" not in told
    assert len(said(home, "history", "--json").splitlines()) == 40
    assert said(home, "undo", str(first), "--all") == "40 people taken out.\n"
    assert "40 people taken out: Person 39, Person 38, Person 37 and 37 more\n" in said(home, "history")


LEAD = Contact(name="Bo Berg", email="bo@acme.example", company="Acme")


def asked(home: Home, wanted: Contact) -> None:
    """Have a message of Jane's name *wanted* as her successor."""
    contacts, ledger, raw = open_contacts(home.contacts, home.path / "state" / "history"), home.ledger(), mail("gone", 1)
    ledger.sync(contacts.load(), today())
    match = Match(ledger.person("jane@acme.example"), Trust(Level.E4, ()))
    why = f"Jane Doe's mailbox names {wanted.name} <{wanted.email}> as successor, but only you can tell: it carries our token (E4)"
    review = Review((Change.adding(wanted, BECAUSE),), why, Level.E4, BECAUSE)
    ledger.record(raw, reading(raw), match, (review,), contacts.load().by_address["jane@acme.example"], today())
    ledger.close()


def test_a_lead_is_shown_with_what_a_yes_does_and_the_yes_adds_them(home: Home) -> None:
    """Through the same writer; it is undone like every addition."""
    asked(home, LEAD)
    assert "yes would add Bo Berg <bo@acme.example>" in said(home, "review")
    assert said(home, "review", "accept", "1") == "added: Bo Berg <bo@acme.example>\n"
    assert home.contacts.read_text() == CONTACTS + "  - name: Bo Berg\n    email: bo@acme.example\n    company: Acme\n"
    ledger = home.ledger()
    event = next(event.id for event in ledger.events() if event.kind is EventKind.CHANGED)
    ledger.close()
    said(home, "undo", str(event))
    assert home.contacts.read_text() == CONTACTS


def test_a_no_to_a_lead_adds_nobody(home: Home) -> None:
    """And the question is closed."""
    asked(home, LEAD)
    assert said(home, "review", "reject", "1") == "Noted; the contact file stays as it is.\n"
    assert home.contacts.read_text() == CONTACTS
    assert said(home, "review") == "Nothing waits for your decision.\n"


def test_a_lead_to_somebody_who_is_forgotten_goes_with_them(home: Home) -> None:
    """There is nothing left to say yes to."""
    asked(home, LEAD)
    ledger = home.ledger()
    number, _ = ledger.forget(Traces(None, ("bo+x@acme.example", "bo@acme.example")), today())
    ledger.wipe(number)
    ledger.close()
    assert said(home, "review") == "Nothing waits for your decision.\n"
    assert "There is no question 1" in str(fault(home, "review", "accept", "1"))


def test_a_lead_with_the_name_of_somebody_on_file_is_pointed_out(home: Home) -> None:
    """They may have changed their employer."""
    asked(home, replace(LEAD, name="Bob Best"))
    assert "Another Bob Best <bob@bolt.example> is on line 6: if that is the same person, undo this" in said(home, "review", "accept", "1")


def test_a_lead_stands_in_the_kit_of_who_is_lost(home: Home) -> None:
    """With the command that adds them."""
    asked(home, LEAD)
    home.contacts.write_text(CONTACTS.replace("    company: Acme\n", "    company: Acme\n    status: left\n"))
    assert "names Bo Berg <bo@acme.example> as successor (bouncer review accept 1 adds them)" in said(home, "lost")
