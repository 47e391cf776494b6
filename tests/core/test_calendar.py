"""What a pack may add to the names of months and weekdays, and names that are two words to a tokeniser."""

import pytest

from bouncer.core.calendar import names, span, tokens


def test_a_pack_may_write_a_month_or_a_weekday_in_another_way() -> None:
    """Without its accents, or in a case that shares too little with the name; it is no word of its own then."""
    called = names("cs", ("pátku=friday", "unora=february", "zítra=1"))
    assert [(token.kind, token.value) for token in tokens("pátku 13. unora", called) if token.kind != "glue"] == [
        ("weekday", 4),
        ("number", 13),
        ("month", 2),
    ]
    assert called.relative == {"zítra": "1"}


def test_without_such_a_word_it_is_no_date() -> None:
    """Nothing is guessed."""
    assert span("pátku", names("cs"), begins=True) is None


@pytest.mark.parametrize(("text", "found"), [("п'ятниці 14 серпня", "п'ятниці 14 серпня"), ("п'ятниця", "п'ятниця"), ("п'яти днів", None)])
def test_a_weekday_may_have_an_apostrophe_in_it(text: str, found: str | None) -> None:
    """A Ukrainian Friday, with its endings."""
    place = span(text, names("uk"), begins=True)
    assert (text[place[0] : place[1]] if place else None) == found


def test_a_number_in_the_next_sentence_is_no_year() -> None:
    """In "... 23 de agosto. El día 24 ..." a date ends with its sentence."""
    assert span("23 de agosto. El día 24", names("es"), begins=True) == (0, len("23 de agosto"))
    assert span("18. Sept. 26", names("de"), begins=True) == (0, len("18. Sept. 26"))


def test_a_date_with_its_year_ends_with_its_sentence() -> None:
    """No Monday is in "1. 9. 2026. Po dobu ...", though Czech abbreviates it so; a year may still stand first."""
    assert span("1. 9. 2026. Po dobu", names("cs"), begins=True) == (0, len("1. 9. 2026"))
    assert span("2026. Március 9", names("hu"), begins=True) == (0, len("2026. Március 9"))


def test_the_first_of_a_month_may_be_a_word() -> None:
    """As in "dal primo gennaio"; "first" of anything else is no date."""
    assert [token.value for token in tokens("primo gennaio", names("it")) if token.kind != "glue"] == [1, 1]
    assert tokens("primo piano", names("it")) == ()
