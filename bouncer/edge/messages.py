"""Messages from files: one, a folder of them, an mbox, or standard input."""

import mailbox
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from bouncer.errors import UsageError
from bouncer.model import RawMail

DEFAULT_LIMIT = 2_000_000  # bytes of a message that are read where no configuration says otherwise


def messages(path: Path, limit: int) -> Iterator[RawMail]:
    """Give the messages at *path*: every file below a folder (names with a leading dot apart), else one message or an mbox.

    Only a file that starts with a `From ` line and holds more than one message is an mbox. At most *limit* bytes of each are read.
    Raises UsageError where nothing can be read there.
    """
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
            yield _one(file, limit)
        return
    if not path.is_file():
        raise UsageError(f"There is no file or folder {path}.")
    with closing(mailbox.mbox(path, create=False)) as box:
        many = len(box) > 1
        for number, key in enumerate(box.iterkeys() if many else ()):
            data = box.get_bytes(key)
            yield RawMail(data[:limit], source=f"{path}[{number}]", truncated=len(data) > limit)
    if not many:
        yield _one(path, limit)


def from_stream(stream: BinaryIO, limit: int) -> RawMail:
    """Give the one message on *stream*, called `-`."""
    return _gated(stream, "-", limit)


def _one(file: Path, limit: int) -> RawMail:
    try:
        with file.open("rb") as stream:
            return _gated(stream, str(file), limit)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error


def _gated(stream: BinaryIO, source: str, limit: int) -> RawMail:
    data = stream.read(limit + 1)
    if data.startswith(b"From "):  # the separator line of an mbox or of a delivery agent (RFC 4155) is no header
        data = data.partition(b"\n")[2]
    return RawMail(data[:limit], source=source, truncated=len(data) > limit)
