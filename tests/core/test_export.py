"""The contact file as vCard, as Google's CSV and as JSON."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.build import JANE

from bouncer.core.export import FORMATS, as_contact_list, as_google, as_vcards
from bouncer.core.names import given_and_family
from bouncer.edge.contacts.entries import contact_of
from bouncer.edge.imports import read_import
from bouncer.model import Card, Contact, Previous, Status

FULL = Contact(
    name="José Álvarez; the elder",
    email="jose@acme.example",
    also=("jose@home.example",),
    company="Acme, Bolt; and \\ Sons",
    title="Head of R, D",
    phones=("+44 20 7946 0018", "020 7946 0019"),
    linkedin="www.linkedin.com/in/josé,the;elder",
    language="es_MX",
    country="MX",
    timezone="America/Mexico_City",
    every="6 months",
    tags=("it", "Paris, Texas"),
    status=Status.AWAY,
    previous=(Previous("jose@old.example", "Old"),),
)


def lines(contact: Contact, revised: datetime | None = None) -> list[str]:
    """Give the content lines of one vCard, unfolded (RFC 6350 section 3.2)."""
    return as_vcards([Card(contact, "00000000000a", revised)]).replace("\r\n ", "").split("\r\n")[:-1]


def table(*contacts: Contact) -> list[dict[str, str]]:
    """Give the rows of Google's CSV by column."""
    return list(csv.DictReader(io.StringIO(as_google([Card(contact) for contact in contacts]), newline="")))


class TestVcard:
    """RFC 6350."""

    def test_every_field_that_others_can_use_is_there_and_escaped(self) -> None:
        """Commas, semicolons and backslashes have a meaning; a web address has none of them left, and a language tag no underscore."""
        assert lines(FULL, datetime(2026, 3, 4, 10, 0, 0, 5, tzinfo=UTC)) == [
            "BEGIN:VCARD",
            "VERSION:4.0",
            "UID:urn:uuid:24dbf4db-0ee8-5408-9719-952af9a0baca",
            "FN:José Álvarez\\; the elder",
            "N:elder;José Álvarez\\; the;;;",
            "ORG:Acme\\, Bolt\\; and \\\\ Sons",
            "TITLE:Head of R\\, D",
            "EMAIL;PREF=1:jose@acme.example",
            "EMAIL:jose@home.example",
            "TEL:+44 20 7946 0018",
            "TEL:020 7946 0019",
            "URL:https://www.linkedin.com/in/jos%C3%A9%2Cthe%3Belder",
            "LANG:es-MX",
            "TZ:America/Mexico_City",
            "CATEGORIES:it,Paris\\, Texas",
            "REV:20260304T100000Z",
            "END:VCARD",
        ]

    def test_what_is_not_on_file_is_not_said(self) -> None:
        """No empty property, and no REV of an entry that nobody has ever revised."""
        bare = Contact(name="Cher", email="cher@x.example")
        assert (
            as_vcards([Card(bare)]) == "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Cher\r\nN:;Cher;;;\r\nEMAIL;PREF=1:cher@x.example\r\nEND:VCARD\r\n"
        )

    def test_former_addresses_and_what_bouncer_goes_by_stay_at_home(self) -> None:
        """An address book that offers a dead address is worse than none."""
        text = as_vcards([Card(FULL)])
        assert "old.example" not in text
        assert "6 months" not in text
        assert "away" not in text

    @pytest.mark.parametrize("name", ["W" * 500, "ü" * 300, "山田太郎" * 60, "👩‍💻" * 40, "a" + "é" * 90])
    def test_no_line_is_longer_than_75_octets_nor_cut_within_a_character(self, name: str) -> None:
        """Octets are counted, not characters; the space that begins a line is one of them."""
        for line in as_vcards([Card(Contact(name=name, email="a@x.example"))]).encode().split(b"\r\n"):
            assert len(line) <= 75
            line.decode()

    def test_a_line_of_75_octets_stays_whole_and_one_of_76_does_not(self) -> None:
        """The limit itself is allowed."""
        assert f"FN:{'x' * 72}\r\n" in as_vcards([Card(Contact(name="x" * 72, email="a@x.example"))])
        assert f"FN:{'x' * 72}\r\n x\r\n" in as_vcards([Card(Contact(name="x" * 73, email="a@x.example"))])

    @pytest.mark.parametrize("break_", ["\r\n", "\n", "\r"])
    def test_a_line_end_within_a_name_makes_no_property(self, break_: str) -> None:
        """No contact file can hold one, and if one did, nobody could smuggle in another address."""
        made = lines(Contact(name=f"Eve{break_}EMAIL:eve@evil.example", email="eve@x.example"))
        assert [line for line in made if line.startswith("EMAIL")] == ["EMAIL;PREF=1:eve@x.example"]
        assert "FN:Eve\\nEMAIL:eve@evil.example" in made

    def test_the_same_person_keeps_the_uid_through_a_new_name_and_address(self) -> None:
        """So that an address book replaces its card and does not add a second."""
        other = Contact(name="José Blanco", email="jose@new.example")
        assert lines(other)[2] == lines(FULL)[2]
        assert as_vcards([Card(FULL, "00000000000b")]).split("\r\n")[2] != lines(FULL)[2]


