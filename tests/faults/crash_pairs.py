"""Kill ledger and forgetting at every point, and again at every point of the recovery: `python tests/faults/crash_pairs.py`.

What a kill leaves is gone on from once for all points at which that is the same. The suite tries every point once, and a sample of the
pairs with real kills; here every pair is tried, and the first that is wrong ends it with 1.
"""

import importlib.util
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.canary import Home, furnish, traces
from support.deadly import Points
from support.pictures import judged_twice, pictures, scratch

Pairs = Iterator[tuple[int, int, list[str]]]


def _tests(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def of_the_ledger() -> Pairs:
    """Give every pair of a small daemon at its first start."""
    crash = _tests("test_ledger_crash")
    with scratch() as root:
        firsts = crash.left_by_kills(Path(root))
    return judged_twice(firsts, crash.left_by_kills, lambda place: crash.goes_on(place, crash.Honest()))


def of_forgetting() -> Pairs:
    """Give every pair of somebody being forgotten, the second in the start of a daemon that goes on with it."""
    crash = _tests("test_forget_crash")
    with scratch() as root:
        (Path(root) / "furnished").mkdir()
        template = furnish(Path(root) / "furnished")
        hers, home = traces(template), Home(Path(root) / "home")
        shutil.copytree(template.root, home.root)
        firsts = pictures(home.root, lambda pause: crash.forget_in(home, crash.honest, Points(pause=pause), hers))
    return judged_twice(
        firsts,
        lambda place: pictures(place, lambda pause: crash.start_in(Home(place), Points(pause=pause))),
        lambda place: crash.goes_on(Home(place), hers),
    )


def main() -> None:
    """Try them all."""
    for name, pairs in (("forgetting", of_forgetting()), ("the ledger", of_the_ledger())):
        began, count, firsts = time.monotonic(), 0, set[int]()
        for first, second, wrong in pairs:
            count += 1
            firsts.add(first)
            if wrong:
                sys.exit(f"{name}: killed at {first} and {second}: {wrong}")
        print(
            f"{name}: {count} pairs of {len(firsts)} points and those of their recoveries, 0 wrong, {time.monotonic() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
