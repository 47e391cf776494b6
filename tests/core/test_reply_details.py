"""What stands beside the words about work: the day, the house, the two domains of a move."""

import pytest
from support.replies import auto, reading, said

from bouncer.model import Away, Joined, Left, MovedDomain, NewAddress, Retired, Role


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("Desde el 1 de febrero dejé de trabajar en Acme.", "2026-02-01"),
        ("Olen jättänyt Acmen 28.2.2026.", "2026-02-28"),
        ("La semana pasada dejé de trabajar en Acme.", "None"),
        ("El viernes hablé con Ana y dejé de trabajar en Acme.", "None"),
    ],
)
def test_the_day_of_a_leaving_may_stand_beside_its_words(text: str, since: str) -> None:
    """Right before them or right behind; a day that belongs to something else is not theirs."""
    (left,) = said(auto(text), Left)
    assert isinstance(left, Left)
    assert str(left.since) == since


def test_the_day_of_a_retirement_may_stand_before_it() -> None:
    """As people write it in Spain."""
    (retired,) = said(auto("Desde el pasado 28 de febrero estoy jubilada."), Retired)
    assert isinstance(retired, Retired)
    assert str(retired.since) == "2026-02-28"


@pytest.mark.parametrize(
    "text",
    [
        "Il dominio di posta acme.example è stato sostituito da neuco.example.",
        "Nos adresses changent de nom de domaine : @acme.example devient @neuco.example.",
        "O nosso domínio de e-mail mudou: de @acme.example para @neuco.example.",
    ],
)
def test_the_sender_s_present_domain_is_the_old_one(text: str) -> None:
    """However the sentence is built, nobody moves to where they write from while another domain is named."""
    (moved,) = said(auto(text), MovedDomain)
    assert isinstance(moved, MovedDomain)
    assert (moved.old, moved.new) == ("acme.example", "neuco.example")


def test_the_house_behind_a_title_is_no_part_of_it() -> None:
    """Where it is the one that the sender writes from; elsewhere the words stay together."""
    (role,) = said(reading("Dal 1 aprile assumerò il ruolo di responsabile marketing in Acme."), Role)
    assert isinstance(role, Role)
    assert (role.title, role.company) == ("responsabile marketing", "Acme")


def test_weeks_of_an_absence_are_a_range() -> None:
    """From the Monday of the first to the Sunday of the last; who is back in a week is back on its Monday."""
    (away,) = said(auto("Jag har semester vecka 11-13."), Away)
    assert isinstance(away, Away)
    assert (str(away.since), str(away.until)) == ("2026-03-09", "2026-03-29")
    (back,) = said(auto("Åter i tjänst v. 14."), Away)
    assert isinstance(back, Away)
    assert (back.since, str(back.until)) == (None, "2026-03-30")


@pytest.mark.parametrize(
    "text",
    [
        "Skrivaren har slutat fungera.",
        "Printeren er stoppet.",
        "Skriveren har sluttet å virke.",
        "Palvelimen uusi osoite on scan@infra.example.",
        "Mikon uusi osoite on mikko@neuco.example.",
        "Entre em contato pelo contato@acme.example.",
    ],
)
def test_things_and_others_do_not_move_the_sender(text: str) -> None:
    """A printer leaves no house, and a colleague's address is not the sender's."""
    found = reading(text, sender="Anna Lind <anna.lind@acme.example>").findings
    assert [one for one in found if isinstance(one, Left | Joined) or (isinstance(one, NewAddress) and one.about is None)] == []


def test_the_sender_s_address_at_the_house_they_work_for_now_is_new() -> None:
    """Where their name is in it; a colleague's there is not theirs, nor is one at the old house."""
    text = "Hej, jag jobbar nu som projektledare hos NeuCo. Min adress är {}."
    sender = "Karin Ek <karin.ek@acme.example>"
    (new,) = said(reading(text.format("karin.ek@neuco.example"), sender=sender), NewAddress)
    assert isinstance(new, NewAddress)
    assert (new.about, new.address) == (None, "karin.ek@neuco.example")
    assert said(reading(text.format("bo.berg@neuco.example"), sender=sender), NewAddress) == []
    assert said(reading(text.format("karin.ek@acme.example"), sender=sender), NewAddress) == []


def test_a_post_at_a_house_whose_address_is_given_is_a_new_employer() -> None:
    """Without that it is a title."""
    text = "Jeg er nu projektleder hos NeuCo. "
    (joined,) = said(reading(text + "Min mail er jane@neuco.example"), Joined)
    assert isinstance(joined, Joined)
    assert (joined.company, joined.title) == ("NeuCo", "projektleder")
    assert said(reading(text), Joined) == []


def test_a_company_s_form_may_have_dots_in_it() -> None:
    """Such as the Polish one."""
    (left,) = said(auto("Jane Doe nie jest już pracownikiem firmy Acme Sp. z o.o. Prosimy o kontakt: biuro@acme.example"), Left)
    assert isinstance(left, Left)
    assert left.company == "Acme Sp. z o.o"


def test_a_name_may_end_as_a_genitive_does() -> None:
    """The address tells: Anders and not Ander."""
    (new,) = said(reading("Anders nya adress är anders@neuco.example."), NewAddress)
    assert new.about == "Anders"
