"""The log as JSON: the keys and values of the usual lines, one object a line, and nothing that a terminal obeys."""

import json
import logging
from pathlib import Path

import pytest
from support.bouncer_home import Home
from support.build import JANE, raw
from support.household import wording

from bouncer.cli.journal import JsonLines
from bouncer.core.read import read
from bouncer.daemon.world import Journal
from bouncer.model import Handled, Ignore, Level, Match, Trust


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home with nobody at its servers' ports."""
    return Home(tmp_path)


def as_objects(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """Give what was logged, without the moment."""
    lines = [JsonLines().format(record) for record in caplog.records]
    assert all(line.isprintable() for line in lines)
    objects = [json.loads(line) for line in lines]
    assert all(str(one.pop("time")).endswith("+00:00") for one in objects)
    return objects


def test_the_keys_are_those_of_the_usual_line(caplog: pytest.LogCaptureFixture) -> None:
    """And so are the values, with the address shortened; nothing of the message is in it."""
    message = raw("My secret plans.\n")
    handled = Handled(message, read(message, wording()), Match(None, Trust(Level.E1, ()), why="x"), JANE, (Ignore("x", Level.E1),))
    with caplog.at_level("INFO", "bouncer"):
        Journal().handled(handled)
    (told,) = as_objects(caplog)
    line = caplog.records[0].getMessage()
    assert " ".join(f"{key}={value}" for key, value in told.items() if key != "severity") == line
    assert (told["event"], told["contact"], told["severity"]) == ("handled", "j…@acme.example", "info")


def test_a_sentence_is_itself_and_not_its_spelling(caplog: pytest.LogCaptureFixture) -> None:
    """Without the quotes that part it from the next key in the usual line."""
    with caplog.at_level("INFO", "bouncer"):
        Journal().trouble("letters", f"contacts:3: {JANE.email}: isn't \x1b[2Jright\u202e")
        Journal().trouble("letters", None)
        logging.getLogger("bouncer").info("event=adrift letters=%d", 3)
    assert as_objects(caplog) == [
        {"severity": "warning", "event": "trouble", "where": "letters", "why": "contacts:3: j…@acme.example: isn't \x1b[2Jright\u202e"},
        {"severity": "info", "event": "mended", "where": "letters"},
        {"severity": "info", "event": "adrift", "letters": 3},
    ]


def test_what_others_log_is_a_message(caplog: pytest.LogCaptureFixture) -> None:
    """On one line, addresses shortened, and of an exception its kind alone."""
    with caplog.at_level("INFO"):
        logging.getLogger("imapclient").warning("odd=%s from jane@acme.example\nINFO event=forged", "x")
        logging.getLogger("bouncer").error("event=tick-failed job=%s", "send", exc_info=ValueError(JANE.email))
    assert as_objects(caplog) == [
        {"severity": "warning", "logger": "imapclient", "message": "odd=x from j…@acme.example INFO event=forged"},
        {"severity": "error", "event": "tick-failed", "job": "send", "exception": "ValueError"},
    ]


def test_a_line_that_only_looks_like_pairs_is_a_message(caplog: pytest.LogCaptureFixture) -> None:
    """A sentence with an equals sign, or another's line in our form."""
    with caplog.at_level("INFO"):
        logging.getLogger("bouncer").info("a=b and so on")
        logging.getLogger("asyncio").info("event=handled")
    assert [one["message"] for one in as_objects(caplog)] == ["a=b and so on", "event=handled"]


@pytest.mark.parametrize("command", ["run", "once"])
def test_what_ends_a_command_is_an_object_too(home: Home, command: str) -> None:
    """With the exit code that it always has; without the option it is a sentence that an editor can jump to."""
    home.contacts.write_text("contacts:\n  - name: Jane\n    email: no address\n  - name: Bob\n")
    ran = home.bouncer(command, "--log-json")
    told = [json.loads(line) for line in ran.err.splitlines()]
    assert ran.code == 78
    assert [one["event"] for one in told] == ["ended"] * len(told)
    assert str(told[0]["problem"]).startswith(f"{home.contacts}:3: ")
    assert home.bouncer(command).err.startswith(f"{home.contacts}:3: ")
    assert ran.out == ""


def test_a_server_that_is_gone_is_an_object(home: Home) -> None:
    """Once as a trouble, and once as what the exit code stands for."""
    ran = home.bouncer("once", "--log-json")
    told = [json.loads(line) for line in ran.err.splitlines()]
    assert ran.code == 69
    assert [one["event"] for one in told] == ["trouble", "ended"]
    assert told[0]["where"] == "imap/main"
    assert told[0]["why"] == told[1]["problem"]
