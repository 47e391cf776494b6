"""Whom a new address belongs to in an answer to a question after somebody: whoever is named beside it, else the lost one."""

from dataclasses import replace

import pytest
from support.build import ACCOUNT, AT, JANE, SETTINGS
from support.replies import reading
from support.trust import KEYS, OTHER, PERSON, sent, token

from bouncer.core.asking import asked_after
from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.core.decide.texts import same_company
from bouncer.model import Because, Book, Contact, Known, NewAddress, Review, Status

BOB = Contact(name="Bob Best", email="bob@acme.example", company="Acme")
LOST = replace(JANE, status=Status.LEFT)
TOKEN = token(BOB.email, OTHER, "ask")
KNOWN = Known(
    sent=(replace(sent(TOKEN, BOB.email, OTHER, purpose="ask"), period=f"ask:{PERSON}"),),
    person_of=dict.fromkeys(LOST.addresses, PERSON) | {BOB.email: OTHER},
    addresses_of={PERSON: LOST.addresses, OTHER: BOB.addresses},
)
WHY = Because("names", "the new address", "body")


def proposed(*about: str | None) -> list[object]:
    """Give the addresses proposed for Jane where Bob answers, in words that say nothing else, with one address for each of *about*."""
    found = reading("Hi Olga.", sender="Bob Best <bob@acme.example>", References=f"<b.{TOKEN}@home.example>")
    named = tuple(NewAddress(because=WHY, address=f"p{number}@newco.example", about=who) for number, who in enumerate(about))
    match = correlate(found, KNOWN, ACCOUNT, KEYS, AT)
    asked = asked_after(match, KNOWN, Book((LOST, BOB), ""))
    decisions = decide(replace(found, findings=named), match, BOB, SETTINGS, KNOWN, AT, asked)
    theirs = [one for one in decisions if isinstance(one, Review) and one.person == PERSON]
    return [change.after for review in theirs for change in review.changes if change.field == "email"]


@pytest.mark.parametrize("about", [None, "Jane", "J. DOE", "Jane Doe", "JANE@acme.example ", "–"])
def test_an_address_of_nobody_else_is_the_lost_ones(about: str | None) -> None:
    """By a word of the name, by the address on file, or beside nothing that is a name."""
    assert proposed(about) == ["p0@newco.example"]


@pytest.mark.parametrize("about", ["Kim Lee", "kim.lee@acme.example"])
def test_an_address_of_somebody_else_is_not_the_lost_ones(about: str) -> None:
    """Not even beside one that is."""
    assert proposed(about) == []
    assert proposed(about, "Jane") == ["p1@newco.example"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Acme", "ACME Ltd", True), ("Acme Tools", "Acme", True), ("Acme", "Acme Tools", True), ("Acme Tools", "Acme Paints", False)],
)
def test_two_names_are_of_one_company_where_one_says_all_that_the_other_says(one: str, other: str, same: bool) -> None:
    """Whichever of them is the longer."""
    assert same_company(one, other) is same
