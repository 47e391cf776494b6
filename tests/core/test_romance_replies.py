"""What French, Spanish, Italian and Portuguese answers need beyond their packs."""

from datetime import date

import pytest
from support.replies import reading, said

from bouncer.core.calendar import names, span
from bouncer.core.dates import Day, Frame, read_date
from bouncer.model import Ask, Joined, Left


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("1° settembre", "it", "2026-09-01"),
        ("segunda-feira, 9 de março", "pt", "2026-03-09"),
        ("segunda-feira", "pt", "2026-03-09"),
        ("1º de setembro", "pt", "2026-09-01"),
    ],
)
def test_a_sign_or_a_word_inside_a_date_does_not_end_it(text: str, language: str, day: str) -> None:
    """`°` behind the first of a month, and the second half of a Portuguese weekday."""
    assert read_date(text, names(language), Frame(date(2026, 3, 4), language)) == Day(date.fromisoformat(day))


def test_feira_alone_is_no_date() -> None:
    """It is a fair, too."""
    assert span("feira", names("pt")) is None


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, je rejoins NeuCo en tant que directrice technique à partir du 7 avril.",
        "Bonjour, je rejoins NeuCo en tant que directrice technique dès le 7 avril.",
    ],
)
def test_a_title_ends_where_a_date_begins(text: str) -> None:
    """From when is no part of what."""
    assert [one.title for one in said(reading(text), Joined)] == ["directrice technique"]  # type: ignore[attr-defined]


def test_a_title_keeps_the_words_that_only_look_like_a_beginning() -> None:
    """A contrôle d'accès is what it is."""
    (found,) = said(reading("Bonjour, je rejoins NeuCo en tant que responsable du contrôle d'accès."), Joined)
    assert found.title == "responsable du contrôle d'accès"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bonjour, je suis absente. Merci de contacter M. Karim Benali ou Mme Lucie Moreau.", "Karim Benali"),
        ("Bonjour, je suis absente. Pour toute urgence, écrivez à Inès Roussel : ines@studio.example", "Inès Roussel"),
    ],
)
def test_a_title_or_a_colon_is_no_part_of_the_name(text: str, name: str) -> None:
    """`M.` is an initial elsewhere; behind a name, a colon announces the name's own address."""
    assert name in [one.name for one in said(reading(text), Ask)]  # type: ignore[attr-defined]


def test_a_list_ends_with_its_sentence() -> None:
    """Whom the next sentence names is not to be asked."""
    assert said(reading("Bonjour, je suis absente. Merci de contacter le gardien. Martin est son chien."), Ask) == []


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Estimados: ya no laboro en Cementos del Valle desde el 27 de febrero.", "Cementos del Valle"),
        ("Estimados: ya no laboro en Cementos del norte.", "Cementos"),
    ],
)
def test_a_company_may_have_small_words_inside(text: str, company: str) -> None:
    """They belong to it only where a capital follows."""
    assert [one.company for one in said(reading(text), Left)] == [company]  # type: ignore[attr-defined]


def test_a_person_in_a_list_keeps_their_own_address() -> None:
    """A word in brackets and a colon do not hand it to the next one."""
    text = "Bonjour, je suis absente. Merci de contacter :\n- Paul Girard (compta) : paul.girard@acme.example\n"
    text += "- Julie Petit (achats) : 01 22 33 44 55"
    assert [(one.name, one.address) for one in said(reading(text), Ask)] == [  # type: ignore[attr-defined]
        ("Paul Girard", "paul.girard@acme.example"),
        ("Julie Petit", None),
    ]


def test_somebody_elses_absence_makes_nobody_a_stand_in() -> None:
    """Words that mean an absence only in an automatic answer do not make a request one to turn to."""
    assert said(reading("Merci d'envoyer le document à Paul Girard, il est en congés jusqu'au 12 mars."), Ask) == []
