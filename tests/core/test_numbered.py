"""Numbers behind an address are whose the address is."""

import pytest
from support.replies import auto, reading, said

from bouncer.model import Ask, Phone

JANE = "Jane Doe <jane@acme.example>"


@pytest.mark.parametrize(
    "text",
    [
        "My new address is jane@newco.example, 030 123 45 67.",
        "I have left Acme. My new address is jane@newco.example, and the phone is 030 123 45 67.",
    ],
)
def test_a_number_behind_the_senders_new_address_is_theirs(text: str) -> None:
    """Whatever small words stand between."""
    assert [phone.number for phone in said(reading(text, sender=JANE), Phone)] == ["030 123 45 67"]


@pytest.mark.parametrize(
    "text",
    [
        "My new address is jane@newco.example, fax 030 123 45 67.",
        "My new address is jane@newco.example, Bob Best has 030 123 45 67.",
        "My new address is jane@newco.example from 12.03.2026 on.",
        "I wrote to bob@newco.example, 030 123 45 67.",
    ],
)
def test_a_fax_a_name_a_date_and_another_address_give_the_sender_no_number(text: str) -> None:
    """Nothing is read that is not theirs."""
    assert said(reading(text, sender=JANE), Phone) == []


def test_a_number_of_whom_to_ask_is_not_the_senders() -> None:
    """It goes to the lead."""
    found = auto("I am away until 20 March. Bo Kim will help you: bo.kim@acme.example or 030 123 45 67.", sender=JANE)
    assert [(one.name, one.phone) for one in said(found, Ask)] == [("Bo Kim", "030 123 45 67")]
    assert said(found, Phone) == []
