"""A span of date words to a calendar date, as the sender meant it on the day of the mail.

Nothing is guessed: where the order of day and month is open, or the words name a bound ("next week"), the date stays None and the
reading is called ambiguous.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from bouncer.core.calendar import Names, Token, tokens

_MONTH_FIRST_ZONES = range(-10, -3)  # hours from UTC: North America, where English writes month/day
_YEAR_FIRST = ("ja", "zh", "ko", "hu", "lt")
_BACK = 60  # days: a date without a year is at most so far before the mail
_AHEAD = 100  # days: of two ways to read a date the one that is no further ahead is meant
_CENTURY = 2000
_REIWA = 2018  # 令和1年 is 2019
_MONTHS, _DAYS = 12, 31
_BETWEEN = frozenset({"-", "and", "und", "et", "y", "e", "i", "a", "en", "och", "og", "ja", "și", "to", "&", "и", "і", "й", "та"})  # noqa: RUF001 - Cyrillic is meant
_DAY_OF = re.compile(r"(?:^|\s)(?:dia|d[ií]a|giorno|jour|day)\s+$", re.IGNORECASE)  # "no dia 9"
_COMMENCING = re.compile(r"w/[cb](?![^\W\d_])", re.IGNORECASE)
_PARTED = re.compile(r"[,(:0-9]")  # "this week, 3 August", "week 32"
_ODD = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Day:
    """What a span of date words says; *day* is None where it cannot be told, *week* says that a week was named by its number."""

    day: date | None
    ambiguous: bool = False
    week: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a date is read against: the day of the mail in the sender's zone, the language, and the zone's hours from UTC."""

    today: date | None
    language: str | None
    zone: int | None = None
    day_first: bool | None = None  # where a date beside it tells the order


def read_date(text: str, called: Names, frame: Frame) -> Day:
    """Read the one date at the beginning of *text*."""
    weeks = _weeks(text, called, frame) or _week_of(text, called, frame)
    return weeks[0] if weeks else _one(text, called, frame)


def _one(text: str, called: Names, frame: Frame) -> Day:
    """Read one date that names no week by its number."""
    found = [token for token in tokens(text, called) if token.kind != "glue"]
    return (_relative(found, called, frame) or _calendar(found, text, called, frame)) if found else Day(None)


def read_range(first: str, last: str, called: Names, frame: Frame) -> tuple[Day, Day]:
    """Read two dates that belong together: the month or the year that the first leaves out is the last one's, and so is their order."""
    if weeks := _weeks(f"{first} - {last}", called, frame):
        return weeks
    frame = _ordered(first, last, called, frame)
    end = read_date(last, called, frame)
    begin = read_date(first, called, frame)
    if end.day and _bare(first, called):
        number = next(token.value for token in tokens(first, called) if token.kind == "number")
        return Day(_day(end.day.year, end.day.month, number) if number <= end.day.day else _month_before(end.day, number)), end
    if begin.day and _bare(last, called):
        number = next(token.value for token in tokens(last, called) if token.kind == "number")
        after = _day(begin.day.year, begin.day.month, number)
        return begin, Day(after if after and after >= begin.day else None, after is None)
    if begin.day and end.day and begin.day > end.day:
        begin = Day(_day(end.day.year - (begin.day.month > end.day.month), begin.day.month, begin.day.day))
    return begin, end


def _ordered(first: str, last: str, called: Names, frame: Frame) -> Frame:
    """Give *frame* with the order of day and month that only one of the two dates can tell: "01/03 to 15/03"."""
    told: set[bool] = set()
    for text in (first, last):
        values = [token.value for token in tokens(text, called) if token.kind == "number"]
        if _plain(text, called) and len(values) in {2, 3} and (values[0] > _MONTHS) != (values[1] > _MONTHS) and values[0] <= _DAYS:
            told.add(values[0] > _MONTHS)
    if told:
        return replace(frame, day_first=told.pop()) if len(told) == 1 else frame
    if _day_first(frame, "/") is not None:
        return frame
    fitting = [order for order in (True, False) if _fits(first, last, called, replace(frame, day_first=order))]
    return replace(frame, day_first=fitting[0]) if len(fitting) == 1 else frame


