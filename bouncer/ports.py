"""The ports: what the daemon asks of the world. Each has one implementation per library in `edge/` and a twin in `edge/memory.py`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

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
    Handled,
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
    Swept,
    Traces,
    Trip,
    Week,
    Written,
)


class Clock(Protocol):
    """Time, and being woken: a missed or doubled tick must be harmless to whoever is woken."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""

    def steady(self) -> float:
        """Give seconds that pass evenly whatever the clock is set to, from some moment on; they are for differences."""

    def every(self, seconds: float, name: str, wake: Callable[[], Awaitable[None]]) -> None:
        """Wake *wake* about every *seconds* from the running loop; never twice at once; *name* replaces a job of the same name."""

    def stop(self) -> None:
        """Wake nobody any more."""


class Contacts(Protocol):
    """A contact file.

    Raises OwnerFault where it does not parse, StorageFault where the disk fails, and Busy where a person has it in hand (it is open in an
    editor, or being saved at this moment) or another bouncer has: then nothing was written, and a later try may do.
    """

    def load(self) -> Book:
        """Read the file; the book of the last call where its bytes are the same."""
        ...

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Make all *changes* that fit the file as it is now (compare-and-set) in one write; the others are refused, each with why."""
        ...

    def written(self, traces: Traces) -> Written:
        """Give what is written of a person in the file and its earlier versions. Raises OwnerFault where `forget` could not take it out."""
        ...

    def forget(self, traces: Traces) -> Swept:
        """Take a person's entries out, and what earlier versions hold of them; done before, it does nothing."""
        ...


class Sender(Protocol):
    """Submission of one letter at a time."""

    async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Submit *letter*; *arm* is called once, just before DATA, and what it raises stops the sending.

        Never raises for the server's fault: the Delivery says how far it came.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the connection."""
        ...


class Mailbox(Protocol):
    """One account's mailbox; every call blocks at most its deadline and raises ServerFault, TlsFault or LoginRefused."""

    def fetch(self, seen: Mapping[str, tuple[int, int]], since: datetime) -> Iterable[RawMail]:
        """Give the messages not yet seen of every watched folder, oldest first.

        *seen* maps a folder to (UIDVALIDITY, highest UID done); a folder not in it, or with another UIDVALIDITY, is read from *since* on.
        Raises ServerFault, as Withheld where it is one message that the server does not give: none that came later in its folder is given.
        """
        ...

    def watch(
        self,
        folder: str,
        seen: tuple[int, int] | None,
        since: datetime,
        deliver: Callable[[RawMail], None],
        report: Callable[[str, str | None], None],
    ) -> None:
        """Block until `stop`, giving every new message of *folder* to *deliver* in order; never raises, reconnects for ever.

        *seen* and *since* as in `fetch`; after a reconnect it goes on from what *deliver* took. *report* is told the folder and what is
        wrong in one sentence, or None where all is well (at every sign of life, at least every ten minutes).
        """
        ...

    def stop(self) -> None:
        """End every `watch` soon; may be called from any thread."""
        ...

    def sent_headers(self, since: datetime) -> Iterable[SentHeader]:
        """Give Message-ID, In-Reply-To, To and Date of what lies in the Sent folder since then."""
        ...

    def append_sent(self, letter: Letter, at: datetime) -> None:
        """File a copy of *letter* in the Sent folder."""
        ...


