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
    ("text", "since", "until"),
    [
        ("Ich bin in KW 11 und 12 nicht im Büro.", "2026-03-09", "2026-03-22"),
        ("Ich bin bis einschließlich KW 12 im Urlaub.", "None", "2026-03-22"),
        ("Ich bin bis Ende April in Elternzeit.", "None", "2026-04-30"),
        ("I am on leave until the end of April.", "None", "2026-04-30"),
        ("I am out of the office in week 11 and back in week 12.", "2026-03-09", "2026-03-16"),
        ("I am on vacation weeks 11-13.", "2026-03-09", "2026-03-29"),
        ("I am out of office this week, 3 to 7 March.", "None", "2026-03-07"),
        ("I am out of office this week (3/23-3/27) and will answer then.", "2026-03-23", "2026-03-27"),
        ("Ich bin in KW 11/12 nicht im Büro.", "2026-03-09", "2026-03-22"),
        ("I am away for 2 weeks, back on 17 March.", "None", "2026-03-17"),
        ("I am out of the office until the end of the week.", "None", "None"),
    ],
)
def test_weeks_and_ends_of_months_in_german_and_english(text: str, since: str, until: str) -> None:
    """The day until which somebody is away is not the day from which; and a number behind a comma is no week's."""
    (away,) = said(auto(text), Away)
    assert isinstance(away, Away)
    assert (str(away.since), str(away.until)) == (since, until)


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
