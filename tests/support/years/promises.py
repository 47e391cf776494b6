"""The ten promises, held against what is seen from outside: the wire, the file, and the rows of the ledger."""

import json
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.codec import stamp
from bouncer.model import Delivery, Letter, OutboxState
from support.years.broken import BrokenPromise
from support.years.file import OwnFile
from support.years.souls import Crowd, Soul

PER_DAY, PER_WEEK, FIRST, LAST = 5, 20, 9, 17
_SILENT = frozenset({"left", "stopped", "deceased", "paused", "retired", "unreachable"})
_OPEN = """SELECT person FROM outbox WHERE purpose <> 'summary' AND state IN ('due', 'ready', 'armed', 'unknown')
    AND (state <> 'unknown' OR uncertain >= ?) GROUP BY person HAVING count(*) > 1"""
_MOVES = """SELECT count(*) FROM event WHERE kind = 'changed' AND level < 6 AND at > ? AND json_extract(change, '$.field') = 'email'"""
_RESUMED = """SELECT coalesce(max(at), '') FROM event WHERE kind IN ('tripped', 'resumed') AND kind = 'resumed'
    AND detail LIKE 'addresses:%'"""
_UNSAID = """SELECT name, change, because, detail FROM event WHERE id > ? AND kind IN ('changed', 'undone')
    AND (change IS NULL OR because IS NULL OR detail = '' OR json_extract(because, '$.quote') = '')"""
_BELIEVED = """SELECT message_id, kind FROM event WHERE id > ? AND level < 6 AND message_id IN (SELECT value FROM json_each(?))
    AND kind NOT IN ('received', 'bounced', 'review', 'hold')"""
_FATES = "SELECT message_id, state FROM outbox WHERE message_id IS NOT NULL"
_LEFT = frozenset({"sent", "unknown", "refused"})
_WINDOW = 20


