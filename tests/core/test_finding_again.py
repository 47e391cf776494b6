"""Finding a lost person again: what is on file, where to look, and whom to ask."""

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from bouncer.core.finding_again import Finder, Helper, draft, mailto
from bouncer.model import Contact, Previous, Status

LOST = Contact(
    name="Jane Doe",
    email="jane@acme.example",
    also=("jane@club.example", "jane.doe@gmail.com"),
    company="Acme GmbH",
    tags=("it", "choir"),
    previous=(Previous("jane@old.example", "Old & Sons Ltd"),),
    status=Status.LEFT,
)


def person(name: str, **fields: object) -> Contact:
    """Give somebody at a place of their own."""
    return replace(Contact(name=name, email=f"{name.lower()}@{name.lower()}.example"), **fields)


def names(*contacts: Contact, lost: Contact = LOST) -> list[str]:
    """Give whom the kit would have the owner ask."""
    return [helper.contact.name for helper in Finder((lost, *contacts)).helpers(lost)]


def test_other_addresses_come_private_ones_first_and_without_the_one_that_failed() -> None:
    """A private mailbox outlives an employer."""
    assert Finder((LOST,)).kit(LOST).addresses == ("jane.doe@gmail.com", "jane@club.example", "jane@old.example")
    assert Finder(()).kit(Contact(name="A", email="a@x.example", also=("A@x.example",))).addresses == ()


def test_a_linkedin_page_on_file_is_linked_else_a_search_for_the_person() -> None:
    """With or without the scheme in front."""
    for url in ("https://www.linkedin.com/in/jane", "www.linkedin.com/in/jane", "https://de.linkedin.com/in/jane"):
        label, link = Finder(()).kit(replace(LOST, linkedin=url)).links[0]
        assert (label, link.startswith("https://"), link.endswith("linkedin.com/in/jane")) == ("LinkedIn profile", True, True)
    label, link = Finder(()).kit(LOST).links[0]
    assert label == "Search LinkedIn"
    assert parse_qs(urlsplit(link).query) == {"keywords": ["Jane Doe Acme GmbH"]}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://www.linkedin.com/in/x",
        "https://linkedin.com.evil.example/in/x",
        "https://[bad",
        "https://www.linkedin.com/in/x y",
        "data:x",
        "",
    ],
)
def test_what_is_no_linkedin_page_is_not_linked(url: str) -> None:
    """The file is the owner's, its values need not be."""
    assert Finder(()).kit(replace(LOST, linkedin=url)).links[0][0] == "Search LinkedIn"


def test_web_searches_quote_name_and_company_and_nothing_breaks_out_of_them() -> None:
    """A quotation mark in a name would end the phrase."""
    kit = Finder(()).kit(replace(LOST, name='Jane "JD" Doe&x=y'))
    for _, link in kit.links[1:]:
        assert parse_qs(urlsplit(link).query) == {"q": ['"Jane JD Doe&x=y" "Acme GmbH"']}


def test_colleagues_come_before_people_who_share_a_tag() -> None:
    """An employer of old counts, and so does a mail domain."""
    choir, old, same = person("Choir", tags=("choir",)), person("Old", company="old & sons"), person("Same", email="x@acme.example")
    assert names(choir, old, same) == ["Old", "Same", "Choir"]


def test_a_company_is_the_same_with_another_legal_form() -> None:
    """And another one is another."""
    assert names(person("Ann", company="ACME Ltd."), person("Ben", company="Acme Bakery"), person("Cat", company="GmbH")) == ["Ann"]


def test_the_fewer_share_a_tag_the_more_it_says() -> None:
    """The choir of three before the trade of thirty."""
    crowd = tuple(person(f"It{n}", tags=("it",)) for n in range(30))
    assert names(*crowd, person("Tenor", tags=("Choir",)))[0] == "Tenor"


@pytest.mark.parametrize(
    "status", [Status.LEFT, Status.UNREACHABLE, Status.SUSPECT, Status.STOPPED, Status.DECEASED, Status.RETIRED, Status.PAUSED]
)
def test_only_who_can_answer_is_asked(status: Status) -> None:
    """Who is away can; the lost person is nobody to ask, and neither is a role."""
    assert names(person("Ann", company="Acme", status=status)) == []
    assert names(person("Ann", company="Acme", status=Status.AWAY)) == ["Ann"]
    assert names(person("Desk", company="Acme", email="info@acme.example")) == []


def test_a_mail_provider_is_no_bond() -> None:
    """Half the world is at gmail.com."""
    assert names(person("Ann", email="ann@gmail.com"), lost=Contact(name="J", email="j@gmail.com")) == []


def test_three_people_are_enough() -> None:
    """More would be a circular."""
    assert len(names(*(person(f"P{n}", company="Acme") for n in range(9)))) == 3


def test_how_rare_a_name_is_comes_from_a_file_large_enough_to_tell() -> None:
    """Never a made-up number."""
    crowd = tuple(person(f"Given{n} Family{n % 50}") for n in range(300))
    rare, common = person("Xaver Quux"), person("Given7 Family7")
    assert Finder((*crowd, rare)).findable(rare) == "Nobody else in your file has either name, so a search has good chances."
    assert Finder(crowd).findable(common) == "6 people in your file share one of the names, so add the company to a search."
    assert Finder((rare,)).findable(rare) == ""
    assert Finder(crowd).findable(person("Cher")) == ""


def test_the_draft_is_a_ready_letter_that_only_the_owner_can_send() -> None:
    """A mailto link, with line ends as RFC 6068 wants them."""
    link = draft(Helper(person("Ann"), "also at Acme", 1.0), LOST)
    query = parse_qs(urlsplit(link).query)
    assert link.startswith("mailto:ann@ann.example?")
    assert query["subject"] == ["Are you still in touch with Jane Doe?"]
    assert query["body"][0].startswith("Hi Ann,\r\n\r\nI have lost touch with Jane Doe, who was with Acme GmbH when we last wrote.")


def test_nothing_in_a_name_adds_a_field_to_a_mailto_link() -> None:
    """Every reserved character is escaped."""
    link = mailto("a@x.example?bcc=b@x.example", "x&bcc=c@x.example\r\nBcc: d@x.example")
    assert list(parse_qs(urlsplit(link).query)) == ["subject"]
    assert unquote(urlsplit(link).path) == "a@x.example?bcc=b@x.example"
