"""`bouncer help`: each page fits a screen, names only commands that there are, and what is unknown lists what is known."""

import re
from pathlib import Path

import pytest
import typer.main
from support.bouncer_home import Home

from bouncer.cli.app import app
from bouncer.cli.help import TOPICS, explained, listed
from bouncer.errors import UsageError

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_a_screen(topic: str) -> None:
    """In lines and in columns."""
    lines = explained(topic).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 140


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_on_a_page_is_one(topic: str) -> None:
    """With its options, as `--help` has them."""
    named = re.findall(r"(?m)(?:^\s*(?:\d\. )?|`|: )bouncer ([a-z]+)((?: --[a-z-]+| [A-Za-z0-9_@.]+)*)", explained(topic))
    assert named
    for command, words in named:
        if command == "help":
            assert words.split()[0] in TOPICS
        else:
            known = {option for parameter in COMMANDS[command].params for option in (*parameter.opts, *parameter.secondary_opts)}
            nested = getattr(COMMANDS[command], "commands", {})
            known |= {option for inner in nested.values() for parameter in inner.params for option in parameter.opts}
            assert {word for word in words.split() if word.startswith("--")} <= known


@pytest.mark.parametrize(
    ("asked", "topic"),
    [("Gmail", "gmail"), ("google", "gmail"), ("outlook", "microsoft"), ("own server", "server"), ("not", "not-sent"), ("u", "undo")],
)
def test_a_topic_is_found_by_what_people_type(asked: str, topic: str) -> None:
    """In any case, by another name, and by its beginning."""
    assert explained(asked) == explained(topic)


@pytest.mark.parametrize("asked", ["", "pigeon", "../app", "gmail.txt", "x" * 1000])
def test_an_unknown_topic_lists_those_that_there_are(asked: str) -> None:
    """And reads no other file."""
    with pytest.raises(UsageError) as caught:
        explained(asked)
    assert all(f"bouncer help {topic}" in str(caught.value) for topic in TOPICS)


def test_the_command_lists_or_shows(tmp_path: Path) -> None:
    """Several words are one topic; an unknown one ends with 64."""
    place = Home(tmp_path)
    assert place.bouncer("help").out.rstrip("\n") == listed()
    assert place.bouncer("help", "own", "server").out == explained("server")
    ran = place.bouncer("help", "pigeon")
    assert ran.code == 64
    assert "bouncer help gmail" in ran.err
