"""People named beside their own address: whom to ask, in an automatic answer, behind a hand-over, and in a farewell."""

import pytest
from support.replies import auto, reading, said

from bouncer.model import Ask, Reading


def leads(found: Reading) -> list[tuple[str | None, str | None]]:
    """Give name and address of every lead in a reading."""
    return [(one.name, one.address) for one in said(found, Ask) if isinstance(one, Ask)]


@pytest.mark.parametrize(
    "text",
    [
        "I am on leave until 12 May. Dan Ogilvie (dan.ogilvie@acme.example) is the brains of the outfit.",
        "I am on leave until 12 May. For the brave: Dan Ogilvie, dan.ogilvie@acme.example",
        "I am on leave until 12 May. Our man for that is Mr Dan Ogilvie <dogilvie@acme.example>.",
        "I am on leave until 12 May, dan.ogilvie@acme.example (Dan Ogilvie) is not.",
    ],
)
def test_an_automatic_answer_names_whom_to_ask_beside_their_address(text: str) -> None:
    """Whatever the words between and around them."""
    assert [name for name, _ in leads(auto(text))] == ["Dan Ogilvie"]


@pytest.mark.parametrize(
    "text",
    [
        "I am on leave until 12 May. Ann Lee (sales@acme.example) is not.",
        "I am on leave until 12 May. Some say Ann Lee, others bob.kim@acme.example.",
    ],
)
def test_an_address_that_bears_another_name_is_not_that_persons(text: str) -> None:
    """A name beside somebody else's address, or a desk's, says nothing of it."""
    assert ("Ann Lee", "bob.kim@acme.example") not in leads(auto(text))
    assert ("Ann Lee", "sales@acme.example") not in leads(auto(text))


def test_in_a_persons_mail_a_name_beside_an_address_is_no_lead() -> None:
    """Colleagues are looped in every day."""
    assert leads(reading("Looping in Dan Ogilvie (dan.ogilvie@acme.example) who knows more.")) == []


def test_behind_a_hand_over_it_is_one() -> None:
    """Somebody who no longer does the work names who does."""
    text = "I no longer handle the UK market. Siri Aune (siri.aune@acme.example) is at it with great success."
    assert leads(reading(text)) == [("Siri Aune", "siri.aune@acme.example")]


def test_a_farewell_names_colleagues_at_the_same_house_only() -> None:
    """Friends elsewhere are not the ones who take over."""
    text = "Friday is my last day at Acme. Thanks to Jo Weir (jo.weir@acme.example) and to Max Ott (max.ott@other.example)."
    found = leads(reading(text))
    assert ("Jo Weir", "jo.weir@acme.example") in found
    assert ("Max Ott", "max.ott@other.example") not in found
