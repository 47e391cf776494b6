"""The daemon's word to `bouncer status` comes back as it was left."""

from datetime import timedelta
from pathlib import Path

from support.build import AT

from bouncer.edge.status import NAME, read_status, write_status
from bouncer.model import Health

HEALTH = Health(live=True, started=AT, last_watch={"main/INBOX": AT}, troubles=("The disk is full.",), quarantined=1, unknown_sends=2)


def test_what_was_left_is_read(tmp_path: Path) -> None:
    """Every field comes back, with times and all."""
    write_status(tmp_path, HEALTH, AT + timedelta(hours=1))
    read = read_status(tmp_path)
    assert read is not None
    assert (read[0], read[2]) == (AT + timedelta(hours=1), HEALTH)


def test_no_word_is_no_word(tmp_path: Path) -> None:
    """Never run, or a torn or strange file: None, and no exception."""
    assert read_status(tmp_path) is None
    begun = '{"at": "2026-03-04T10:00:00+00:00", "pid": 1, "last_watch": {}, "started": null}'
    for text in ("", "[]", "{}", '{"at": "noon", "pid": 1}', begun):
        (tmp_path / NAME).write_text(text, encoding="utf-8")
        assert read_status(tmp_path) is None


def test_a_disk_that_refuses_is_not_the_end(tmp_path: Path) -> None:
    """The trouble is said elsewhere; leaving word must not stop the daemon."""
    write_status(tmp_path / "missing", HEALTH, AT)
    assert read_status(tmp_path / "missing") is None
