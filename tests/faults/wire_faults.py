"""Every fault of a mail server at every step: `[BOUNCER_SEED=n] python tests/faults/wire_faults.py`; the seed mixes the cells."""

import os
import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.wires import Authority, all_cells, imap, smtp

SEED = int(os.environ.get("BOUNCER_SEED", "1"))


def main() -> int:
    """Live through the whole grid; 1 where a cell ended wrong."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(Path(directory) / "tls")
        outcomes = []
        for wire in (smtp, imap):
            cells = wire.grid()
            random.Random(SEED).shuffle(cells)  # noqa: S311 - an order
            outcomes += all_cells(partial(wire.run, authority=authority), cells)
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    busiest = max((outcome for outcome in outcomes if outcome.waiting), key=lambda outcome: outcome.share)
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    print(f"{len(outcomes)} cells ({len(smtp.grid())} SMTP, {len(imap.grid())} IMAP) in {time.monotonic() - began:.0f} s, seed {SEED}")
    print(f"slowest {slowest.seconds:.1f} s ({slowest.cell}); busiest while waiting {busiest.share:.1%} of a core ({busiest.cell})")
    print(f"{len(wrong)} ended wrong", *(f"{outcome.cell}: {'; '.join(outcome.wrong)}" for outcome in wrong), sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
