"""Let every write, sync, rename and commit of the daemon fail: `python tests/faults/io_faults.py [SCENARIO…]`.

Each with ENOSPC, EIO and EROFS, once and for ever, with the daemon living on or started anew when the disk is mended. SQLite's own calls
are made to fail below it (`support.sqlite_shim`), the others in Python. No letter may leave without a record of it, nothing that was
reported as done may be lost, no fault may end in anything but a sentence, and after it all must end as if nothing had been.
"""

import gc
import logging
import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.household import wording
from support.io_trials import IoTrial
from support.kill_scenarios import SCENARIOS, Scenario


def in_full(scenario: Scenario) -> int:
    """Try every fault of *scenario*, print what was found, and give how many were wrong; the first is the smallest."""
    began, tried, said, wrong = time.monotonic(), Counter[str](), 0, 0
    with IoTrial(scenario) as trial:
        for fault in trial.faults():
            found, heard = trial.tried(fault)
            tried[fault.call] += 1
            said += heard
            wrong += bool(found)
            if found:
                print(f"{scenario.name}: {fault}: {found}", flush=True)
    total = tried.total()
    print(f"{scenario.name}: {total} faults, {said} of them said, {wrong} wrong, {time.monotonic() - began:.0f} s", flush=True)
    print("  " + ", ".join(f"{call} {count}" for call, count in sorted(tried.items())), flush=True)
    return wrong


def main() -> None:
    """Run the scenarios named, or all of them."""
    logging.disable(logging.CRITICAL)
    wording()
    gc.freeze()  # so that a fork copies nothing of it
    names = sys.argv[1:] or [scenario.name for scenario in SCENARIOS]
    sys.exit(min(100, sum(in_full(scenario) for scenario in SCENARIOS if scenario.name in names)))


if __name__ == "__main__":
    os.environ.pop("NOTIFY_SOCKET", None)
    main()
