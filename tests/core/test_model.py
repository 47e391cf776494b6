"""The nouns keep what the later steps rely on."""

from bouncer.errors import OwnerFault, Problem
from bouncer.model import Address, Book, Contact, Previous


def test_a_present_address_wins_over_a_former_one() -> None:
    """Who has an address now is found by it, even where somebody else had it before."""
    former = Contact(name="Ann Old", email="ann@new.example", previous=(Previous("desk@acme.example"),))
    present = Contact(name="Bo New", email="Desk@acme.example")
    book = Book((former, present), "")
    assert book.by_address["desk@acme.example"] is present
    assert book.by_address["ann@new.example"] is former


def test_an_unknown_address_is_nobody() -> None:
    """An address that is in no entry finds no contact."""
    assert "x@y.example" not in Book((Contact(name="Ann", email="ann@new.example"),), "").by_address


def test_an_address_splits_at_its_last_at_sign() -> None:
    """A quoted local part may hold an @ of its own (RFC 5321 section 4.1.2)."""
    odd = Address("", '"a@b"@Acme.Example')
    assert (odd.local, odd.domain) == ('"a@b"', "acme.example")


def test_every_problem_of_a_file_is_said_with_its_line() -> None:
    """A fault of the owner's names each place, one a line, in the form editors jump to."""
    fault = OwnerFault((Problem("a.yaml", 3, "pace.per_day", "must be a number"), Problem("a.yaml", 0, "", "is empty")))
    assert str(fault) == "a.yaml:3: pace.per_day: must be a number\na.yaml: is empty"
