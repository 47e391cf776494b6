"""A sample of the faults that `io_faults.py` tries in full; `BOUNCER_SEED` draws another one."""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from errno import EIO, ENOSPC, EROFS
from typing import Any

import pytest
from support.household import wording
from support.io_trials import Fault, IoTrial
from support.kill_scenarios import SCENARIOS, Scenario
from support.killing import ArmsLate, Honest, SettlesFirst
from support.sqlite_shim import library

from bouncer.errors import StorageFault
from bouncer.model import RawMail, Receipt

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
FEW = 5  # of each scenario
NAMED = {scenario.name: scenario for scenario in SCENARIOS}
FILE = {"open", "write", "fsync", "rename", "unlink", "exchange", "sqlite open", "sqlite write", "sqlite sync"}


@pytest.fixture(scope="module", autouse=True)
def _packs() -> None:
    """Compile the packs before any child is forked."""
    if library() is None:
        pytest.skip("this Python has SQLite built in, so that its calls cannot be made to fail")
    wording()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whatever_the_disk_refuses_nothing_leaves_unrecorded_and_nothing_said_to_be_done_is_lost(scenario: Scenario) -> None:
    """Mended, it ends where one that nobody disturbed ends; and every fault ends in a sentence."""
    chance = random.Random(f"{SEED} {scenario.name}")  # noqa: S311 - a sample, not a secret
    with IoTrial(scenario) as trial:
        faults = list(trial.faults())
        for fault in sorted(chance.sample(faults, FEW), key=lambda one: one.at):
            wrong, _ = trial.tried(fault)
            assert not wrong, f"BOUNCER_SEED={SEED} {scenario.name}: {fault}: {wrong}"
    assert len(faults) > 300


def test_the_faults_cover_both_stores_and_every_kind_of_call() -> None:
    """A harness that never came to the place where it hurts would prove nothing."""
    with IoTrial(NAMED["reply"]) as trial:
        assert set(trial.calls()[0]) >= FILE
        faults = list(trial.faults())
    assert {fault.code for fault in faults} == {ENOSPC, EIO, EROFS}
    assert len({(fault.for_ever, fault.lives_on) for fault in faults}) == 4
    with IoTrial(NAMED["send"]) as trial:
        assert "append to Sent" in trial.calls()[0]


def test_a_fault_that_nothing_notices_would_be_no_fault() -> None:
    """The control: most of them are said, and those of the ledger's commits all are."""
    with IoTrial(NAMED["send"]) as trial:
        commit = next(fault for fault in trial.faults() if fault.call == "sqlite sync" and fault.code == EIO)
        assert trial.tried(commit) == ("", True)


class Blithe(Honest):
    """Takes a message whose effects could not be kept for done."""

    async def take(self, raw: RawMail) -> None:
        """Say nothing of the disk."""
        try:
            await super().take(raw)
        except StorageFault:
            return


class Blind(Honest):
    """Takes a change for made, whatever the file says."""

    def write(self, made: Any, at: datetime) -> Receipt | None:
        """Settle it all the same."""
        receipt = super().write(made, at)
        if made and receipt is None:
            self.world.ledger.settle(made, Receipt(tuple(change for _, change in made), (), "", ""), at)
            self.troubles.clear("contacts")
        return receipt


def wrongs(trial: IoTrial, faults: Sequence[Fault]) -> Iterator[str]:
    """Give what is wrong after each of *faults*, where something is."""
    return (wrong for fault in faults if (wrong := trial.tried(fault)[0]))


@pytest.mark.parametrize(
    ("kind", "name", "call", "promise"),
    [
        (ArmsLate, "send", "sqlite sync", "sent without a record"),
        (SettlesFirst, "reply", "exchange", "another file"),
        (Blithe, "bounce", "sqlite sync", "lost without a word"),
        (Blind, "reply", "exchange", "lost without a word"),
    ],
)
def test_a_daemon_that_is_careless_with_its_disk_is_found_out(kind: type[Honest], name: str, call: str, promise: str) -> None:
    """One that sends first and notes it then, one that notes first and writes then, two that do not listen."""
    with IoTrial(NAMED[name]) as honest, IoTrial(NAMED[name], kind) as trial:
        trial.expected = honest.expected
        once = [fault for fault in trial.faults() if fault.call == call and fault.code == EIO and not (fault.lives_on or fault.for_ever)]
        assert any(promise in wrong for wrong in wrongs(trial, once)), name
