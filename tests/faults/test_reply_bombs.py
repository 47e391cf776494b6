"""Answers made to be dear: each is read within the second and the memory that the reading process gives to a message."""

from collections.abc import Iterator

import pytest

from bouncer.daemon.wiring import WorkerReader, open_reader
from bouncer.model import RawMail, Reading

HEAD = (
    "From: Tom Becker <tom@acme.example>\nTo: olga@home.example\nSubject: Automatic reply: Hello\nAuto-Submitted: auto-replied\n"
    "Date: Wed, 04 Mar 2026 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
)
GONE = "I have left Acme. I am out of the office until 20 March. My new address is tom.becker@new.example"
BOMBS = {
    "a word of 20,000 letters behind an address": GONE + " " + "a" * 20_000,
    "letters behind an address": GONE + " a" * 10_000,
    "abbreviations behind an address": GONE + " " + "a." * 10_000,
    "digits behind an address": GONE + " " + "1 " * 10_000,
    "line ends behind an address": GONE + "\n" * 20_000 + "x",
    "names before an address": GONE + ". Contact " + "Ann " * 5_000 + "ann.lee@acme.example",
    "initials before an address": GONE + ". " + "A. " * 7_000 + "ann.lee@acme.example",
    "particles before an address": GONE + ". Ann " + "van " * 6_000 + "ann.lee@acme.example",
    "dashes before an address": GONE + ". Ann Lee " + "- " * 10_000 + "ann.lee@acme.example",
    "brackets before an address": GONE + ". " + "Ann Lee (" * 3_000 + "ann.lee@acme.example",
    "lines of names": GONE + ". " + "Ann Lee\n" * 2_500 + "ann.lee@acme.example",
    "people to ask": GONE + ". " + "Ann Lee, ann.lee@acme.example; " * 800,
    "the beginnings of addresses": GONE + " " + "a..." * 10_000,
    "months": "I am away until " + "March " * 4_000,
    "dates": GONE + ". " + "1. 9. 2026. " * 2_000,
    "signatures": "Hi\n\n" + "Tom Becker\n" * 2_500,
    "words without spaces": "不在です。" + "田中" * 6_000 + "tanaka@acme.example",
}


@pytest.fixture(scope="module")
def reader() -> Iterator[WorkerReader]:
    """Give the reader of the daemon, in a process of its own."""
    made = open_reader()
    yield made
    made.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_only_an_answer(reader: WorkerReader, name: str) -> None:
    """One that is too dear would come back as a fault."""
    (found,) = reader.read_all([RawMail((HEAD + BOMBS[name]).encode())])
    assert isinstance(found, Reading), found
    assert found.verdict.kind.value == "auto-reply"
