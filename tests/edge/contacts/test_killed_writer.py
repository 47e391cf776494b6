"""bouncer is killed, or the disk fails, at every call that an edit makes: the file is always whole, and the next try mends everything."""

import errno
import gzip
import os
from pathlib import Path

import pytest
from support.children import at_call, die, in_child

from bouncer.edge.contacts import open_contacts
from bouncer.edge.contacts.history import digest
from bouncer.errors import BouncerError, StorageFault
from bouncer.model import Because, Change

OLD = "contacts:\n- name: Jane\n  email: j@x.example\n  title: CTO  # hers\n"
NEW = OLD.replace("CTO", "CEO")
EDIT = Change("j@x.example", "title", "CTO", "CEO", Because("test", "", "body"))
FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS]


def fresh(directory: Path) -> Path:
    """Write the file as it is before the edit."""
    path = directory / "contacts.yaml"
    path.write_text(OLD)
    return path


def edit(path: Path) -> int:
    """Make the edit; 0 where it was made, else the exit code of what was raised."""
    try:
        receipt = open_contacts(path, path.parent / "history").apply([EDIT])
    except BouncerError as fault:
        return fault.exit_code
    return 0 if receipt.applied == (EDIT,) else 100


def mended(path: Path) -> None:
    """Prove that another try makes the edit once, loses no version, and leaves nothing lying about."""
    assert path.read_text() in (OLD, NEW)
    assert edit(path) == 0
    assert path.read_text() == NEW
    assert [left.name for left in path.parent.iterdir() if left.name.endswith(".bouncer")] == []
    assert OLD in versions(path)


def versions(path: Path) -> list[str]:
    """Give the versions in the history, oldest first."""
    return [gzip.decompress(file.read_bytes()).decode() for file in sorted((path.parent / "history").glob("*.gz"))]


def test_a_kill_at_any_call_leaves_a_whole_file(tmp_path: Path) -> None:
    """Before the exchange the old version, after it the new one; nothing in between."""
    calls = 0
    while True:
        path = fresh(tmp_path)
        if in_child(lambda: at_call(calls, die) or edit(path)) == 0:  # noqa: B023 - the child is done before the next turn
            break
        mended(path)
        calls += 1
    assert calls >= 15, "too few calls were seen for this to mean anything"


def test_a_kill_during_the_recovery_is_recovered_from(tmp_path: Path) -> None:
    """A second kill, at every fifth call of the try after the first."""
    pairs = 0
    for first in range(5, 40, 3):
        for second in range(0, 60, 5):
            path = fresh(tmp_path)
            if in_child(lambda: at_call(first, die) or edit(path)) == 0:  # noqa: B023 - as above
                assert pairs >= 40, "too few pairs were seen for this to mean anything"
                return
            if in_child(lambda: at_call(second, die) or edit(path)) == 0:  # noqa: B023 - as above
                break
            pairs += 1
            mended(path)


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("code", FAULTS, ids=errno.errorcode.get)
def test_a_disk_that_fails_at_any_call_leaves_a_whole_file(tmp_path: Path, code: int, for_ever: bool) -> None:
    """The fault is the disk's and is said to be; or it did not matter, and the edit was made."""
    calls, faults = 0, 0

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    while True:
        path = fresh(tmp_path)
        outcome = in_child(lambda: at_call(calls, fail, for_ever=for_ever) or edit(path))  # noqa: B023 - as above
        assert outcome in (0, StorageFault.exit_code)
        faults += outcome != 0
        mended(path)
        if outcome == 0 and calls >= 60:
            break
        calls += 1
    assert faults >= 10, "hardly a fault was seen"


@pytest.mark.parametrize(
    ("now", "left", "then", "kept"),
    [
        (OLD, NEW, OLD, []),  # never exchanged
        (OLD, "contacts:\n- na", OLD, ["contacts:\n- na"]),  # torn before it could be
        (NEW, OLD, NEW, [OLD]),  # exchanged: the displaced version goes into the history
        (NEW, "hers: 1\n" + OLD, "hers: 1\n" + OLD, [NEW]),  # a person saved just before: hers goes back
        ("hers: 2\n" + OLD, "hers: 1\n" + OLD, "hers: 2\n" + OLD, ["hers: 1\n" + OLD]),  # and saved again since
    ],
)
def test_what_a_crash_left_beside_the_file_is_put_where_it_belongs(tmp_path: Path, now: str, left: str, then: str, kept: list[str]) -> None:
    """Its name tells what it was for; a person's save is never taken for ours."""
    path = tmp_path / "contacts.yaml"
    path.write_text(now)
    name = f".contacts.yaml.{digest(OLD.encode())[:16]}-{digest(NEW.encode())[:16]}.abcdefgh.bouncer"
    (tmp_path / name).write_text(left)
    receipt = open_contacts(path, tmp_path / "history").apply([])
    assert receipt.refused == ()
    assert (path.read_text(), versions(path)) == (then, kept)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["contacts.yaml", "history"]
