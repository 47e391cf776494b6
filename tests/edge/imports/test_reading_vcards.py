"""vCards of every version, from telephones that never read a specification."""

import pytest
from support.exports import VCARDS

from bouncer.edge.imports import read_import
from bouncer.edge.imports.lines import property_of, unfolded
from bouncer.model.importing import Fault, Record


def card(*lines: str) -> bytes:
    """Give one card of *lines*."""
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", "")).encode()


def test_every_version_is_read() -> None:
    """Quoted-printable with its charset, folded lines, escapes, preferences; the assistant's card in another is not somebody."""
    read = read_import("phone.vcf", VCARDS)
    assert (read.source, read.unit, read.faults) == ("vcard", "card", ())
    assert read.records == (
        Record(number=1, name="Jörg Müller", emails=("joerg@m.example",), phones=("+49 30 1234567",)),
        Record(
            number=2,
            name="Ann Lee, Jr.",
            emails=("ann@lee.example", "ann@home.example"),
            company="Lee; Sons",
            title="CTO",
            linkedin="https://www.linkedin.com/in/annlee",
        ),
        Record(
            number=3,
            name="Zoë Zimt",
            emails=("one@z.example", "two@z.example"),
            phones=("+44-20-7946-0018",),
            tags=("a,b", "c"),
            language="de",
            country="DE",
        ),
    )


def test_a_whole_file_in_utf_16_is_read_too() -> None:
    """As some programs of Windows write it."""
    text = card("FN:Jörg", "EMAIL:j@m.example").decode()
    assert read_import("x.vcf", text.encode("utf-16")).records[0].name == "Jörg"
    assert read_import("x.vcf", text.encode("utf-8-sig")).records[0].name == "Jörg"


def test_a_card_that_is_not_closed_is_named_by_its_number_and_the_rest_is_read() -> None:
    """Where the next one begins, or at the end of the file."""
    broken = b"BEGIN:VCARD\nFN:Lost\n"
    read = read_import("x.vcf", card("FN:One") + broken + card("FN:Three") + broken)
    assert [(record.number, record.name) for record in read.records] == [(1, "One"), (3, "Three")]
    assert read.faults == (
        Fault(2, "it begins on line 5 and is not closed before the next one does"),
        Fault(4, "it begins on line 11 and is not closed"),
    )


def test_a_line_that_is_no_property_is_named_and_the_card_is_read() -> None:
    """Once for a card, however many there are."""
    read = read_import("x.vcf", card("FN:One", "what is this", "and this", "EMAIL:one@x.example"))
    assert read.records == (Record(number=1, name="One", emails=("one@x.example",)),)
    assert read.faults == (Fault(1, "line 4 is no property (and 1 more); the rest of the card is read"),)


@pytest.mark.parametrize("line", ["KIND:group", "X-ADDRESSBOOKSERVER-KIND:group"])
def test_a_group_is_nobody(line: str) -> None:
    """It is said so."""
    read = read_import("x.vcf", card("FN:Friends", line))
    assert (read.records, read.faults) == ((), (Fault(1, "it is of the kind group, and not of a person"),))


def test_a_card_without_name_and_address_is_nobody() -> None:
    """A name in parts is a name, and so is a nickname."""
    assert read_import("x.vcf", card("TEL:+44 20 7946 0018")).faults == (Fault(1, "there is neither a name nor an address in it"),)
    assert [read_import("x.vcf", card(line)).records[0].name for line in ("N:Doe;Jane;Q.;Dr.;", "NICKNAME:Jay")] == ["Jane Q. Doe", "Jay"]


@pytest.mark.parametrize("line", [b"", b"FN", b":value", b'FN;X="open:value', b"FN;X=1", b" :x", b"\xff\xfe:x"])
def test_what_is_no_property_is_none(line: bytes) -> None:
    """Nothing is made of it."""
    assert property_of(line) is None


def test_a_charset_nobody_knows_is_passed_over() -> None:
    """The bytes are read as what they look like."""
    found = property_of(b"FN;CHARSET=KLINGON:J\xc3\xb6rg")
    assert found is not None
    assert found.value == "Jörg"


def test_a_line_of_many_commas_costs_no_more_than_any_other() -> None:
    """They are parted in one way alone: to try every way, as a pattern may, takes for ever."""
    assert property_of(b"TEL;TYPE=" + b"," * 100_000) is None
    assert property_of(b"TEL;TYPE=" + b"," * 100_000 + b":1") is not None
    (joined,) = unfolded(b"A;QUOTED-PRINTABLE:=\r\n" * 20_000)
    assert joined.number == 1
