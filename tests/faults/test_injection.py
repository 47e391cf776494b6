"""Hostile words stay words: no field, recipient, command, line, tag or control byte comes of them, wherever they come out.

A sample; `python tests/faults/injection.py 2000` sends many more, and `BOUNCER_SEED` chooses others.
"""

import logging
import os
from dataclasses import replace

import pytest
from support.injected import sinks
from support.injected.poison import KINDS, MARK, Poison, poison
from support.injected.run import inject
from support.weeks import busy

from bouncer.core.summary import as_html, summarise
from bouncer.model import Address, Letter

SEED = int(os.environ.get("BOUNCER_SEED", "1"))


async def test_hostile_words_stay_words_in_every_sink() -> None:
    """Header, envelope, both wires, log, summary, page and terminal; of the texts of every kind some make a letter all the same."""
    found = await inject([poison(SEED, number) for number in range(48)], SEED)
    assert found.wrong == []
    assert found.kinds.keys() == KINDS.keys()
    assert found.sinks.keys() == {"header", "summary", "log", "SMTP", "IMAP", "terminal"}
    assert found.letters > 90


def test_every_text_holds_the_mark() -> None:
    """Else nobody would find it again."""
    assert all(MARK in piece or "zqinj" in piece or "Bcc" in piece or "?=" in piece for pieces in KINDS.values() for piece in pieces)


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@b.example\r\nTo: jane@acme.example\r\nBcc: zqinj@evil.test",
        b"From: a@b.example\r\nTo: jane@acme.example, zqinj@evil.test",
        b"From: a@b.example\r\nTo: jane@acme.example\r\nSubject: \x1b[2J",
        b"From: a@b.example\r\nTo: jane@acme.example\r\nTo: jane@acme.example",
    ],
)
def test_a_composer_that_lets_them_through_is_found_out(head: bytes) -> None:
    """A field, a recipient, a control byte, a field twice."""
    to = Address("Jane", "jane@acme.example")
    letter = Letter("checkin", "0" * 12, "main", to, to, "x", "<x@y.example>", "x", head + b"\r\n\r\nHello\r\n")
    assert list(sinks.wrong_header(letter, {"From", "To", "Subject"}))


def test_a_page_that_lets_them_through_is_found_out() -> None:
    """A tag, an attribute, a link of another kind."""
    page = as_html(summarise(busy()))
    for piece in ("<script>zqinj()</script>", "<td onclick=x>", "<!-- x -->"):
        assert sinks.tags_of(page.replace("</body>", f"{piece}</body>")).seen - sinks.TAME.seen


def test_a_log_that_lets_them_through_is_found_out() -> None:
    """A record that becomes two lines, or that moves the cursor."""
    for words in ("well\nINFO event=forged", "well\x1b[2J", "well\u2028x"):
        with sinks.Log() as log:
            logging.getLogger("bouncer").info("event=%s", words)
        assert list(log.wrong())


def test_tame_words_pass_the_same_sinks() -> None:
    """The control: every letter is made, nothing is complained of."""
    made: list[Letter] = []
    tame = Poison(0, "tame", "Jane Doe of Acme")
    assert [*sinks.letters(tame, made), *sinks.summaries(replace(tame, text="Weiß & Söhne"), made), *sinks.journal(tame, ())] == []
    assert len(made) == 8
