"""Words of a date become the day that was meant, or none."""

from datetime import date

import pytest

from bouncer.core.calendar import names, span
from bouncer.core.dates import Day, Frame, read_date, read_range, read_span, written_day

WEDNESDAY = date(2026, 3, 4)
WORDS = ("tomorrow=1", "today=0", "next", "week", "end")


def _read(text: str, language: str, zone: int | None = None) -> Day:
    return read_date(text, names(language, WORDS), Frame(WEDNESDAY, language, zone))


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Monday", "en", "2026-03-09"),
        ("Wednesday", "en", "2026-03-11"),
        ("4 August", "en", "2026-08-04"),
        ("August 4th, 2027", "en", "2027-08-04"),
        ("May 3rd, 27", "en", "2027-05-03"),
        ("Dec 28", "en", "2026-12-28"),
        ("Feb 20", "en", "2026-02-20"),
        ("5 pm on Friday, May 1", "en", "2026-05-01"),
        ("3/19", "en", "2026-03-19"),
        ("26/08/2026", "en", "2026-08-26"),
        ("2026-08-03", "sv", "2026-08-03"),
        ("3/9", "sv", "2026-09-03"),
        ("09-03", "sv", "2026-09-03"),
        ("3.9.", "nb", "2026-09-03"),
        ("the 18th", "en", "2026-03-18"),
        ("tomorrow", "en", "2026-03-05"),
        ("3.9.", "de", "2026-09-03"),
        ("18.", "de", "2026-03-18"),
        ("Montag, dem 9. März 2026", "de", "2026-03-09"),
        ("1er avril", "fr", "2026-04-01"),
        ("lunes 9 de marzo de 2026", "es", "2026-03-09"),
        ("12 августа", "ru", "2026-08-12"),
        ("poniedziałku, 9 marca", "pl", "2026-03-09"),
        ("maanantaihin 9.3.", "fi", "2026-03-09"),
        ("18 Ağustos", "tr", "2026-08-18"),
        ("2026. augusztus 18-ig", "hu", "2026-08-18"),
        ("8月18日", "ja", "2026-08-18"),
        ("18日", "ja", "2026-03-18"),
        ("2026年8月18日", "zh", "2026-08-18"),
        ("8월 18일", "ko", "2026-08-18"),
    ],
)
def test_a_date_is_read_as_it_was_meant(text: str, language: str, day: str) -> None:
    """Order and names are the language's; a year that is left out is the near one."""
    assert _read(text, language) == Day(date.fromisoformat(day))


@pytest.mark.parametrize(("text", "day"), [("3/9", "2026-03-09"), ("9/3/26", "2026-03-09"), ("10/03/2026", "2026-03-10")])
def test_of_two_ways_to_read_a_date_the_near_one_is_meant(text: str, day: str) -> None:
    """What is next week one way and half a year away the other is next week, and somebody is to confirm it."""
    assert _read(text, "en") == Day(date.fromisoformat(day), ambiguous=True)


@pytest.mark.parametrize(
    ("first", "last", "since", "until"),
    [
        ("01/03/2026", "15/03/2026", "2026-03-01", "2026-03-15"),
        ("02/28/26", "03/08/26", "2026-02-28", "2026-03-08"),
        ("28.02.2026", "09.03.2026", "2026-02-28", "2026-03-09"),
        ("01/03", "04/03", "2026-03-01", "2026-03-04"),
    ],
)
def test_two_dates_have_one_order(first: str, last: str, since: str, until: str) -> None:
    """Where only one of the two can tell the order of day and month, or only one order fits the day of the mail, both have it."""
    begin, end = read_range(first, last, names("en", WORDS), Frame(WEDNESDAY, "en"))
    assert (begin, end) == (Day(date.fromisoformat(since)), Day(date.fromisoformat(until)))


@pytest.mark.parametrize("text", ["3/5", "next week", "5", "end of next week", "August", "week 11"])
def test_what_names_no_one_day_is_no_date(text: str) -> None:
    """An open order of day and month, a bound, or a bare number is not guessed."""
    assert _read(text, "en") == Day(None, ambiguous=True)


@pytest.mark.parametrize(("zone", "day"), [(-5, "2026-03-09"), (1, "2026-09-03")])
def test_the_zone_settles_the_order_in_english(zone: int, day: str) -> None:
    """North America writes the month first."""
    assert _read("3/9", "en", zone).day == date.fromisoformat(day)


def test_a_weekday_settles_the_order_too() -> None:
    """Only one of 3 September and 9 March is a Monday."""
    assert _read("Monday, 3/9", "en") == Day(date(2026, 3, 9))


def test_a_weekday_that_does_not_fit_makes_the_date_doubtful() -> None:
    """The writer slipped; nobody knows where."""
    assert _read("Montag, dem 10. März 2026", "de") == Day(date(2026, 3, 10), ambiguous=True)


