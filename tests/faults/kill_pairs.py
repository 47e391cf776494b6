"""Kill -9 the production daemon at every step, and again at every step of its recovery: `python tests/faults/kill_pairs.py [SCENARIO…]`.

The daemon of the third start must end where one that nobody disturbed ends: the same bytes in the contact file, the same events, changes
and questions, no letter handed over twice, none lost without being shown; and a fourth start changes nothing at all.
"""

import gc
import logging
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.household import wording
from support.kill_scenarios import SCENARIOS, Scenario
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


def in_full(scenario: Scenario) -> int:
    """Try every pair of *scenario*, print what was found, and give how many were wrong."""
    began, pairs, singles, wrong = time.monotonic(), 0, 0, 0
    with Trial(scenario) as trial:
        steps = len(trial.steps())
        for first, second, fault in every_pair(trial):
            pairs += second > 0
            singles += second == 0
            wrong += bool(fault)
            if fault:
                print(f"{scenario.name}: killed at {first} and {second}: {fault}", flush=True)
            if second == 0:
                print(f"{scenario.name}: step {first} of {steps}, {pairs} pairs so far", flush=True)
    print(f"{scenario.name}: {steps} steps, {singles} kills, {pairs} pairs, {wrong} wrong, {time.monotonic() - began:.0f} s", flush=True)
    return wrong


def main() -> None:
    """Run the scenarios named, or all of them in two processes."""
    logging.disable(logging.CRITICAL)
    wording()
    gc.freeze()  # so that a fork copies nothing of it
    chosen = [scenario for scenario in SCENARIOS if scenario.name in (sys.argv[1:] or [s.name for s in SCENARIOS])]
    children = []
    for half in (chosen[::2], chosen[1::2]):
        pid = os.fork()
        if pid == 0:
            os._exit(min(100, sum(map(in_full, half))))
        children.append(pid)
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))


if __name__ == "__main__":
    main()
