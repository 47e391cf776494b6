"""An address that bears the sender's own name is a new one, in whatever words, where the message speaks of a change; else it is none."""

import pytest
from support.replies import auto, reading, said

from bouncer.model import Ask, Joined, NewAddress

RULE = "own-name-in-address"
TOM = "Tom Becker <t.becker@lumen.example>"


def _read(text: str, sender: str = TOM) -> list[tuple[str, str]]:
    return [(one.address, one.because.rule) for one in said(reading(text, sender=sender), NewAddress) if isinstance(one, NewAddress)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Lumen switches this mailbox off soon, so put tom.becker@hexagon.example into your book instead.", "tom.becker@hexagon.example"),
        ("I retired in July. tbecker52@mailbox.example gets me.", "tbecker52@mailbox.example"),
        ("Lumen und ich gehen getrennte Wege, künftig also tom@becker-beratung.example, freue mich.", "tom@becker-beratung.example"),
        ("Désormais c'est plutôt tom.becker@hexagone.example, à bientôt.", "tom.becker@hexagone.example"),
        ("Ab jetzt t.becker@hexagon.example, Lumen war gestern.", "t.becker@hexagon.example"),
        ("今後は tom.becker@hexagon.example へ、よろしく。", "tom.becker@hexagon.example"),
        ("Теперь так: tom.becker@hexagon.example, привет.", "tom.becker@hexagon.example"),
    ],
)  # fmt: skip
def test_an_address_with_the_senders_name_beside_words_of_change_is_theirs(text: str, address: str) -> None:
    """No phrase of a pack need know the sentence."""
    assert [found for found, _ in _read(text)] == [address]


def test_it_is_a_proposal() -> None:
    """The name says whose it is, not that it lasts, so that the owner is asked."""
    (found,) = said(reading("Scribble tom.becker@hexagon.example into your book instead.", sender=TOM), NewAddress)
    assert found.because.rule == RULE
    assert found.confidence < 0.7
    assert found.because.quote == "Scribble tom.becker@hexagon.example"


@pytest.mark.parametrize(
    "text",
    [
        "My wife scribbles her ideas into anna.becker@hexagon.example now.",  # the surname alone is a family's
        "Scribble sales@hexagon.example into your book instead.",  # a role
        "Scribble tom.becker@lumen.example into your book instead.",  # where he is
        "The cat sat on tom.becker@hexagon.example, which was a fine place.",  # nothing changes
        "Everything is new, but the old tom.becker@hexagon.example was finer.",  # the old one
        "Now tom.becker@hexagon.example is no longer worth a thing.",  # it ends
        "Mit meiner alten tom.becker@hexagon.example war alles anders, aktualisiert und so.",
        "Updates to tom.becker@hexagon.example or tbecker@mailbox.example, as you like.",  # which?
        "Happy days are here. tom.becker@hexagon.example. Nothing is new.",  # the change is another sentence's
    ],
)
def test_it_is_none_where_words_or_name_leave_a_doubt(text: str) -> None:
    """A wrong address is worse than none."""
    assert _read(text) == []


def test_somebody_with_one_name_shares_it_with_too_many() -> None:
    """Any Tom may be meant."""
    assert _read("Scribble tom@hexagon.example into your book instead.", sender="Tom <tom@lumen.example>") == []


def test_an_address_for_the_time_of_an_absence_is_none() -> None:
    """It holds for two weeks."""
    found = auto("I am on holiday until 18 March, now with tom.becker@mailbox.example at hand.", sender=TOM)
    assert said(found, NewAddress) == []


def test_a_phrase_that_read_one_has_the_say() -> None:
    """What stands beside it may be a private one."""
    text = "My new address is tbecker@newco.example. At home it is tom.becker@mailbox.example now."
    assert _read(text)[0][0] == "tbecker@newco.example"
    assert RULE not in {rule for _, rule in _read(text)}


def test_a_lead_without_a_name_to_ones_own_address_was_ones_own() -> None:
    """Else the owner would be told to ask the man himself how he can be reached."""
    found = auto("Tom Becker has left Lumen. Drop tom.becker@hexagon.example a line.", sender=TOM)
    assert [one.address for one in said(found, NewAddress) if isinstance(one, NewAddress)] == ["tom.becker@hexagon.example"]
    assert said(found, Ask) == []


def test_an_old_address_is_none_for_a_phrase_that_takes_any_with_the_name_either() -> None:
    """Such a phrase knows little more than the name."""
    assert _read("Jetzt ist alles anders als mit meiner alten tom.becker@hexagon.example, glaub mir.") == []


def test_a_new_employer_is_believed_beside_an_address_of_ones_own_elsewhere() -> None:
    """As it is beside a leaving."""
    found = reading("I'm changing jobs, joining Hexagon Labs as VP Engineering. Save tom.becker@hexagon.example instead.", sender=TOM)
    assert [(one.company, one.title) for one in said(found, Joined) if isinstance(one, Joined)] == [("Hexagon Labs", "VP Engineering")]


def test_a_new_name_is_no_lead() -> None:
    """Nobody is asked after herself."""
    found = reading(
        "I got married, so it's Maya Ellison now. My address changed to maya.ellison@tide.example.",
        sender="Maya Brooks <maya.brooks@tide.example>",
    )
    assert said(found, Ask) == []


def test_the_third_person_is_the_one_whose_name_the_address_bears() -> None:
    """Not the house that was named last."""
    found = reading("Still here. Michael left for Penetrode in June though, his new mail is michael.b@penetrode.example.", sender=TOM)
    assert [one.about for one in said(found, NewAddress)] == ["Michael"]
