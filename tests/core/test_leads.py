"""Somebody else to write to, named in an answer: of whoever is new and has name and address, the owner's yes makes a contact."""

from dataclasses import replace

import pytest
from support.build import JANE, OWNER
from support.trust import BECAUSE, BOB, LEFT, MAILED, all_changes, at_level, decisions, whys

from bouncer.model import ENTRY, Apply, Ask, Change, Contact, Review

HEIR = Ask(because=BECAUSE, name="Bo Berg", address="bo@acme.example", scope="successor")


def proposed(finding: Ask, contact: Contact = JANE, level: str = "E4") -> Contact | None:
    """Give whom a yes to the question about *finding* would add."""
    found = decisions(at_level(level, finding), contact)
    assert not any(isinstance(decision, Apply) and decision.changes for decision in found)
    made = [change for decision in found if isinstance(decision, Review) for change in decision.changes if change.field == ENTRY]
    assert all(change == Change.adding(change.after, BECAUSE) for change in made if isinstance(change.after, Contact))
    return next((change.after for change in made if isinstance(change.after, Contact)), None)


def test_a_yes_adds_a_colleague_with_all_that_is_said() -> None:
    """At the same employer, for the address is at its domain."""
    found = proposed(replace(HEIR, phone="020 7946 0777", title="CTO"))
    assert found == Contact(name="Bo Berg", email="bo@acme.example", company="Acme", title="CTO", phones=("020 7946 0777",))


def test_the_question_says_who_it_is_and_that_only_the_owner_can_tell() -> None:
    """As of a lead that cannot be added."""
    said = whys(decisions(at_level("E4", HEIR)))
    assert "names Bo Berg <bo@acme.example> as successor, but only you can tell whether that person is worth knowing" in said


@pytest.mark.parametrize("level", ["E1", "E2", "E3"])
def test_how_far_the_message_is_believed_is_for_the_owner_to_weigh(level: str) -> None:
    """It is a question at every level, and never a deed."""
    assert proposed(HEIR, level=level) is not None


def test_somebody_elsewhere_is_not_of_the_same_company() -> None:
    """And nor is who has an address at the same provider of free mail."""
    assert proposed(replace(HEIR, address="bo@newco.example")) == Contact(name="Bo Berg", email="bo@newco.example")
    at_home = replace(JANE, also=(), email="jane@gmail.com")
    found = [change.after for change in all_changes(decisions(at_level("E4", replace(HEIR, address="bo@gmail.com")), at_home))]
    assert all(not isinstance(one, Contact) or one.company is None for one in found)


@pytest.mark.parametrize(
    "finding",
    [
        replace(HEIR, name=None),
        replace(HEIR, address=None, phone="020 7946 0777"),
        replace(HEIR, name="bo@acme.example"),
        replace(HEIR, name="Bo\nstatus: stopped"),
        replace(HEIR, name="B" * 500),
        replace(HEIR, address="bo"),
        replace(HEIR, address="bo@acme.example\nemail: eve@evil.example"),
        replace(HEIR, address="sales@acme.example"),
        replace(HEIR, address=MAILED),
        replace(HEIR, address=OWNER.address),
        replace(HEIR, address=BOB),
    ],
)
def test_who_has_no_name_no_address_or_is_known_is_only_shown(finding: Ask) -> None:
    """Nothing is made up: the question is there, and a yes to it changes nothing."""
    found = decisions(at_level("E4", finding))
    assert any(isinstance(decision, Review) for decision in found)
    assert all_changes(found) == ()


def test_a_value_that_is_unfit_is_left_out() -> None:
    """The rest of the entry is as good without it."""
    found = proposed(replace(HEIR, phone="1\x1b[31m", title="C\nTO"))
    assert found == Contact(name="Bo Berg", email="bo@acme.example", company="Acme")


def test_who_covers_an_absence_is_not_asked_about() -> None:
    """It ends with the absence."""
    assert proposed(replace(HEIR, scope="cover")) is not None
    assert all_changes(decisions(at_level("E4", replace(LEFT, about=BOB), replace(HEIR, about="Bob")))) == ()
