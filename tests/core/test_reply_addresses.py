"""Whose address is it: the sender's from now on, somebody else's, or a lead at most."""

import pytest
from support.build import OWNER
from support.replies import auto, reading, said

from bouncer.model import Ask, NewAddress

JANE = "Jane Doe <jane.doe@acme.example>"


def _new(text: str, *, robot: bool = True, sender: str = JANE) -> list[tuple[str, str | None]]:
    found = (auto if robot else reading)(text, sender=sender)
    return [(one.address, one.about) for one in said(found, NewAddress)]


@pytest.mark.parametrize(
    "text",
    [
        "My new address is jane@new.example.",
        "My e-mail has changed to jane@new.example.",
        "I can now be reached at <jane@new.example>.",
        "I have left Acme. Please write to jane@new.example.",
        "This mailbox will be closed. Please use jane@new.example from now on.",
        "I have left Acme. You can reach me at jane@new.example.",
        "Jane Doe has left Acme. She can be reached at jane@new.example.",
        "Meine neue E-Mail-Adresse lautet jane@new.example.",
        "Sie erreichen mich ab sofort unter jane@new.example.",
        "Bitte nutzen Sie künftig jane@new.example.",
    ],
)
def test_the_senders_own_new_address_is_found(text: str) -> None:
    """By grammar, or by the name in it where the grammar leaves it open."""
    assert _new(text) == [("jane@new.example", None)]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Karin Löfdahl", "lofdahl@new.example"),
        ("Jörg Müller", "j.mueller@new.example"),
        ("Ingrid Bjørnstad", "bjornstad@new.example"),
        ("Søren Ødegaard", "soedegaard@new.example"),
        ("Ola Åsen", "aasen@new.example"),
        ("Łukasz Wałęsa", "walesa@new.example"),
    ],
)
def test_a_name_is_known_however_its_letters_are_spelt(name: str, address: str) -> None:
    """An address holds no accents: ö is o or oe, å is a or aa, ø is o."""
    assert _new(f"I have left Acme. Please write to {address}.", sender=f"{name} <x17@acme.example>") == [(address, None)]
    assert _new(f"I have left Acme. Please write to {address}.", sender="Bo Kim <x17@acme.example>") == []


@pytest.mark.parametrize(
    "text",
    [
        "I have left Acme. Please write to bo.kim@acme.example.",
        "I have left Acme. Please write to info@acme.example.",
        "This mailbox will be closed. Please use office@acme.example from now on.",
        "My new address is info@acme.example.",
        "Ich habe Acme verlassen. Bitte schreiben Sie an bernd@acme.example.",
    ],
)
def test_somebody_elses_address_is_a_lead(text: str) -> None:
    """Never the contact's own."""
    found = auto(text, sender=JANE)
    assert said(found, NewAddress) == []
    assert len(said(found, Ask)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until 12 March. In urgent cases you can reach me at jane@home.example.",
        "I am away this week; write to jane.doe@acme.example as usual.",
        f"My new address is {OWNER.address}, you wrote; is that right?",
        "All is well.\n\nThis e-mail is confidential. Its new address is legal@acme.example.",
        "Her new address is a secret.",
        "My new address is Main Street 1.",
    ],
)
def test_an_address_for_now_ours_or_boiler_plate_is_nothing(text: str) -> None:
    """A way to reach somebody in an absence is no new address, and ours never is."""
    assert _new(text) == []


def test_a_third_persons_address_says_whose_it_is() -> None:
    """It is about them, and never the sender's."""
    assert _new("Ann Lee's new address is ann@new.example.", robot=False) == [("ann@new.example", "Ann Lee")]
    assert _new("I saw Ann Lee. Her new address is ann@new.example.", robot=False) == [("ann@new.example", "Ann Lee")]


def test_a_note_in_the_third_person_is_about_the_mailbox() -> None:
    """Administrators write of the mailbox's owner by name."""
    assert _new("Jane Doe's new address is jane@new.example.") == [("jane@new.example", None)]


@pytest.mark.parametrize(
    "address",
    ["j\u0430ne@new.example", "jane@n\u0435w.example", "ja\u200bne@new.example", "jane\u202e@new.example", "jane@\u03bdew.example"],
)
def test_a_disguised_address_is_flagged_and_never_read(address: str) -> None:
    """Letters of another script, invisible ones and those that turn the direction."""
    found = auto(f"My new address is {address}", sender=JANE)
    assert said(found, NewAddress) == []
    assert any(defect.startswith("disguised-address:") for defect in found.defects)


def test_letters_of_ones_own_language_are_no_disguise() -> None:
    """An address in one script throughout is one."""
    assert _new("My new address is jörg@bücher.example") == [("jörg@bücher.example", None)]


def test_an_address_alone_under_a_change_of_address_is_new() -> None:
    """The subject announces it, the text is nothing else."""
    found = reading("Hello all,\n\njane@new.example\n\nJane", sender=JANE, subject="New e-mail address")
    assert [one.address for one in said(found, NewAddress)] == ["jane@new.example"]


def test_a_patch_changes_an_address() -> None:
    """The same name taken out with one address and put in with another."""
    text = "Update.\n\ndiff --git a/M b/M\n--- a/M\n+++ b/M\n-M: Jane Doe <jane.doe@acme.example>\n+M: Jane Doe <jane@new.example>\n"
    assert _new(text, robot=False) == [("jane@new.example", None)]
    assert _new(text.replace("+M: Jane Doe", "+M: Ann Lee"), robot=False) == []
