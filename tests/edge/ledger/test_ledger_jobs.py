"""What LinkedIn said last of where people work is kept by person, and goes with them."""

from dataclasses import replace

from support.build import AT, JANE
from support.ledger import DAY, book

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Contact, EventKind
from bouncer.model.importing import Job

BOB = Contact(name="Bob Ray", email="bob@corp.example", also=("bob@home.example",))
ACME, CORP = Job("Acme", "CTO"), Job("Corp", None)


def test_it_is_found_by_every_address_of_a_person(ledger: SqliteLedger) -> None:
    """And said anew, it is the newest that counts."""
    ledger.sync(book(JANE, BOB), AT)
    ledger.keep_jobs({JANE.email: CORP, BOB.email: CORP}, {}, AT)
    ledger.keep_jobs({JANE.email: ACME}, {}, AT + DAY)
    assert ledger.jobs() == {JANE.email: ACME, BOB.email: CORP, "bob@home.example": CORP}


def test_of_whom_nobody_knows_nothing_is_kept(ledger: SqliteLedger) -> None:
    """Neither a job nor a reason."""
    ledger.sync(book(JANE), AT)
    ledger.keep_jobs({BOB.email: CORP}, {BOB.email: "moved"}, AT)
    assert (ledger.jobs(), [event for event in ledger.events() if event.kind is EventKind.HINT]) == ({}, [])


def test_a_reason_is_a_hint_for_the_plan(ledger: SqliteLedger) -> None:
    """Of that person alone."""
    ledger.sync(book(JANE, BOB), AT)
    ledger.keep_jobs({}, {JANE.email: "LinkedIn says so"}, AT)
    assert ledger.activity(AT, "UTC").hints == {ledger.person(JANE.email): (AT, "LinkedIn says so")}


def test_it_goes_along_to_another_address_and_to_whom_two_turned_out_to_be(ledger: SqliteLedger) -> None:
    """One of two stays."""
    ledger.sync(book(JANE, replace(BOB, name="Jane Doe")), AT)
    ledger.keep_jobs({JANE.email: ACME, BOB.email: CORP}, {}, AT)
    ledger.sync(book(replace(JANE, email="jane@new.example", also=(JANE.email, BOB.email))), AT + DAY)
    jobs = ledger.jobs()
    assert set(jobs) == {"jane@new.example", JANE.email, BOB.email}
    assert len(set(jobs.values())) == 1


def test_it_is_shown_and_forgotten_with_the_person(ledger: SqliteLedger) -> None:
    """And with nobody else."""
    ledger.sync(book(JANE, BOB), AT)
    ledger.keep_jobs({JANE.email: ACME, BOB.email: CORP}, {}, AT)
    hers = ledger.traces(ledger.person(JANE.email) or "")
    assert hers is not None
    assert [row["company"] for row in ledger.held(hers)["job"]] == ["Acme"]
    number, rows = ledger.forget(hers, AT)
    ledger.wipe(number)
    assert (rows["job"], ledger.jobs()[BOB.email], JANE.email in ledger.jobs()) == (1, CORP, False)
