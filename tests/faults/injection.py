"""Send hostile words through every sink and print what came through: `[BOUNCER_SEED=n] python tests/faults/injection.py [COUNT]`."""

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.injected.poison import poison
from support.injected.run import Outcome, inject

ROUND = 100  # texts between two lines of progress
SEED = int(os.environ.get("BOUNCER_SEED", "1"))


def main() -> int:
    """Run COUNT texts (2,000); 1 where one came through."""
    count, begin = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, time.monotonic()
    found = Outcome()
    for start in range(0, count, ROUND):
        found += asyncio.run(inject([poison(SEED, number) for number in range(start, min(start + ROUND, count))], SEED))
        print(f"{found.kinds.total():6} texts, {len(found.wrong)} came through, {time.monotonic() - begin:.0f} s", flush=True)
    print(f"{count} hostile texts {dict(found.kinds)} in {time.monotonic() - begin:.0f} s")
    print(f"through {dict(found.sinks)}, with {found.letters} letters:")
    print(f"{len(found.wrong)} extra headers, recipients, commands, lines, tags or control bytes", *found.wrong[:20], sep="\n")
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())
