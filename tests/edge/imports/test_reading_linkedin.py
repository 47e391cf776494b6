"""LinkedIn's `Connections.csv` is read as it is written, whatever stands before the header and in whichever language."""

from datetime import date

import pytest
from support.exports import LINKEDIN_HEADER, linkedin

from bouncer.edge.imports import read_import
from bouncer.edge.imports.days import day_of
from bouncer.errors import UsageError
from bouncer.model.importing import Fault, Record

JANE = "Jane,Doe,https://www.linkedin.com/in/janedoe,,Acme,CTO,26 Jul 2025"


def test_a_connection_is_read_with_its_line() -> None:
    """The remarks before the header, quoted lines among them, are passed over; most people have no address."""
    read = read_import("Connections.csv", linkedin(JANE))
    assert (read.source, read.unit, read.encoding, read.faults) == ("linkedin", "line", "utf-8", ())
    assert read.records == (
        Record(
            number=6,
            name="Jane Doe",
            company="Acme",
            title="CTO",
            linkedin="https://www.linkedin.com/in/janedoe",
            connected=date(2025, 7, 26),
        ),
    )


def test_lines_that_are_no_rows_are_named_and_the_rest_is_read() -> None:
    """A line torn off, a quotation mark that is never closed, and a field too many."""
    read = read_import("Connections.csv", linkedin("torn", JANE, '"never closed,x,,,,,', "a,b,c,d@x.example,e,f,g,h", JANE))
    assert [record.number for record in read.records] == [7, 10]
    assert read.faults == (
        Fault(6, "it has one field, and the header has 7"),
        Fault(8, "a quotation mark is not closed"),
        Fault(9, "it has 8 fields, and the header has 7"),
    )


def test_a_field_may_hold_commas_quotes_and_line_ends() -> None:
    """As RFC 4180 has it; what stands in the contact file is one line."""
    read = read_import(
        "Connections.csv", linkedin('"Bob ""B""",Best,,bob@bolt.example,"Bolt, Inc.","Head of\nEverything",01 Mar 2019', JANE)
    )
    first, second = read.records
    assert (first.name, first.company, first.title) == ('Bob "B" Best', "Bolt, Inc.", "Head of Everything")
    assert (first.number, second.number, read.faults) == (6, 8, ())


def test_pictures_beside_a_name_are_no_part_of_it() -> None:
    """People put them there to be seen."""
    assert read_import("c", linkedin("\U0001f680 Zoe,Zimt \u2b50\ufe0f,,,Zimt,,")).records[0].name == "Zoe Zimt"


def test_a_family_name_in_chinese_letters_stands_first() -> None:
    """As everybody there writes it; where one of both is in Latin letters, it does not."""
    names = [record.name for record in read_import("c", linkedin("太郎,山田,,,X,,", "Taro,山田,,,X,,")).records]
    assert names == ["山田太郎", "Taro 山田"]


def test_an_address_that_is_none_is_named_and_the_person_is_read() -> None:
    """There is a name and an employer all the same."""
    read = read_import("c", linkedin("Jane,Doe,,jane at acme,Acme,,"))
    assert (read.records[0].emails, read.records[0].company) == ((), "Acme")
    assert read.faults[0].number == 6
    assert "`jane at acme` is no e-mail address" in read.faults[0].said


@pytest.mark.parametrize(
    "header",
    [
        "Vorname,Nachname,URL,E-Mail-Adresse,Firma,Position,Verbunden am\n",
        "Prénom,Nom,URL,Adresse e-mail,Entreprise,Poste,En relation depuis le\n",
        "Nombre,Apellidos,URL,Dirección de correo electrónico,Empresa,Cargo,Fecha de conexión\n",
    ],
)
def test_the_header_may_be_in_another_language(header: str) -> None:
    """The columns are known by their names, not by their place."""
    read = read_import("c", linkedin("Jane,Doe,https://linkedin.com/in/jd,jane@acme.example,Acme,CTO,26.07.2025", header=header))
    record = read.records[0]
    assert (read.source, record.name, record.emails, record.company, record.title) == (
        "linkedin", "Jane Doe", ("jane@acme.example",), "Acme", "CTO",
    )  # fmt: skip


def test_a_file_without_its_header_is_not_guessed_at() -> None:
    """It is said what was looked for, and how to name the columns."""
    with pytest.raises(UsageError, match=r"no header of linkedin is found in it\..*--map"):
        read_import("c", f"{JANE}\n{JANE}\n".encode(), "linkedin")
    with pytest.raises(UsageError, match="no header"):
        read_import("c", b"")


@pytest.mark.parametrize(("mark", "encoding"), [("\ufeff", "utf-8"), ("\ufeff", "utf-16-le"), ("", "utf-16-be"), ("", "cp1252")])
def test_the_encoding_is_seen_from_the_bytes(mark: str, encoding: str) -> None:
    """With a mark or without."""
    read = read_import("c", (mark + LINKEDIN_HEADER + "Jörg,Müller,,,Größe,,\n").encode(encoding))
    assert (read.encoding, read.records[0].name, read.records[0].company) == (encoding, "Jörg Müller", "Größe")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("26 Jul 2025", date(2025, 7, 26)),
        ("26 juil. 2025", date(2025, 7, 26)),
        ("26. Juli 2025", date(2025, 7, 26)),
        ("26 de julio de 2025", date(2025, 7, 26)),
        ("July 26, 2025", date(2025, 7, 26)),
        ("07/26/25", date(2025, 7, 26)),
        ("26/07/2025", date(2025, 7, 26)),
        ("2025-07-26", date(2025, 7, 26)),
        ("2025年7月26日", date(2025, 7, 26)),
        ("7/26/19, 10:12 AM", date(2019, 7, 26)),
        ("30 Feb 2025", None),
        ("26 Xyz 2025", None),
        ("99/99/99", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_the_day_of_a_connection_is_read_where_it_is_one(text: str, day: date | None) -> None:
    """In the forms that LinkedIn has had."""
    assert day_of(text) == day
