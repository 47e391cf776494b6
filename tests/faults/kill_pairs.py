"""Kill -9 the production daemon at every step, and again at every step of its recovery: `python tests/faults/kill_pairs.py [SCENARIO…]`.

The daemon of the third start must end where one that nobody disturbed ends: the same bytes in the contact file, the same events, changes
and questions, no letter handed over twice, none lost without being shown; and a fourth start changes nothing at all.
"""

import gc
import logging
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.household import wording
from support.kill_scenarios import SCENARIOS, Scenario
from support.killing import Honest, House, Steps
from support.processes import in_child

FAST = Path("/dev/shm")  # noqa: S108 - where a commit costs no disk; what is made there has a name of its own
_FATES = ("sent", "unknown")
_CAME_TO_A_STOP = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Ended:
    """How a scenario ends."""

    file: bytes
    wire: Counter[str]
    events: Counter[str]
    questions: int
    unknown: int


class Trial:
    """One scenario with its past, from which every run begins; use it as a context."""

    def __init__(self, scenario: Scenario, kind: type[Honest] = Honest) -> None:
        """Have the past happen, and the deed once without a disturbance."""
        self.scenario, self.kind = scenario, kind
        self.place = TemporaryDirectory(dir=FAST if FAST.is_dir() else None)
        self.root = Path(self.place.name)
        (self.root / "past").mkdir()
        scenario.prepare(self.root / "past")
        self.expected = self.judged(self.fresh("expected"), self.kind)

    def __enter__(self) -> Self:
        """Give it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear away."""
        self.place.cleanup()

    def fresh(self, name: str, of: str = "past") -> Path:
        """Give a copy of the directory *of*."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        shutil.copytree(self.root / of, self.root / name)
        return self.root / name

    def steps(self, of: str = "past") -> list[str]:
        """Give what happens at each step of a run from *of* that nobody disturbs."""
        where, log = self.fresh("counted", of), self.root / "trace"

        def count() -> None:
            step = Steps(trace=[])
            step.watch_files(where)
            self.scenario.run(where, step, self.kind)
            trace = list(step.trace or ())
            log.write_text("\n".join(trace), encoding="utf-8")

        assert in_child(count) == 0
        return log.read_text(encoding="utf-8").split("\n")

    def killed(self, where: Path, deadly: int) -> bool:
        """Run in *where* and be killed at step *deadly*; False where it came to its end before."""

        def run() -> None:
            step = Steps(deadly)
            step.watch_files(where)
            self.scenario.run(where, step, self.kind)

        status = in_child(run)
        assert status in (0, _CAME_TO_A_STOP), f"step {deadly}: the daemon ended with {status}"
        return status != 0

    def judged(self, where: Path, kind: type[Honest] = Honest) -> Ended:
        """Run to the end and give how it ended; then once more, which must change nothing."""
        house = self.scenario.run(where, Steps(), kind)
        ended, rows = _ended(house)
        again, same = _ended(self.scenario.run(where, Steps(), kind))
        changed = [table for table, found in same.items() if rows[table] != found]
        assert (again, changed) == (ended, []), f"a run with nothing to do did something: {changed or (ended, again)}"
        return ended

    def broken(self, where: Path) -> str:
        """Give what is wrong after the last run in *where*, or nothing."""
        try:
            found, wanted = self.judged(where), self.expected
            yaml.load(found.file, yaml.CBaseLoader)  # noqa: S506 - the loader that makes only strings
        except (AssertionError, yaml.YAMLError) as fault:
            return str(fault)
        lost = wanted.wire - found.wire
        faults = {
            f"invalid or another file: {found.file!r}": found.file != wanted.file,
            f"duplicate letters: {found.wire - wanted.wire}": bool(found.wire - wanted.wire),
            f"lost and not shown: {lost}, {found.unknown} unknown": lost.total() > found.unknown,
            f"events {found.events} and not {wanted.events}": _but_fates(found.events) != _but_fates(wanted.events),
            f"questions: {found.questions} and not {wanted.questions}": found.questions != wanted.questions,
        }
        return "; ".join(fault for fault, there in faults.items() if there)

    def survives(self, name: str) -> str:
        """Go on from *name* to the end in a child; gives what is wrong."""
        verdict = self.root / "verdict"
        assert in_child(lambda: verdict.write_text(self.broken(self.root / name), encoding="utf-8")) == 0
        return verdict.read_text(encoding="utf-8")


def _ended(house: House) -> tuple[Ended, dict[str, list[tuple[object, ...]]]]:
    again = House(house.root, house.settings, house.at)
    rows = again.rows()
    events = Counter(str(event.kind) for event in again.ledger.events())
    assert again.ledger.pending() == (), "a change is still pending"
    (whole,) = again.ledger._database._connection.execute("PRAGMA integrity_check").fetchone()
    assert whole == "ok", f"the ledger is damaged: {whole}"
    unknown, questions = len(again.ledger.armed()), len(again.ledger.questions())
    again.close()
    return Ended((house.root / "contacts.yaml").read_bytes(), Counter(house.wire()), events, questions, unknown), rows


def _but_fates(events: Counter[str]) -> Counter[str]:
    """Give *events* with every letter's fate counted as one kind: one that is unknown may be proved sent later."""
    return Counter({kind: count for kind, count in events.items() if kind not in _FATES})


def every_pair(trial: Trial, chance: random.Random | None = None, share: float = 1.0) -> Iterator[tuple[int, int, str]]:
    """Give (first kill, second kill, what is wrong) of all pairs, or of about a *share* of them; a second kill of 0 is none."""
    for first in range(1, len(trial.steps()) + 1):
        if chance is not None and chance.random() > share**0.5:
            continue
        trial.killed(trial.fresh("once"), first)
        trial.fresh("last", "once")
        yield first, 0, trial.survives("last")
        for second in range(1, len(trial.steps("once")) + 1):
            if chance is not None and chance.random() > share**0.5:
                continue
            trial.killed(trial.fresh("last", "once"), second)
            yield first, second, trial.survives("last")


def in_full(scenario: Scenario) -> int:
    """Try every pair of *scenario*, print what was found, and give how many were wrong."""
    began, pairs, singles, wrong = time.monotonic(), 0, 0, 0
    with Trial(scenario) as trial:
        steps = len(trial.steps())
        for first, second, fault in every_pair(trial):
            pairs += second > 0
            singles += second == 0
            wrong += bool(fault)
            if fault:
                print(f"{scenario.name}: killed at {first} and {second}: {fault}", flush=True)
            if second == 0:
                print(f"{scenario.name}: step {first} of {steps}, {pairs} pairs so far", flush=True)
    print(f"{scenario.name}: {steps} steps, {singles} kills, {pairs} pairs, {wrong} wrong, {time.monotonic() - began:.0f} s", flush=True)
    return wrong


def main() -> None:
    """Run the scenarios named, or all of them in two processes."""
    logging.disable(logging.CRITICAL)
    wording()
    gc.freeze()  # so that a fork copies nothing of it
    chosen = [scenario for scenario in SCENARIOS if scenario.name in (sys.argv[1:] or [s.name for s in SCENARIOS])]
    children = []
    for half in (chosen[::2], chosen[1::2]):
        pid = os.fork()
        if pid == 0:
            os._exit(min(100, sum(map(in_full, half))))
        children.append(pid)
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))


if __name__ == "__main__":
    main()
