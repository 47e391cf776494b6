"""The keys of our tokens, in one file of the state directory that its owner alone can read; losing it orphans every answer under way."""

import re
import secrets
from pathlib import Path

from bouncer.edge.beside import beside, lasting
from bouncer.errors import OwnerFault, Problem, StorageFault
from bouncer.model import Keys

NAME = "keys"
_BYTES = 32  # HMAC-SHA256's own block of security (RFC 2104 section 3)
_EARLIER = 2
_LINE = re.compile(r"[0-9a-f]{64}")


def load_keys(state: Path) -> Keys:
    """Give the keys in *state*, the signing one first; made on first use, mode 0600.

    Raises OwnerFault where the file is damaged or others may read it (it is never replaced), StorageFault where the disk fails.
    """
    path = state / NAME
    try:
        if not path.exists():
            _create(path)
        mode, text = path.stat().st_mode, path.read_bytes().decode("ascii", "replace")
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror}") from fault
    lines = text.split()
    if mode & 0o077:
        raise OwnerFault((Problem(str(path), 0, "", f"others may read the keys of your tokens: chmod 600 {path}"),))
    if not lines or len(lines) > 1 + _EARLIER or not all(_LINE.fullmatch(line) for line in lines):
        raise OwnerFault((Problem(str(path), 0, "", "this is no key file; bring back the one from your backup"),))
    current, *earlier = map(bytes.fromhex, lines)
    return Keys(current, tuple(earlier))


def rotate(state: Path) -> Keys:
    """Put a new signing key before the two latest and give them; the one before those verifies no longer. Raises as `load_keys`."""
    old = load_keys(state)
    keys = Keys(secrets.token_bytes(_BYTES), (old.current, *old.earlier)[:_EARLIER])
    path = state / NAME
    try:
        beside(path, _text(keys)).replace(path)
        lasting(state)
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror}") from fault
    return keys


def _create(path: Path) -> None:
    """Make the first key; of two processes that do so at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = beside(path, _text(Keys(secrets.token_bytes(_BYTES))))
    try:
        path.hardlink_to(new)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    lasting(path.parent)


def _text(keys: Keys) -> bytes:
    return "".join(f"{key.hex()}\n" for key in (keys.current, *keys.earlier)).encode("ascii")
