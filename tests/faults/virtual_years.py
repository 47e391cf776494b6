"""Live two years with 500 people, seed by seed, and hold the promises against it: `python tests/faults/virtual_years.py [SEEDS [FIRST]]`.

Ends with 1 at the first seed that breaks a promise, and prints the smallest scenario that still does. `--broken` runs the broken variants.
"""

import asyncio
import gc
import logging
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.household import wording
from support.pictures import scratch
from support.years.broken import BrokenPromise
from support.years.happenings import happen
from support.years.play import Play, Scenario, Variant
from support.years.variants import BROKEN


def live(scenario: Scenario, variant: Variant | None = None) -> Counter[str]:
    """Live through *scenario*; gives how much of everything there was, or raises BrokenPromise."""
    gc.disable()  # the play collects once a virtual week, which is a tenth of the time less
    try:
        with scratch() as root:
            play = Play(scenario, Path(root), variant or Variant())
            happen(play)
            asyncio.run(play.run())
            return play.tally()
    finally:
        gc.enable()


def breaks(scenario: Scenario, variant: Variant | None = None) -> BrokenPromise | None:
    """Give the promise that *scenario* breaks, or None."""
    try:
        live(scenario, variant)
    except BrokenPromise as broken:
        return broken
    return None


def smallest(scenario: Scenario, number: int, variant: Variant | None = None) -> Scenario:
    """Leave out of *scenario* whatever can be left out while promise *number* still breaks."""
    tries = [*("days", "contacts") * 2, *sorted(scenario.families)]
    for left_out in tries:
        fewer = {left_out: getattr(scenario, left_out) // 2} if left_out in ("days", "contacts") else {}
        candidate = replace(scenario, families=scenario.families - {left_out}, **fewer)
        broken = breaks(candidate, variant)
        if broken and broken.number == number:
            scenario = candidate
    return scenario


def told(scenario: Scenario, broken: BrokenPromise, variant: Variant | None = None) -> str:
    """Say what broke, and in which smallest scenario."""
    least = smallest(scenario, broken.number, variant)
    return f"seed {scenario.seed}: {broken}\nsmallest: {least.contacts} contacts, {least.days} days, {', '.join(sorted(least.families))}"


def main() -> None:
    """Run the seeds, or every broken variant until its promise breaks."""
    logging.disable(logging.WARNING)
    wording()
    gc.freeze()  # what was compiled stays for good and need not be looked through again
    if "--broken" in sys.argv:
        for number, variant in ((number, variant) for number, several in BROKEN.items() for variant in several):
            print(f"promise {number}, {variant.name}: {breaks(Scenario(1, 200, 300), variant)}", flush=True)
        return
    numbers = [int(word) for word in sys.argv[1:]]
    count, first = numbers[0] if numbers else 200, numbers[1] if len(numbers) > 1 else 1
    total: Counter[str] = Counter()
    longest = 0.0
    for seed in range(first, first + count):
        began = time.process_time()
        try:
            total += live(Scenario(seed))
        except BrokenPromise as broken:
            print(told(Scenario(seed), broken))
            sys.exit(1)
        longest = max(longest, time.process_time() - began)
        print(f"{seed - first + 1} seeds, longest {longest:.0f} s of processor time: {dict(sorted(total.items()))}", flush=True)


if __name__ == "__main__":
    main()
