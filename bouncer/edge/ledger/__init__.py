"""The ledger: what happened, in SQLite. Each method is one transaction; the work is in the files beside this one.

The twin for tests is this same class on ":memory:": what it says is then true of the file as well.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from bouncer.edge.ledger import (
    breakers,
    changes,
    forgetting,
    history,
    inbound,
    knowledge,
    lives,
    people,
    personal,
    planning,
    recording,
    said,
    seating,
    sent_folder,
    settling,
)
from bouncer.edge.ledger import outbox as _outbox
from bouncer.edge.ledger import questions as _questions
from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Database
from bouncer.edge.ledger.forgotten import Forgotten
from bouncer.edge.ledger.jobs import Jobs
from bouncer.edge.ledger.lock import Lock
from bouncer.edge.ledger.schema import migrate
from bouncer.model import (
    Activity,
    Book,
    Breaker,
    Change,
    Contact,
    Conversation,
    Decision,
    Delivery,
    Event,
    EventKind,
    Forgetting,
    InboundKey,
    Known,
    Letter,
    Life,
    Match,
    PersonId,
    Planned,
    Question,
    RawMail,
    Reading,
    Receipt,
    Recent,
    Recipient,
    Sent,
    SentHeader,
    Summary,
    Traces,
    Trip,
    Week,
)

Changes = tuple[tuple[int, Change], ...]


class SqliteLedger(Jobs):
    """`ports.Ledger` on one file. Raises StorageFault where the disk fails and Busy where it is locked; then nothing was changed."""

    def __init__(self, path: Path | Literal[":memory:"], new_id: seating.NewId = lambda: secrets.token_hex(6)) -> None:
        """Open *path*, bringing an older ledger up to date; raises OwnerFault where it is another program's or a newer bouncer's."""
        self._path = path if isinstance(path, Path) else None
        self._new_id = new_id
        self._lock: Lock | None = None
        self._synced: Book | None = None
        self._forgotten = Forgotten(self._path)
        self._database = Database(self._path)
        try:
            migrate(self._database)
        except BaseException:
            self._database.close()
            raise

    def hold(self) -> None:
        """Claim the state directory for this process until `close`; raises Busy where another daemon has it.

        Only daemons hold: the command line may write beside one, and SQLite lets one write at a time.
        """
        if self._path is not None and self._lock is None:
            self._lock = Lock(self._path.with_name(self._path.name + ".lock"))

    def close(self) -> None:
        """Let go of the file and of the state directory."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # -- people and what arrives

    def sync(self, book: Book, at: datetime) -> tuple[str, ...]:
        """Give every contact of *book* a person; the sentences returned name those that only the owner can tell apart."""
        with self._database.writing() as tx:
            kept, back = self._forgotten.without(tx, book)
            asked = seating.sync(tx, self._synced, kept, at, self._new_id)
        self._synced = kept
        return (*back, *asked)

    def lost(self, book: Book) -> tuple[str, ...]:
        """Give the names of those people of the book that was synced last who are not in *book*."""
        with self._database.reading() as tx:
            return seating.lost(tx, self._synced, self._forgotten.without(tx, book)[0])

    def remembered(self, person: PersonId) -> Contact | None:
        """Give the entry of *person* as far as it is remembered: not its status, and of `previous` the addresses alone."""
        with self._database.reading() as tx:
            return seating.remembered(tx, person)

    def person(self, address: str) -> PersonId | None:
        """Give who is known by *address* (any case), or None."""
        with self._database.reading() as tx:
            return people.person(tx, address)

    def has(self, raw: RawMail) -> bool:
        """Tell whether this message's effects are on disk already, by its key or by its bytes."""
        with self._database.writing() as tx:
            return inbound.has(tx, raw)

    def known(self, reading: Reading) -> Known:
        """Give all the ledger knows of the ids, tokens and addresses in *reading*."""
        with self._database.reading() as tx:
            return knowledge.known(tx, reading)

    def record(
        self,
        raw: RawMail,
        reading: Reading,
        match: Match,
        decisions: Sequence[Decision],
        contact: Contact | None,
        at: datetime,
        refusal: Recipient | None = None,
    ) -> Changes:
        """Commit the inbound key, the events, the questions and the changes to make; a message seen before gives none."""
        with self._database.writing() as tx:
            if self._forgotten.concerns(tx, reading, match):
                inbound.file(tx, raw, at, reading.verdict.kind, None, None)
                return ()
            return recording.record(tx, raw, reading, match, decisions, contact, at, refusal)

    def pending(self) -> Changes:
        """Give the changes that were committed and not yet settled: what a crash left to be redone."""
        with self._database.reading() as tx:
            return changes.pending(tx)

    def settle(self, made: Sequence[tuple[int, Change]], receipt: Receipt, at: datetime) -> None:
        """Note which changes reached the file; a refused one becomes a question for the owner."""
        with self._database.writing() as tx:
            settling.settle(tx, made, receipt, at)

    def quarantine(self, raw: RawMail, why: str, at: datetime) -> bool:
        """Count a failed try at *raw*; True once it has failed three times and is kept aside as seen."""
        with self._database.writing() as tx:
            return inbound.quarantine(tx, raw, why, at)

    def quarantined(self) -> tuple[tuple[str, str], ...]:
        """Give source and reason of every message set aside."""
        with self._database.reading() as tx:
            return inbound.quarantined(tx)

    def seen(self, account: str) -> Mapping[str, tuple[int, int]]:
        """Give folder -> (UIDVALIDITY, highest UID done) of an account."""
        with self._database.reading() as tx:
            return inbound.seen(tx, account)

    def seen_keys(self, keys: Sequence[InboundKey]) -> frozenset[InboundKey]:
        """Give those of *keys* whose effects are on disk."""
        with self._database.reading() as tx:
            return inbound.seen_keys(tx, keys)

    def note_sent_folder(self, account: str, headers: Iterable[SentHeader], at: datetime) -> None:  # noqa: ARG002 - the port's word
        """Take in what the Sent folder shows: our own armed messages are sent, the owner's own letters are contact."""
        with self._database.writing() as tx:
            sent_folder.note(tx, headers, at)

    # -- what goes out

    def activity(self, at: datetime, zone: str) -> Activity:
        """Give what planning needs; days and weeks are those of the IANA *zone*."""
        with self._database.reading() as tx:
            return planning.activity(tx, at, zone)

    def enqueue(self, planned: Sequence[Planned], at: datetime) -> int:
        """Put *planned* into the outbox as `due`; the same (person, period) twice is once. Gives how many were new."""
        with self._database.writing() as tx:
            wanted = [p for p in planned if p.purpose == "summary" or not self._forgotten.knows(tx, p.address)]
            return _outbox.enqueue(tx, wanted, at)

    def due(self, at: datetime) -> tuple[tuple[int, Planned], ...]:
        """Give what may go out now, oldest first, `due` and `ready` alike; not what is held, suppressed or to a paused domain."""
        with self._database.reading() as tx:
            return _outbox.due(tx, at)

    def letter(self, outbox: int) -> Letter | None:
        """Give the letter of a `ready` row, byte for byte as it was composed, else None."""
        with self._database.reading() as tx:
            return _outbox.letter(tx, outbox)

    def ready(self, outbox: int, letter: Letter, at: datetime) -> None:  # noqa: ARG002 - the port's word
        """`due -> ready`: the letter is composed."""
        with self._database.writing() as tx:
            _outbox.ready(tx, outbox, letter)

    def arm(self, outbox: int, at: datetime) -> None:
        """`ready -> armed`, committed before DATA; raises UsageError where the letter was held or taken back meanwhile."""
        with self._database.writing() as tx:
            self._forgotten.refuse(tx, outbox)
            _outbox.arm(tx, outbox, at)

    def delivered(self, outbox: int, delivery: Delivery, at: datetime) -> None:
        """`armed -> sent | refused | unknown`, or back to `due` where nothing was handed over."""
        with self._database.writing() as tx:
            _outbox.delivered(tx, outbox, delivery, at)

    def untold(self) -> tuple[tuple[Letter, Delivery], ...]:
        """Give the letters whose refusal in our own session was not yet taken as evidence: what a crash left."""
        with self._database.reading() as tx:
            return _outbox.untold(tx)

    def drop(self, outbox: int, why: str, at: datetime) -> None:
        """Take a due letter out of the outbox unsent."""
        with self._database.writing() as tx:
            _outbox.drop(tx, outbox, why, at)

    def last_mail(self, person: PersonId) -> Conversation | None:
        """Give the last mail that *person* wrote to the owner, where it could be believed to be theirs (E2); None where there is none."""
        with self._database.reading() as tx:
            return planning.last_mail(tx, person)

    def armed(self) -> tuple[Sent, ...]:
        """Give the messages whose fate is open (`armed` or `unknown`)."""
        with self._database.reading() as tx:
            return _outbox.open_ended(tx)

    def adrift(self, at: datetime) -> int:
        """Turn what a crash left `armed` into `unknown`, to be called once before anything is sent; gives how many."""
        with self._database.writing() as tx:
            return _outbox.adrift(tx, at)

    # -- many things at once

    def recent(self, at: datetime) -> Recent:
        """Give what the breakers count, up to *at*."""
        with self._database.reading() as tx:
            return breakers.recent(tx, at)

    def tripped(self) -> tuple[Trip, ...]:
        """Give what has tripped and waits for the owner."""
        with self._database.reading() as tx:
            return breakers.tripped(tx)

    def trip(self, breaker: Breaker, why: str, at: datetime) -> None:
        """Remember that *breaker* tripped; one that has is left as it is."""
        with self._database.writing() as tx:
            breakers.trip(tx, breaker, why, at)

    def resume(self, breaker: Breaker, why: str, at: datetime) -> None:
        """Let go on what *breaker* stopped; one that has not tripped is left as it is."""
        with self._database.writing() as tx:
            breakers.resume(tx, breaker, why, at)

    # -- the owner

    def events(self, since: datetime | None = None, person: PersonId | None = None, limit: int = 1000) -> tuple[Event, ...]:
        """Give events, newest first."""
        with self._database.reading() as tx:
            return history.events(tx, since, person, limit)

    def note(self, kind: EventKind, detail: str, at: datetime, person: PersonId | None = None) -> None:
        """Append one event of the daemon's or the owner's own."""
        with self._database.writing() as tx:
            history.append(tx, kind, at, person=person, detail=detail)

    def questions(self) -> tuple[Question, ...]:
        """Give what waits for the owner, oldest first."""
        with self._database.reading() as tx:
            return _questions.questions(tx)

    def answer(self, question: int, accept: bool, at: datetime) -> Changes:
        """Close a question and lift its hold; on acceptance give the changes to make. Raises UsageError for an id that is not open."""
        with self._database.writing() as tx:
            made = _questions.answer(tx, question, accept, at)
            self._forgotten.refuse_back(tx, (change for _, change in made))
            return made

    def commit(self, wanted: Sequence[Change], why: str, at: datetime) -> Changes:
        """Commit what the owner wants as one pending batch and give it. Raises UsageError where it adds somebody who was forgotten."""
        with self._database.writing() as tx:
            self._forgotten.refuse_back(tx, wanted)
            return changes.commit_owners(tx, wanted, why, at)

    def undo(self, event: int, at: datetime, *, whole: bool = False) -> Changes:
        """Commit the inverse of the change of *event* as pending and give it. Raises UsageError where there is none or it is undone."""
        with self._database.writing() as tx:
            return changes.undo(tx, event, at, whole=whole)

    # -- forgetting, and showing what is held

    def traces(self, person: PersonId) -> Traces | None:
        """Give name and addresses of *person*; None where there is no such person."""
        with self._database.reading() as tx:
            return people.traces(tx, person)

    def namesakes(self, traces: Traces) -> frozenset[str]:
        """Give those names of *traces* that somebody else has too."""
        with self._database.reading() as tx:
            return people.namesakes(tx, traces)

    def is_forgotten(self, address: str) -> bool:
        """Tell whether *address* is one of somebody who was forgotten."""
        with self._database.reading() as tx:
            return self._forgotten.knows(tx, address)

    def forgotten(self, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
        """Give those of *contacts* who were forgotten, by any address or by the LinkedIn profile."""
        with self._database.reading() as tx:
            return tuple(contact for contact in contacts if self._forgotten.has(tx, contact))

    def held(self, traces: Traces) -> Mapping[str, Sequence[Mapping[str, str | int | None]]]:
        """Give every row on the person of *traces* by table; under `mentions`, rows of others that name them."""
        with self._database.reading() as tx:
            return personal.held(tx, traces)

    def forget(self, traces: Traces, at: datetime) -> tuple[int, Mapping[str, int]]:
        """Erase the person of *traces* but for a keyed hash, and note that file and disk are still to be swept; gives rows by table.

        From here on nobody writes to them. Raises OwnerFault where the key of the hashes is gone.
        """
        with self._database.writing() as tx:
            self._forgotten.remember(tx, traces, at)
            return forgetting.begin(tx, traces, at)

    def forgetting(self) -> tuple[Forgetting, ...]:
        """Give whom a crash left half forgotten."""
        with self._database.reading() as tx:
            return forgetting.open_ones(tx)

    def wipe(self, number: int) -> None:
        """Erase what came in meanwhile, then every trace of what was deleted, on the disk too; the end of forgetting *number*."""
        with self._database.writing() as tx:
            forgetting.erase_again(tx, number)
        self._database.wipe()
        with self._database.writing() as tx:
            tx.run("DELETE FROM forgetting WHERE id = ?", number)

    def week(self, year: int, week: int, zone: str) -> Week:
        """Give one ISO week of the IANA *zone*, as it looked at its end."""
        with self._database.reading() as tx:
            return planning.week(tx, year, week, zone)

    def lives(self, end: datetime, since: date = date.min) -> Mapping[PersonId, Life]:
        """Give how people fared until *end*; before *since*, only their first and their last sign of life."""
        with self._database.reading() as tx:
            return lives.lives(tx, end, since)

    def revised(self) -> Mapping[str, datetime]:
        """Give when each entry was last changed, by person, or by address where it is nobody's yet."""
        with self._database.reading() as tx:
            return history.revised(tx)

    def keep_summary(self, week: str, summary: Summary, at: datetime) -> None:
        """Keep what *summary* says of *week* (`2026-W47`) in place of what was kept of it before."""
        with self._database.writing() as tx:
            said.keep(tx, week, summary, at)

    def kept_summary(self, week: str) -> Summary | None:
        """Give what was said of *week*, without those who were forgotten since; None where nothing was."""
        with self._database.reading() as tx:
            return said.kept(tx, week)

    def claim(self, period: str, at: datetime) -> bool:
        """Give True the first time *period* (e.g. `summary:2026-W47`) is claimed, then False for ever."""
        with self._database.writing() as tx:
            return tx.run("INSERT INTO claim (period, at) VALUES (?, ?) ON CONFLICT DO NOTHING", period, stamp(at)) > 0
