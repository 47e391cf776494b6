"""Kill -9 the production daemon at every step, and again at every step of its recovery: `python tests/faults/kill_pairs.py [SCENARIO…]`.

The daemon of the third start must end where one that nobody disturbed ends: the same bytes in the contact file, the same events, changes
and questions, no letter handed over twice, none lost without being shown; and a fourth start changes nothing at all.
"""

import gc
import logging
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.household import wording
from support.kill_scenarios import SCENARIOS, Scenario
from support.pictures import Picture
from support.trials import Trial


def every_pair(trial: Trial, chance: random.Random | None = None, share: float = 1.0) -> Iterator[tuple[int, int, str]]:
    """Give (first kill, second kill, what is wrong) of all pairs, or of about a *share* of them; a second kill of 0 is none."""
    for first in range(1, len(trial.steps()) + 1):
        if chance is not None and chance.random() > share**0.5:
            continue
        trial.killed(trial.fresh("once"), first)
        trial.fresh("last", "once")
        yield first, 0, trial.survives("last")
        for second in range(1, len(trial.steps("once")) + 1):
            if chance is not None and chance.random() > share**0.5:
                continue
            trial.killed(trial.fresh("last", "once"), second)
            yield first, second, trial.survives("last")


def judged(trial: Trial, left: Picture, seen: dict[bytes, str]) -> str:
    """Give what is wrong after the kill that *left* this, judged once for all kills that left the same bytes."""
    if left.digest not in seen:
        shutil.rmtree(trial.root / "last", ignore_errors=True)
        left.restore(trial.root / "last")
        seen[left.digest] = trial.survives("last")
    return seen[left.digest]


def in_full(scenario: Scenario) -> int:
    """Try every pair of *scenario*, print what was found, and give how many were wrong."""
    began, tally, seen, told = time.monotonic(), Counter[str](), dict[bytes, str](), dict[bytes, Counter[str]]()
    with Trial(scenario) as trial:
        firsts = trial.pictures()
        for first, left in enumerate(firsts, 1):
            if left.digest not in told:
                faults = {0: judged(trial, left, seen)}
                for second, again in enumerate(trial.pictures(left), 1):
                    faults[second] = judged(trial, again, seen)
                told[left.digest] = Counter(kills=1, pairs=len(faults) - 1, wrong=sum(map(bool, faults.values())))
                for second, fault in faults.items():
                    if fault:
                        print(f"{scenario.name}: killed at {first} and {second}: {fault}", flush=True)
            tally += told[left.digest]
    print(
        f"{scenario.name}: {len(firsts)} steps, {tally['kills']} kills, {tally['pairs']} pairs, {len(seen)} of them left different bytes, "
        f"{tally['wrong']} wrong, {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return tally["wrong"]


def main() -> None:
    """Run the scenarios named, or all of them."""
    logging.disable(logging.CRITICAL)
    wording()
    gc.freeze()  # so that a fork copies nothing of it
    chosen = [scenario for scenario in SCENARIOS if scenario.name in (sys.argv[1:] or [s.name for s in SCENARIOS])]
    sys.exit(min(100, sum(map(in_full, chosen))))


if __name__ == "__main__":
    main()
