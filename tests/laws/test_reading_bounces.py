"""Laws of reading notices: no bytes break it, no cut invents an address, spelling does not matter, and our own letters are no notices."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.build import ACCOUNT, AT, OWNER
from support.notices import CORPUS, read, samples, wording

from bouncer.core.bounces import read_notice
from bouncer.core.compose import compose
from bouncer.core.handles import handles, references
from bouncer.core.parse import parse
from bouncer.errors import OwnerFault
from bouncer.model import Contact, Keys, Notice, Planned, RawMail

TEMPLATES = {"checkin.en.txt": "Subject: Hello {{ name }}\n\nDear {{ first_name }}, how is {{ company }}?\n\n{{ signature }}\n"}
PATHS = sorted(CORPUS.glob("*.eml"))
NOTICES = [path for path in PATHS if not path.stem.startswith("not-")]
ADDRESS = re.compile(rb"[^\s<>\"',;:()\[\]{}|]+@[^\s<>\"',;:()\[\]{}|]+")


def _said(notice: Notice | None) -> object:
    """Give what a reading says, but for its quotes."""
    if notice is None:
        return None
    return notice.verdict.kind, [
        (one.address, one.original, one.action, one.status, one.reason, one.permanent) for one in notice.recipients
    ]


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_reading(data: bytes) -> None:
    """Nothing raises."""
    read(data)


@settings(deadline=None)
@given(st.sampled_from(samples()), st.binary(max_size=300), st.floats(0, 1), st.floats(0, 1))
def test_a_notice_with_any_bytes_in_it_gives_a_reading(data: bytes, more: bytes, start: float, end: float) -> None:
    """A piece replaced by anything."""
    first, last = sorted((int(start * len(data)), int(end * len(data))))
    read(data[:first] + more + data[last:])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NOTICES), st.floats(0, 1))
def test_a_notice_cut_short_names_no_address_that_is_not_in_it(path: Path, place: float) -> None:
    """The beginning of an address is another address."""
    whole = path.read_bytes()
    known = {one.lower() for one in _addresses(whole)}
    notice = read(whole[: int(place * len(whole))])
    for one in notice.recipients if notice else ():
        assert one.address.lower() in known
        assert one.original is None or one.original.lower() in known


def _addresses(data: bytes) -> set[str]:
    """Every address in a message, as the reader sees it and as it is written."""
    notice = read(data)
    read_ = {address for one in (notice.recipients if notice else ()) for address in (one.address, one.original) if address}
    return read_ | {found.decode("utf-8", "replace").strip(".") for found in ADDRESS.findall(data.replace(b"rfc822;", b" "))}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_line_ends_do_not_change_a_reading(path: Path) -> None:
    """CRLF is what travels, LF is what files hold."""
    data = path.read_bytes()
    assert _said(read(data.replace(b"\n", b"\r\n"))) == _said(read(data))


@pytest.mark.parametrize("change", [bytes.upper, bytes.lower, bytes.title], ids=["upper", "lower", "title"])
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_case_of_field_names_does_not_change_a_reading(path: Path, change: Callable[[bytes], bytes]) -> None:
    """RFC 5322 section 1.2.2; those of reports, too."""
    data = path.read_bytes()
    head, _, body = data.partition(b"\n\n")
    spelt = re.sub(rb"(?m)^[A-Z][A-Za-z-]*(?=:)", lambda name: change(name[0]), head)
    fields = rb"(?m)^(?:Final-Recipient|Original-Recipient|Reporting-MTA|Remote-MTA|Diagnostic-Code|Action|Status|Content-Type)(?=:)"
    assert _said(read(spelt + b"\n\n" + re.sub(fields, lambda name: change(name[0]), body))) == _said(read(data))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_folding_does_not_change_a_reading(path: Path) -> None:
    """A space may be a line break and a space in every field of the head (RFC 5322 section 2.2.3)."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    folded = re.sub(rb"(?m)^((?:Subject|From|To|X-Failed-Recipients):.*)$", lambda m: m[1].replace(b" ", b"\n "), head)
    assert _said(read(folded + b"\n\n" + body)) == _said(read(head + b"\n\n" + body))


@settings(deadline=None)
@given(name=st.text(max_size=60), company=st.text(max_size=60))
@example(name="Mailer Daemon", company="550 5.1.1 User unknown: your message could not be delivered")
def test_our_own_letter_read_back_is_no_notice(name: str, company: str) -> None:
    """It has none of the marks of a mail system, whatever stands in the contact file."""
    planned = Planned("00000000000a", "jane@acme.example", "checkin", AT, "", "checkin:2026-W10")
    contact = Contact(name=name, email="jane@acme.example", company=company)
    try:
        made = compose(planned, contact, ACCOUNT, OWNER, TEMPLATES, Keys(b"k" * 32), AT, lambda n: b"r" * n)
    except OwnerFault:
        return
    mail = parse(RawMail(made.data))
    assert read_notice(mail, wording()) is None
    assert made.message_id in references(handles(parse(RawMail(b"In-Reply-To: " + made.message_id.encode() + b"\n\nHello.\n"))))