class Ledger(Protocol):
    """What happened. Every method is one transaction; raises StorageFault where the disk fails and then changed nothing."""

    def hold(self) -> None:
        """Claim the state directory for a daemon until `close`; raises Busy where another has it."""
        ...

    # -- people and what arrives
    def sync(self, book: Book, at: datetime) -> tuple[str, ...]:
        """Give every contact of *book* a person; the sentences returned name those that only the owner can tell apart."""
        ...

    def lost(self, book: Book) -> tuple[str, ...]:
        """Give the names of those people of the book that was synced last who are not in *book*; nothing is changed."""
        ...

    def remembered(self, person: PersonId) -> Contact | None:
        """Give the entry of *person* as it was synced last, but not its status, and of `previous` the addresses alone."""
        ...

    def person(self, address: str) -> PersonId | None:
        """Give who is known by *address* (any case), or None."""
        ...

    def has(self, raw: RawMail) -> bool:
        """Tell whether this message's effects are on disk already, by its key or by its bytes."""
        ...

    def known(self, reading: Reading) -> Known:
        """Give all the ledger knows of the ids, tokens and addresses in *reading*."""
        ...

    def record(
        self,
        raw: RawMail,
        reading: Reading,
        match: Match,
        decisions: Sequence[Decision],
        contact: Contact | None,
        at: datetime,
        refusal: Recipient | None = None,
    ) -> tuple[tuple[int, Change], ...]:
        """Commit the inbound key, the events, the questions and the changes to make in one transaction.

        Gives those changes with their ids; they stay `pending` until `settle`. *refusal* is what became of `match.sent`, where it failed.
        """
        ...

    def pending(self) -> tuple[tuple[int, Change], ...]:
        """Give the changes that were committed and not yet settled: what a crash left to be redone."""
        ...

    def settle(self, made: Sequence[tuple[int, Change]], receipt: Receipt, at: datetime) -> None:
        """Note which changes reached the file; a refused one becomes a question for the owner."""
        ...

    def quarantine(self, raw: RawMail, why: str, at: datetime) -> bool:
        """Count a failed try at *raw*; True once it has failed three times and is kept aside as seen."""
        ...

    def seen(self, account: str) -> Mapping[str, tuple[int, int]]:
        """Give folder -> (UIDVALIDITY, highest UID done) of an account."""
        ...

    def note_sent_folder(self, account: str, headers: Iterable[SentHeader], at: datetime) -> None:
        """Take in what the Sent folder shows: our own armed messages are sent, the owner's own letters are contact."""
        ...

    # -- what goes out
    def activity(self, at: datetime, zone: str) -> Activity:
        """Give what planning needs; days and weeks are those of the IANA *zone*."""
        ...

    def enqueue(self, planned: Sequence[Planned], at: datetime) -> int:
        """Put *planned* into the outbox as `due`; the same (person, period) twice is once. Gives how many were new."""
        ...

    def due(self, at: datetime) -> tuple[tuple[int, Planned], ...]:
        """Give what may go out now, oldest first, `due` and `ready` alike."""
        ...

    def letter(self, outbox: int) -> Letter | None:
        """Give the letter of a `ready` row, byte for byte as it was composed, else None."""
        ...

    def ready(self, outbox: int, letter: Letter, at: datetime) -> None:
        """`due -> ready`: the letter is composed."""
        ...

    def arm(self, outbox: int, at: datetime) -> None:
        """`ready -> armed`, committed before DATA. Raises UsageError where the letter was held or taken back meanwhile."""
        ...

    def delivered(self, outbox: int, delivery: Delivery, at: datetime) -> None:
        """`armed -> sent | refused | unknown`, or back to `due` where nothing was handed over."""
        ...

    def untold(self) -> tuple[tuple[Letter, Delivery], ...]:
        """Give the letters whose refusal in our own session was not yet taken as evidence: what a crash left."""
        ...

    def drop(self, outbox: int, why: str, at: datetime) -> None:
        """Take a due letter out of the outbox unsent."""
        ...

    def last_mail(self, person: PersonId) -> Conversation | None:
        """Give the last mail that *person* wrote to the owner, where it could be believed to be theirs (E2); None where there is none."""
        ...

    def armed(self) -> tuple[Sent, ...]:
        """Give the messages whose fate is open (`armed` or `unknown`)."""
        ...

    def adrift(self, at: datetime) -> int:
        """Turn what a crash left `armed` into `unknown`, to be called once before anything is sent; gives how many."""
        ...

    # -- many things at once
    def recent(self, at: datetime) -> Recent:
        """Give what the breakers count, up to *at*; nothing from before the owner last let the one concerned go on."""
        ...

    def tripped(self) -> tuple[Trip, ...]:
        """Give what has tripped and waits for the owner."""
        ...

    def trip(self, breaker: Breaker, why: str, at: datetime) -> None:
        """Remember that *breaker* tripped, with an event; one that has is left as it is."""
        ...

    def resume(self, breaker: Breaker, why: str, at: datetime) -> None:
        """Let go on what *breaker* stopped, with an event; one that has not tripped is left as it is."""
        ...

    # -- the owner
    def events(self, since: datetime | None = None, person: PersonId | None = None, limit: int = 1000) -> tuple[Event, ...]:
        """Give events, newest first."""
        ...

    def note(self, kind: EventKind, detail: str, at: datetime, person: PersonId | None = None) -> None:
        """Append one event of the daemon's or the owner's own."""
        ...

    def questions(self) -> tuple[Question, ...]:
        """Give what waits for the owner, oldest first."""
        ...

    def answer(self, question: int, accept: bool, at: datetime) -> tuple[tuple[int, Change], ...]:
        """Close a question; on a yes give the changes to make, now pending. Raises UsageError for an unknown id, and as `commit`."""
        ...

    def commit(self, wanted: Sequence[Change], why: str, at: datetime) -> tuple[tuple[int, Change], ...]:
        """Commit what the owner wants as one pending batch and give it. Raises UsageError where it adds somebody `forgotten`."""
        ...

    def undo(self, event: int, at: datetime, *, whole: bool = False) -> tuple[tuple[int, Change], ...]:
        """Commit the inverse of the change of *event*, or of its *whole* batch, as pending and give it. Raises UsageError."""
        ...

    def week(self, year: int, week: int, zone: str) -> Week:
        """Give one ISO week of the IANA *zone*."""
        ...

    def lives(self, end: datetime, since: date = date.min) -> Mapping[PersonId, Life]:
        """Give how people fared until *end*, who is known of at all; before *since*, only their first and their last sign of life."""
        ...

    def revised(self) -> Mapping[str, datetime]:
        """Give when each entry last changed, by person, or lower-case address where it is nobody's yet; edits by hand have no date."""
        ...

    def keep_summary(self, week: str, summary: Summary, at: datetime) -> None:
        """Keep what *summary* says of *week* (`2026-W47`) in place of what was kept of it before."""
        ...

    def kept_summary(self, week: str) -> Summary | None:
        """Give what was said of *week*, without those who were forgotten since; None where nothing was."""
        ...

    def claim(self, period: str, at: datetime) -> bool:
        """Give True the first time *period* (e.g. `summary:2026-W47`) is claimed, then False for ever."""
        ...

    def quarantined(self) -> tuple[tuple[str, str], ...]:
        """Give source and reason of every message set aside."""
        ...

    def seen_keys(self, keys: Sequence[InboundKey]) -> frozenset[InboundKey]:
        """Give those of *keys* whose effects are on disk."""
        ...

    # -- forgetting, and showing what is held
    def traces(self, person: PersonId) -> Traces | None:
        """Give name and addresses of *person*; None where there is no such person."""
        ...

    def namesakes(self, traces: Traces) -> frozenset[str]:
        """Give those names of *traces* that somebody else has too."""
        ...

    def is_forgotten(self, address: str) -> bool:
        """Tell whether *address* is one of somebody who was forgotten."""
        ...

    def forgotten(self, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
        """Give those of *contacts* who were forgotten, by any address or by the LinkedIn profile: they are never added again."""
        ...

    def held(self, traces: Traces) -> Mapping[str, Sequence[Mapping[str, str | int | None]]]:
        """Give every row on a person by table; under `mentions`, rows of others that name them."""
        ...

    def forget(self, traces: Traces, at: datetime) -> tuple[int, Mapping[str, int]]:
        """Erase a person but for a keyed hash of each address, to whom nobody ever writes again; gives a number and the rows by table."""
        ...

    def forgetting(self) -> tuple[Forgetting, ...]:
        """Give whom a crash left half forgotten."""
        ...

    def wipe(self, number: int) -> None:
        """End forgetting *number*: leave nothing on the disk of what was erased. Raises Busy where another process keeps reading."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Reader(Protocol):
    """Reads one message in a child process."""

    async def read(self, raw: RawMail) -> Reading:
        """Give the reading; raises MessageFault where it took more than a second or 256 MB, or broke the reader."""
        ...

    async def refused(self, letter: Letter, delivery: Delivery, at: datetime) -> Reading:
        """Give the reading of a refusal in our own SMTP session: the same evidence as a bounce, without a mail."""
        ...

    def close(self) -> None:
        """End the child process."""
        ...


class Onlooker(Protocol):
    """Whoever watches the daemon work: the journal, or the demo's terminal. It must not raise."""

    def handled(self, handled: Handled) -> None:
        """See what was made of one message."""
        ...

    def wrote(self, receipt: Receipt) -> None:
        """See what was done to the contact file."""
        ...

    def sent(self, planned: Planned, letter: Letter, delivery: Delivery) -> None:
        """See how one submission ended."""
        ...

    def trouble(self, where: str, sentence: str | None) -> None:
        """See what is wrong at *where* now; None when all is well again. Told on a change only."""
        ...
