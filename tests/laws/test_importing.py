"""Laws of taking address books in: whatever the bytes, people or named faults; nothing twice; and no value that was there is changed."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.exports import GOOGLE, LINKEDIN_HEADER, OUTLOOK_DE, VCARDS, linkedin

from bouncer.core.merging import merge
from bouncer.edge.contacts import why_unfit
from bouncer.edge.imports import columns_wanted, read_import
from bouncer.edge.imports.fields import line_of
from bouncer.errors import UsageError
from bouncer.model import ENTRY, Book, Contact
from bouncer.model.importing import Imported, Job, Merge, Record, Source

SAMPLES = (
    VCARDS,
    GOOGLE.encode(),
    OUTLOOK_DE.encode("cp1252"),
    linkedin("Jane,Doe,,jane@acme.example,Acme,CTO,26 Jul 2025"),
    LINKEDIN_HEADER.encode("utf-16"),
)
NAMES = st.sampled_from(["Jane Doe", "Doe, Jane", "Bob Best", "Zoë Zimt", "山田太郎", "Dr. Ann Lee", ""])
COMPANIES = st.sampled_from([None, "Acme", "ACME GmbH", "Bolt", "Zimt & Co"])
TITLES = st.sampled_from([None, "CTO", "CEO"])
ADDRESSES = st.integers(0, 7).map("a{}@x.example".format)
PAGES = st.sampled_from([None, "https://www.linkedin.com/in/a", "https://www.linkedin.com/in/b", "linkedin.com/in/A/"])
PHONES = st.lists(st.sampled_from(["+44 20 7946 0018", "020 7946 0018", "+49 30 123456"]), max_size=2, unique=True).map(tuple)
TAGS = st.lists(st.sampled_from(["it", "IT", "london"]), max_size=2, unique=True).map(tuple)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Draw an export in which bytes were changed, cut and doubled."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        until = min(at + draw(st.integers(0, 40)), len(data))
        data[at:until] = draw(st.sampled_from([b"", b'"', b"\n", b"\0", b"=", b",", b"\xff", b"BEGIN:VCARD\n", bytes(data[at:until]) * 2]))
    return bytes(data)


@st.composite
def records(draw: st.DrawFn) -> tuple[Record, ...]:
    """Draw people as an export names them."""
    count = draw(st.integers(0, 6))
    return tuple(
        Record(
            number=number,
            name=draw(NAMES),
            emails=tuple(draw(st.lists(ADDRESSES, max_size=2, unique=True))),
            company=draw(COMPANIES),
            title=draw(TITLES),
            phones=draw(PHONES),
            linkedin=draw(PAGES),
            tags=draw(TAGS),
        )
        for number in range(1, count + 1)
    )


@st.composite
def books(draw: st.DrawFn) -> tuple[Contact, ...]:
    """Draw a contact file; no address is in two entries."""
    addresses = draw(st.lists(ADDRESSES, max_size=5, unique=True))
    return tuple(
        Contact(
            name=draw(NAMES) or address,
            email=address,
            company=draw(COMPANIES),
            title=draw(TITLES),
            linkedin=draw(PAGES),
            phones=draw(PHONES),
            tags=draw(TAGS),
        )
        for address in addresses
    )


def made(book: tuple[Contact, ...], result: Merge) -> tuple[Contact, ...]:
    """Give the contact file with what *result* changes."""
    after = {contact.email: contact for contact in book}
    for change in result.changes:
        if isinstance(change.after, Contact):
            after[change.contact] = change.after
        else:
            values: dict[str, Any] = {change.field: change.after}
            after[change.contact] = replace(after[change.contact], **values)
    return tuple(after.values())


def _fits(read: Imported) -> str:
    """Hold what was read against what may be; gives a word on it."""
    assert all(fault.number > 0 and line_of(fault.said) for fault in read.faults)
    assert all(record.name or record.emails for record in read.records)
    for change in merge(Book((), "x"), read, {}).changes:
        assert isinstance(change.after, Contact)
        assert why_unfit(change.after) == ()
    return read.source


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=400), mangled()), st.sampled_from([None, "linkedin", "google", "outlook", "vcard", "csv"]))
def test_any_bytes_give_people_and_named_faults_or_one_sentence(data: bytes, source: Source | None) -> None:
    """Never another exception; whoever is read fits the contact file."""
    try:
        read = read_import("x", data, source)
    except UsageError as fault:
        said = str(fault)
    else:
        said = _fits(read)
    assert said


@settings(max_examples=100, deadline=None)
@given(mangled())
def test_any_bytes_read_by_a_map_do_so_too(data: bytes) -> None:
    """Where the columns are there."""
    try:
        read_import("x", data, mapping=columns_wanted(["email=E-mail 1 - Value,name=First Name+Last Name"]))
    except UsageError as fault:
        said = str(fault)
    else:
        said = "--map"
    assert "--map" in said


@settings(max_examples=150, deadline=None)
@given(books(), records(), st.sampled_from(["linkedin", "google"]), st.lists(st.sampled_from(["new", "it"]), max_size=1))
def test_taken_in_twice_it_changes_nothing_the_second_time(
    book: tuple[Contact, ...], people: tuple[Record, ...], source: Source, tags: list[str]
) -> None:
    """With what LinkedIn said remembered, and without."""
    export = Imported("x", source, people)
    first = merge(Book(book, "x"), export, {}, tags=tags)
    after = made(book, first)
    for remembered in ({}, first.jobs):
        second = merge(Book(after, "y"), export, remembered, tags=tags)
        assert (second.changes, second.moves) == ((), ())


@settings(max_examples=150, deadline=None)
@given(books(), records(), st.dictionaries(ADDRESSES, st.builds(Job, COMPANIES, TITLES), max_size=4))
def test_no_value_that_was_there_is_changed_but_what_linkedin_had_said(
    book: tuple[Contact, ...], people: tuple[Record, ...], jobs: dict[str, Job]
) -> None:
    """Lists keep all their items in their order, and no address comes to be in two entries."""
    result = merge(Book(book, "x"), Imported("x", "linkedin", people), jobs)
    for change in result.changes:
        if change.field == ENTRY or change.before is None:
            continue
        if isinstance(change.before, tuple):
            assert isinstance(change.after, tuple)
            assert change.after[: len(change.before)] == change.before
        else:
            assert change.field in ("company", "title")
            assert any(move.contact.email == change.contact for move in result.moves)
    held = [address.lower() for contact in made(book, result) for address in (contact.email, *contact.also)]
    assert len(held) == len(set(held))
