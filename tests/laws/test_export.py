"""Whatever the contact file holds, other programs read the same: the exported text is given to readers that are none of ours."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import vobject
from hypothesis import given
from hypothesis import strategies as st

from bouncer.core.export import as_contact_list, as_google, as_vcards
from bouncer.core.names import given_and_family
from bouncer.edge.contacts.entries import contact_of
from bouncer.model import Card, Contact, Previous, Status

# What the contact file takes for a field: one line of printable text without outer blanks.
_CHARS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
TEXTS = st.text(_CHARS, min_size=1, max_size=90).map(str.strip).filter(bool) | st.sampled_from(
    ["\\", ";", ",", ":", '"', "\\n", "\\,", "a\\;b", "Ltd., Acme", "=1+1", "山田 太郎", "ליאת", "👩‍💻" * 30, "BEGIN:VCARD", "a:::b"]
)
LOCALS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=12)
ADDRESSES = LOCALS.map(lambda local: f"{local}@acme.example")
NAMES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
CONTACTS = st.builds(
    Contact,
    name=NAMES,
    email=ADDRESSES,
    also=st.lists(ADDRESSES, max_size=3).map(tuple),
    company=st.none() | TEXTS,
    title=st.none() | TEXTS,
    phones=st.lists(TEXTS, max_size=3).map(tuple),
    linkedin=st.none() | LOCALS.map(lambda local: f"https://www.linkedin.com/in/{local}"),
    language=st.sampled_from([None, "en", "hu", "ja", "de-CH"]),
    timezone=st.sampled_from([None, "Europe/London"]),
    every=st.sampled_from([None, "6 months"]),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    status=st.sampled_from([None, *Status]),
    previous=st.lists(st.builds(Previous, email=ADDRESSES, company=st.none() | TEXTS), max_size=2).map(tuple),
)
CARDS = st.builds(Card, CONTACTS, st.none() | st.just("00000000000a"), st.sampled_from([None, datetime(2026, 3, 4, 10, tzinfo=UTC)]))


def values(card: Any, name: str) -> list[Any]:
    """Give the values of a property, in their order."""
    return [line.value for line in card.contents.get(name, [])]


@given(st.lists(CARDS, max_size=3))
def test_a_reader_of_vcards_finds_what_was_on_file(cards: list[Card]) -> None:
    """As many cards, and every text, number and address just as it was, however long and whatever it is made of."""
    text = as_vcards(cards)
    found = list(vobject.readComponents(text))
    assert len(found) == len(cards)
    for seen, card in zip(found, cards, strict=True):
        contact = card.contact
        assert values(seen, "fn") == [contact.name]
        assert values(seen, "email") == [contact.email, *contact.also]
        assert values(seen, "tel") == list(contact.phones)
        assert values(seen, "org") == ([[contact.company]] if contact.company else [])
        assert values(seen, "title") == ([contact.title] if contact.title else [])
        assert values(seen, "url") == ([contact.linkedin] if contact.linkedin else [])
        assert values(seen, "categories") == ([list(contact.tags)] if contact.tags else [])
        assert values(seen, "rev") == (["20260304T100000Z"] if card.revised else [])
        parts = values(seen, "n")[0]
        assert (parts.given, parts.family) == given_and_family(contact.name, contact.language or "en")


@given(st.lists(CARDS, max_size=3))
def test_no_line_of_a_vcard_is_too_long(cards: list[Card]) -> None:
    """At most 75 octets, each a whole number of characters, and every line ends in CRLF (RFC 6350 sections 3.1 and 3.2)."""
    data = as_vcards(cards).encode()
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@given(st.lists(CARDS, max_size=3))
def test_a_reader_of_tables_finds_what_was_on_file(cards: list[Card]) -> None:
    """Every row has the width of the header; blanks around a cell are none of it."""
    rows = list(csv.reader(io.StringIO(as_google(cards), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    for row, card in zip(rows[1:], cards, strict=True):
        seen, contact = {column: cell.strip() for column, cell in zip(rows[0], row, strict=True)}, card.contact
        shown = seen["File As"] or " ".join(filter(None, (seen["First Name"], seen["Last Name"])))
        assert shown == contact.name
        assert (seen["Organization Name"] or None, seen["Organization Title"] or None) == (contact.company, contact.title)
        assert _numbered(seen, "E-mail") == [contact.email, *contact.also]
        assert _numbered(seen, "Phone") == list(contact.phones)
        assert len(seen["Labels"].split(" ::: ")) == len(contact.tags) + 1


def _numbered(seen: dict[str, str], what: str) -> list[str]:
    return [cell for column, cell in seen.items() if column.startswith(f"{what} ") and column.endswith("- Value") and cell]


@given(st.lists(CARDS, max_size=3))
def test_bouncer_reads_its_own_json_as_the_same_people(cards: list[Card]) -> None:
    """As a contact file, field by field."""
    entries = json.loads(as_contact_list(cards))["contacts"]
    assert [contact_of(entry) for entry in entries] == [(card.contact, ()) for card in cards]
