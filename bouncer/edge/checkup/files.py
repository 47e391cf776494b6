"""The owner's files and the file systems they are on, as the system shows them."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bouncer.edge.contacts import open_contacts
from bouncer.edge.keys import NAME as KEYS
from bouncer.edge.keys import load_keys
from bouncer.errors import BouncerError, OwnerFault, StorageFault
from bouncer.model.checkup import FilesSeen, PathSeen

_SQLITE = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
_MOUNTS = Path("/proc/self/mountinfo")


def look_at_files(contacts: Path, ledger: Path) -> FilesSeen:
    """Look at the contact file, its directory, and the state directory that holds the ledger; nothing is written."""
    state = ledger.parent
    file, there = look_at_path(contacts), look_at_path(state)
    unreadable = _unreadable(contacts, state) if file.kind != "missing" else ""
    above = next(found for found in map(look_at_path, (state, *state.parents)) if found.kind != "missing")
    beside = look_at_path(_resolved(contacts).parent)
    return FilesSeen(file, beside, there, above, os.geteuid(), frozenset({os.getegid(), *os.getgroups()}), unreadable, _damaged(ledger))


def look_at_path(path: Path) -> PathSeen:
    """Look at *path*, through symbolic links."""
    try:
        found, system = path.stat(), os.statvfs(path)
    except OSError:  # not there, or in a directory that may not be looked into
        return PathSeen(path, "missing")
    kind = stat.S_IFMT(found.st_mode)
    wanted = os.W_OK | os.X_OK if kind == stat.S_IFDIR else os.W_OK
    return PathSeen(
        path=path,
        kind="file" if kind == stat.S_IFREG else "directory" if kind == stat.S_IFDIR else "other",
        mode=stat.S_IMODE(found.st_mode),
        owner=found.st_uid,
        group=found.st_gid,
        links=found.st_nlink,
        writable=os.access(path, wanted, effective_ids=True),
        device=found.st_dev,
        system=_system(found.st_dev, _mounts()),
        read_only=bool(system.f_flag & os.ST_RDONLY),
        free=system.f_bavail * system.f_frsize,
    )


def _damaged(ledger: Path) -> tuple[tuple[Path, str], ...]:
    """Give what is there and cannot be what it should be; opening the ledger would write beside it."""
    found = []
    with suppress(OSError), ledger.open("rb") as file:
        if (head := file.read(len(_SQLITE))) and head != _SQLITE:
            found.append((ledger, "is no ledger, or is damaged"))
    keys = ledger.with_name(KEYS)
    if keys.exists():
        try:
            load_keys(ledger.parent)
        except OwnerFault as fault:
            found += [(keys, problem.message) for problem in fault.problems]
        except StorageFault as fault:
            found.append((keys, str(fault)))
    return tuple(found)


def _unreadable(contacts: Path, state: Path) -> str:
    try:
        open_contacts(contacts, state).load()  # only read, so nothing comes into the directory
    except BouncerError as fault:
        return str(fault).splitlines()[0].removeprefix(f"{contacts}:").strip()
    return ""


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return path


def _mounts() -> list[str]:
    with suppress(OSError):
        return _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    return []


def _system(device: int, mounts: Iterable[str]) -> str:
    """Give the kind of file system of *device*: the field after ` - ` in the line that begins with its numbers (proc(5))."""
    number = f"{os.major(device)}:{os.minor(device)}"
    found = [line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2:3] == [number]]
    return found[-1] if found else ""