@dataclass(slots=True)
class Promises:
    """What has left so far, and what follows from it for the next letter."""

    file: OwnFile
    crowd: Crowd
    home: ZoneInfo
    most_moves: int
    taken: dict[int, list[tuple[datetime, str, str]]] = field(default_factory=lambda: defaultdict(list))
    ids: set[str] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)
    weeks: Counter[tuple[int, int]] = field(default_factory=Counter)
    summaries: Counter[tuple[int, int]] = field(default_factory=Counter)
    outcomes: deque[str] = field(default_factory=lambda: deque(maxlen=_WINDOW))  # domains that refused us, "" for any other end
    stopped: str = ""  # why no check-in may go out until the owner has looked
    forged: set[str] = field(default_factory=set)  # Message-IDs of what strangers wrote
    tally: Counter[str] = field(default_factory=Counter)
    looked: tuple[SqliteLedger, int] | None = None  # the ledger at the last look, and how many changes its connection had made
    read: int = 0  # the last event that was looked at; the ledger itself forbids to rewrite one

    def leaving(self, letter: Letter, at: datetime, ledger: SqliteLedger) -> None:
        """Judge a letter that is about to be handed over, or was refused at its recipient."""
        if letter.purpose == "summary":
            return
        soul, entry = self._whom(letter)
        if self.stopped:
            raise BrokenPromise(10, f"a check-in to {letter.to.address} left although {self.stopped}")
        if soul and soul.stopped and at >= soul.stopped:
            raise BrokenPromise(8, f"{soul.name} asked on {soul.stopped:%Y-%m-%d} not to be written to, and was on {at:%Y-%m-%d}")
        if soul and soul.manner == "role":
            raise BrokenPromise(5, f"{letter.to.address} is nobody's mailbox and was written to")
        if str(entry.get("status")) in _SILENT:
            raise BrokenPromise(8, f"{letter.to.address} was written to, whose status is {entry['status']}")
        zone = ZoneInfo(str(entry["timezone"])) if "timezone" in entry else self.home
        if entry.get("status") == "away" and str(entry.get("away_until", "")) >= at.astimezone(zone).date().isoformat():
            raise BrokenPromise(5, f"{letter.to.address} was written to, who is away: {entry}")
        self._in_hours(letter, at, zone)
        self._within_budget(letter, at)
        held = _rows(ledger, "SELECT 1 FROM question WHERE person = ? AND closed IS NULL AND hold = 1", letter.person)
        if held:
            raise BrokenPromise(3, f"{letter.to.address} was written to while something about them waits for the owner")
        if soul:
            self._not_too_soon(soul, letter, at)

    def handed_over(self, letter: Letter, at: datetime) -> None:
        """Count a letter that a server took."""
        if letter.message_id in self.ids:
            raise BrokenPromise(2, f"the letter {letter.message_id} to {letter.to.address} left twice")
        self.ids.add(letter.message_id)
        if letter.purpose == "summary":
            week = at.astimezone(self.home).date().isocalendar()[:2]
            self.summaries[week] += 1
            if self.summaries[week] > 1:
                raise BrokenPromise(2, f"two summaries left in the week {week}")
            return
        soul = self.crowd.whose.get(letter.to.address.lower())
        if soul:
            self.taken[soul.number].append((at, letter.purpose, letter.to.address.lower()))

    def ended(self, letter: Letter, delivery: Delivery, at: datetime) -> None:
        """Count how a try ended, and know from then on whether servers refuse us."""
        if letter.purpose == "summary" or delivery.state is OutboxState.READY:
            return
        local = at.astimezone(self.home).date()
        self.days[local] += 1
        self.weeks[local.isocalendar()[:2]] += 1
        ours = delivery.state is OutboxState.REFUSED and (delivery.status or "").startswith("5.7")
        self.outcomes.append(letter.to.domain if ours else "")
        refusers = [domain for domain in self.outcomes if domain]
        if len(set(refusers)) >= 3 or len(refusers) >= _WINDOW // 5:
            self.stopped = f"{len(refusers)} of the last letters were refused because of us"
            self.tally["refused us"] += 1

    def after(self, ledger: SqliteLedger, at: datetime) -> None:
        """Look at the ledger after an event; of one in which nothing was written since, time alone breaks neither promise."""
        now = ledger, ledger._database._connection.total_changes
        if self.looked is not None and self.looked[0] is ledger and self.looked[1] == now[1]:
            return
        self.looked = now
        if twice := _rows(ledger, _OPEN, stamp(at - timedelta(days=30))):
            raise BrokenPromise(2, f"two open check-ins to {twice}")
        since = max(stamp(at - timedelta(days=7)), str(_rows(ledger, _RESUMED)[0][0]))
        moves = int(_rows(ledger, _MOVES, since)[0][0])
        self.tally["most moves in a week"] = max(self.tally["most moves in a week"], moves)
        if moves > self.most_moves:
            raise BrokenPromise(10, f"{moves} addresses were changed within seven days")

    def daily(self, ledger: SqliteLedger) -> None:
        """Look at the whole file, at the fate of every letter, and at all events that the day left in the ledger."""
        self.file.whole()
        ((last,),) = _rows(ledger, "SELECT coalesce(max(id), 0) FROM event")
        if unsaid := _rows(ledger, _UNSAID, self.read):
            raise BrokenPromise(9, f"a change does not say why: {unsaid[0]}")
        if believed := _rows(ledger, _BELIEVED, self.read, json.dumps(sorted(self.forged))):
            raise BrokenPromise(3, f"a forged message was believed: {believed[0]}")
        self.read = int(last)
        known = dict(_rows(ledger, _FATES))
        if lost := self.ids - {message_id for message_id, state in known.items() if state in _LEFT}:
            raise BrokenPromise(7, f"the letters {lost} left, and the ledger says {[known.get(one) for one in lost]} of them")
        if invented := {message_id for message_id, state in known.items() if state == "sent"} - self.ids:
            raise BrokenPromise(7, f"the ledger says that {invented} were sent, and no server was given them")

    def _whom(self, letter: Letter) -> tuple[Soul | None, dict[str, object]]:
        address = letter.to.address.lower()
        entry = next((fields for fields in self.file.known.values() if str(fields["email"]).lower() == address), None)
        if entry is None:
            raise BrokenPromise(1, f"{address} was written to and is nobody's present address")
        return self.crowd.whose.get(address), entry

    def _in_hours(self, letter: Letter, at: datetime, zone: ZoneInfo) -> None:
        local = at.astimezone(zone)
        if local.weekday() >= 5 or not FIRST <= local.hour < LAST:
            raise BrokenPromise(5, f"{letter.to.address} was written to at {local:%A %H:%M} of their clock")

    def _within_budget(self, letter: Letter, at: datetime) -> None:
        local = at.astimezone(self.home).date()
        if self.days[local] >= PER_DAY or self.weeks[local.isocalendar()[:2]] >= PER_WEEK:
            raise BrokenPromise(5, f"the letter to {letter.to.address} is beyond the budget of {local}")

    def _not_too_soon(self, soul: Soul, letter: Letter, at: datetime) -> None:
        earlier = self.taken[soul.number]
        if not earlier:
            return
        days = (at - earlier[-1][0]).total_seconds() / 86_400
        if letter.purpose == "checkin" and days < soul.days - 1:
            raise BrokenPromise(2, f"{soul.name} got a check-in {days:.1f} days after the last letter; they are due every {soul.days}")
        alike = [when for when, purpose, address in earlier if (purpose, address) == (letter.purpose, letter.to.address.lower())]
        if alike and at - alike[-1] < timedelta(days=7):
            raise BrokenPromise(2, f"{soul.name} got the {letter.purpose} twice within a week")


def _rows(ledger: SqliteLedger, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
    """Ask the ledger's own database, past its methods."""
    with ledger._database.reading() as tx:
        return list(tx.rows(sql, *values))
