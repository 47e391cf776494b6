"""The evidence table, cell by cell: each kind of change is made from the level on that its line of the policy names, and by tag."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

import pytest
from support.build import JANE, SETTINGS
from support.trust import (
    AWAY,
    BECAUSE,
    JOINED,
    LEFT,
    PHONE,
    RENAMED,
    RETIRED,
    ROLE,
    STOP,
    answer,
    asked,
    at_level,
    changed,
    decisions,
    failed,
    token,
)

from bouncer.model import Apply, Contact, Kind, Level, MovedDomain, Needs, NewAddress, Policy, Reading, Review, Settings

MOVED = MovedDomain(because=BECAUSE, new="acme-group.example")
ADDRESS = NewAddress(because=BECAUSE, address="jane@newco.example")
LEVELS = ("E1", "E2", "E3", "E4")
NEEDS: tuple[Needs, ...] = ("E2", "E3", "E4", "ask")


def bounce(level: str) -> Reading:
    """Give a bounce, which nobody can authenticate: with our token it is E3, else E1."""
    return answer(
        Kind.BOUNCE, recipients=[failed()], carries=token() if level in {"E3", "E4"} else None, sender="mailer-daemon@acme.example"
    )


# line of the policy -> what says so at a level, and the field of the contact that it changes
LINES: Mapping[str, tuple[Callable[[str], Reading], str]] = {
    "away": (lambda level: at_level(level, AWAY), "away_until"),
    "stop": (lambda level: at_level(level, STOP), "status"),
    "title": (lambda level: at_level(level, ROLE), "title"),
    "company": (lambda level: at_level(level, replace(JOINED, title=None)), "company"),
    "bounce": (bounce, "status"),
    "new_address": (lambda level: at_level(level, ADDRESS), "email"),
    "left": (lambda level: at_level(level, LEFT), "status"),
    "retired": (lambda level: at_level(level, RETIRED), "status"),
    "name": (lambda level: at_level(level, RENAMED), "name"),
    "phone": (lambda level: at_level(level, PHONE), "phones"),
    "moved_domain": (lambda level: at_level(level, MOVED), "email"),
}
DEFAULT: Mapping[str, tuple[str, ...]] = {  # the levels at which it is done without asking where nothing is configured
    "away": ("E2", "E3", "E4"),
    "stop": ("E2", "E3", "E4"),
    "title": ("E2", "E4"),
    "company": ("E2", "E4"),
    "bounce": ("E3", "E4"),
    "new_address": ("E3", "E4"),
    "left": ("E4",),
    "retired": ("E4",),
    "name": ("E4",),
    "phone": ("E4",),
    "moved_domain": (),
}


def acts(line: str, level: str, settings: Settings, contact: Contact = JANE) -> bool:
    """Tell whether the change of *line* is made at *level* without asking."""
    say, field = LINES[line]
    found = decisions(say(level), contact, settings=settings)
    assert field in changed(found) or field in asked(found) or line == "phone"  # a number that nothing proves is only counted
    return field in changed(found)


def enough(line: str, needs: Needs, level: str) -> bool:
    """Say what the level must be: a token is no authentication, but it suffices for an absence and a stop; a bounce has only the token."""
    if needs == "ask":
        return False
    if line == "bounce":
        return level in {"E3", "E4"} and needs != "E4"
    return Level[level] >= Level[needs] and not (needs == "E2" and level == "E3" and line not in {"away", "stop"})


def test_the_table_has_a_line_for_every_option() -> None:
    """A new line of the policy belongs here."""
    assert LINES.keys() == DEFAULT.keys() == {field.name for field in fields(Policy)}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("line", LINES)
def test_by_default_each_change_takes_the_evidence_of_its_line(line: str, level: str) -> None:
    """Forty-four cells."""
    assert acts(line, level, SETTINGS) == (level in DEFAULT[line])


@pytest.mark.parametrize("needs", NEEDS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("line", LINES)
def test_every_line_can_be_set_to_every_level_and_to_always_ask(line: str, level: str, needs: Needs) -> None:
    """For everybody, or for the contacts with a tag; and each line by itself."""
    policy = replace(Policy(), **{line: needs})
    expected = enough(line, needs, level)
    assert acts(line, level, replace(SETTINGS, policy=policy)) == expected
    tagged = replace(SETTINGS, tags={"vip": policy})
    assert acts(line, level, tagged, replace(JANE, tags=("vip",))) == expected
    assert acts(line, level, tagged, replace(JANE, tags=("others",))) == (level in DEFAULT[line])
    for other in LINES.keys() - {line}:
        assert getattr(policy, other) == getattr(Policy(), other)


@pytest.mark.parametrize("line", LINES)
def test_always_ask_asks_even_at_the_highest_level_and_says_that_this_is_your_wish(line: str) -> None:
    """No change, and a question with it."""
    found = decisions(LINES[line][0]("E4"), settings=replace(SETTINGS, policy=replace(Policy(), **{line: "ask"})))
    assert LINES[line][1] not in changed(found)
    assert any("you want to be asked" in decision.why for decision in found if isinstance(decision, Review))


def test_a_stop_that_is_only_a_question_already_holds_every_letter() -> None:
    """However strict the policy: asking is no reason to write on."""
    for level in LEVELS:
        found = decisions(LINES["stop"][0](level), settings=replace(SETTINGS, policy=Policy(stop="ask")))
        assert [decision for decision in found if isinstance(decision, Review) and decision.hold]
        assert not [decision for decision in found if isinstance(decision, Apply) and decision.suppress]
