"""What Turkish, Hungarian, Romanian, Greek and Hebrew answers need beyond their packs."""

from support.replies import reading, said

from bouncer.model import Left


def test_a_romanian_s_with_a_comma_is_small() -> None:
    """`ș` is no capital, so a meeting is no company."""
    assert said(reading("Bună, Olga, Ana Popa a plecat din ședință mai devreme."), Left) == []


def test_a_company_with_a_capital_is_one() -> None:
    """`Ș` is a capital."""
    (found,) = said(reading("Bună, Olga, nu mai lucrez la Știința."), Left)
    assert found.company == "Știința"  # type: ignore[attr-defined]
