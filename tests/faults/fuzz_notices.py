"""Read many damaged notices and print the slowest and the memory: `python tests/faults/fuzz_notices.py [COUNT [FIRST]]`."""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.notices import mutated, read


def main() -> None:
    """Run the seeds from FIRST on; an exception ends the run with its seed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for seed in range(first, first + 200):
        read(mutated(seed))  # compiles what is compiled when first needed
    slowest, at = 0.0, 0
    for seed in range(first, first + count):
        data = mutated(seed)
        begin = time.process_time()
        try:
            read(data)
        except Exception:
            print(f"seed {seed}: {len(data)} bytes")
            raise
        spent = time.process_time() - begin
        if spent > slowest:
            slowest, at = spent, seed
        if (seed - first) % 10_000 == 0:
            print(f"{seed - first:7} read, slowest {slowest * 1000:.1f} ms (seed {at}), {_megabytes()} MB at the most")
    print(f"{count:7} read, slowest {slowest * 1000:.1f} ms (seed {at}), {_megabytes()} MB at the most")


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
