"""A new file beside the one that it is for: written whole, and on the disk before it takes that one's place."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def beside(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """Write *data* to a new file in the directory of *path*, on the disk when this returns; gives where.

    Raises OSError, and leaves nothing then.
    """
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:  # noqa: PTH123 - a descriptor has no path
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    return new


def lasting(directory: Path) -> None:
    """Make a new name in *directory* survive a power failure. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
