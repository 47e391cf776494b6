"""Messages come from wherever mail is kept in files."""

import io
from pathlib import Path

import pytest

from bouncer.edge.messages import from_stream, messages
from bouncer.errors import UsageError

ONE = b"From: ann@acme.example\nSubject: one\n\nHello.\n"
TWO = b"From: bo@acme.example\nSubject: two\n\nHello.\n"
LINE = b"From ann@acme.example Wed Mar  4 10:00:00 2026\n"


def test_a_folder_gives_every_file_below_it_in_order(tmp_path: Path) -> None:
    """Sub-folders count, hidden files do not, and a separator line is skipped."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.eml").write_bytes(LINE + TWO + b"\n" + LINE + ONE)
    (tmp_path / "1.eml").write_bytes(ONE)
    (tmp_path / ".hidden").write_bytes(ONE)
    found = list(messages(tmp_path, 10_000))
    assert [(raw.source, raw.data[:25]) for raw in found] == [
        (str(tmp_path / "1.eml"), ONE[:25]),
        (str(tmp_path / "b" / "2.eml"), TWO[:25]),
    ]


def test_an_mbox_gives_each_of_its_messages_with_a_number(tmp_path: Path) -> None:
    """Message n of a file is called path[n]."""
    box = tmp_path / "box"
    box.write_bytes(LINE + ONE + b"\n" + LINE + TWO)
    assert [(raw.source, raw.data.rstrip()) for raw in messages(box, 10_000)] == [(f"{box}[0]", ONE.rstrip()), (f"{box}[1]", TWO.rstrip())]


@pytest.mark.parametrize("data", [ONE, LINE + ONE])
def test_a_file_with_one_message_is_that_message(tmp_path: Path, data: bytes) -> None:
    """A single message is not an mbox, with a separator line or without."""
    (tmp_path / "one").write_bytes(data)
    assert [(raw.source, raw.data) for raw in messages(tmp_path / "one", 10_000)] == [(str(tmp_path / "one"), ONE)]


def test_a_long_message_is_cut_at_the_gate_and_says_so(tmp_path: Path) -> None:
    """No more than the limit is held in memory."""
    (tmp_path / "long").write_bytes(ONE + b"x" * 5000)
    (raw,) = messages(tmp_path / "long", 100)
    assert (len(raw.data), raw.truncated) == (100, True)
    assert not from_stream(io.BytesIO(ONE), 100).truncated


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong path is the command line's fault."""
    with pytest.raises(UsageError, match="no file or folder"):
        list(messages(tmp_path / "nothing", 100))
