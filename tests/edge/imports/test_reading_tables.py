"""The CSV of Google, of Outlook, and any other."""

import pytest
from support.exports import GOOGLE, GOOGLE_OLD, LINKEDIN_HEADER, OUTLOOK_DE, OUTLOOK_EN

from bouncer.edge.imports import columns_wanted, read_import
from bouncer.errors import UsageError
from bouncer.model.importing import Fault, Record


def test_google_as_it_is_now() -> None:
    """Several values of a cell are several; labels of Google's own are no tags; a note may run over lines."""
    read = read_import("contacts.csv", GOOGLE.encode())
    assert (read.source, read.faults) == ("google", ())
    assert read.records == (
        Record(
            number=2,
            name="Jane Q. Doe",
            emails=("jane@acme.example", "jane@club.example", "jane@home.example"),
            company="Acme",
            title="CTO",
            phones=("+44 20 7946 0018",),
            linkedin="https://www.linkedin.com/in/janedoe",
            tags=("Friends",),
        ),
        Record(number=4, emails=("info@bolt.example",), company="Bolt"),
    )


def test_google_as_it_was() -> None:
    """The whole name counts where there is one."""
    read = read_import("google.csv", GOOGLE_OLD.encode("utf-16"))
    (bob,) = read.records
    assert read.source == "google"
    assert (bob.name, bob.company, bob.title, bob.tags) == ("Bob Best", "Bolt", "Boss", ("IT",))
    assert bob.phones == ("030 1234567", "030 7654321")


def test_outlook_in_german_and_its_encoding() -> None:
    """An address of Exchange's own is no mail address, and is named."""
    read = read_import("outlook.csv", OUTLOOK_DE.encode("cp1252"))
    first, second = read.records
    assert (read.source, read.encoding) == ("outlook", "cp1252")
    assert (first.name, first.company, first.title) == ("Jörgine Müller", "Größe & Söhne", "Geschäftsführerin")
    assert (first.emails, first.tags) == (("jm@groesse.example", "jm@home.example"), ("Presse", "Köln"))
    assert (second.name, second.emails) == ("Otto Ohne", ())
    assert [(fault.number, "/o=Exchange" in fault.said) for fault in read.faults] == [(3, True)]


def test_outlook_in_english_takes_no_form_of_address_for_a_job() -> None:
    """`Title` is Mr. there; and a number that a spreadsheet has ruined is named."""
    read = read_import("outlook.csv", OUTLOOK_EN.replace(",", "\t").encode("utf-8-sig"))
    (bob,) = read.records
    assert (read.source, bob.title, bob.phones) == ("outlook", "Boss", ("+44 20 7946 0018",))
    assert read.faults == (Fault(2, "`4.42079E+11` is what a spreadsheet has made of a telephone number"),)


def test_any_other_csv_is_known_by_what_its_columns_are_called() -> None:
    """With semicolons, as where the comma is in numbers."""
    read = read_import("list.csv", b"Name;E-Mail;Firma;Telefon\nJane Doe;jane@acme.example;Acme, Inc.;\n")
    assert (read.source, read.records[0].company, read.records[0].emails) == ("csv", "Acme, Inc.", ("jane@acme.example",))


@pytest.mark.parametrize("other", [GOOGLE, GOOGLE_OLD, OUTLOOK_EN, LINKEDIN_HEADER])
def test_no_program_is_taken_for_another(other: str) -> None:
    """Each has signs of its own."""
    expected = {GOOGLE: "google", GOOGLE_OLD: "google", OUTLOOK_EN: "outlook", LINKEDIN_HEADER: "linkedin"}[other]
    assert read_import("x", other.encode()).source == expected


def test_the_owner_may_say_what_the_columns_are() -> None:
    """Several columns make one name, or several addresses; a name of a column may hold a plus or a comma."""
    text = "Mail;Mail 2;First;Last;Firm, Town;A+B\nj@acme.example;j@home.example;Jane;Doe;Acme;it, fun\n"
    read = read_import("x", text.encode(), mapping=columns_wanted(["email=Mail+mail 2,name=First+Last,company=Firm, Town", "tags=A+B"]))
    assert read.records == (
        Record(number=2, name="Jane Doe", emails=("j@acme.example", "j@home.example"), company="Acme", tags=("it", "fun")),
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["email=Post"], "names the column 'post', which is not there; there are: Mail, First"),
        (["mood=Mail"], "knows no field 'mood'"),
        (["Mail"], "is not understood"),
    ],
)
def test_a_map_that_cannot_be_is_refused_with_what_there_is(wanted: list[str], said: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match=said):
        read_import("x", b"Mail,First\na@b.example,A\n", mapping=columns_wanted(wanted))


def test_an_unknown_encoding_is_refused() -> None:
    """And a known one is taken at its word."""
    with pytest.raises(UsageError, match="is no encoding"):
        read_import("x", b"Name,Mail\n", encoding="klingon")
    read = read_import("x", "Name,Mail\nИван Петров,i@p.example\n".encode("cp1251"), encoding="cp1251")
    assert read.records[0].name == "Иван Петров"


def test_a_row_of_nobody_is_named() -> None:
    """A telephone alone is no contact; an empty row is no row."""
    read = read_import("x", b"Name,Mail,Phone\n,,+44 20 7946 0018\n,,\nJane,j@a.example,\n")
    assert read.faults == (Fault(2, "there is neither a name nor an address in it"),)
    assert [record.number for record in read.records] == [4]
