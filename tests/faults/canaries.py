"""Plant secrets and an address, let the daemon live through much at debug level, and print where they were seen.

`python tests/faults/canaries.py [PART OF A NAME]`
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.canaries import LOCAL, secrets_of
from support.leaks import LEAKS, playing

LOUD = ("log", "process list")


def main() -> int:
    """Run all leaks, or those whose name holds the argument; 1 where a canary was seen, or was not there to be seen."""
    chosen = [leak for leak in LEAKS if not sys.argv[1:] or sys.argv[1] in leak.name]
    total, places = 0, 0
    for leak in chosen:
        with tempfile.TemporaryDirectory() as place, playing(leak, Path(place)) as (home, daemon, _):
            found = daemon.end()
            secrets, addresses = found.hits(secrets_of(home)), found.hits({"address": LOCAL.encode()}, *LOUD)
            planted = found.hits({"address": LOCAL.encode()}, "contacts", "state/ledger")
        total, places = total + len(secrets) + len(addresses) + (not planted), places + len(found.seen)
        print(
            f"{leak.name}: {len(secrets)} secrets, {len(addresses)} addresses in {len(found.seen)} places", *secrets, *addresses, sep="\n  "
        )
    print(f"{len(chosen)} runs, {places} places searched, {total} hits")
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
