"""A sample of the virtual years that `virtual_years.py` lives through in full, and the broken bouncers that it must catch."""

import gc
import importlib.util
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from support.household import wording
from support.years.play import Scenario, Variant
from support.years.variants import BROKEN

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
SECONDS = 15.0  # of processor time: another seed is begun until then
SEEDS = range(1, 7)  # in which a broken bouncer must be caught
ALL = [(number, variant) for number, several in BROKEN.items() for variant in several]
LONG = frozenset({2, 8})  # promises that take longer to break: a rare end of a letter, or a stop and an import after it


def _harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("virtual_years", Path(__file__).with_name("virtual_years.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


harness = _harness()


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    """Compile the packs once, and let nobody look through them again."""
    wording()
    gc.freeze()
    yield
    gc.unfreeze()


def test_months_of_everything_at_once_keep_all_promises() -> None:
    """Fifty days with 500 people a seed: and enough of everything has happened for that to mean something."""
    total: Counter[str] = Counter()
    began, seed = time.process_time(), SEED
    while seed == SEED or time.process_time() - began < SECONDS:
        scenario = Scenario(seed, days=50)
        try:
            total += harness.live(scenario)
        except harness.BrokenPromise as broken:
            pytest.fail(harness.told(scenario, broken))
        seed += 1
    print(f"{seed - SEED} seeds: {dict(sorted(total.items()))}")
    for happened in (
        "letters handed over", "messages taken in", "saves by the owner", "writes of the file", "event changed", "event alive",
        "forgeries", "outages", "restarts", "losses", "poison", "renumbered", "tripped: addresses", "letters of the other bouncer",
    ):  # fmt: skip
        assert total[happened], happened
    assert sum(count for what, count in total.items() if what.startswith("killed")) > 0


@pytest.mark.parametrize(("number", "variant"), ALL, ids=[variant.name for _, variant in ALL])
def test_a_bouncer_that_is_built_wrong_is_caught(number: int, variant: Variant) -> None:
    """In one of a few small scenarios a promise breaks; without that, keeping them all would prove nothing."""
    small = Scenario(1, 60, 240) if number in LONG else Scenario(1, 80, 60)
    broken = next((found for seed in SEEDS if (found := harness.breaks(Scenario(seed, small.contacts, small.days), variant))), None)
    assert broken is not None, f"promise {number} was not seen to break"
