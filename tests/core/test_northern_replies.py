"""What only the languages of the north do: a day behind a company, endings on its name, a date in the middle of a sentence."""

from datetime import date

import pytest
from support.replies import auto, reading, said

from bouncer.model import Ask, Away, Joined, Left, NewAddress

ANNA = "Anna Lindqvist <anna.lindqvist@acme.example>"


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Jeg har sluttet i Acme AS 1. mai 2026.", "Acme AS"),
        ("Jeg har sluttet i Kanal 5.", "Kanal 5"),
        ("Jeg er stoppet hos Acme A/S.", "Acme A/S"),
        ("Jag har slutat på Acme AB.", "Acme AB"),
        ("En työskentele enää Acme Oy:ssä.", "Acme Oy"),
        ("En ole enää Acmen palveluksessa.", "Acme"),
        ("Ik werk niet meer bij Acme BV.", "Acme BV"),
    ],
)
def test_a_company_is_named_without_its_ending_and_without_a_day(text: str, company: str) -> None:
    """The day of a date is no part of a name, and neither is a Finnish ending."""
    assert {one.company for one in said(reading(text, sender=ANNA), Left)} == {company}


@pytest.mark.parametrize(
    "text",
    [
        "Mijn e-mailadres is per 1 mei anna@post.example, gelieve dit aan te passen.",
        "Min mail är från och med den 1 maj anna@post.example.",
        "Min mail er fra 1. maj anna@post.example.",
        "E-posten min er fra 1. mai anna@post.example.",
        "Sähköpostiosoitteeni on 1.5. alkaen anna@post.example.",
        "Meine neue E-Mail-Adresse lautet ab Mai anna@post.example.",
    ],
)
def test_an_address_behind_a_date_is_taken_whole(text: str) -> None:
    """Not from the middle of its local part."""
    assert [one.address for one in said(reading(text, sender=ANNA), NewAddress)] == ["anna@post.example"]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Ik ben tot en met 14 augustus met vakantie.", date(2026, 8, 14)),
        ("Jag är ledig t.o.m. 14/8.", date(2026, 8, 14)),
        ("Jeg er på ferie til og med fredag d. 14. august.", date(2026, 8, 14)),
        ("Jeg er bortreist t.o.m. 14.08.", date(2026, 8, 14)),
        ("Olen lomalla 14.8. asti.", date(2026, 8, 14)),
        ("Olen lomalla perjantaihin 14.8. saakka ja palaan maanantaina 17.8.", date(2026, 8, 17)),
    ],
)
def test_an_absence_ends_on_its_last_day_or_with_the_return(text: str, until: date) -> None:
    """The day of return is the stronger word."""
    assert [one.until for one in said(auto(text, sender=ANNA), Away)] == [until]


@pytest.mark.parametrize(
    "text",
    [
        "Han har slutat på Acme, och hon jobbar numera hos Nyco.",
        "Da jeg sluttet i Acme, var jeg glad.",
        "Olen siirtynyt uusiin tehtäviin Acme Oy:n ulkopuolelle.",
        "Toen ik stopte bij Acme was ik jong.",
        "Jeg har sluttet å røyke. Jeg har forlatt Oslo.",
        "Jag slutar kl 16 idag. Jag har lämnat ett meddelande.",
        "Kun jään eläkkeelle, matkustan.",
    ],
)
def test_others_and_other_times_are_left_alone(text: str) -> None:
    """What he did, what one did once, and what has only the same verb."""
    found = reading(text, sender=ANNA)
    assert said(found, Left) == []
    assert said(found, Joined) == []


def test_an_imperative_in_the_middle_of_a_sentence_names_who_stands_in() -> None:
    """Behind a comma as well as at its beginning."""
    texts = (
        "Jag är på semester. Är det bråttom, ring Bo Berg på 070-123 45 67.",
        "Jeg er på ferie. Haster det, så ring til Bo Berg på 20 12 34 56.",
        "Ik ben met vakantie. Haast? Bel dan Bo Berg op 06 12345678.",
    )
    assert [[one.name for one in said(auto(text, sender=ANNA), Ask)] for text in texts] == [["Bo Berg"]] * 3
