"""The one way in which bytes reach the contact file: beside it first, then in its place, and never over what somebody else wrote."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bouncer.edge.beside import lasting
from bouncer.edge.contacts.editors import being_written, snapshot
from bouncer.edge.contacts.exchange import Unsupported, exchange, give_back
from bouncer.edge.contacts.history import beside, digest, keep
from bouncer.errors import Busy, OwnerFault, Problem, StorageFault

_TICK = 100_000_000  # nanoseconds: file systems date a save in steps of up to some milliseconds
_STEP = 0.01  # seconds between two looks at a file that somebody has in hand
_GONE = 0.25  # seconds that a file may be missing: some editors move it aside before they write the new one
_WRITING = 2.0  # seconds that somebody may take to write it
_QUIET = 200_000_000  # nanoseconds without a save, where the system cannot say whether somebody writes


class Unkept(Exception):
    """The file could only be written by changing whose it is, and why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the same without reading it; the times are in nanoseconds."""

    inode: int
    size: int
    mtime: int
    ctime: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        """Take it from a status."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def settled(self) -> bool:
        """Tell whether a later save is sure to show in the stamp."""
        return time.time_ns() - max(self.mtime, self.ctime) > _TICK


def stamp(path: Path) -> Stamp | None:
    """Give the stamp of the file, or None where there is none at this moment. Raises StorageFault."""
    try:
        return Stamp.of(path.stat())
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise _fault(path, fault) from fault


def read(path: Path, known: str = "") -> tuple[Stamp, bytes, str]:
    """Give stamp, bytes and digest of the file once nobody is writing it; *known* is the digest of bytes that are whole.

    Raises OwnerFault where the file is not there, Busy where somebody keeps writing it, StorageFault where it cannot be read.
    """
    began = time.monotonic()
    while True:
        waited = time.monotonic() - began
        try:
            found, data, writing = snapshot(path)
        except FileNotFoundError as fault:
            if waited > _GONE:
                raise OwnerFault((Problem(str(path), 0, "", "the contact file is not there"),)) from fault
        except IsADirectoryError as fault:
            raise OwnerFault((Problem(str(path), 0, "", "the contact file is a directory"),)) from fault
        except OSError as fault:
            raise _fault(path, fault) from fault
        else:
            seen, said = Stamp.of(found), digest(data)
            quiet = writing is False or said == known or time.time_ns() - seen.mtime > _QUIET
            if quiet and not writing:
                return seen, data, said
            if waited > _WRITING:
                raise Busy(f"{path}: somebody has been writing it for {_WRITING:.0f} seconds; bouncer waits.")
        time.sleep(_STEP)


def replace(path: Path, base: bytes, new: bytes, history: Path, *, kept: bool = True) -> bool:
    """Put *new* in the place of *base* and keep *base* in *history*; False, and nothing changed, where the file is not *base* any more.

    Where *kept* is False, *base* is not to be had again: *new* is the same without somebody who is to be forgotten.
    Mode, owner and extended attributes stay, and a symbolic link stays one. Raises Unkept where they cannot, and StorageFault where the
    disk fails. Whatever is raised, nothing that a person wrote is lost: `history.recover` clears up after it.
    """
    try:
        with _faults(path, "the contact file is as it was"):
            target = path.resolve(strict=True)
            made = _written(target, base, new)
            try:
                if kept:
                    keep(history, path.name, base)
            except OSError:
                made.unlink()
                raise
        with _faults(path, "what was to be written lies beside it, and is cleared away at the next write"):
            done = _swapped(target, made, base, new)
            if (left := made.read_bytes()) not in (base, new):
                keep(history, path.name, left)  # a save that its own writer has overtaken
            made.unlink()
            if done:
                with suppress(OSError):  # a file system that cannot is no reason to call the change undone
                    lasting(target.parent)
    except FileNotFoundError:  # moved aside by an editor
        return False
    return done


def _written(target: Path, base: bytes, new: bytes) -> Path:
    """Write *new* to a file beside *target* that looks like it but for its name."""
    handle, made = beside(target, base, new)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            _look_like(target, file.fileno())
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
    return made


def _look_like(target: Path, handle: int) -> None:
    found, mine = target.stat(), os.fstat(handle)
    if (found.st_uid, found.st_gid) != (mine.st_uid, mine.st_gid):
        try:
            os.fchown(handle, found.st_uid, found.st_gid)
        except PermissionError as fault:
            raise Unkept(f"{target} belongs to another user or group, which bouncer may not give a file to") from fault
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
    for name in os.listxattr(target):
        try:
            os.setxattr(handle, name, os.getxattr(target, name))
        except OSError as fault:
            if not name.startswith("security."):  # those are the kernel's business
                raise Unkept(f"the attribute {name} of {target} cannot be kept") from fault


def _swapped(target: Path, made: Path, base: bytes, new: bytes) -> bool:
    if not _holds(target, base):
        return False
    try:
        exchange(made, target)
    except Unsupported:
        made.replace(target)
        return True
    if _holds(made, base):
        return True
    with suppress(FileNotFoundError):  # moved aside by an editor, which writes it anew
        give_back(made, target, new)
    return False


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether the file holds *data* and nobody is writing it."""
    try:
        with path.open("rb") as file:
            return not being_written(file.fileno()) and file.read() == data
    except FileNotFoundError:
        return False


@contextmanager
def _faults(path: Path, state: str) -> Iterator[None]:
    """Turn an OSError into whose fault it is, and say in which *state* it leaves things; a missing file is the caller's business."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise _fault(path, fault, state) from fault


def _fault(path: Path, fault: OSError, state: str = "it was only to be read") -> StorageFault:
    hint = f"; bouncer needs to write in {path.parent}, beside the file" if fault.errno in (errno.EACCES, errno.EROFS) else ""
    return StorageFault(f"{path}: {fault.strerror or fault}{hint}; {state}")
