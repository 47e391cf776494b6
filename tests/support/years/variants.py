"""Bouncers that are built wrong on purpose: each breaks a promise, and the virtual years must say which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import (
    Activity,
    Apply,
    Book,
    Breaker,
    Change,
    Contact,
    Decision,
    Delivery,
    Match,
    OutboxState,
    Pace,
    RawMail,
    Reading,
    Receipt,
    Recent,
    Recipient,
    Settings,
    Swept,
    Traces,
    Written,
)
from bouncer.ports import Contacts
from support.years.play import Variant

_MANY = Pace(per_day=100, per_week=500)


class Forgetful(SqliteLedger):
    """Forgets at a restart that a letter was armed, and takes it for due."""

    def adrift(self, at: datetime) -> int:  # noqa: ARG002 - the port's word
        """Send again what may have been sent."""
        with self._database.writing() as tx:
            return tx.run("UPDATE outbox SET state = 'ready', tried = NULL WHERE state = 'armed'")


class Deaf(SqliteLedger):
    """Remembers of a stop only what the file says, which an import may take back."""

    def record(
        self, raw: RawMail, reading: Reading, match: Match, decisions: Sequence[Decision], contact: Contact | None, at: datetime,
        refusal: Recipient | None = None,
    ) -> tuple[tuple[int, Change], ...]:  # fmt: skip
        """Keep no address back."""
        deaf = tuple(replace(decision, suppress=()) if isinstance(decision, Apply) else decision for decision in decisions)
        return super().record(raw, reading, match, deaf, contact, at, refusal)


class Careless(SqliteLedger):
    """Replaces an address without keeping the old one."""

    def record(
        self, raw: RawMail, reading: Reading, match: Match, decisions: Sequence[Decision], contact: Contact | None, at: datetime,
        refusal: Recipient | None = None,
    ) -> tuple[tuple[int, Change], ...]:  # fmt: skip
        """Write no `previous`."""
        kept = tuple(
            replace(decision, changes=tuple(change for change in decision.changes if change.field != "previous"))
            if isinstance(decision, Apply)
            else decision
            for decision in decisions
        )
        return super().record(raw, reading, match, kept, contact, at, refusal)


class Reckless(SqliteLedger):
    """Counts nothing for the breakers."""

    def recent(self, at: datetime) -> Recent:
        """Say that nothing happened."""
        return replace(super().recent(at), address_changes=0, outcomes=())

    def trip(self, breaker: Breaker, why: str, at: datetime) -> None:
        """Let everything go on but where the file has lost people."""
        if breaker is Breaker.BOOK:
            super().trip(breaker, why, at)


class Hasty(SqliteLedger):
    """Plans as if nothing lay in the outbox and nobody had been written to for years."""

    def activity(self, at: datetime, zone: str) -> Activity:
        """Forget the past."""
        seen = super().activity(at, zone)
        long_ago = {who: when - timedelta(days=1000) for who, when in seen.last_contact.items()}
        return replace(seen, last_contact=long_ago, open_checkins=frozenset())


class Mute(SqliteLedger):
    """Takes what the server never answered for unsent."""

    def delivered(self, outbox: int, delivery: Delivery, at: datetime) -> None:
        """Try again where the connection was lost after the message."""
        if delivery.state is OutboxState.UNKNOWN:
            with self._database.writing() as tx:
                tx.run("UPDATE outbox SET state = 'due', tried = NULL WHERE id = ?", outbox)
            return
        super().delivered(outbox, delivery, at)


@dataclass(slots=True)
class Overwriting:
    """A contact file written from what was read a while ago."""

    inner: Contacts
    path: Path
    old: str = ""

    def load(self) -> Book:
        """Read it, and remember how it was."""
        self.old = self.path.read_text(encoding="utf-8")
        return self.inner.load()

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Write over whatever a person saved since."""
        self.path.write_text(self.old, encoding="utf-8")
        return self.inner.apply(changes)

    def written(self, traces: Traces) -> Written:
        """Pass it on."""
        return self.inner.written(traces)

    def forget(self, traces: Traces) -> Swept:
        """Pass it on."""
        return self.inner.forget(traces)


@dataclass(slots=True)
class Zoneless:
    """A contact file in which everybody lives by UTC."""

    inner: Contacts
    path: Path

    def load(self) -> Book:
        """Read it."""
        book = self.inner.load()
        return Book(tuple(replace(contact, timezone="UTC") for contact in book.contacts), book.digest)

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Write it."""
        return self.inner.apply(changes)

    def written(self, traces: Traces) -> Written:
        """Pass it on."""
        return self.inner.written(traces)

    def forget(self, traces: Traces) -> Swept:
        """Pass it on."""
        return self.inner.forget(traces)


def _boundless(settings: Settings) -> Settings:
    return replace(settings, pace=_MANY)


BROKEN: Mapping[int, tuple[Variant, ...]] = {
    1: (Variant("overwrites what a person saved", contacts=Overwriting),),
    2: (
        Variant("forgets what was armed", ledger=Forgetful),
        Variant("plans without a past", ledger=Hasty),
        Variant("sends again what may have been sent", ledger=Mute),
    ),
    4: (Variant("replaces without keeping", ledger=Careless),),
    5: (Variant("has no budget", settings=_boundless), Variant("lives by UTC", contacts=Zoneless)),
    8: (Variant("forgets a stop", ledger=Deaf),),
    10: (Variant("counts nothing", ledger=Reckless),),
}
