"""Whom to ask after somebody lost: whoever was at the same place at the same time, as far as anybody knows."""

from dataclasses import replace
from datetime import date

import pytest

from bouncer.core.bonds import Bond, Turns, bonds, keys
from bouncer.core.finding_again import Finder
from bouncer.model import Because, Change, Contact, Previous, Status, Value

# Lost in 2024, at Acme since 2019, at Old before.
LOST = Contact(
    name="Jane Doe",
    email="jane@acme.example",
    company="Acme",
    status=Status.LEFT,
    previous=(Previous("jane@old.example", "Old", "2019-05-01"),),
)


def turn(day: str, field: str, before: Value, after: Value) -> tuple[date, Change]:
    """Give a change that the ledger knows of."""
    return date.fromisoformat(day), Change("a@x.example", field, before, after, Because("r", "q", "body"))


GONE = (turn("2024-03-04", "status", None, "left"),)


def person(name: str, company: str | None = None, *previous: Previous) -> Contact:
    """Give somebody whose present address says nothing of an employer."""
    return Contact(name=name, email=f"{name.lower()}@gmail.com", company=company, previous=previous)


def asked(*others: Contact, turns: dict[str, Turns] | None = None) -> list[tuple[str, str]]:
    """Give who would be asked after Jane, and why."""
    known = {LOST.email: GONE, **(turns or {})}
    return [(helper.contact.name, helper.why) for helper in Finder((LOST, *others), known).helpers(LOST)]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (person("Ann", "Acme"), "also at Acme, 2019 to 2024"),
        (person("Ann", "NewCo", Previous("ann@gmail.com", "Acme", "2022-01-31")), "also at Acme, 2019 to 2022"),
        (person("Ann", "Acme", Previous("ann@gmail.com", "Bolt", "2021-07-01")), "also at Acme, 2021 to 2024"),
        (person("Ann", "Acme", Previous("ann@gmail.com", "Bolt")), "also at Acme, 2019 to 2024"),
        (person("Ann", "NewCo", Previous("ann@gmail.com", "Old", "2018-02-01")), "also at Old until 2018"),
        (person("Ann", None, Previous("ann@acme.example", None, "2023-01-31")), "also at acme.example, 2019 to 2023"),
    ],
)
def test_who_was_there_at_the_same_time_is_asked_and_the_years_are_said(other: Contact, why: str) -> None:
    """From the ends of former employers in the file, and the day on which she was heard to have left."""
    assert asked(other) == [("Ann", why)]


@pytest.mark.parametrize(
    "other",
    [
        person("Ann", "NewCo", Previous("ann@gmail.com", "Acme", "2015-01-31")),  # gone four years before she came
        person("Ann", "Acme", Previous("ann@gmail.com", "Bolt", "2025-07-01")),  # came more than a year after she had left
        person("Ann", "Old", Previous("ann@gmail.com", "Bolt", "2020-07-01")),  # came to her former employer when she was at Acme
        person("Ann", None, Previous("ann@acme.example", None, "2015-01-31")),
    ],
)
def test_who_was_there_at_another_time_is_no_colleague(other: Contact) -> None:
    """They never met there."""
    assert asked(other) == []


def test_a_date_may_be_so_late_as_a_check_in_is() -> None:
    """A move is heard of months after it was made, so a few months between them prove nothing."""
    late = person("Ann", "Acme", Previous("ann@gmail.com", "Bolt", "2024-11-01"))
    assert [name for name, _ in asked(late)] == ["Ann"]


def test_without_dates_anybody_at_the_employer_may_know() -> None:
    """As little is said as is known; a date that nobody can read is none."""
    (helper,) = Finder((replace(LOST, previous=()), person("Ann", "Acme"))).helpers(replace(LOST, previous=()))
    assert helper.why == "also at Acme"
    vague = person("Ann", "NewCo", Previous("ann@gmail.com", "Acme", "some day"))
    assert asked(vague) == [("Ann", "also at Acme, 2019 to 2024")]


def test_those_known_to_have_been_there_together_come_first() -> None:
    """Before one of whom nothing is known, though the alphabet would have it otherwise."""
    sure, vague = person("Zoe", "Acme", Previous("zoe@gmail.com", "Bolt", "2020-01-01")), person("Ann", "Acme")
    assert [name for name, _ in asked(vague, sure)] == ["Zoe", "Ann"]


def test_what_the_ledger_saw_counts_as_well() -> None:
    """Ann's move to Acme was read in an answer of hers, and her file entry has no former employer."""
    ann = person("Ann", "Acme")
    assert asked(ann, turns={"ann@gmail.com": (turn("2026-01-31", "company", "Bolt", "Acme"),)}) == []
    assert asked(ann, turns={"ann@gmail.com": (turn("2021-01-31", "company", "Bolt", "Acme"),)}) == [("Ann", "also at Acme, 2021 to 2024")]
    assert asked(ann, turns={"ann@gmail.com": (turn("2026-01-31", "company", None, "Acme"),)}) == [("Ann", "also at Acme, 2019 to 2024")]


def test_a_new_address_at_the_same_employer_does_not_begin_anew() -> None:
    """Nor does the employer's new name for the mail domain end the time there."""
    stayed = Contact(name="A", email="a@acme.example", company="Acme", previous=(Previous("a@acme.test", "ACME Ltd", "2023-01-01"),))
    found = bonds(stayed)
    assert found["company acme"] == Bond("Acme")
    assert (found["domain acme.example"], found["domain acme.test"]) == (
        Bond("acme.example", date(2023, 1, 1)),
        Bond("acme.test", None, date(2023, 1, 1)),
    )


def test_a_private_mailbox_before_says_nothing_of_when_the_employer_began() -> None:
    """People have had both."""
    assert bonds(Contact(name="A", email="a@acme.example", company="Acme", previous=(Previous("a@gmail.com", None, "2023-01-01"),))) == {
        "company acme": Bond("Acme"), "domain acme.example": Bond("acme.example")
    }  # fmt: skip


def test_a_tag_has_no_time() -> None:
    """A choir is for ever."""
    assert bonds(Contact(name="A", email="a@gmail.com", tags=("Choir",)), GONE) == {"tag choir": Bond("Choir")}


@pytest.mark.parametrize(
    "contact",
    [
        LOST,
        person("Ann"),
        person("Ann", "GmbH"),  # a legal form alone is no company
        Contact(name="A", email="a@acme.example", also=("a@club.example", "a@gmail.com"), tags=("Choir", "choir")),
        person("Ann", "NewCo", Previous("ann@old.example", "Old"), Previous("ann@gmail.com", "Acme", "2015-01-31")),
    ],
)
def test_the_keys_are_those_of_the_bonds(contact: Contact) -> None:
    """However they were found."""
    assert set(keys(contact)) == set(bonds(contact))
