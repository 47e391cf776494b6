"""Bytes become a message, whatever they are; what a reader sees is its text."""

from datetime import timedelta

import pytest
from support.build import raw

from bouncer.core.html import text_of
from bouncer.core.parse import parse
from bouncer.core.parts import in_charset
from bouncer.model import RawMail


def _parse(text: str) -> object:
    return parse(RawMail(text.encode()))


def test_a_plain_message_gives_its_fields_and_its_text() -> None:
    """The everyday case, which mail-parser reads."""
    mail = parse(raw("I have moved.\n", sender='"Doe, Jane" <jane@acme.example>', subject="Re: Hällo", Reply_To="j@home.example"))
    assert (mail.from_[0].name, mail.from_[0].address) == ("Doe, Jane", "jane@acme.example")
    assert mail.subject == "Re: Hällo"
    assert mail.reply_to[0].address == "j@home.example"
    assert mail.to[0].address == "olga@home.example"
    assert mail.message_id == "<answer-1@acme.example>"
    assert mail.date is not None
    assert mail.date.isoformat() == "2026-03-04T10:00:00+00:00"
    assert mail.text.strip() == "I have moved."
    assert mail.defects == ()


def test_the_date_stays_in_the_zone_of_the_sender() -> None:
    """A weekday in the text is meant there."""
    mail = parse(RawMail(b"From: a@b.example\nDate: Wed, 04 Mar 2026 23:30:00 -0800\n\nHi\n"))
    assert mail.date is not None
    assert mail.date.utcoffset() == timedelta(hours=-8)
    assert mail.date.day == 4


@pytest.mark.parametrize("value", ["", "yesterday", "Wed, 99 Mar 2026 99:00:00 +0000", "Mon, 1 Jan 99999 00:00:00 +0000"])
def test_a_date_that_is_none_is_none(value: str) -> None:
    """No moment is guessed."""
    assert parse(RawMail(f"From: a@b.example\nDate: {value}\n\nHi\n".encode())).date is None


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?utf-8?q?J=C3=A4ne?=\n hi", "Jäne hi"),
        (b"=?utf-8?b?SsOkbmU=?= =?utf-8?q?_hi?=", "Jäne hi"),
        (b"=?no-such-charset?q?J=C3=A4ne?=", "Jäne"),
        ("Jäne".encode(), "Jäne"),
        ("Jäne".encode("latin-1"), "Jäne"),
        (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
        (b"a\x00b\x07c", "abc"),
    ],
)
def test_a_subject_is_read_in_every_spelling(header: bytes, subject: str) -> None:
    """RFC 2047, raw UTF-8, raw Latin-1, and a lying charset."""
    assert parse(RawMail(b"From: a@b.example\nSubject: " + header + b"\n\nHi\n")).subject == subject


def test_a_from_line_of_an_mbox_is_not_part_of_the_message() -> None:
    """Files saved by mail clients begin with one."""
    assert parse(RawMail(b"From jane@acme.example Wed Mar  4 10:00:00 2026\nSubject: Hello\n\nHi\n")).subject == "Hello"


def test_the_text_is_never_that_of_an_attached_message() -> None:
    """What somebody forwards is not what they say."""
    mail = parse(
        RawMail(
            b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee below.\n--x\nContent-Type: message/rfc822\n\n"
            b"Subject: old\n\nI have left the company.\n--x--\n"
        )
    )
    assert mail.text.strip() == "See below."


def test_plain_and_html_parts_that_follow_each_other_are_both_read() -> None:
    """A list footer in plain text does not hide an HTML body."""
    mail = parse(
        RawMail(
            b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>My news</p>\n"
            b"--x\n\n-- \nlist footer\n--x--\n"
        )
    )
    assert "My news" in mail.text
    assert "list footer" in mail.text


def test_of_two_alternatives_only_the_plain_one_is_the_text() -> None:
    """They say the same."""
    mail = parse(
        RawMail(
            b"From: a@b.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\nplain words\n--x\nContent-Type: text/html\n\n"
            b"<p>rich words</p>\n--x--\n"
        )
    )
    assert mail.text.strip() == "plain words"
    assert "rich words" in mail.html


