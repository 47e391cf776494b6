"""Throw forged mail at the daemon and print what moved: `[BOUNCER_SEED=n] python tests/faults/hostile_evidence.py [COUNT [CONTROLS]]`."""

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.hostile.broken import Credulous, Forgetful, Generous
from support.hostile.families import FAMILIES
from support.hostile.run import Found, attack, control

ROUND = 2000  # messages that one bouncer is given
SEED = int(os.environ.get("BOUNCER_SEED", "1"))


async def main() -> int:
    """Run COUNT forgeries (20,000), CONTROLS genuine messages a family (5), and the broken bouncers; 1 where one of them went wrong."""
    count, controls = (int(word) for word in (*sys.argv[1:], "20000", "5")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 5)
    begin = time.monotonic()
    found = Found()
    for start in range(0, count, ROUND):
        found += await attack(range(start, min(start + ROUND, count)), SEED)
        print(f"{found.families.total():6} thrown, {len(found.moved)} moved something, {time.monotonic() - begin:.0f} s", flush=True)
    print(f"{count} forgeries of {len(found.families)} families in {time.monotonic() - begin:.0f} s: {len(found.moved)} moved something")
    print(f"  read as {dict(found.kinds.most_common())}, believed {dict(sorted(found.levels.items()))}")
    print("\n".join(found.moved[:20]))
    if found.moved:
        print(found.sample.decode("utf-8", "replace"))
    deaf = [said for family in FAMILIES for number in range(controls) if (said := await control(family, number, SEED))]
    print(f"{len(FAMILIES) * controls} genuine messages of the same shapes: {len(deaf)} changed nothing", *deaf[:3], sep="\n")
    caught = {
        "believes every From": await attack(range(len(FAMILIES) * 3), SEED, reader=Credulous()),
        "takes everything for an answer": await attack(range(len(FAMILIES) * 3), SEED, reader=Generous()),
        "forgets what it has seen": await attack(range(len(FAMILIES) * 3), SEED, ledger=Forgetful),
    }
    for name, broken in caught.items():
        print(f"a bouncer that {name}: found out by {len(broken.moved)} messages")
    return int(bool(found.moved or deaf) or not all(broken.moved for broken in caught.values()))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
