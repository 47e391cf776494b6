"""The circuit breakers at work: what the ledger counts is judged, remembered and said, and then stops what it must."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bouncer.core.breakers import (
    address_changes,
    addresses_asked,
    all_asked,
    first_sent,
    refused_us,
    shrunken,
    stale,
    told,
    too_many_changes,
)
from bouncer.daemon.world import Troubles
from bouncer.model import Book, Breaker, Contact, Decision, Match, Outcome
from bouncer.ports import Ledger

_PACE = "pace"
# Troubles under which no check-in goes out.
STOPS = (Breaker.BOOK, Breaker.REFUSALS, Breaker.FIRST)  # while one of them is tripped, no check-in goes out; the gravest first
STOPPING = tuple(f"breaker/{breaker}" for breaker in STOPS)


@dataclass(slots=True)
class Breakers:
    """Between the daemon and what it would do; a breaker that has tripped stays so over restarts, until the owner has looked."""

    ledger: Ledger
    troubles: Troubles
    held: str | None = None  # digest of the contact file that is not acted on

    def look(self, at: datetime) -> None:
        """See what has tripped, and what the owner has let go on; the troubles say so."""
        recent = self.ledger.recent(at)
        if why := refused_us(recent):
            self.ledger.trip(Breaker.REFUSALS, why, at)
        tripped = {trip.breaker: trip.why for trip in self.ledger.tripped()}
        for breaker in Breaker:
            self._say(f"breaker/{breaker}", told(breaker, tripped[breaker]) if breaker in tripped else None)

    def stopped(self, at: datetime) -> bool:
        """Tell whether no check-in may go out; the weekly summary may, for in it the owner is asked."""
        self.look(at)
        return any(where in self.troubles.now for where in STOPPING)

    def first(self, at: datetime) -> None:
        """See whether the very first letter has gone out, after which the owner has the word."""
        if why := first_sent(self.ledger.recent(at)):
            self.ledger.trip(Breaker.FIRST, why, at)

    def slow(self, outcomes: Sequence[Outcome]) -> None:
        """Say where the last *outcomes* have halved the pace."""
        self._say(_PACE, stale(outcomes))

    def shrunken(self, book: Book, at: datetime) -> bool:
        """Tell whether *book* lacks so many people that it is not acted on until the owner confirms it, or they are back."""
        waits = next((trip.why for trip in self.ledger.tripped() if trip.breaker is Breaker.BOOK), None)
        if waits and self.held == book.digest:
            return True
        why = shrunken(len(self.ledger.lost(book)), self.ledger.recent(at).people)
        if waits and waits != why:
            self.ledger.resume(Breaker.BOOK, "the contact file has changed again", at)
        if why:
            self.ledger.trip(Breaker.BOOK, why, at)
        self.held = book.digest if why else None
        if waits or why:
            self.look(at)
        return why is not None

    def guarded(self, decisions: Sequence[Decision], at: datetime) -> tuple[Decision, ...]:
        """Give *decisions* as far as they may be carried out by themselves; what may not becomes a question."""
        if self.held is not None:
            return all_asked(decisions)
        if not (wanted := address_changes(decisions)):
            return tuple(decisions)
        if why := too_many_changes(self.ledger.recent(at), wanted):
            self.ledger.trip(Breaker.ADDRESSES, why, at)  # before the message is recorded: a crash in between holds it all the same
        if not any(trip.breaker is Breaker.ADDRESSES for trip in self.ledger.tripped()):
            return tuple(decisions)
        self.look(at)
        return addresses_asked(decisions)

    def absent(self, match: Match) -> Contact | None:
        """Give the entry as it is remembered of somebody who may have been lost from the file: a stop of theirs is heeded."""
        return self.ledger.remembered(match.person) if self.held is not None and match.person else None

    def _say(self, where: str, sentence: str | None) -> None:
        if sentence:
            self.troubles.note(where, sentence)
        else:
            self.troubles.clear(where)
