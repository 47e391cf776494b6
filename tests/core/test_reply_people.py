"""Lists of people to ask are read with what belongs to each."""

import pytest
from support.replies import auto, reading, said, wording

from bouncer.core.extract.people import people, words_of
from bouncer.model import Ask


def _listed(text: str, language: str = "en") -> list[tuple[str | None, str | None, str | None]]:
    return [(one.name, one.address, one.phone) for one in people(text, words_of(wording(), language))]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Ann Lee, Bo Kim or Cy Ray. Please hurry", "en", [("Ann Lee", None, None), ("Bo Kim", None, None), ("Cy Ray", None, None)]),
        ("Ann Lee at ann.lee@acme.example or 020 7946 0018.", "en", [("Ann Lee", "ann.lee@acme.example", "020 7946 0018")]),
        (
            "my assistant, Ann van der Berg (ann@acme.example, ext. 123), first",
            "en",
            [("Ann van der Berg", "ann@acme.example", "ext. 123")],
        ),
        ("our help desk at help@acme.example.", "en", [(None, "help@acme.example", None)]),
        ("ann@acme.example (Ann Lee)", "en", [("Ann Lee", "ann@acme.example", None)]),
        ("J. R. Ray. Bye Bye", "en", [("J. R. Ray", None, None)]),
        ("Bo x3-3103", "en", [("Bo", None, "x3-3103")]),
        (
            "the following people:\n\nGas  Ann Lee  x37306\nPower  Bo Kim  x36956\n",
            "en",
            [("Ann Lee", None, "x37306"), ("Bo Kim", None, "x36956")],
        ),
        ("meine Kollegin Frau Anna Muster (a.muster@acme.example)", "de", [("Anna Muster", "a.muster@acme.example", None)]),
        ("Herrn Dr. Beispiel oder Frau Muster.", "de", [("Beispiel", None, None), ("Muster", None, None)]),
        ("das Team unter team@acme.example", "de", [(None, "team@acme.example", None)]),
        (
            "ann@acme.example\n- Bo Kim for invoices: 020 7946 0018\n",
            "en",
            [(None, "ann@acme.example", None), ("Bo Kim", None, "020 7946 0018")],
        ),
        ("Ann Lee at the following address: sales@acme.example", "en", [("Ann Lee", "sales@acme.example", None)]),
        (
            "Anna Rossi al numero 02 1234567 oppure scrivere a ufficio.ordini@acme.example",
            "it",
            [("Anna Rossi", None, "02 1234567"), (None, "ufficio.ordini@acme.example", None)],
        ),
        ("Anna Rossi al numero 02 1234567 oppure a arossi@acme.example", "it", [("Anna Rossi", "arossi@acme.example", "02 1234567")]),
        ("Bo (020 7946 0018).", "en", [("Bo", None, "020 7946 0018")]),
        ("Bo: 020 7946 0018.", "en", [("Bo", None, "020 7946 0018")]),
        ("me at home.", "en", []),
        ("the office in London.", "en", []),
        ("us on Monday 12 May.", "en", []),
        ("unsere Zentrale oder den Empfang.", "de", []),
    ],
)
def test_people_are_read_off_a_list(text: str, language: str, found: list[tuple[str | None, str | None, str | None]]) -> None:
    """Names, addresses and numbers; places, nouns and the sender are nobody."""
    assert _listed(text, language) == found


def test_a_list_ends_with_its_sentence() -> None:
    """Who is named later is not somebody to ask."""
    assert _listed("Ann Lee. Bo Kim has won the cup.") == [("Ann Lee", None, None)]


def test_the_same_person_in_two_languages_is_one() -> None:
    """A German and an English paragraph give one lead."""
    found = auto("Bitte wenden Sie sich an Bo Kim (bo@acme.example).\n\nPlease contact Bo Kim (bo@acme.example).\n")
    assert [(ask.name, ask.address) for ask in said(found, Ask)] == [("Bo Kim", "bo@acme.example")]


@pytest.mark.parametrize(
    "text",
    [
        "You can contact Ann Lee about the book.",
        "Please call Ann Lee, she misses you.",
        "I will contact Bo Kim tomorrow.",
        "Thank you for contacting Acme Support.",
    ],
)
def test_a_person_at_work_names_nobody_to_ask_instead(text: str) -> None:
    """Without an absence or a leaving "contact Ann" is a piece of advice."""
    assert said(reading(text), Ask) == []


def test_a_stand_in_and_a_successor_are_told_apart() -> None:
    """Who has left has a successor; who is away has cover."""
    away = auto("I am out of the office until 12 March. Please contact Bo Kim.")
    gone = auto("I have left Acme. Please contact Bo Kim.")
    assert [ask.scope for ask in (*said(away, Ask), *said(gone, Ask))] == ["cover", "successor"]
