"""Taking an address book in: who is whom, what is filled, and what stays the owner's."""

from dataclasses import replace

import pytest
from support.build import JANE

from bouncer.core.merging import NO_ADDRESS, merge
from bouncer.core.merging.roll import alike, profile_of
from bouncer.model import ENTRY, Book, Change, Contact, Previous, Status
from bouncer.model.importing import Imported, Merge, Record, Source

BOB = Contact(name="Bob Best", email="bob@bolt.example", linkedin="https://www.linkedin.com/in/bob")


def merged(*records: Record, book: tuple[Contact, ...] = (JANE, BOB), source: Source = "google", **more: object) -> Merge:
    """Give what taking *records* in comes to."""
    return merge(Book(book, "x"), Imported("x.csv", source, records), {}, **more)  # type: ignore[arg-type]


def told(result: Merge) -> dict[str, object]:
    """Give the new values by field."""
    return {change.field: change.after for change in result.changes}


@pytest.mark.parametrize(
    "record",
    [
        Record(number=2, name="J. Doe", emails=("JANE@acme.example",), title="CTO"),
        Record(number=2, name="Doe, Jane", company="ACME GmbH", title="CTO"),
        Record(number=2, name="Jane Doe, PhD", company="Acme", title="CTO"),
    ],
)
def test_somebody_is_found_by_address_or_by_name_and_company(record: Record) -> None:
    """In whichever way both are written."""
    result = merged(record)
    assert (result.found, told(result)) == (1, {"title": "CTO"})
    assert result.changes[0].because.quote == "line 2 of x.csv"


def test_somebody_is_found_by_their_linkedin_page() -> None:
    """Though the name is written otherwise, and the company is another."""
    result = merged(Record(number=2, name="Robert Best", linkedin="http://de.linkedin.com/in/BOB/?x=1", company="Elsewhere"))
    assert (result.found, told(result)) == (1, {"company": "Elsewhere"})


def test_what_is_there_stays() -> None:
    """A title from elsewhere says nothing of the company that the owner knows; a second number is another one."""
    jane = replace(JANE, phones=("+44 20 7946 0018",), tags=("IT",), language="en", linkedin="https://example.test/jane")
    record = Record(
        number=2, name="Janet Doe", emails=("jane@acme.example",), company="Other", title="CEO", phones=("020 7946 0018", "+49 30 123456"),
        linkedin="https://www.linkedin.com/in/jd", tags=("it", "new"), language="de", country="GB",
    )  # fmt: skip
    assert told(merged(record, book=(jane,))) == {"phones": ("+44 20 7946 0018", "+49 30 123456"), "country": "GB", "tags": ("IT", "new")}


def test_another_address_goes_to_the_others_unless_it_was_given_up_or_is_somebody_elses() -> None:
    """Nobody's address is taken away, and what failed once does not come back."""
    jane = replace(JANE, also=("jd@home.example",), previous=(Previous("jane@old.example", "Old"),))
    emails = ("jane@acme.example", "JANE@old.example", "bob@bolt.example", "jane@new.example", "jane@NEW.example")
    result = merged(Record(number=2, name="Jane Doe", emails=emails[:2] + emails[3:]), book=(jane, BOB))
    assert told(result) == {"also": ("jd@home.example", "jane@new.example")}
    both = merged(Record(number=2, name="Jane Doe", emails=emails), book=(jane, BOB))
    assert both.changes == ()
    assert "an address of each of Jane Doe <jane@acme.example>, Bob Best <bob@bolt.example>" in both.left[0].why


def test_a_company_that_they_left_does_not_come_back() -> None:
    """An old export still names it."""
    moved = replace(JANE, company=None, previous=(Previous("jane@old.example", "Old Ltd"),))
    assert merged(Record(number=2, name="Jane Doe", emails=("jane@acme.example",), company="Old", title="x"), book=(moved,)).changes == ()
    left = replace(JANE, company=None, status=Status.LEFT)
    assert merged(Record(number=2, name="Jane Doe", emails=("jane@acme.example",), company="Acme", title="x"), book=(left,)).changes == ()


def test_a_new_address_of_somebody_lost_is_pointed_out() -> None:
    """It is worth trying, at the owner's word."""
    result = merged(
        Record(number=2, name="Jane Doe", emails=("jane@acme.example", "jane@new.example")), book=(replace(JANE, status=Status.LEFT),)
    )
    assert told(result) == {"also": ("jane@new.example",)}
    assert "jane@new.example is worth trying" in result.notes[0]


