"""Names in a case of their language, in whole answers: whose they are, and what they are called."""

from support.replies import auto, reading, said

from bouncer.model import Ask, Left


def test_a_sender_in_a_case_of_their_language_is_the_sender() -> None:
    """Who has left is the owner of the mailbox, not a third person."""
    found = auto("Outi Salmen työsuhde on päättynyt 28.2.2026.", sender="Outi Salmi <outi.salmi@acme.example>")
    assert [finding.about for finding in said(found, Left)] == [None]


def test_somebody_else_in_a_case_stays_somebody_else() -> None:
    """A name that is alike but not the sender's is another person's."""
    found = reading("Outi Salmisen työsuhde on päättynyt 28.2.2026.", sender="Outi Salmi <outi.salmi@acme.example>")
    assert [finding.about for finding in said(found, Left)] != [None]


def test_a_cover_is_called_by_the_name_that_the_address_bears() -> None:
    """The letters of the case go, those of the name come back."""
    found = auto("Olen lomalla. Ota yhteyttä Mikko Lahtiseen (mikko.lahtinen@acme.example).", sender="Outi Salmi <outi.salmi@acme.example>")
    assert [(finding.name, finding.address) for finding in said(found, Ask)] == [("Mikko Lahtinen", "mikko.lahtinen@acme.example")]


def test_a_word_behind_a_full_stop_is_not_whose_address_stood_before_it() -> None:
    """It begins another sentence."""
    found = auto("Jeg er på ferie. Skriv til: td@acme.example. Telefonen er slukket.", sender="Trine Dam <trine.dam@acme.example>")
    assert "Telefonen" not in [finding.name for finding in said(found, Ask)]


def test_a_number_belongs_to_the_name_before_it_and_not_to_an_address_before_that() -> None:
    """Whatever stands between the two."""
    text = "Jag har semester. Frågor besvaras av ekonomi@acme.example, övriga ärenden hänvisas till Sofia Lind, 08-555 123 00."
    found = said(auto(text, sender="Gunnar Ek <gunnar.ek@acme.example>"), Ask)
    assert {(finding.name, finding.address, finding.phone) for finding in found} == {
        (None, "ekonomi@acme.example", None),
        ("Sofia Lind", None, "08-555 123 00"),
    }
