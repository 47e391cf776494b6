"""Throwing forged mail at a stage, and seeing that nothing moves; genuine mail of the same shapes must move something."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bouncer.edge.ledger import SqliteLedger
from support.hostile.broken import Generous
from support.hostile.families import FAMILIES, Family
from support.hostile.stage import Stage
from support.household import Reader

BLOCK = 25  # messages between two looks at all that must stand still; the file and the events are looked at after each


@dataclass
class Found:
    """What came of it: so many messages of each family, as what kind and how far believed, and what moved."""

    families: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    moved: list[str] = field(default_factory=list)  # a line each: seed, family, what
    sample: bytes = b""  # the first message that moved something

    def __add__(self, other: "Found") -> "Found":
        """Give both together."""
        levels, kinds, families = self.levels + other.levels, self.kinds + other.kinds, self.families + other.families
        return Found(families, kinds, levels, self.moved + other.moved, self.sample or other.sample)


def chance_of(seed: int, number: int, family: str) -> random.Random:
    """Give the randomness of one message."""
    return random.Random(f"{seed}/{number}/{family}")  # noqa: S311 - a choice, not a secret


async def attack(
    numbers: Iterable[int],
    seed: int,
    families: tuple[Family, ...] = FAMILIES,
    reader: Reader | None = None,
    ledger: type[SqliteLedger] = SqliteLedger,
) -> Found:
    """Throw the forgeries *numbers* at one bouncer, each of the next family; a *reader* or *ledger* may believe too much."""
    found = Found()
    with tempfile.TemporaryDirectory() as place:
        stage = Stage(Path(place), reader=reader, ledger=ledger)
        try:
            await stage.write()
            await stage.prepare()
            if isinstance(reader, Generous):
                reader.stage = stage
            stood, text = stage.standing(), stage.file.read_bytes()
            for count, number in enumerate(numbers, 1):
                family = families[number % len(families)]
                data, before, seen = (
                    family.hostile(chance_of(seed, number, family.name), stage),
                    stage.last_event(),
                    len(stage.onlooker.seen),
                )
                await stage.take(data)
                found.families[family.name] += 1
                for handled in stage.onlooker.seen[seen:]:
                    found.kinds[handled.reading.verdict.kind.value] += 1
                    found.levels[handled.match.trust.level.name] += 1
                loud = stage.loud(before)
                if loud or stage.file.read_bytes() != text or (count % BLOCK == 0 and stage.standing() != stood):
                    found.moved.append(
                        f"BOUNCER_SEED={seed}, message {number}, {family.name}: {'; '.join(loud) or 'something stands otherwise'}"
                    )
                    found.sample = found.sample or data
                    stood, text = stage.standing(), stage.file.read_bytes()
            if stage.standing() != stood:
                found.moved.append(f"BOUNCER_SEED={seed}, among the last {BLOCK} messages: something stands otherwise")
        finally:
            stage.close()
    return found


async def control(family: Family, number: int, seed: int) -> str | None:
    """Have one genuine message of *family* come to a bouncer of its own; gives what is wrong where nothing came of it."""
    with tempfile.TemporaryDirectory() as place:
        stage = Stage(Path(place), people=5)
        try:
            await stage.write()
            await stage.prepare()
            stood, data = stage.standing(), family.genuine(chance_of(seed, number, family.name), stage)
            await stage.take(data)
            if stage.standing() == stood:
                return f"BOUNCER_SEED={seed}, control {number}, {family.name}: nothing came of\n{data.decode('utf-8', 'replace')}"
        finally:
            stage.close()
    return None