@pytest.mark.parametrize(
    ("first", "last", "language", "days"),
    [
        ("4.", "18. August", "de", ("2026-08-04", "2026-08-18")),
        ("August 4", "18", "en", ("2026-08-04", "2026-08-18")),
        ("28.", "3. April", "de", ("2026-03-28", "2026-04-03")),
        ("Dec 28", "Jan 3", "en", ("2025-12-28", "2026-01-03")),
    ],
)
def test_two_dates_share_what_one_leaves_out(first: str, last: str, language: str, days: tuple[str, str]) -> None:
    """Month and year stand once."""
    begin, end = read_range(first, last, names(language), Frame(WEDNESDAY, language))
    assert (begin.day, end.day) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("August 29-31", "en", ("2026-08-29", "2026-08-31")),
        ("4.-18. August", "de", ("2026-08-04", "2026-08-18")),
        ("March 5 and 6", "en", ("2026-03-05", "2026-03-06")),
        ("9 March", "en", ("2026-03-09", "2026-03-09")),
        ("2026-03-09", "en", ("2026-03-09", "2026-03-09")),
    ],
)
def test_a_span_names_its_first_and_last_day(text: str, language: str, days: tuple[str, str]) -> None:
    """One date is both."""
    begin, end = read_span(text, names(language), Frame(WEDNESDAY, language))
    assert (begin.day, end.day) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Monday, 4 August 2026. Call me", "en", "Monday, 4 August 2026"),
        ("4 May at the latest", "en", "4 May"),
        ("further notice", "en", None),
        ("+44 20 7946", "en", None),
        ("7946 0018", "en", None),
        ("sobald wie möglich", "de", None),
        ("私は出張のため8月18日", "ja", "8月18日"),
        ("7\n\n8 May", "en", "7"),
    ],
)
def test_a_date_ends_where_other_words_begin(text: str, language: str, found: str | None) -> None:
    """Telephone numbers and other words are no part of it."""
    place = span(text, names(language))
    assert (place and text[place[0] : place[1]]) == found


def test_an_odd_date_field_gives_the_day() -> None:
    """Some gateways write the Date field in their own way."""
    assert written_day("19/10/2001 04:55:47 PM") == date(2001, 10, 19)
    assert written_day("10/19/2001") == date(2001, 10, 19)
    assert written_day("yesterday") is None


WEEKS = ("vecka=numbered", "v=numbered", "week=numbered", "uge=numbered", "slutet=last", "inklusive")


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("vecka 11", "sv", ("2026-03-09", "2026-03-15")),
        ("v.11-12", "sv", ("2026-03-09", "2026-03-22")),
        ("v. 11, 12 och 13", "sv", ("2026-03-09", "2026-03-29")),
        ("uge 11 og 12", "da", ("2026-03-09", "2026-03-22")),
        ("måndag vecka 12", "sv", ("2026-03-16", "2026-03-16")),
        ("week 1", "nl", ("2027-01-04", "2027-01-10")),
        ("week 1 2026", "nl", ("2025-12-29", "2026-01-04")),
        ("slutet av mars", "sv", ("2026-03-31", "2026-03-31")),
    ],
)
def test_weeks_go_by_their_numbers(text: str, language: str, days: tuple[str, str]) -> None:
    """ISO 8601: week 1 holds the year's first Thursday. The end of a month is its last day."""
    begin, end = read_span(text, names(language, WEEKS), Frame(WEDNESDAY, language))
    assert (begin.day, end.day) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize("text", ["vecka 60", "nästa vecka", "vecka", "v. 12-11"])
def test_there_is_no_week_without_a_sound_number(text: str) -> None:
    """It stays open."""
    assert read_span(text, names("sv", (*WEEKS, "nästa")), Frame(WEDNESDAY, "sv"))[0].day is None


def test_a_range_of_weeks_ends_on_a_sunday() -> None:
    """The second number is a week's as well."""
    begin, end = read_range("vecka 11", "13", names("sv", WEEKS), Frame(WEDNESDAY, "sv"))
    assert (begin.day, end.day) == (date(2026, 3, 9), date(2026, 3, 29))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("the week of August 10th", ("2026-08-10", "2026-08-16")),
        ("w/c 16 March", ("2026-03-16", "2026-03-22")),
        ("week commencing 18th March", ("2026-03-16", "2026-03-22")),
        ("this week, 3 August", ("2026-08-03", "2026-08-03")),
    ],
)
def test_the_week_of_a_day_is_the_whole_week(text: str, days: tuple[str, str]) -> None:
    """From its Monday to its Sunday; behind a comma the day is itself."""
    words = ("week=numbered", "this", "commencing")
    begin, end = read_span(text, names("en", words), Frame(WEDNESDAY, "en"))
    assert (begin.day, end.day) == tuple(map(date.fromisoformat, days))
