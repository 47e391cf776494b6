"""Forged mail moves nothing: not a byte of the contact file, and no event beyond received, review and hold.

A sample; `python tests/faults/hostile_evidence.py 20000` throws many more, and `BOUNCER_SEED` chooses others.
"""

import os

import pytest
from support.hostile.broken import Credulous, Forgetful, Generous
from support.hostile.families import FAMILIES
from support.hostile.run import attack, control

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
KINDS = {"human", "auto-reply", "bounce", "delay", "opt-out", "complaint", "challenge", "receipt"}


async def test_forgeries_of_every_family_move_nothing() -> None:
    """Three of each family at one bouncer, one after the other; they are read as every kind of answer, and some carry a good token."""
    found = await attack(range(len(FAMILIES) * 3), SEED)
    assert found.moved == [], found.sample.decode("utf-8", "replace")
    assert len(found.families) == len(FAMILIES) >= 25
    assert found.kinds.keys() >= KINDS
    assert found.levels.keys() >= {"E0", "E1", "E3", "E4"}


@pytest.mark.parametrize("part", range(4))
async def test_genuine_messages_of_the_same_shapes_are_all_believed(part: int) -> None:
    """Without its flaw, each of them changes something: what is kept out is the forgery, not the kind of message."""
    assert [said for family in FAMILIES[part::4] if (said := await control(family, part, SEED))] == []


@pytest.mark.parametrize(
    ("reader", "ledger"), [(Credulous(), None), (Generous(), None), (None, Forgetful)], ids=["every From", "every letter", "every copy"]
)
async def test_a_bouncer_that_believes_too_much_is_found_out(reader: Credulous | Generous | None, ledger: type[Forgetful] | None) -> None:
    """Were one of the defences missing, these forgeries would show it."""
    broken = {} if ledger is None else {"ledger": ledger}
    families = tuple(family for family in FAMILIES if ledger is None or "replay" in family.name)
    found = await attack(range(len(families) if ledger is None else 8), SEED, families, reader, **broken)
    assert found.moved
