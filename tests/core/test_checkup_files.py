"""What is wrong with the owner's files, judged from what the system shows of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from bouncer.core.checkup import exit_code, judge_files
from bouncer.model.checkup import Diagnosis, FilesSeen, PathSeen

HOME, CONTACTS, STATE = Path("/home/olga"), Path("/home/olga/contacts.yaml"), Path("/home/olga/state")
FILE = PathSeen(CONTACTS, "file", 0o640, 1000, 1000, device=1, system="ext4", free=10**10)
BESIDE = PathSeen(HOME, "directory", 0o755, 1000, 1000, device=1, system="ext4", free=10**10)
DIRECTORY = PathSeen(STATE, "directory", 0o700, 1000, 1000, device=1, system="ext4", free=10**10)
WELL = FilesSeen(FILE, BESIDE, DIRECTORY, DIRECTORY, 1000, frozenset({1000}))
ABSENT = replace(WELL, state=PathSeen(STATE, "missing"), above=BESIDE)


def test_nothing_is_wrong_with_files_that_are_well() -> None:
    """A state directory that is not there yet is made at the first start."""
    assert judge_files(WELL) == judge_files(ABSENT) == ()


@pytest.mark.parametrize(
    ("seen", "name", "mend"),
    [
        (replace(WELL, beside=replace(BESIDE, writable=False)), "contacts.directory-not-writable", "the right to write there"),
        (replace(WELL, contacts=replace(FILE, owner=0)), "contacts.owner", "as the owner of the file"),
        (replace(WELL, contacts=replace(FILE, group=4)), "contacts.group", "chgrp"),
        (replace(WELL, contacts=replace(FILE, read_only=True)), "contacts.read-only", "mount it writable"),
        (replace(WELL, contacts=replace(FILE, links=2)), "contacts.hard-link", "symbolic link"),
        (replace(WELL, unreadable="this is no YAML"), "contacts.unreadable", "bouncer check"),
        (replace(WELL, state=replace(DIRECTORY, kind="file")), "state.no-directory", "to a directory"),
        (replace(WELL, above=replace(DIRECTORY, writable=False)), "state.not-writable", "the right to write there"),
        (replace(ABSENT, above=replace(BESIDE, writable=False)), "state.not-writable", "the right to write there"),
        (replace(WELL, user=0), "state.owner", "as user 1000"),
        (replace(WELL, above=replace(DIRECTORY, system="tmpfs")), "state.volatile", "on a disk"),
        (replace(WELL, above=replace(DIRECTORY, system="nfs4")), "state.network", "on a disk of this machine"),
        (replace(WELL, above=replace(DIRECTORY, device=2)), "state.other-file-system", "RequiresMountsFor"),
        (replace(WELL, beside=replace(BESIDE, free=10**6), above=replace(DIRECTORY, free=10**6)), "disk.full", "make room"),
    ],
)
def test_each_fault_of_the_files_is_named_with_its_mend(seen: FilesSeen, name: str, mend: str) -> None:
    """One fault, one diagnosis."""
    (found,) = judge_files(seen)
    assert found.id == name
    assert mend in found.mend


def test_the_exit_code_says_the_worst() -> None:
    """The first error's own, else 1 for a warning; a note is no fault."""
    fine, note = Diagnosis("a", "fine", "", ""), Diagnosis("b", "note", "", "")
    warning, error = Diagnosis("c", "warning", "", ""), Diagnosis("d", "error", "", "", "", 77)
    assert exit_code([fine, note]) == 0
    assert exit_code([warning, note]) == 1
    assert exit_code([warning, error, replace(error, code=69)]) == 77
