"""What `kill -9` leaves at every step of one run: the parent takes a picture of the directory while the child waits at the step.

A child that is killed there leaves the very same bytes, for what it has handed to the kernel outlives it and nothing else does.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_FAST = Path("/dev/shm")  # noqa: S108 - where a commit costs no disk; what is made there has a name of its own
_EMPTIED = "-shm"  # SQLite empties this index of its log before it is used by the first who opens the ledger


@dataclass(frozen=True, slots=True)
class Picture:
    """A directory at one step: its files and directories by path, with mode, time and bytes; *digest* says whether two are the same."""

    what: str
    digest: bytes
    files: tuple[tuple[str, int, int, bytes | None], ...]

    def restore(self, root: Path) -> Path:
        """Make an empty *root* what the picture shows; gives it."""
        root.mkdir()
        for name, mode, _, data in self.files:
            path = root / name
            if data is None:
                path.mkdir()
            else:
                path.write_bytes(data)
            path.chmod(mode)
        for name, _, when, _ in reversed(self.files):
            os.utime(root / name, ns=(when, when))
        return root


def picture(what: str, root: Path) -> Picture:
    """Take a picture of *root*."""
    files, said = tuple(_within(root, "")), hashlib.sha256()
    for name, mode, _, data in files:
        if not name.endswith(_EMPTIED):
            said.update(b"%s\0%o %d\0" % (os.fsencode(name), mode, -1 if data is None else len(data)))
            said.update(data or b"")
    return Picture(what, said.digest(), files)


def _within(root: Path, below: str) -> Iterator[tuple[str, int, int, bytes | None]]:
    with os.scandir(root / below) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name, found = f"{below}{entry.name}", entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield name, found.st_mode & 0o7777, found.st_mtime_ns, None
                yield from _within(root, f"{name}/")
            else:
                yield name, found.st_mode & 0o7777, found.st_mtime_ns, Path(entry.path).read_bytes()


def pictures(root: Path, run: Callable[[Callable[[str], None]], None]) -> list[Picture]:
    """Give a picture of *root* at each step of *run*, which calls what it is given at each and has a child of its own."""
    (steps, coming), (going, go) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(steps)
            os.close(go)
            run(lambda what: _wait(what, coming, going))
            code = 0
        finally:
            os._exit(code)
    os.close(coming)
    os.close(going)
    try:
        with os.fdopen(steps, "rb") as said:
            taken = [_taken(line, root, go) for line in said]
    finally:
        os.close(go)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, f"the run ended with {status}"
    return taken


def _wait(what: str, coming: int, going: int) -> None:
    """Say that a step has come, and stand still until the picture is taken."""
    os.write(coming, what.replace("\n", " ").encode() + b"\n")
    assert os.read(going, 1), "nobody takes pictures any more"


def _taken(line: bytes, root: Path, go: int) -> Picture:
    found = picture(line.decode().rstrip("\n"), root)
    os.write(go, b"!")
    return found


def scratch() -> TemporaryDirectory[str]:
    """Give a directory in memory, where there is such a place; it goes when its context ends."""
    return TemporaryDirectory(dir=_FAST if _FAST.is_dir() else None)


def judged(left: Sequence[Picture], go_on: Callable[[Path], list[str]]) -> list[list[str]]:
    """Give for each picture what is wrong where *go_on* goes on from it; of those that show the same, one is gone on from."""
    seen: dict[bytes, list[str]] = {}
    for shown in left:
        if shown.digest not in seen:
            with scratch() as place:
                seen[shown.digest] = go_on(shown.restore(Path(place) / "left"))
    return [seen[shown.digest] for shown in left]


def judged_twice(
    firsts: Sequence[Picture], again: Callable[[Path], list[Picture]], go_on: Callable[[Path], list[str]]
) -> Iterator[tuple[int, int, list[str]]]:
    """Give (first step, second step, what is wrong) of every pair: *again* goes on from a first kill and gives what a second one leaves."""
    told: dict[bytes, list[list[str]]] = {}
    for first, left in enumerate(firsts, start=1):
        if left.digest not in told:
            with scratch() as place:
                told[left.digest] = judged(again(left.restore(Path(place) / "left")), go_on)
        yield from ((first, second, wrong) for second, wrong in enumerate(told[left.digest], start=1))
