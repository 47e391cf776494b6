"""The one way in which bytes reach the contact file: beside it first, then in its place, and never over what somebody else wrote."""

import gzip
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bouncer.edge.contacts.exchange import Unsupported, exchange
from bouncer.errors import OwnerFault, Problem, StorageFault

_KEPT = 100  # displaced versions in the history
_TICK = 100_000_000  # nanoseconds
_SWAPS = 16  # tries to give a file back that keeps changing under our hands


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the same without reading it."""

    inode: int
    size: int
    mtime: int
    ctime: int

    def settled(self) -> bool:
        """Tell whether a later save is sure to show: clocks of file systems tick in steps of up to some milliseconds."""
        return time.time_ns() - max(self.mtime, self.ctime) > _TICK


def digest(data: bytes) -> str:
    """Give the SHA-256 of *data*, hex."""
    return hashlib.sha256(data).hexdigest()


def stamp(path: Path) -> Stamp:
    """Give the stamp of the file. Raises OwnerFault where there is none."""
    with faults(path):
        found = path.stat()
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def content(path: Path) -> bytes:
    """Give the bytes of the file. Raises OwnerFault where there is none, StorageFault where it cannot be read."""
    with faults(path):
        return path.read_bytes()


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn an OSError into whose fault it is."""
    try:
        yield
    except FileNotFoundError as fault:
        raise OwnerFault((Problem(str(path), 0, "", "the contact file is not there"),)) from fault
    except IsADirectoryError as fault:
        raise OwnerFault((Problem(str(path), 0, "", "the contact file is a directory"),)) from fault
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror or fault}; the contact file is as it was") from fault


def replace(path: Path, base: bytes, new: bytes, history: Path) -> bool:
    """Put *new* in the place of *base* and keep *base* in *history*; False, and nothing changed, where the file is not *base* any more.

    Mode, owner and extended attributes stay. Raises StorageFault where the disk fails: the file is as it was.
    """
    target = path.resolve()
    with faults(path):
        beside = _written(target, new)
    try:
        with faults(path):
            done = _swapped(target, beside, base, new)
            if done:
                keep(history, path.name, base)
                _sync(target.parent)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return done


def _written(target: Path, new: bytes) -> Path:
    """Write *new* to a file beside *target* that looks like it but for its name."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".bouncer", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            _look_like(target, file.fileno())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _look_like(target: Path, handle: int) -> None:
    found = target.stat()
    mine = os.fstat(handle)
    if (found.st_uid, found.st_gid) != (mine.st_uid, mine.st_gid):
        os.fchown(handle, found.st_uid, found.st_gid)
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
    for name in os.listxattr(target):
        with suppress(OSError):  # what the kernel keeps for itself, such as security labels
            os.setxattr(handle, name, os.getxattr(target, name))


def _swapped(target: Path, beside: Path, base: bytes, new: bytes) -> bool:
    try:
        exchange(beside, target)
    except Unsupported:
        if target.read_bytes() != base:
            return False
        beside.replace(target)
        return True
    if beside.read_bytes() == base:
        return True
    for _ in range(_SWAPS):  # somebody saved since we read: theirs goes back, and if they saved once more meanwhile, that one
        exchange(beside, target)
        if beside.read_bytes() == new:
            break
    return False


def keep(history: Path, name: str, data: bytes) -> None:
    """Keep a displaced version in *history*, and no more than a hundred of them."""
    history.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    handle, temporary = tempfile.mkstemp(prefix=".", dir=history)
    with os.fdopen(handle, "wb") as file:
        file.write(gzip.compress(data, compresslevel=1, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(history / f"{name}.{at}-{digest(data)[:12]}.gz")
    for old in sorted(history.glob(f"{name}.*Z-*.gz"))[:-_KEPT]:
        old.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
