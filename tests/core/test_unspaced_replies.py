"""Dates, names and titles in scripts that put no space between words."""

from datetime import date

import pytest
from support.replies import auto, reading, reading_of, said

from bouncer.core.calendar import names, span
from bouncer.core.dates import Frame, read_date, read_range
from bouncer.model import Away, Left, NewAddress, Phone, Role

TODAY = date(2026, 3, 4)  # a Wednesday
WORDS = {
    "ja": ("明日=1", "来週=week", "末=last", "末日=last", "月末"),
    "zh-Hans": ("明天=1", "下=week", "下午", "底=last", "周"),
    "ko": ("내일=1", "다음=week", "주", "말=last"),
}


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ja", "明日まで", date(2026, 3, 5)),
        ("ja", "来週月曜日まで", date(2026, 3, 9)),
        ("ja", "3月末まで", date(2026, 3, 31)),
        ("ja", "2028年2月末日まで", date(2028, 2, 29)),
        ("zh-Hans", "下周五回来", date(2026, 3, 13)),
        ("zh-Hans", "周五下午", date(2026, 3, 6)),
        ("ko", "내일까지", date(2026, 3, 5)),
        ("ko", "다음 주 금요일까지", date(2026, 3, 13)),
        ("ko", "3월 말까지", date(2026, 3, 31)),
        ("ja", "来週まで", None),
        ("ja", "月末まで", None),
        ("zh-Hans", "下周", None),
    ],
)
def test_the_words_of_a_date_need_no_space_behind_them(language: str, text: str, day: date | None) -> None:
    """A weekday of next week is next week's, the end of a month its last day; next week alone is no day."""
    called = names(language, WORDS[language])
    place = span(text, called, begins=True)
    assert place is not None
    assert read_date(text[: place[1]], called, Frame(TODAY, language, 9)).day == day


def test_a_range_may_leave_out_the_second_month() -> None:
    """A day with its counter is as bare as one without."""
    begin, end = read_range("5月10日", "15日", names("ja"), Frame(TODAY, "ja", 9))
    assert (begin.day, end.day) == (date(2026, 5, 10), date(2026, 5, 15))


def test_full_width_digits_are_digits() -> None:
    """They are what a Japanese keyboard writes."""
    found = auto("３月１０日（火）まで不在にしております。", sender="田中 太郎 <tanaka@acme.example>")
    assert [away.until for away in said(found, Away)] == [date(2026, 3, 10)]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("田中は3月31日をもって退職いたしました。", None),
        ("田中太郎は3月31日をもって退職いたしました。", None),
        ("鈴木は3月31日をもって退職いたしました。", "鈴木"),
    ],
)
def test_a_short_name_is_the_senders_where_it_begins_theirs(text: str, about: str | None) -> None:
    """Two letters are a whole family name; another family name is somebody else."""
    found = auto(text, sender="田中 太郎 <tanaka@acme.example>")
    assert [left.about for left in said(found, Left)] == [about]


def test_a_full_stop_of_the_far_east_ends_a_sentence() -> None:
    """What would forbid a match ("to write by Monday") does so in its own sentence only."""
    found = auto("本日は終日お休みをいただいております。お急ぎの場合は携帯（090-5555-0123）までお電話ください。")
    assert [(away.since, away.until) for away in said(found, Away)] == [(TODAY, TODAY)]
    assert [phone.number for phone in said(found, Phone)] == ["090-5555-0123"]


def test_text_in_seven_bits_behind_escapes_is_read() -> None:
    """ISO-2022-JP looks like ASCII to whoever does not look at its charset."""
    text = "3月13日まで不在にしております。".encode("iso-2022-jp")
    head = b"From: t@acme.example\nDate: Wed, 4 Mar 2026 10:00:00 +0900\nAuto-Submitted: auto-replied\n"
    kind = b"Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\n"
    assert [away.until for away in said(reading_of(head + kind + text), Away)] == [date(2026, 3, 13)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("我换邮箱了，以后请发到我的新邮箱chen.jing@newco.example与我联系。", "chen.jing@newco.example"),
        ("メアド変わったので、今後はこちらのmai.ota@newco.exampleまでお願いします。", "mai.ota@newco.example"),
        ("메일 주소가 바뀌었어요. 앞으로는haneul.jung@newco.example로 보내주세요.", "haneul.jung@newco.example"),
        ("我的新邮箱是王小明@例子.公司", "王小明@例子.公司"),
    ],
)
def test_an_address_ends_where_the_letters_of_the_sentence_around_it_begin(text: str, address: str) -> None:
    """Without spaces around it an ASCII address takes in no letter of the sentence; one wholly in another script stays as it is."""
    found = [finding.address for finding in said(reading(text, subject="Re: Hello"), NewAddress) if isinstance(finding, NewAddress)]
    assert found == [address]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("只今育児休業を取得しております。復帰は令和8年9月1日を予定しております。", date(2026, 9, 1)),
        ("出張のため不在です。復帰予定日：26/4/1", date(2026, 4, 1)),
        ("您好，我目前育嬰留停中，預計於115年8月3日復職。", date(2026, 8, 3)),
    ],
)
def test_years_of_an_era_and_of_two_digits_are_read(text: str, until: date) -> None:
    """Reiwa 8 and the 115th year of the Republic of China are 2026; where the year stands first, two digits are one of the century."""
    (away,) = said(auto(text), Away)
    assert isinstance(away, Away)
    assert away.until == until


@pytest.mark.parametrize(
    ("sender", "signature", "title"),
    [
        ("松本 美咲 <m@acme.example>", "株式会社アクメ 人事部\n採用課長 松本 美咲\n電話 03-5555-0181", "採用課長"),
        ("김민수 <k@acme.example>", "김민수 과장\n아크미 영업팀", "과장"),
        ("李明 <l@acme.example>", "李明\n市场部经理", "市场部经理"),
    ],
)
def test_a_signature_begins_with_a_name_that_knows_no_capitals(sender: str, signature: str, title: str) -> None:
    """The title stands before the name, behind it, or below it."""
    text = f"ABC\n--\n{signature}" if signature.startswith("株") else f"ABC\n\n{signature}"
    roles = said(reading(text, sender=sender), Role)
    assert [role.title for role in roles if isinstance(role, Role)] == [title]


def test_a_name_alone_on_a_line_of_the_text_begins_no_signature() -> None:
    """Lines that end like sentences follow it."""
    assert not said(reading("一切都好。\n王小明\n他今天升任經理。\n", sender="王小明 <w@acme.example>"), Role)
