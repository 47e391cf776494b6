"""The state directory beside ledger and history: what lies there that may name somebody."""

import re
from pathlib import Path

from bouncer.edge.mentions import Mentions
from bouncer.edge.status import NAME as STATUS
from bouncer.errors import StorageFault
from bouncer.model import Traces

_LEDGER = re.compile(r".+\.sqlite3(-wal|-shm|-journal|\.lock)?")
_COPY = re.compile(r".+\.sqlite3\.v\d+(\.part)?")  # beside a ledger that was migrated


def sweep_state(state: Path, traces: Traces) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete what names the person of *traces*; gives what was deleted and what else names them, which is not ours, by name.

    A copy that was kept when the ledger was migrated is one of all people, and goes whatever it holds. The word to
    `bouncer status` is left anew by a running bouncer within a minute. Raises StorageFault.
    """
    found, deleted, left = Mentions(traces), list[str](), list[str]()
    try:
        for path in sorted(path for path in state.glob("*") if path.is_file()):
            ours = path.name in (STATUS, f".{STATUS}.new")
            copy = _COPY.fullmatch(path.name) is not None
            if not copy and _LEDGER.fullmatch(path.name):
                continue
            if not copy and not found.found(path.read_bytes().decode("utf-8", "replace")):
                continue
            if ours or copy:
                path.unlink()
            (deleted if ours or copy else left).append(path.name)
    except OSError as fault:
        raise StorageFault(f"{fault.filename or state}: {fault.strerror or fault}") from fault
    return tuple(deleted), tuple(left)
