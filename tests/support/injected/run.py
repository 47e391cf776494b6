"""All hostile words through all sinks."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bouncer.model import Letter
from support.injected import sinks, terminal, wires
from support.injected.poison import Poison

GROUP = 100  # texts that share one home, and one connection of each wire


@dataclass
class Outcome:
    """How many texts of each kind went through which sink, how many letters they made, and what came through that should not."""

    kinds: Counter[str] = field(default_factory=Counter)
    sinks: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Outcome") -> "Outcome":
        """Give both together."""
        return Outcome(self.kinds + other.kinds, self.sinks + other.sinks, self.letters + other.letters, self.wrong + other.wrong)


async def inject(poisons: Sequence[Poison], seed: int) -> Outcome:
    """Send *poisons* through every sink."""
    found = Outcome(Counter(one.kind for one in poisons))
    for start in range(0, len(poisons), GROUP):
        group = poisons[start : start + GROUP]
        made: list[Letter] = []
        for one in group:
            for name, sink in (("header", sinks.letters), ("summary", sinks.summaries)):
                found.wrong += [f"BOUNCER_SEED={seed}, text {one.number}, {name}: {said}\n  {one.text!r:.400}" for said in sink(one, made)]
                found.sinks[name] += 1
            found.wrong += [f"BOUNCER_SEED={seed}, text {one.number}, log: {said}" for said in sinks.journal(one, ())]
        found.letters += len(made)
        where = f"BOUNCER_SEED={seed}, texts {start} to {start + len(group) - 1}"
        found.wrong += [f"{where}, SMTP: {said}" for said in await wires.submitted(made[:200], group)]
        found.wrong += [f"{where}, IMAP: {said}" for said in await asyncio.to_thread(list, wires.filed(group))]
        with tempfile.TemporaryDirectory() as place:
            found.wrong += [f"{where}, terminal: {said}" for said in await terminal.shown(Path(place), group)]
        for name in ("log", "SMTP", "IMAP", "terminal"):
            found.sinks[name] += len(group)
    return found
