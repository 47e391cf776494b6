"""A stop is for ever: it outlives the entry, the file, the name and the address."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.ledger import DAY, MOVE, applied, book, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Apply, Book, Contact, Kind, Level

BOB = Contact(name="Bob Ray", email="bob@corp.example", also=("office@acme.example",))


def stop(ledger: SqliteLedger, contact: Contact = JANE) -> None:
    """Have *contact* ask not to be written to."""
    ledger.sync(book(contact), AT)
    raw = mail(f"stop {contact.email}")
    stopped = Apply((), "asks not to be written to", Level.E3, suppress=contact.addresses)
    ledger.record(raw, reading(raw, Kind.OPT_OUT, contact.email), match(ledger.person(contact.email)), (stopped,), contact, AT)


def may_be_written_to(ledger: SqliteLedger, contact: Contact, file: Book | None = None) -> bool:
    """Tell whether a letter to *contact* could go out, once the file is as given."""
    ledger.sync(file or book(contact), AT + DAY)
    who = ledger.person(contact.email) or ""
    ledger.enqueue([planned(who, address=contact.email)], AT + DAY)
    suppressed = ledger.activity(AT + DAY, "UTC").suppressed
    assert (contact.email.lower() in suppressed) != any(p.address == contact.email for _, p in ledger.due(AT + DAY))
    return suppressed.isdisjoint(contact.addresses)


@pytest.mark.parametrize(
    "again",
    [
        JANE,
        replace(JANE, email="JANE@ACME.example"),
        replace(JANE, name="Jane Roe-Doe", company="Else", title="CEO", tags=("imported",)),
        replace(JANE, name="Somebody", email="other@else.example", also=("jane@acme.example",)),
    ],
    ids=["as it was", "another case", "another name and firm", "behind another address"],
)
def test_who_was_taken_out_and_comes_back_is_not_written_to(ledger: SqliteLedger, again: Contact) -> None:
    """A re-import is no yes, whatever it calls them."""
    stop(ledger)
    ledger.sync(book(), AT)
    assert not may_be_written_to(ledger, again)


def test_a_new_address_in_their_entry_is_not_written_to_either(ledger: SqliteLedger) -> None:
    """The person has asked, not the address; and so with the one after it."""
    stop(ledger)
    moved = replace(JANE, email="jane@newco.example")
    assert not may_be_written_to(ledger, moved)
    assert not may_be_written_to(ledger, replace(moved, email="jane@third.example"))


def test_an_address_that_bouncer_itself_wrote_down_is_not_written_to(ledger: SqliteLedger) -> None:
    """As where they stop first and then tell where they are now."""
    stop(ledger)
    raw = mail("moved")
    made = ledger.record(raw, reading(raw), match(ledger.person(JANE.email)), (Apply((MOVE,), "moved", Level.E4),), JANE, AT)
    ledger.settle(made, applied(MOVE), AT)
    assert "jane@newco.example" in ledger.activity(AT, "UTC").suppressed


def test_of_two_entries_that_turn_out_to_be_one_person_both_are_stopped(ledger: SqliteLedger) -> None:
    """Whichever of them had asked."""
    stop(ledger)
    other = replace(JANE, email="jane@home.example", company="Home")
    ledger.sync(book(JANE, other), AT)
    assert may_be_written_to(ledger, other, book(JANE, other))
    assert not may_be_written_to(ledger, replace(other, also=(JANE.email,)))


def test_a_new_ledger_file_is_the_only_way_round_it(tmp_path: Path) -> None:
    """It lies in the ledger, not in the contact file: another contact file changes nothing, a restart neither."""
    first = SqliteLedger(tmp_path / "ledger.sqlite3")
    stop(first)
    first.close()
    again = SqliteLedger(tmp_path / "ledger.sqlite3")
    assert not may_be_written_to(again, JANE, book(BOB, JANE, digest="another file"))
    again.close()
    new = SqliteLedger(tmp_path / "new.sqlite3")
    assert may_be_written_to(new, JANE)
    new.close()


def test_a_letter_that_was_due_is_taken_back(ledger: SqliteLedger) -> None:
    """And one that is on its way stays in the books."""
    ledger.sync(book(JANE), AT)
    who = ledger.person(JANE.email) or ""
    send(ledger, who)
    ledger.enqueue([planned(who, "checkin:2026-W11")], AT)
    stop(ledger)
    assert ledger.due(AT + DAY) == ()
    assert len(ledger.armed()) == 1


# -- whom it does not concern


def test_somebody_who_only_shares_the_domain_or_the_name_is_written_to(ledger: SqliteLedger) -> None:
    """A stop is one person's."""
    stop(ledger)
    kim, namesake = Contact(name="Kim Doe", email="kim@acme.example"), Contact(name="Jane Doe", email="jane@else.example", company="Else")
    assert may_be_written_to(ledger, kim, book(JANE, kim, namesake))
    assert may_be_written_to(ledger, namesake, book(JANE, kim, namesake))


def test_who_later_has_a_shared_address_is_not_stopped_for_good(ledger: SqliteLedger) -> None:
    """As long as the address is in the entry, yes; afterwards Bob is as he was, for he never asked."""
    alone = replace(BOB, also=())
    stop(ledger, replace(JANE, also=BOB.also))
    ledger.sync(book(replace(JANE, also=BOB.also), alone), AT)
    assert not may_be_written_to(ledger, BOB, book(JANE, BOB))
    assert may_be_written_to(ledger, alone, book(JANE, alone))
