"""One scenario met by faults of the disk: what the daemon said, what it had done by then, and how it ends once the disk is mended."""

import asyncio
import errno
import json
import sqlite3
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bouncer.errors import BouncerError
from support.failing import ERRORS, Faults
from support.killing import House, Steps
from support.processes import in_child
from support.trials import Trial, ended


@dataclass(frozen=True, slots=True)
class Fault:
    """One disturbance: call *at* fails with *code*, once or *for_ever*; once all is mended the daemon *lives_on* or is started anew."""

    at: int
    code: int
    for_ever: bool
    lives_on: bool
    call: str = ""

    def __str__(self) -> str:
        """Say it."""
        how = "for ever" if self.for_ever else "once"
        return f"{errno.errorcode[self.code]} {how} at {self.at} ({self.call}), {'living on' if self.lives_on else 'started anew'}"


class IoTrial(Trial):
    """A trial whose disturbances are faults of the disk."""

    def calls(self) -> tuple[list[str], int]:
        """Give every call that writes, in a run that nobody disturbs, and how many of them come before the daemon ends."""
        where, log = self.fresh("counted"), self.root / "calls"

        def count() -> None:
            faults = Faults(trace=[])
            faults.watch(where)
            house = self.scenario.house(where, Steps(), self.kind)
            asyncio.run(house.service.once())
            self.scenario.deed(house)
            alive = faults.passed
            house.close()
            faults.over = True
            log.write_text(json.dumps((faults.trace, alive)), encoding="utf-8")

        assert in_child(count) == 0
        calls, alive = json.loads(log.read_text(encoding="utf-8"))
        return calls, alive

    def faults(self) -> Iterator[Fault]:
        """Give every disturbance: each call, each error, once and for ever, with and without a new start."""
        calls, alive = self.calls()
        for at, call in enumerate(calls, 1):
            for code in ERRORS:
                for for_ever in (False, True):
                    for lives_on in (False, True)[: 1 + (at <= alive)]:
                        yield Fault(at, code, for_ever, lives_on, call)

    def tried(self, fault: Fault) -> tuple[str, bool]:
        """Give what is wrong after *fault*, or nothing; and whether the daemon said that there was one."""
        where, said, verdict = self.fresh("last"), self.root / "said", self.root / "verdict"
        assert in_child(lambda: said.write_text(json.dumps(self.disturbed(where, fault)), encoding="utf-8")) == 0
        heard, wrong, hits = json.loads(said.read_text(encoding="utf-8"))
        assert hits, f"{fault} was never met: {heard} {wrong}"
        assert in_child(lambda: verdict.write_text(self.found(where, quiet=not heard), encoding="utf-8")) == 0
        found = [words for words in (wrong, verdict.read_text(encoding="utf-8")) if words]
        return "; ".join(found), bool(heard)

    def disturbed(self, where: Path, fault: Fault) -> tuple[list[str], str, int]:
        """Run and meet *fault*: what was said of it, what went wrong beyond that, and how often it was met. For a child."""
        faults, said, wrong = Faults(fault.at, fault.code, fault.for_ever), list[str](), ""
        faults.watch(where)
        try:
            self.live(where, faults, fault, said)
        except Exception:  # noqa: BLE001 - nothing but a sentence may come out
            wrong = f"a traceback and no sentence: {traceback.format_exc(limit=-3)}"
        faults.over = True
        return said, wrong, faults.hits

    def live(self, where: Path, faults: Faults, fault: Fault, said: list[str]) -> None:
        """Start the daemon, let the owner do what she does, and perhaps go on when the disk is mended."""
        try:
            house = self.scenario.house(where, Steps(), self.kind)
        except BouncerError as refused:
            said.append(str(refused))
            return
        house.step = Steps()
        try:
            try:
                asyncio.run(house.service.once())
                self.scenario.deed(house)
            except BouncerError as stopped:
                said.append(str(stopped))
            said.extend(house.daemon.troubles.now.values())
            if fault.lives_on:
                faults.over = True
                asyncio.run(_go_on(house))
                self.scenario.deed(house)
        finally:
            with suppress(BouncerError):
                house.close()

    def found(self, where: Path, *, quiet: bool) -> str:
        """Give what is wrong in *where*: first as the fault left it, then after the next start."""
        wire, recorded = Counter(_wire(where)), _recorded(where)
        wrong = [f"sent without a record: {wire - recorded}"] if wire - recorded else []
        if quiet:
            wrong += [f"lost without a word: {words}" for words in (self.unlike(where),) if words]
        return "; ".join(words for words in (*wrong, self.broken(where)) if words)

    def unlike(self, where: Path) -> str:
        """Give what is not yet as it must be in the end; a daemon that says nothing of a fault has to have done all."""
        house = self.scenario.house(where, Steps())
        house.close()
        try:
            found, _ = ended(house)
        except AssertionError as fault:
            return str(fault)
        return "" if found == self.expected else f"{found} and not {self.expected}"


async def _go_on(house: House) -> None:
    """Do what the clock has a living daemon do: redo, look, send."""
    await house.service.redo()
    for account in house.settings.accounts:
        with house.service.told():
            await house.daemon.look(account)
    await house.service.send()


def _wire(where: Path) -> list[str]:
    path = where / "wire"
    return path.read_text(encoding="ascii").split() if path.exists() else []


def _recorded(where: Path) -> Counter[str]:
    """Give for how many letters to each address the ledger knows that they may have left."""
    with closing(sqlite3.connect(where / "state" / "ledger.sqlite3")) as connection:
        rows = connection.execute("SELECT address FROM outbox WHERE state IN ('armed', 'sent', 'unknown')").fetchall()
    return Counter(address for (address,) in rows)