def _fits(first: str, last: str, called: Names, frame: Frame) -> bool:
    """Tell whether the two dates are in order then, and around the day of the mail."""
    begin, end = read_date(first, called, frame).day, read_date(last, called, frame).day
    if not (begin and end and frame.today):
        return False
    return frame.today - timedelta(days=_BACK // 2) <= begin <= frame.today + timedelta(days=_AHEAD) and max(begin, frame.today) <= end


def read_span(text: str, called: Names, frame: Frame) -> tuple[Day, Day]:
    """Read one date, or two that share their month or year: "August 29-31", "2. und 5. März", "10/22-10/26"."""
    if weeks := _weeks(text, called, frame) or _week_of(text, called, frame):
        return weeks
    found = tokens(text, called)
    for cut in (token for token in found if token.kind == "glue" and token.word in _BETWEEN):
        first, last = text[: cut.start], text[cut.end :]
        if _days(first, called) and _days(last, called) and (_month(first, called) or _month(last, called)) and not _plain(text, called):
            return read_range(first, last, called, frame) if _month(last, called) else _shared(first, last, called, frame)
    day = _one(text, called, frame)
    return day, day


def _weeks(text: str, called: Names, frame: Frame) -> tuple[Day, Day] | None:
    """Read "week 32" and "weeks 32-34" by ISO 8601: the Monday of the first and the Sunday of the last; a weekday beside one is the day."""
    found = [token for token in tokens(text, called) if token.kind != "glue" and called.relative.get(token.word.lower()) != "?"]
    kinds = {token.kind for token in found}
    if frame.today is None or not kinds <= {"word", "number", "weekday"}:
        return None
    numbered = next((n for n, token in enumerate(found) if called.relative.get(token.word.lower()) == "numbered"), None)
    values = [token.value for token in found if token.kind == "number" and len(token.word) <= 2]  # noqa: PLR2004 - a year has four digits
    if numbered is None or not values or found[numbered + 1 : numbered + 2] != [token for token in found if token.kind == "number"][:1]:
        return None
    between = text[found[numbered].end : found[numbered + 1].start]
    if len(values) > 3 or "," in between or "(" in between:  # noqa: PLR2004 - "this week (10/22-10/26)", "this week, 3 to 7 August"
        return None
    year = next((token.value for token in found if len(token.word) == 4 and token.kind == "number"), None)  # noqa: PLR2004
    begin = _monday(values[0], year, frame.today)
    end = _monday(values[-1], year, frame.today)
    if begin is None or end is None or end < begin:
        return Day(None, ambiguous=True), Day(None, ambiguous=True)
    weekday = next((token.value for token in found if token.kind == "weekday"), None)
    if weekday is not None:
        day = Day(begin + timedelta(days=weekday))
        return day, day
    return Day(begin, week=True), Day(end + timedelta(days=6), week=True)


def _week_of(text: str, called: Names, frame: Frame) -> tuple[Day, Day] | None:
    """Read "the week of August 10th" and "w/c 10 August": from the Monday of that week to its Sunday."""
    found = [token for token in tokens(text, called) if token.kind != "glue"]
    named = _COMMENCING.match(text) or (len(found) > 2 and called.relative.get(found[0].word.lower()) == "numbered")  # noqa: PLR2004
    behind = [token for token in found if token.kind in {"number", "month"}]
    month_beside = {"month", "number"} <= {token.kind for token in behind} and len(behind) <= 3  # noqa: PLR2004 - day, month and year
    if not named or not month_beside or _PARTED.search(text[: behind[0].start]) or any(token.kind == "weekday" for token in found):
        return None
    day = _one(text[behind[0].start :], called, frame)
    if day.day is None:
        return None
    monday = day.day - timedelta(days=day.day.weekday())
    return replace(day, day=monday, week=True), replace(day, day=monday + timedelta(days=6), week=True)


def _monday(number: int, year: int | None, today: date) -> date | None:
    """Give the Monday of a week; one without a year is the one nearest to the mail, and not long before it."""
    for one in (year,) if year else (today.year, today.year + 1):
        try:
            found = date.fromisocalendar(one, number, 1)
        except ValueError:
            continue
        if year or found >= today - timedelta(days=_BACK):
            return found
    return None


def _shared(first: str, last: str, called: Names, frame: Frame) -> tuple[Day, Day]:
    """Read "August 29-31" and "10/22-10/26": the month of the last is the first one's."""
    begin, end = read_range(first, last, called, frame)
    return (begin, end) if begin.day and end.day and begin.day < end.day else (begin, begin)


def _days(text: str, called: Names) -> list[Token]:
    return [token for token in tokens(text.strip(), called) if token.kind == "number" and token.value <= 31]  # noqa: PLR2004 - days of a month


def _month(text: str, called: Names) -> bool:
    kinds = [token.kind for token in tokens(text.strip(), called)]
    return "month" in kinds or kinds.count("number") > 1


def _plain(text: str, called: Names) -> bool:
    """Tell whether *text* is one date in numbers: 3-9-2026."""
    return not any(token.kind == "month" for token in tokens(text, called)) and len(_days(text, called)) < 4  # noqa: PLR2004


def written_day(text: str) -> date | None:
    """Give the day in a Date field that RFC 5322 does not know ("19/10/2001 04:55:47 PM"); the day first, unless that cannot be."""
    match = _ODD.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    return _day(year, second, first) or _day(year, first, second)


def _bare(text: str, called: Names) -> bool:
    """Tell whether *text* is a day of some month and no more."""
    found = [token for token in tokens(text, called) if token.kind not in {"glue", "weekday"}]
    return [token.kind for token in found if token.word != "day"] == ["number"]


def _month_before(day: date, number: int) -> date | None:
    last = day.replace(day=1) - timedelta(days=1)
    return _day(last.year, last.month, number)


def _relative(found: Sequence[Token], called: Names, frame: Frame) -> Day | None:
    """Read "tomorrow" and "next week"; only the former is a day."""
    meant = [called.relative.get(token.word.lower()) for token in found if token.kind == "word"]
    plain = {token.kind for token in found}
    if plain & {"month", "number", "unit"} or not any(meant):
        return Day(None, ambiguous=True) if plain == {"word"} else None
    if "weekday" in plain and "week" in meant and frame.today:
        weekday = next(token.value for token in found if token.kind == "weekday")
        return Day(frame.today + timedelta(days=7 - frame.today.weekday() + weekday))
    if "weekday" in plain or frame.today is None:
        return None
    days = next((value for value in meant if value and value.isdigit()), None)
    return Day(frame.today + timedelta(days=int(days))) if days else Day(None, ambiguous=True)


def _calendar(found: Sequence[Token], text: str, called: Names, frame: Frame) -> Day:
    weekday = next((token.value for token in found if token.kind == "weekday"), None)
    month = next((token for token in found if token.kind == "month"), None)
    numbers = [token for token in found if token.kind == "number"]
    if any(token.kind == "unit" for token in found):
        return _with_units(found, weekday, called, frame)
    if month is not None:
        last = any(called.relative.get(token.word.lower()) == "last" for token in found)
        return _with_month(month, numbers, weekday, frame, last=last)
    if len(numbers) in {2, 3} and _joined(numbers, text):
        return _numeric(numbers, text, weekday, frame)
    if weekday is not None and not numbers:
        return _next_weekday(weekday, frame)
    counted = any(token.kind == "word" and token.start < numbers[0].start for token in found) if numbers else False  # "week 11"
    if len(numbers) == 1 and not counted and (weekday is not None or _ordinal(numbers[0], text)):
        return _day_of_month(numbers[0].value, weekday, frame)
    return Day(None, ambiguous=True)


def _joined(numbers: Sequence[Token], text: str) -> bool:
    return all(text[a.end : b.start].strip() in {".", "/", "-"} for a, b in pairwise(numbers))


def _ordinal(number: Token, text: str) -> bool:
    if _DAY_OF.search(text[: number.start]):
        return number.value <= _DAYS
    after = text[number.end : number.end + 2]
    return number.value <= 31 and bool(after) and (after[0].isalpha() or after[0] == ".")  # noqa: PLR2004 - days of a month


def _with_units(found: Sequence[Token], weekday: int | None, called: Names, frame: Frame) -> Day:
    given: dict[str, int] = {}
    for number, unit in pairwise(found):
        if number.kind == "number" and unit.kind == "unit":
            given[unit.word] = _whole_year(number.value, frame) if unit.word == "year" else number.value
    if "month" in given and "day" not in given and any(called.relative.get(token.word) == "last" for token in found):
        return _last_of(_dated(given.get("year"), given["month"], 1, None, frame))
    if "day" not in given:
        return Day(None, ambiguous=True)
    if "month" not in given:
        return _day_of_month(given["day"], weekday, frame)
    return _dated(given.get("year"), given["month"], given["day"], weekday, frame)


def _whole_year(year: int, frame: Frame) -> int:
    """Give the year that is meant by two digits: in Japanese the year of the era Reiwa up to the present one, else of the century."""
    if year > 99:  # noqa: PLR2004
        return year
    now = frame.today.year if frame.today else _CENTURY
    return year + _REIWA if frame.language == "ja" and year + _REIWA <= now + 2 else year + _CENTURY


def _with_month(month: Token, numbers: Sequence[Token], weekday: int | None, frame: Frame, *, last: bool) -> Day:
    """Read a day of a named month, or with *last* ("the end of August") the last one where none is named."""
    year = next((n.value for n in numbers if len(n.word) == 4), None)  # noqa: PLR2004 - a year has four digits
    short = [n for n in numbers if len(n.word) < 4 and n.value <= 31]  # noqa: PLR2004
    if not short:
        return _last_of(_dated(year, month.value, 1, None, frame)) if last else Day(None, ambiguous=True)
    before = [n for n in short if n.end <= month.start]
    day = before[-1] if before else short[0]
    rest = [n for n in numbers if n is not day and len(n.word) == 2 and n.start > month.start]  # noqa: PLR2004
    if year is None and rest and rest[0].start > day.start:
        year = _CENTURY + rest[0].value
    return _dated(year, month.value, day.value, weekday, frame)


def _numeric(numbers: Sequence[Token], text: str, weekday: int | None, frame: Frame) -> Day:
    """Read 3/9, 3.9.2026 and 2026-09-03: the order is the language's, the zone's, or what the weekday allows."""
    values = [n.value for n in numbers]
    if len(numbers[0].word) == 4:  # noqa: PLR2004 - a year first
        return _dated(values[0], values[1], values[2], weekday, frame) if len(values) == 3 else Day(None, ambiguous=True)  # noqa: PLR2004
    year = None
    if len(values) == 3 and len(numbers[2].word) < 4 and (frame.language or "").partition("-")[0] in _YEAR_FIRST:  # noqa: PLR2004
        return _dated(_whole_year(values[0], frame), values[1], values[2], weekday, frame)
    if len(values) == 3:  # noqa: PLR2004
        year = values[2] if values[2] > 99 else _CENTURY + values[2]  # noqa: PLR2004
    days = {_dated(year, month, day, weekday, frame) for day, month in ((values[0], values[1]), (values[1], values[0]))}
    sound = {found.day for found in days if found.day and not found.ambiguous}
    if len(sound) == 1:
        return Day(next(iter(sound)))
    order = _day_first(frame, text[numbers[0].end : numbers[1].start])
    if order is None and frame.today:
        near = {found for found in sound if frame.today <= found <= frame.today + timedelta(days=_AHEAD)}
        if len(near) == 1:  # 10/03 in March is next week rather than in October, which somebody had better confirm
            return Day(near.pop(), ambiguous=True)
    if order is None or not sound:
        return Day(None, ambiguous=True)
    day, month = values[:2] if order else values[1::-1]
    return _dated(year, month, day, weekday, frame)


def _day_first(frame: Frame, between: str) -> bool | None:
    """Tell the order of two numbers with *between* between them; None where English leaves it open. With a dot the day is first.

    Swedish writes 3/9 with the day first, and 09-03 as the end of an ISO date.
    """
    language = (frame.language or "").partition("-")[0]
    if language in _YEAR_FIRST or (language == "sv" and between == "-"):
        return False
    if frame.day_first is not None:
        return frame.day_first
    if between.strip() == ".":
        return True
    if frame.language not in {None, "en"}:
        return True
    if frame.zone is None or frame.zone == 0:
        return None
    return frame.zone not in _MONTH_FIRST_ZONES


def _dated(year: int | None, month: int, day: int, weekday: int | None, frame: Frame) -> Day:
    """Give the date; one without a year is the one nearest to the mail, and not long before it."""
    if year is not None:
        found = _day(year, month, day)
        return Day(found, weekday is not None and found is not None and found.weekday() != weekday)
    if frame.today is None:
        return Day(None, ambiguous=True)
    years = [_day(frame.today.year + step, month, day) for step in (-1, 0, 1)]
    near = [one for one in years if one and one >= frame.today - timedelta(days=_BACK)]
    if not near:
        return Day(None)
    return Day(near[0], weekday is not None and near[0].weekday() != weekday)


def _day_of_month(day: int, weekday: int | None, frame: Frame) -> Day:
    """Read "the 18th": the next one, counting today."""
    if frame.today is None:
        return Day(None, ambiguous=True)
    this = _day(frame.today.year, frame.today.month, day)
    after = frame.today.replace(day=1) + timedelta(days=32)
    for found in (this, _day(after.year, after.month, day)):
        if found and found >= frame.today and (weekday is None or found.weekday() == weekday):
            return Day(found)
    return Day(None, ambiguous=True)


def _next_weekday(weekday: int, frame: Frame) -> Day:
    if frame.today is None:
        return Day(None, ambiguous=True)
    return Day(frame.today + timedelta(days=(weekday - frame.today.weekday() - 1) % 7 + 1))


def _last_of(first: Day) -> Day:
    """Give the last day of the month that begins on *first*."""
    if first.day is None:
        return first
    return Day((first.day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1), first.ambiguous)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
