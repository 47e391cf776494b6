"""SQLite's own writes, made to fail: its functions that open, write, cut, sync and delete files are called through ours.

Done with the library's public interface (sqlite.org/vfs.html), so it is the real SQLite that meets the fault. For good: only in a child.
A failed sync has two fates: after EIO, what was written to the log since the last one is lost, as Linux drops such pages; after any other
error it is all there, so that a commit that was said to have failed has happened for whoever opens the file next.
"""

import ctypes
import errno
import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from functools import cache
from pathlib import Path

# Names are passed on as the addresses that they are: SQLite keeps that of a file for as long as it is open.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_OK, _READONLY, _IOERR, _FULL, _CANTOPEN = 0, 8, 10, 13, 14
_IOERR_WRITE, _IOERR_FSYNC, _IOERR_TRUNCATE, _IOERR_DELETE = (_IOERR | extended << 8 for extended in (3, 4, 6, 10))
_CREATE, _LOG = 0x4, 0x80000  # flags of xOpen
_METHODS = 20  # words of the longest known struct sqlite3_io_methods, its version included

Step = Callable[[str], int]  # is told what comes next, and gives the errno that it ends with, or 0


class _Vfs(Structure):
    """The beginning of struct sqlite3_vfs."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest", c_int),
        ("following", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
    )


class _Methods(Structure):
    """The beginning of struct sqlite3_io_methods, and room for the rest of it."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("rest", c_void_p * (_METHODS - 6)),
    )


def library() -> str | None:
    """Give the path of the library that Python's own module uses; None where SQLite is a part of Python, and out of reach."""
    import _sqlite3  # noqa: PLC0415 - loads it

    assert _sqlite3.sqlite_version
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").split("\n")
    return next((line.split()[-1] for line in maps if "/libsqlite3.so" in line), None)


def fail_sqlite(step: Step) -> None:
    """Come to *step* before each of SQLite's own calls that change a file, and let that call end as it says."""
    find = ctypes.CDLL(library()).sqlite3_vfs_find
    find.restype = POINTER(_Vfs)
    vfs = find(None)[0]
    # Read as numbers: a field of the structure would follow what is put there.
    really_open, really_delete = (kind(ctypes.cast(call, c_void_p).value) for kind, call in ((_OPEN, vfs.open), (_DELETE, vfs.delete)))

    @cache
    def shimmed(address: int) -> _Methods:
        return _through(step, address)

    @_OPEN
    def opened(mine: int, name: int | None, file: int, flags: int, given: int) -> int:
        makes = name and flags & _CREATE and not Path(os.fsdecode(ctypes.string_at(name))).exists()
        if makes and step("sqlite open"):
            return _CANTOPEN
        code: int = really_open(mine, name, file, flags, given)
        methods = ctypes.cast(file, POINTER(c_void_p))
        (_LOGS.add if flags & _LOG else _LOGS.discard)(file)
        if code == _OK and methods[0]:
            methods[0] = ctypes.addressof(shimmed(methods[0]))
        return code

    @_DELETE
    def deleted(mine: int, name: int, sync: int) -> int:
        return _IOERR_DELETE if step("sqlite delete") else really_delete(mine, name, sync)

    vfs.open, vfs.delete = opened, deleted
    _KEPT.extend((opened, deleted, shimmed))


def _through(step: Step, address: int) -> _Methods:
    """Give a copy of the methods at *address* whose writes come to *step*."""
    real = _Methods.from_buffer_copy((ctypes.c_char * ctypes.sizeof(_Methods)).from_address(address))
    mine = _Methods.from_buffer_copy(bytes(real))

    unsynced: dict[int, list[tuple[int, int]]] = {}  # by file: size and offset

    @_WRITE
    def write(file: int, data: int, size: int, offset: int) -> int:
        code = step("sqlite write")
        unsynced.setdefault(file, []).append((size, offset))
        if code == errno.ENOSPC and size > 1:
            real.write(file, data, size // 2, offset)  # as much as there is room for
        return {0: _OK, errno.ENOSPC: _FULL, errno.EROFS: _READONLY}.get(code, _IOERR_WRITE) or real.write(file, data, size, offset)

    @_TRUNCATE
    def truncate(file: int, size: int) -> int:
        return _IOERR_TRUNCATE if step("sqlite truncate") else real.truncate(file, size)

    @_SYNC
    def sync(file: int, flags: int) -> int:
        code, written = step("sqlite sync"), unsynced.pop(file, ())
        for size, offset in written if code == errno.EIO and file in _LOGS else ():
            real.write(file, ctypes.addressof(ctypes.create_string_buffer(size)), size, offset)
        return _IOERR_FSYNC if code else real.sync(file, flags)

    mine.write, mine.truncate, mine.sync = write, truncate, sync
    _KEPT.extend((real, write, truncate, sync))
    return mine


_KEPT: list[object] = []  # what SQLite calls must not be collected
_LOGS: set[int] = set()  # the files that are write-ahead logs