def test_an_attached_text_file_is_not_what_the_sender_says() -> None:
    """Content-Disposition decides (RFC 2183)."""
    mail = parse(
        RawMail(
            b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\nContent-Type: text/plain\n"
            b"Content-Disposition: attachment; filename=a.txt\n\nI have left.\n--x--\n"
        )
    )
    assert "left" not in mail.text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>ana.n<span>ew</span>@acme.example</p>", "ana.new@acme.example"),
        ('<a href="mailto:ana@acme.example?subject=x">write to me</a>', "write to me <ana@acme.example>"),
        ('<a href="mailto:ana@acme.example">ana@acme.example</a>', "ana@acme.example"),
        ("one<br>two", "one\ntwo"),
        ("<style>p{}</style><p>seen</p><script>no</script>", "seen"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<blockquote>old</blockquote>new", "> old\n\nnew"),
        ("<![if x]>still<![endif]>", "still"),
    ],
)
def test_html_becomes_the_text_a_reader_sees(markup: str, text: str) -> None:
    """Inline tags do not split words, and the target of a mail link is kept."""
    assert text_of(markup) == text


SAME = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
BOMBS = {
    "nested multiparts": b"Subject: bomb\n" + NESTED + b"\n\nend\n",
    "semicolons": b"Subject: bomb\nContent-Type: text/plain" + b";" * 39_000 + b"\n\nend\n",
    "semicolons and folds": b"Subject: bomb\nContent-Type: text/plain" + b";\n " * 13_000 + b"a=b\n\nend\n",
    "quotes in a parameter": b'Subject: bomb\nContent-Type: text/plain; a="' + b'\\"' * 20_000 + b"\n\nend\n",
    "parentheses": b"Subject: bomb\nFrom: " + b"(" * 20_000 + b"\nTo: " + b"(" * 1000 + b"\n\nend\n",
    "100,000 parts": b"Subject: bomb\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nend\n" * 100_000 + b"--x--\n",
    "repeated boundaries": b"Subject: bomb\n" + SAME + SAME + b"\nend\n--x--\n",
    "a header called headers": b"Subject: bomb\nheaders: 1\nparse: 2\nheaders_json: 3\n\nend\n",
    "encoded words": b"Subject: bomb " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nend\n",
    "angle brackets": b"Subject: bomb\nReferences: " + b"<" * 50_000 + b"\n\nend\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_like_any_message(name: str) -> None:
    """Each of these has hung or broken a parser; here it gives a subject."""
    assert parse(RawMail(BOMBS[name])).subject.startswith("bomb")


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\x00", b"\xff\xfe", b"From \n", b"no header at all", b": \n", b"Content-Type: multipart/report\n\n"]
)
def test_bytes_that_are_no_message_give_an_empty_one(data: bytes) -> None:
    """Nothing raises."""
    mail = parse(RawMail(data))
    assert mail.from_ == ()
    assert mail.message_id is None


def test_of_several_from_fields_none_is_lost() -> None:
    """RFC 5322 section 3.6 allows one; whoever judges whom a message is from must see them all."""
    mail = parse(RawMail(b"From: Jane <jane@acme.example>\nFrom: Eve <eve@evil.example>\nSubject: Hello\n\nHi\n"))
    assert [address.address for address in mail.from_] == ["jane@acme.example", "eve@evil.example"]
    assert [address.address for address in parse(RawMail(b"From: jane@acme.example\n\nHi\n")).from_] == ["jane@acme.example"]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp"])
def test_a_character_that_is_broken_off_at_the_end_takes_no_other_with_it(charset: str) -> None:
    """The size gate cuts where it must; the rest is read as the charset says."""
    data = "田中中田中".encode(charset)
    assert in_charset(data[: len(data) - (4 if charset == "iso-2022-jp" else 1)], charset) == "田中中田"


def test_a_last_odd_byte_is_not_taken_for_a_broken_off_character() -> None:
    """A text in Windows-1252 that says it is UTF-8 keeps its last letter."""
    assert in_charset("caf\u00e9".encode("cp1252"), "utf-8") == "caf\u00e9"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-8-i", "iso-8859-8", "שלום, אני בחופשה"),
        ("windows-949", "cp949", "안녕하세요, 똠방각하입니다"),
        ("gb2312", "gbk", "您好，朱镕基"),
        ("x-gbk", "gbk", "您好"),
        ("windows-31j", "cp932", "①新しいアドレス"),
        ("iso-8859-9", "cp1254", "İyi günler, “Şule”"),
    ],
)
def test_a_charset_under_another_name_or_named_too_narrowly_is_read(charset: str, codec: str, text: str) -> None:
    """Names that mail uses and Python does not know, and those that stand for what holds a few letters more."""
    head = f"From: Jane <jane@acme.example>\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert parse(RawMail(head.encode() + text.encode(codec))).text.strip() == text


def test_a_page_that_alone_names_its_charset_is_read_in_it() -> None:
    """A `meta` in the head of the page counts where the header names none."""
    page = '<html><head><meta charset="gbk"></head><body><p>您好</p></body></html>'.encode("gbk")
    assert parse(RawMail(b"From: Jane <jane@acme.example>\nContent-Type: text/html\n\n" + page)).text.strip() == "您好"