class TestGoogle:
    """The CSV of Google Contacts."""

    def test_every_value_has_its_column(self) -> None:
        """The present header, as long as the one with the most addresses needs."""
        full, jane = table(FULL, JANE)
        assert {column: cell for column, cell in full.items() if cell} == {
            "First Name": "José Álvarez; the",
            "Last Name": "elder",
            "Organization Name": "Acme, Bolt; and \\ Sons",
            "Organization Title": "Head of R, D",
            "Labels": "it ::: Paris, Texas ::: * myContacts",
            "E-mail 1 - Value": "jose@acme.example",
            "E-mail 2 - Value": "jose@home.example",
            "Phone 1 - Value": "+44 20 7946 0018",
            "Phone 2 - Value": "020 7946 0019",
            "Website 1 - Label": "LinkedIn",
            "Website 1 - Value": "www.linkedin.com/in/josé,the;elder",
        }
        assert (jane["E-mail 1 - Value"], jane["E-mail 2 - Value"], jane["Website 1 - Label"]) == ("jane@acme.example", "", "")

    def test_an_empty_file_is_a_header(self) -> None:
        """And nothing that a reader would stumble over."""
        assert table() == []
        assert as_google([]).startswith("First Name,Middle Name,Last Name,")

    @pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
    def test_no_word_is_a_formula_to_a_spreadsheet(self, words: str) -> None:
        """A title may come out of somebody's mail; a telephone number, which begins with a plus, is the owner's own and stays as it is."""
        (row,) = table(Contact(name=words, email="a@x.example", title=words, company=words, phones=("+44 20 7946 0018",)))
        assert [row[c] for c in ("First Name", "Organization Name", "Organization Title")] == [f" {words}"] * 3
        assert row["Phone 1 - Value"] == "+44 20 7946 0018"

    def test_a_tag_cannot_pass_for_two(self) -> None:
        """Three colons stand between labels."""
        (row,) = table(Contact(name="A B", email="a@x.example", tags=("a ::: b",)))
        assert row["Labels"] == "a : b ::: * myContacts"

    @pytest.mark.parametrize(
        ("name", "language", "cells"),
        [
            ("Jane Doe", None, ("Jane", "Doe", "")),
            ("Kovács János", "hu", ("Kovács János", "", "")),
            ("山田 太郎", None, ("山田 太郎", "", "")),
            ("Doe, Jane", None, ("Jane", "Doe", "Doe, Jane")),
            ("Cher", None, ("Cher", "", "")),
        ],
    )
    def test_no_name_is_turned_round(self, name: str, language: str | None, cells: tuple[str, str, str]) -> None:
        """Google shows the first name and then the last one, whoever's they are."""
        (row,) = table(Contact(name=name, email="a@x.example", language=language))
        assert (row["First Name"], row["Last Name"], row["File As"]) == cells


class TestComingBack:
    """What went out, taken in again by `bouncer import`."""

    PEOPLE = (
        replace(FULL, tags=("it", "choir"), language="es", linkedin="https://www.linkedin.com/in/jose"),
        Contact(name="山田 太郎", email="taro@nihon.example", title="=1+1"),
        Contact(name="Kovács János", email="janos@hun.example", language="hu"),
        Contact(name="Cher", email="cher@x.example"),
    )

    @pytest.mark.parametrize(("form", "source"), [("vcard", "vcard"), ("google", "google")])
    def test_it_says_the_same(self, form: str, source: str) -> None:
        """Recognised without being told what it is, and nothing is found wrong with it."""
        text = FORMATS[form]([Card(contact, f"{number:012x}") for number, contact in enumerate(self.PEOPLE)])
        found = read_import("people", text.encode())
        assert (found.source, found.faults) == (source, ())
        assert [(r.name, r.emails, r.company, r.title, r.phones, r.linkedin, r.tags) for r in found.records] == [
            (c.name, (c.email, *c.also), c.company, c.title, c.phones, c.linkedin, c.tags) for c in self.PEOPLE
        ]


class TestJson:
    """The form that bouncer itself reads."""

    def test_it_is_a_contact_file_again(self) -> None:
        """With status and former addresses."""
        (entry,) = json.loads(as_contact_list([Card(FULL)]))["contacts"]
        assert contact_of(entry) == (FULL, ())

    def test_what_is_absent_has_no_key(self) -> None:
        """An empty list or null is no value."""
        assert json.loads(as_contact_list([Card(JANE)])) == {
            "contacts": [{"name": "Jane Doe", "email": "jane@acme.example", "company": "Acme"}]
        }


@pytest.mark.parametrize(
    ("name", "language", "parts"),
    [
        ("Jane Doe", "en", ("Jane", "Doe")),
        ("Ana María López", "es", ("Ana María", "López")),
        ("Doe, Jane", "en", ("Jane", "Doe")),
        ("Kovács János", "hu", ("János", "Kovács")),
        ("山田 太郎", "en", ("太郎", "山田")),
        ("山田太郎", "ja", ("山田太郎", "")),
        ("Cher", "en", ("Cher", "")),
        ("van der Berg, Anna", "nl", ("van der Berg,", "Anna")),
        ("Acme, Inc", "en", ("Inc", "Acme")),
    ],
)
def test_a_name_is_taken_apart_as_far_as_its_order_is_known(name: str, language: str, parts: tuple[str, str]) -> None:
    """The last two are wrong, as they must be without a guess at what a particle is: the name as written stands beside the parts."""
    assert given_and_family(name, language) == parts
