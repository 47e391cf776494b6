"""A sample of the kills and pairs of kills that `kill_pairs.py` tries in full; `BOUNCER_SEED` draws another one."""

import importlib.util
import os
import random
import re
from pathlib import Path
from types import ModuleType

import pytest
from support.household import wording
from support.kill_scenarios import SCENARIOS, Scenario
from support.killing import ArmsLate, Honest, SettlesFirst
from support.pictures import Picture, picture

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
SHARE = float(os.environ.get("BOUNCER_KILL_SHARE", "0.0015"))
NAMED = {scenario.name: scenario for scenario in SCENARIOS}
_ANEW = re.compile(r"\.\w{8}(?=\.bouncer$)|\.\d{8}T[\d.]+Z(?=-)")


def _harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill_pairs", Path(__file__).with_name("kill_pairs.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


harness = _harness()


@pytest.fixture(scope="module", autouse=True)
def _packs() -> None:
    """Compile the packs before any child is forked."""
    wording()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_killed_and_killed_again_it_ends_where_one_that_nobody_disturbed_ends(scenario: Scenario) -> None:
    """No duplicate, no silent loss, no other byte in the file; and the next run does nothing."""
    chance, killed = random.Random(SEED), 0  # noqa: S311 - a sample, not a secret
    with harness.Trial(scenario) as trial:
        for first, second, fault in harness.every_pair(trial, chance, SHARE):
            assert not fault, f"BOUNCER_SEED={SEED} {scenario.name}, killed at {first} and {second}: {fault}"
            killed += 1
    print(f"{scenario.name}: {killed} kills")
    assert killed


def test_the_steps_cover_the_ledger_the_file_and_the_wire() -> None:
    """A harness that never came to the place where it hurts would prove nothing."""
    with harness.Trial(NAMED["send"]) as trial:
        sent = trial.steps()
    with harness.Trial(NAMED["reply"]) as trial:
        moved = trial.steps()
    assert {"COMMIT", "BEGIN IMMEDIATE", "before the wire", "after the wire", "open"} <= set(sent)
    assert {"COMMIT", "ctypes.dlopen", "os.rename", "os.remove", "fcntl.flock"} <= set(moved)
    assert min(len(sent), len(moved)) > 40


def _outside_the_log(shown: Picture) -> list[tuple[str, int, bytes | int | None]]:
    """Give names, modes and bytes without what is another in each run: the salt of SQLite's log, the moment of a save, a draft's name."""
    kept = [file for file in shown.files if not file[0].endswith("-shm")]
    return [(_ANEW.sub("", name), mode, len(data) if data and name.endswith("-wal") else data) for name, mode, _, data in kept]


def test_a_picture_shows_what_a_kill_leaves() -> None:
    """The full run takes pictures at the steps instead of killing at each; real kills must leave nothing else."""
    with harness.Trial(NAMED["reply"]) as trial:
        shown = [_outside_the_log(left) for left in trial.pictures()]
        kills = 0
        for at in range(4, len(shown), 9):
            kills += trial.killed(trial.fresh("once"), at)  # a late step may be missing: a settled file is not read again
            assert _outside_the_log(picture("killed", trial.root / "once")) in shown, at
    assert kills > 5
    assert len({str(left) for left in shown}) > 8


@pytest.mark.parametrize(
    ("kind", "name", "near", "promise"),
    [(ArmsLate, "send", "after the wire", "duplicate letters"), (SettlesFirst, "reply", "fcntl.flock", "another file")],
)
def test_the_harness_catches_a_daemon_that_takes_its_steps_in_the_wrong_order(
    kind: type[Honest], name: str, near: str, promise: str
) -> None:
    """The broken daemon is killed at one step; the honest one that goes on from there cannot save it, and the harness says so."""
    with harness.Trial(NAMED[name]) as honest, harness.Trial(NAMED[name], kind) as trial:
        trial.expected = honest.expected
        assert trial.killed(trial.fresh("last"), near)
        assert promise in trial.survives("last")
        left = next(left for left in trial.pictures() if left.what == near)
        assert promise in harness.judged(trial, left, {})
