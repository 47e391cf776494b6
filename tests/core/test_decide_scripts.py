"""Letters that pass for others never get into the contact file by themselves."""

from dataclasses import replace

import pytest
from support.trust import RENAMED, ROLE, asked, at_level, changed, decisions, whys


@pytest.mark.parametrize("name", ["Jane Smіth", "Јane Smith", "Jane Smιth"])  # Cyrillic, Cyrillic, Greek
def test_a_word_of_two_scripts_is_asked_about_whatever_the_evidence(name: str) -> None:
    """It may pass for another name; a hijacked mailbox is authenticated too."""
    found = decisions(at_level("E4", replace(RENAMED, name=name), replace(ROLE, title="СТО of Асme")))
    assert changed(found) == {}
    assert asked(found)["name"] == name
    assert "mixes letters of two scripts" in whys(found)


@pytest.mark.parametrize(
    "name", ["Jana Šmídová", "Яна Смит", "Jane Smith (Смит)", "Ｊａｎｅ Smith", "スミス Jane", "Jane O’Neill-Смит", "김Jane"]
)
def test_whole_words_of_any_script_are_a_name_like_any_other(name: str) -> None:
    """People have two alphabets on one card."""
    assert changed(decisions(at_level("E4", replace(RENAMED, name=name))))["name"] == name
