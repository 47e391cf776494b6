"""People save the contact file while bouncer writes it: `[BOUNCER_SEED=n] python tests/faults/editor_saves.py [SAVES]`."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.editing import WAYS, missing, race

SEED = int(os.environ.get("BOUNCER_SEED", "1"))


def main() -> int:
    """Make SAVES saves (10,000) in every way together; 1 where one was lost, torn or never raced with a write."""
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print("not here:", ", ".join(missing()) or "nothing")
    with tempfile.TemporaryDirectory() as directory:
        found = race(Path(directory), saves, SEED)
    print(f"{sum(found.saves.values())} saves {dict(found.saves)}, seed {SEED}, against {found.writes} writes of bouncer")
    print(
        f"{found.waits} times it waited for an editor, {found.refused} times the file did not parse, {found.again} times an editor gave up"
    )
    print(f"{len(found.wrong)} lost or torn", *found.wrong[:20], sep="\n")
    return int(bool(found.wrong) or found.writes * 20 < saves or len(found.saves) != len(WAYS) - len(missing()))


if __name__ == "__main__":
    sys.exit(main())