def test_whoever_is_new_and_has_an_address_is_added() -> None:
    """At the end, with all that is known; the address that is one person's comes first."""
    record = Record(
        number=3, name="Zoe Zimt", emails=("info@zimt.example", "zoe@zimt.example"), company="Zimt", phones=("1234567", "123 45 67")
    )
    result = merged(record, tags=("friends",))
    zoe = Contact(
        name="Zoe Zimt", email="zoe@zimt.example", also=("info@zimt.example",), company="Zimt", phones=("1234567",), tags=("friends",)
    )
    assert result.added == (zoe,)
    assert result.changes == (Change("zoe@zimt.example", ENTRY, None, zoe, result.changes[0].because),)
    assert (result.found, result.notes) == (0, ())


def test_two_records_of_one_person_are_one() -> None:
    """By an address or a page that both have."""
    first = Record(number=2, name="Zoe Zimt", emails=("zoe@zimt.example",), linkedin="https://www.linkedin.com/in/zz")
    second = Record(number=3, name="Zoe Zimt", linkedin="https://www.linkedin.com/in/zz/", title="Boss")
    result = merged(first, second)
    assert [(contact.email, contact.title) for contact in result.added] == [("zoe@zimt.example", "Boss")]


def test_a_role_address_is_pointed_out() -> None:
    """And so is a mailing list: nobody writes to either."""
    result = merged(
        Record(number=2, name="Office", emails=("info@zimt.example",)), Record(number=3, name="L", emails=("all@lists.zimt.example",))
    )
    assert [note.partition(" is ")[2].partition(":")[0] for note in result.notes] == ["a role address", "a mailing list"]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (Record(number=2, name="No Body", company="Nil"), NO_ADDRESS),
        (Record(number=2, name="Jane Doe"), NO_ADDRESS),
        (Record(number=2, name="Jane Doe", company="Another"), NO_ADDRESS),
        (Record(number=2, name="Bob Best", company="Bolt", linkedin="https://www.linkedin.com/in/other-bob"), NO_ADDRESS),
        (
            Record(number=2, name="Otto Other", emails=("jane@acme.example",)),
            "it has an address of Jane Doe <jane@acme.example>, and another name",
        ),
        (Record(number=2, name="Me", emails=("Olga@home.example",)), "this is you"),
        (
            Record(number=9, name="Gone", emails=("gone@x.example",)),
            "you had bouncer forget them, and whoever is forgotten is not added again",
        ),
    ],
)
def test_who_is_not_taken_in_is_listed_with_why(record: Record, why: str) -> None:
    """A name alone tells nobody, and an address with another name is a question for the owner."""
    result = merged(record, own={"olga@home.example"}, forgotten={9})
    assert (result.changes, [(left.record, left.why) for left in result.left]) == ((), [(record, why)])


def test_name_and_company_count_only_where_nobody_else_has_both() -> None:
    """Neither in the contact file nor in the export."""
    twin = replace(JANE, email="jane2@acme.example")
    record = Record(number=2, name="Jane Doe", company="Acme", title="CTO")
    assert "it may be any of" in merged(record, book=(JANE, twin)).left[0].why
    assert "it may be any of" in merged(record, book=(JANE, replace(twin, company=None))).left[0].why
    result = merged(record, replace(record, number=3, title="CEO"))
    assert result.changes == ()
    assert "more than one of that name and company is in the export" in result.left[0].why


def test_names_that_cannot_be_compared_may_be_one() -> None:
    """Of two scripts, or of initials; two names without a word in common are two people."""
    assert alike("Иван Петров", "Ivan Petrov")
    assert alike("", "Jane Doe")
    assert alike("José García", "Jose Garcia-Lopez")
    assert not alike("Jane Doe", "Bob Best")


def test_the_page_of_a_person_is_known_in_all_its_forms() -> None:
    """That of a company is none."""
    forms = ("https://www.linkedin.com/in/Jane-Doe/", "linkedin.com/in/jane-doe?trk=x", "http://de.linkedin.com/mwlite/in/jane%2Ddoe#y")
    assert {profile_of(form) for form in forms} == {"in/jane-doe"}
    assert [profile_of(url) for url in ("https://www.linkedin.com/company/acme", "https://example.test/in/jane", "", None)] == [None] * 4
