"""Two exports of LinkedIn: who works elsewhere, and what of it reaches the contact file."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.build import JANE

from bouncer.core.merging import merge
from bouncer.core.merging.jobs import reason
from bouncer.model import Book, Contact, Status
from bouncer.model.importing import Imported, Job, Merge, Record

ACME = Job("Acme", "CTO")


def diff(contact: Contact, now: Job, before: Mapping[str, Job] | None = None) -> Merge:
    """Give what LinkedIn's word *now* comes to; *before*, by default, it said Acme, CTO."""
    record = Record(number=7, name=contact.name, emails=(contact.email,), company=now.company, title=now.title)
    was = {JANE.email: ACME} if before is None else before
    return merge(Book((contact,), "x"), Imported("Connections.csv", "linkedin", (record,)), was)


def told(result: Merge) -> dict[str, object]:
    """Give the new values by field."""
    return {change.field: change.after for change in result.changes}


def test_who_works_elsewhere_gets_the_new_job_and_a_letter_soon() -> None:
    """The file still says what LinkedIn said; the address at the old company is likely to die."""
    result = diff(replace(JANE, title="CTO"), Job("NewCo", "CEO"))
    assert told(result) == {"company": "NewCo", "title": "CEO"}
    (move,) = result.moves
    assert (move.was, move.now, move.own, move.dying) == (ACME, Job("NewCo", "CEO"), (), "jane@acme.example")
    assert reason(move) == "LinkedIn says that they have gone from Acme to NewCo; jane@acme.example is likely to die"
    assert result.jobs == {JANE.email: Job("NewCo", "CEO")}


def test_the_owners_own_edits_win() -> None:
    """The move is told all the same, and what stays."""
    result = diff(replace(JANE, company="Acme Space", title="Founder"), Job("NewCo", "CEO"))
    assert (told(result), [move.own for move in result.moves]) == ({}, [("company", "title")])


def test_a_job_that_the_owner_knew_of_first_is_no_edit_that_stands_against_it() -> None:
    """The file says it already."""
    result = diff(replace(JANE, company="NewCo Ltd", title="CTO"), Job("NewCo", "CEO"))
    assert (told(result), [move.own for move in result.moves]) == ({"title": "CEO"}, [()])


def test_a_new_title_at_the_same_company_kills_no_address() -> None:
    """It is told as what it is."""
    result = diff(replace(JANE, title="CTO"), Job("Acme, Inc.", "CEO"))
    assert told(result) == {"title": "CEO"}
    assert [(move.dying, reason(move)) for move in result.moves] == [(None, "LinkedIn says that they are CEO now")]


@pytest.mark.parametrize("email", ["jane@gmail.com", "jane@newco.example", "jane@new-co.example"])
def test_an_address_that_is_nobodys_employers_or_the_new_ones_stays_alive(email: str) -> None:
    """A move tells nothing of it."""
    result = diff(replace(JANE, email=email), Job("NewCo", None), {email: ACME})
    assert [move.dying for move in result.moves] == [None]


@pytest.mark.parametrize(
    ("contact", "now", "before"),
    [
        (JANE, ACME, None),  # the same
        (JANE, Job("ACME GmbH", "cto"), None),  # the same in other letters
        (JANE, Job(None, None), None),  # what it does not say is no news
        (JANE, Job("NewCo", "CEO"), {}),  # nothing is known of before: the file's own word stays
        (replace(JANE, company=None), ACME, None),  # the owner took it out: it does not come back
        (replace(JANE, status=Status.DECEASED), Job("NewCo", "CEO"), None),
    ],
)
def test_who_did_not_move_is_left_alone(contact: Contact, now: Job, before: Mapping[str, Job] | None) -> None:
    """No change, no move."""
    result = diff(contact, now, before)
    assert ([change for change in result.changes if change.field == "company"], result.moves) == ([], ())


def test_a_title_that_it_did_not_say_before_is_filled_in() -> None:
    """That is no move."""
    result = diff(JANE, ACME, {JANE.email: Job("Acme", None)})
    assert (told(result), result.moves) == ({"title": "CTO"}, ())


def test_what_it_said_before_is_remembered_where_it_says_nothing_now() -> None:
    """So that the next one is held against it."""
    assert diff(JANE, Job(None, None)).jobs == {JANE.email: ACME}


def test_another_address_book_is_not_held_against_linkedin() -> None:
    """Google says what the owner typed there some day."""
    record = Record(number=2, name="Jane Doe", emails=(JANE.email,), company="NewCo", title="CEO")
    result = merge(Book((JANE,), "x"), Imported("x", "google", (record,)), {JANE.email: ACME})
    assert (result.changes, result.moves, result.jobs) == ((), (), {})
