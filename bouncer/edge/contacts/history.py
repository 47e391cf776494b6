"""Every version of the contact file that bouncer displaced, packed, and what a crash left lying beside the file."""

import gzip
import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bouncer.edge.contacts.exchange import Unsupported, give_back

_KEPT = 100  # versions


def digest(data: bytes) -> str:
    """Give the SHA-256 of *data*, hex."""
    return sha256(data).hexdigest()


def keep(history: Path, name: str, data: bytes) -> None:
    """Keep one version in *history*, which holds the last hundred of them. Raises OSError."""
    history.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    handle, temporary = tempfile.mkstemp(prefix=".", dir=history)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(data, compresslevel=1, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(history / f"{name}.{at}-{digest(data)[:16]}.gz")
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    for old in sorted(history.glob(f"{name}.*Z-*.gz"))[:-_KEPT]:
        old.unlink(missing_ok=True)


def is_kept(history: Path, name: str, data: bytes) -> bool:
    """Tell whether *data* is one of the versions in *history*, by their names."""
    return any(history.glob(f"{_plain(name)}.*Z-{digest(data)[:16]}.gz"))


def beside(target: Path, base: bytes, new: bytes) -> tuple[int, Path]:
    """Open a file beside *target* whose name tells, after a crash, what it was for: to put *new* in the place of *base*. Raises OSError."""
    prefix = f".{target.name}.{digest(base)[:16]}-{digest(new)[:16]}."
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".bouncer", dir=target.parent)
    return handle, Path(name)


def recover(target: Path, history: Path) -> None:
    """Clear away what a crash left beside *target*, losing nothing that a person wrote. Raises OSError.

    What was never exchanged is ours, whole or torn. What was exchanged is the displaced version, and goes into *history*; only where it is
    not the one that was to be displaced, a person saved just before, and unless they have saved again it goes back into its place.
    """
    for left in sorted(target.parent.glob(f".{_plain(target.name)}.*-*.*.bouncer")):
        base, _, new = left.name.split(".")[-3].partition("-")
        was, stands = digest(left.read_bytes())[:16], target.read_bytes()
        if was not in (base, new) and digest(stands)[:16] == new:
            with suppress(Unsupported):
                give_back(left, target, stands)
        if was != new:
            keep(history, target.name, left.read_bytes())
        left.unlink()


def _plain(name: str) -> str:
    """Give *name* as a pattern that matches nothing else."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)
