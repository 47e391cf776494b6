"""Whom an automatic answer names gets the address further on that bears their name, and only that one."""

import pytest
from support.replies import auto, reading, said

from bouncer.model import Ask

LAURA = "Laura Whit <laura.whit@orbit.example>"
GONE = "I have left Orbit. "


def _asked(text: str, *, robot: bool = True) -> list[tuple[str | None, str | None]]:
    found = (auto if robot else reading)(text, sender=LAURA)
    return [(one.name, one.address) for one in said(found, Ask) if isinstance(one, Ask)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (GONE + "For the Northwind account drop Priya Nair a line (priya.nair@orbit.example).", "priya.nair@orbit.example"),
        (GONE + "Priya Nair, who sits two doors down, will pick things up under pnair@orbit.example.", "pnair@orbit.example"),
        ("I am out of the office until 20 March. My colleague Priya Nair is happy to help: pnair@orbit.example.", "pnair@orbit.example"),
        ("Ich bin bis 20. März im Urlaub. Frau Priya Nair kümmert sich, und zwar gern: nair@orbit.example.", "nair@orbit.example"),
        ("Je suis absente jusqu'au 20 mars. Priya Nair a la suite en main, voici: p.nair@orbit.example.", "p.nair@orbit.example"),
    ],
)
def test_a_name_and_the_address_that_bears_it_belong_together(text: str, address: str) -> None:
    """Whatever words stand between them."""
    assert _asked(text) == [("Priya Nair", address)]


def test_an_address_that_bears_another_name_is_not_theirs() -> None:
    """Two people may stand in one sentence."""
    text = "I am out of the office until 20 March. My colleague Priya Nair is happy to help, invoices go to bo.kim@orbit.example."
    assert ("Priya Nair", "bo.kim@orbit.example") not in _asked(text)


def test_an_address_of_another_sentence_is_not_taken() -> None:
    """There the name is another matter's."""
    text = "I am out of the office until 20 March. Priya Nair is at your service.\n\nOur family portal is nair@family.example."
    assert ("Priya Nair", "nair@family.example") not in _asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "The minutes of the talk that Priya Nair gave are with priya.nair@orbit.example.",  # nobody is away
        "I met Priya Nair, priya.nair@orbit.example is what her card says.",
    ],
)
def test_where_nobody_is_away_or_gone_a_name_is_no_lead(text: str) -> None:
    """People write of people."""
    assert _asked(text, robot=False) == []


@pytest.mark.parametrize(
    "address",
    ["support@orbit.example", "laura.whit@orbit.example", "priya@orbit.example"],  # a role, her own, a first name alone
)
def test_what_bears_not_the_whole_name_is_not_enough_by_itself(address: str) -> None:
    """A phrase must say it then."""
    text = GONE + f"The desk of Priya Nair stands empty, and {address} is what it was."
    assert "named-with-address" not in {one.because.rule for one in auto(text, sender=LAURA).findings}


def test_the_next_sentence_may_hold_the_address_where_it_bears_the_whole_name() -> None:
    """And the number behind it."""
    text = "I am away until 20 March. In my absence please contact Priya Nair. You can write to priya.nair@orbit.example or 030 123 45 67."
    (asked,) = said(auto(text, sender=LAURA), Ask)
    assert (asked.name, asked.address, asked.phone) == ("Priya Nair", "priya.nair@orbit.example", "030 123 45 67")
