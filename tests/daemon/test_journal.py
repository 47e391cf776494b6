"""The service's log: one line an event, no address in full, nothing that a terminal obeys."""

import pytest
from support.build import JANE

from bouncer.daemon.world import Journal, shortened, told, word


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "contacts:3: jane@acme.example: the name cannot stand in a header",
            "contacts:3: j…@acme.example: the name cannot stand in a header",
        ),
        ("'jane@acme.example' and <bob@bolt.example>", "'j…@acme.example' and <b…@bolt.example>"),
        ("nobody listens there; check host and port", "nobody listens there; check host and port"),
        ("@ and x@", "@ and x@"),
    ],
)
def test_every_address_in_a_sentence_is_shortened(sentence: str, shown: str) -> None:
    """To its first letter and its domain; what is none stays."""
    assert told(sentence) == shown


def test_a_value_is_one_word_whatever_stands_in_it() -> None:
    """No space begins another value, no line end another line."""
    assert word("INBOX x=y\n\x1b[2J\u202e") == "INBOX?x=y??[2J?"
    assert shortened("jane@acme.example\nINFO event=forged") == "j…@acme.example?INFO?event=forged"


def test_a_trouble_names_no_contact_in_full(caplog: pytest.LogCaptureFixture) -> None:
    """The sentence is there, the address is not."""
    with caplog.at_level("INFO", "bouncer"):
        Journal().trouble("letters", f"contacts:3: {JANE.email}: cannot be written to")
    assert "cannot be written to" in caplog.text
    assert JANE.email not in caplog.text
