"""A person saves with vim, nano, sed, git or an atomic save while bouncer writes: no save is lost or torn, and every comment stays.

A sample without nano, which answers to its keys when it likes; `python tests/faults/editor_saves.py` makes ten thousand saves in
every way, and `BOUNCER_SEED` chooses their order.
"""

import os
from pathlib import Path

import pytest
from support.editing import WAYS, Found, missing, race
from support.servers import missing as lacking

from bouncer.errors import Busy
from bouncer.model import Change, Receipt
from bouncer.ports import Contacts

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
SAVES = 240
SLOW = frozenset({"nano"})


class Careless:
    """A bouncer that reads, edits and writes without looking whether somebody saved meanwhile."""

    def __init__(self, store: Contacts, path: Path) -> None:
        """Keep the real one for reading."""
        self.load, self._path, self._store = store.load, path, store

    def apply(self, changes: list[Change]) -> Receipt:
        """Edit what was read before, and put it there whatever is there now."""
        try:
            base = self._path.read_bytes()
        except FileNotFoundError as moved:
            raise Busy("moved aside") from moved
        receipt = self._store.apply(changes)
        other = self._path.with_name("careless.tmp")
        other.write_bytes(base)
        other.rename(self._path)
        return receipt


@pytest.fixture(autouse=True)
def _editors() -> None:
    if missing():
        lacking(f"not installed: {', '.join(missing())}")


def test_no_save_is_lost_whatever_editor_makes_it(tmp_path: Path) -> None:
    """Each save is found afterwards, whole and with its comments, and bouncer wrote often enough to be in the way."""
    found = race(tmp_path, SAVES, SEED, without=SLOW)
    assert not found.wrong, f"seed {SEED}: {found.wrong}"
    assert sum(found.saves.values()) == SAVES
    assert found.saves.keys() == WAYS.keys() - SLOW
    assert found.writes > SAVES / 20


def test_a_bouncer_that_does_not_look_is_caught(tmp_path: Path) -> None:
    """The control: what is lost is seen, and the first of it is enough."""

    def seen(found: Found) -> bool:
        return any("lost" in trouble for trouble in found.wrong)

    assert seen(race(tmp_path, 80, SEED, Careless, SLOW, seen))  # type: ignore[arg-type]
