"""A scenario with its past, from which every disturbed run begins, and whether what follows one ends where it must."""

import shutil
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml

from support.kill_scenarios import Scenario
from support.killing import Honest, House, Steps
from support.pictures import Picture, pictures, scratch
from support.processes import in_child

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
        self.place = scratch()
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

    def pictures(self, of: Picture | None = None) -> list[Picture]:
        """Give what a kill leaves at each step of a run from *of*, or from the past."""
        shutil.rmtree(self.root / "posing", ignore_errors=True)
        where = of.restore(self.root / "posing") if of else self.fresh("posing")

        def pose(pause: Callable[[str], None]) -> None:
            step = Steps(pause=pause)
            step.watch_files(where)
            self.scenario.run(where, step, self.kind)

        return pictures(where, pose)

    def killed(self, where: Path, deadly: int | str) -> bool:
        """Run in *where* and be killed at step *deadly*, a number or a name; False where it came to its end before."""

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
        found, rows = ended(house)
        again, same = ended(self.scenario.run(where, Steps(), kind))
        changed = [table for table, found in same.items() if rows[table] != found]
        assert (again, changed) == (found, []), f"a run with nothing to do did something: {changed or (found, again)}"
        return found

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


def ended(house: House) -> tuple[Ended, dict[str, list[tuple[object, ...]]]]:
    """Give how *house* ended, and every row of its ledger; raises AssertionError where something is still open or damaged."""
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
