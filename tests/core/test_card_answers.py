"""Answers to the letter that lists what is on file: corrections are read wherever they are written, and nothing else is."""

import pytest
from support.replies import reading, said

from bouncer.model import Finding, Joined, NewAddress, Phone, Renamed, Role

CARD = (
    "Hi Jane,\n\nThis is what I have for you:\n\nName: Jane Doe\nCompany: Acme\nTitle: CTO\nE-mail: jane@acme.example\n"
    "Telephone: +44 20 7946 0018\n\nIs it still right?\n\nOlga Owner\n"
)
GERMAN = (
    "Guten Tag Jane Doe,\n\nName: Jane Doe\nFirma: Acme\nFunktion: -\nE-Mail: jane@acme.example\n\nStimmt das noch?\n\nGrüße\nOlga Owner\n"
)
GMAIL = "On Wed, 4 Mar 2026 at 10:00, Olga Owner <olga@home.example> wrote:\n\n"
OUTLOOK = (
    "Thanks!\n\nFrom: Olga Owner <olga@home.example>\nSent: Wednesday, 4 March 2026 10:00\nTo: Jane Doe <jane@acme.example>\n"
    "Subject: Is this still right?\n\n"
)


def quoted(card: str, **behind: str) -> str:
    """Give *card* as Gmail quotes it, with what was written below the lines that begin with a label."""
    lines = [
        f"> {line}".rstrip() + next((f"\n\n{own}\n" for label, own in behind.items() if line.startswith(label)), "")
        for line in card.split("\n")
    ]
    return GMAIL + "\n".join(lines)


def findings(text: str) -> tuple[Finding, ...]:
    """Give what the answer says."""
    return reading(text, subject="Re: Is this still right?").findings


@pytest.mark.parametrize(
    ("label", "own", "kind", "field", "value"),
    [
        ("Company", "NewCo Ltd", Joined, "company", "NewCo Ltd"),
        ("Company", "now: NewCo Ltd", Joined, "company", "NewCo Ltd"),
        ("Company", "-> NewCo Ltd", Joined, "company", "NewCo Ltd"),
        ("Title", "Head of Sales", Role, "title", "Head of Sales"),
        ("Name", "Jane Smith", Renamed, "name", "Jane Smith"),
        ("E-mail", "jane@newco.example", NewAddress, "address", "jane@newco.example"),
        ("Telephone", "+44 20 7946 0999", Phone, "number", "+44 20 7946 0999"),
    ],
)
def test_what_is_written_below_a_detail_corrects_it(label: str, own: str, kind: type[Finding], field: str, value: str) -> None:
    """And says which line it stood under."""
    (found,) = [one for one in findings(quoted(CARD, **{label: own})) if one.because.rule == "card-corrected"]
    assert isinstance(found, kind)
    assert getattr(found, field) == value
    assert found.because.quote.startswith(f"{label}: ")


def test_labels_are_known_in_other_languages_and_a_gap_is_filled() -> None:
    """A dash stands for what was not known."""
    found = reading(quoted(GERMAN, Firma="jetzt NewCo GmbH", Funktion="Leiterin Vertrieb"), subject="Re: Stimmt das noch?")
    (joined,) = said(found, Joined)
    assert isinstance(joined, Joined)
    assert (joined.company, joined.title) == ("NewCo GmbH", "Leiterin Vertrieb")


def test_where_nothing_is_marked_a_repeated_label_and_an_arrow_correct_as_well() -> None:
    """As in Outlook, which marks no quoted line."""
    for old, new in (("Company: Acme", "Company: Acme\nCompany: NewCo Ltd"), ("Company: Acme", "Company: Acme => NewCo Ltd")):
        (joined,) = findings(OUTLOOK + CARD.replace(old, new))
        assert isinstance(joined, Joined)
        assert joined.company == "NewCo Ltd"


@pytest.mark.parametrize(
    "text",
    [
        quoted(CARD),
        OUTLOOK + CARD,
        quoted(CARD, Company="yes, still", Title="Still the same.", Name="ok"),
        quoted(CARD, Company="How is yours doing these days?"),
        quoted(CARD, Telephone="see you on 4 May!"),
        quoted(CARD, Company="That was a long time ago, and I do not like to think of it"),
        quoted(CARD.replace("jane@acme", "carl@acme").replace("Jane Doe", "Carl Other"), Company="NewCo Ltd"),
        quoted("Name: Jane Doe\nCompany: Acme\n", Company="NewCo Ltd"),
        quoted(CARD, **{"E-mail": "jane@newco.example or jane@club.example"}),
        quoted(CARD, **{"E-mail": "you have olga@home.example, right?"}),
    ],
)
def test_what_is_right_unclear_or_anothers_is_no_correction(text: str) -> None:
    """A yes, a question, talk, another person's details, two details that anybody may quote, two addresses, and our own."""
    assert [one for one in findings(text) if one.because.rule == "card-corrected"] == []
