"""Laws of the ledger: the outbox is a small machine, what is stored comes back the same, and people do not change by being looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.build import AT
from support.ledger import BECAUSE, book, delivery, letter, mail, match, planned, reading

from bouncer.edge.ledger import SqliteLedger, codec
from bouncer.errors import UsageError
from bouncer.model import Address, Apply, Because, Change, Contact, Letter, Level, OutboxState, Previous, Review, Value

PEOPLE = tuple(Contact(name=f"Person {n}", email=f"p{n}@d{n}.example") for n in range(3))
HOUR = timedelta(hours=1)
ENDS = (OutboxState.SENT, OutboxState.REFUSED, OutboxState.UNKNOWN, OutboxState.READY)
FOLLOWS = {  # (state, what is done) -> the state after it; what is not here is refused and changes nothing
    ("due", "compose"): "ready",
    ("ready", "compose"): "ready",
    ("ready", "arm"): "armed",
    ("due", "drop"): "dropped",
    ("ready", "drop"): "dropped",
    ("ready", "ends refused"): "refused",
    ("ready", "ends ready"): "due",
    ("armed", "ends sent"): "sent",
    ("armed", "ends refused"): "refused",
    ("armed", "ends unknown"): "unknown",
    ("armed", "ends ready"): "due",
    ("unknown", "ends sent"): "sent",
    ("unknown", "ends unknown"): "unknown",
    ("sent", "ends sent"): "sent",
    ("sent", "ends refused"): "sent",
    ("sent", "ends unknown"): "sent",
    ("sent", "ends ready"): "sent",
}


@dataclass
class Row:
    """The model of one letter: all that decides what may be done with it."""

    person: int
    state: str = "due"
    not_before: float = 0
    attempts: int = 0
    left: int = 0  # how often it may have reached the server for good


class OutboxMachine(RuleBasedStateMachine):
    """Any order of steps, sensible or not, with restarts in between, does to the ledger what it does to the model."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.hours = 0.0
        self.rows: dict[int, Row] = {}
        self.periods: set[tuple[int, int]] = set()
        self.held: set[int] = set()
        self.stopped: set[int] = set()
        self.messages = 0
        self.directory: TemporaryDirectory[str] | None = None

    @initialize()
    def begin(self) -> None:
        """Make a ledger that knows three people."""
        self.directory = TemporaryDirectory()
        self.open()
        self.ledger.sync(book(*PEOPLE), AT)
        self.ids = tuple(self.ledger.person(contact.email) or "" for contact in PEOPLE)

    def open(self) -> None:
        """Open the ledger's file."""
        assert self.directory is not None
        self.ledger = SqliteLedger(Path(self.directory.name) / "ledger.sqlite3")
        self.ledger._database._connection.execute("PRAGMA synchronous = OFF")  # no power fails here, and it is quicker

    def teardown(self) -> None:
        """Leave nothing open."""
        if self.directory is not None:
            self.ledger.close()
            self.directory.cleanup()

    @property
    def now(self) -> datetime:
        """Give the present moment."""
        return AT + self.hours * HOUR

    def names(self, outbox: int) -> str:
        """Give the Message-ID of a letter."""
        return f"<letter-{outbox}@home.example>"

    def free(self, row: Row) -> bool:
        """Tell whether nothing holds *row* back."""
        return row.state in ("due", "ready") and row.not_before <= self.hours and row.person not in self.held | self.stopped

    def step(self, outbox: int, what: str) -> bool:
        """Take the step in the model; False where it may not be taken."""
        row = self.rows[outbox]
        if (row.state, what) not in FOLLOWS or (what == "arm" and not self.free(row)):
            return False
        row.state = FOLLOWS[row.state, what]
        return True

    def told(self, text: str, person: int, decision: Apply | Review | None, references: tuple[str, ...] = ()) -> None:
        """Record a message of *person* that leads to *decision*."""
        self.messages += 1
        raw = mail(f"{text} {self.messages}")
        says = reading(raw, sender=PEOPLE[person].email, references=references)
        self.ledger.record(raw, says, match(self.ids[person]), [decision] if decision else [], PEOPLE[person], self.now)

    people = st.integers(0, 2)
    letters = st.integers(0, 9)

    @rule(person=people, period=st.integers(0, 3))
    def enqueue(self, person: int, period: int) -> None:
        """Plan a letter."""
        entry = replace(planned(self.ids[person], f"p{period}", PEOPLE[person].email), not_before=self.now)
        new = (person, period) not in self.periods
        assert self.ledger.enqueue([entry], self.now) == int(new)
        if new:
            self.periods.add((person, period))
            (number,) = self.ledger._database._connection.execute("SELECT max(id) FROM outbox").fetchone()
            self.rows[number] = Row(person, not_before=self.hours)

    def pick(self, letters: int) -> int:
        """Give one of the letters there are."""
        return sorted(self.rows)[letters % len(self.rows)]

    @contextmanager
    def expecting(self, allowed: bool) -> Iterator[None]:
        """Expect a UsageError where the model did not allow the step."""
        if allowed:
            yield
        else:
            with pytest.raises(UsageError):
                yield

    @precondition(lambda self: self.rows)
    @rule(number=letters)
    def ready(self, number: int) -> None:
        """Compose it."""
        outbox = self.pick(number)
        with self.expecting(self.step(outbox, "compose")):
            person = self.rows[outbox].person
            self.ledger.ready(outbox, letter(self.ids[person], self.names(outbox), PEOPLE[person].email), self.now)

    @precondition(lambda self: self.rows)
    @rule(number=letters)
    def arm(self, number: int) -> None:
        """Begin to hand it over."""
        outbox = self.pick(number)
        with self.expecting(self.step(outbox, "arm")):
            self.ledger.arm(outbox, self.now)

    @precondition(lambda self: self.rows)
    @rule(number=letters, end=st.sampled_from(ENDS))
    def deliver(self, number: int, end: OutboxState) -> None:
        """End the submission."""
        outbox = self.pick(number)
        row = self.rows[outbox]
        before = row.state
        allowed = self.step(outbox, f"ends {end}")
        if allowed and row.state == "due":
            row.not_before = self.hours + min(0.25 * 2**row.attempts, 24)
            row.attempts += 1
            if row.attempts > 10:
                row.state = "refused"
        if allowed and before == "armed" and row.state in ("sent", "unknown"):
            row.left += 1
        with self.expecting(allowed):
            self.ledger.delivered(outbox, delivery(end), self.now)

    @precondition(lambda self: self.rows)
    @rule(number=letters)
    def drop(self, number: int) -> None:
        """Take it out."""
        outbox = self.pick(number)
        with self.expecting(self.step(outbox, "drop")):
            self.ledger.drop(outbox, "not wanted", self.now)

    @precondition(lambda self: self.rows)
    @rule(number=letters)
    def hear(self, number: int) -> None:
        """Receive an answer that names it."""
        outbox = self.pick(number)
        row = self.rows[outbox]
        if row.state in ("armed", "unknown"):
            row.left += row.state == "armed"
            row.state = "sent"
        self.told("answer", row.person, None, (self.names(outbox),))

    @rule()
    def adrift(self) -> None:
        """Begin as after a crash."""
        armed = [row for row in self.rows.values() if row.state == "armed"]
        assert self.ledger.adrift(self.now) == len(armed)
        for row in armed:
            row.state, row.left = "unknown", row.left + 1

    @rule(person=people)
    def hold(self, person: int) -> None:
        """Ask the owner about a person."""
        self.held.add(person)
        self.told("forged?", person, Review((), "is it?", Level.E1, BECAUSE, hold=True))

    @rule(accept=st.booleans())
    def answer(self, accept: bool) -> None:
        """Answer the oldest question."""
        for question in self.ledger.questions()[:1]:
            self.ledger.answer(question.id, accept, self.now)
            self.held.remove(self.ids.index(question.person or ""))

    @rule(person=st.sampled_from([2]))
    def stop(self, person: int) -> None:
        """Let the third person ask for no more letters."""
        self.stopped.add(person)
        for row in self.rows.values():
            if row.person == person and row.state in ("due", "ready"):
                row.state = "dropped"
        self.told("stop", person, Apply((), "asked to stop", Level.E3, suppress=(PEOPLE[person].email,)))

    @rule(hours=st.sampled_from([0.25, 1, 30]))
    def wait(self, hours: float) -> None:
        """Let time pass."""
        self.hours += hours

    @rule()
    def restart(self) -> None:
        """Close the file and open it again."""
        self.ledger.close()
        self.open()

    @invariant()
    def same_is_due(self) -> None:
        """Find due what the model says, oldest first."""
        want = sorted((n for n, row in self.rows.items() if self.free(row)), key=lambda n: (self.rows[n].not_before, n))
        assert [n for n, _ in self.ledger.due(self.now)] == want

    @invariant()
    def same_is_open(self) -> None:
        """Armed and unknown letters are shown."""
        want = [(n, row.state) for n, row in sorted(self.rows.items()) if row.state in ("armed", "unknown")]
        assert [(sent.id, sent.state) for sent in self.ledger.armed()] == want

    @invariant()
    def planning_sees_the_same(self) -> None:
        """Find the counts, open letters, holds and stops of the model."""
        activity = self.ledger.activity(AT, "UTC")
        states = [row.state for row in self.rows.values()]
        assert activity.sent_ever == states.count("sent") + states.count("unknown")
        assert activity.sent_today == sum(states.count(s) for s in ("armed", "sent", "refused", "unknown"))
        assert activity.held == {self.ids[n] for n in self.held}
        assert activity.suppressed == {PEOPLE[n].email for n in self.stopped}
        assert activity.open_checkins == {self.ids[r.person] for r in self.rows.values() if r.state in ("due", "ready", "armed", "unknown")}

    @invariant()
    def nothing_leaves_twice(self) -> None:
        """No letter reaches the server for good more than once."""
        assert all(row.left <= 1 for row in self.rows.values())


mailboxes = st.sampled_from([f"{who}@{where}.example" for who in "abc" for where in ("x", "Y")])
entries = st.builds(
    Contact,
    name=st.sampled_from(["Ann Poe", "Bo Roe", "Cy Doe"]),
    email=mailboxes,
    also=st.lists(mailboxes, max_size=2).map(tuple),
    previous=st.lists(st.builds(Previous, mailboxes), max_size=1).map(tuple),
    company=st.sampled_from([None, "Acme", "NewCo"]),
)
files = st.lists(entries, max_size=5)


@contextmanager
def in_memory() -> Iterator[SqliteLedger]:
    """Give a ledger in memory."""
    made = SqliteLedger(":memory:")
    yield made
    made.close()


def people_of(ledger: SqliteLedger) -> dict[str, str]:
    """Give every address and its person."""
    return dict(ledger._database._connection.execute("SELECT address, person FROM address"))


@given(history=st.lists(files, min_size=1, max_size=4))
def test_however_the_file_is_edited_every_contact_is_somebody(history: list[list[Contact]]) -> None:
    """By every address that no other entry holds more strongly; and looking again at the same file changes nothing and asks the same."""
    with in_memory() as ledger:
        for contacts in history:
            asked = ledger.sync(book(*contacts), AT)
            known = people_of(ledger)
            assert {address for contact in contacts for address in contact.addresses} <= known.keys()
            assert set(ledger.activity(AT, "UTC").person_of) == {contact.email.lower() for contact in contacts}
            assert ledger.sync(book(*contacts), AT) == asked
            assert people_of(ledger) == known


@given(history=st.lists(files, min_size=2, max_size=5), answers=st.lists(st.none() | st.booleans(), min_size=5, max_size=5))
def test_looking_at_what_was_edited_is_as_good_as_looking_at_the_whole(history: list[list[Contact]], answers: list[bool | None]) -> None:
    """A ledger that remembers the last file comes to the same people, questions and sentences as one that was just opened."""
    ids = [iter(range(1000)), iter(range(1000))]
    quick, slow = (SqliteLedger(":memory:", new_id=lambda numbers=numbers: f"{next(numbers):012x}") for numbers in ids)  # type: ignore[misc]
    for number, (contacts, accept) in enumerate(zip(history, answers, strict=False)):
        slow._synced = None
        quick.sync(book(*contacts, digest=f"before {number}"), AT)  # so that some steps differ by one entry only
        slow.sync(book(*contacts, digest=f"before {number}"), AT)
        slow._synced = None
        edited = book(*contacts[1:], *(replace(contact, company="Else") for contact in contacts[:1]), digest=str(number))
        assert quick.sync(edited, AT) == slow.sync(edited, AT)
        for question in quick.questions()[:1]:
            if accept is not None:
                assert quick.answer(question.id, accept, AT) == slow.answer(question.id, accept, AT)
        assert people_of(quick) == people_of(slow)
        assert quick.questions() == slow.questions()
        assert quick.activity(AT, "UTC") == slow.activity(AT, "UTC")
    quick.close()
    slow.close()


@given(contacts=files, kept=st.integers(0, 20), other=entries)
def test_an_edit_that_keeps_an_address_keeps_the_person(contacts: list[Contact], kept: int, other: Contact) -> None:
    """Whatever else is rewritten, as long as the address is in no other entry."""
    with in_memory() as ledger:
        first = replace(other, email="first@z.example", also=(), previous=())
        ledger.sync(book(first, *contacts), AT)
        who = ledger.person(first.email)
        homes = ({"email": "first@z.example"}, {"email": "new@z.example", "also": ("FIRST@z.example",)})
        former = {"email": "new@z.example", "also": (), "previous": (Previous("first@z.example"),)}
        edited = replace(other, **(*homes, former)[kept % 3])
        ledger.sync(book(*contacts, edited), AT)
        assert ledger.person("first@z.example") == who


@given(contacts=files, accept=st.booleans())
def test_the_owners_answers_end_the_asking(contacts: list[Contact], accept: bool) -> None:
    """Once every likeness is answered, the same file raises none again."""
    with in_memory() as ledger:
        ledger.sync(book(*contacts), AT)
        moved = [replace(contact, email=f"{n}@moved.example", also=(), previous=(), title="CEO") for n, contact in enumerate(contacts)]
        ledger.sync(book(*moved), AT)
        while ledger.questions():
            ledger.answer(ledger.questions()[0].id, accept, AT)
        assert ledger.sync(book(*moved), AT) == ()
        assert ledger.questions() == ()


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)

words = st.text(max_size=12)
previous = st.builds(Previous, words, st.none() | words, st.none() | words, st.none() | words)
formers = st.lists(previous, max_size=3).map(tuple)
values: st.SearchStrategy[Value] = st.one_of(
    st.none(), words, st.lists(words, max_size=3).map(tuple), st.lists(previous, max_size=3).map(tuple)
)
becauses = st.builds(Because, words, words, st.sampled_from(["header", "body", "returned"]))
changes = st.builds(Change, words, words, values, values, becauses)
addresses = st.builds(Address, words, words)
letters = st.builds(
    Letter, st.sampled_from(["checkin", "summary"]), words, words, addresses, addresses, words, words, words, st.binary(max_size=40)
)


@given(change=changes)
def test_a_change_comes_back_as_it_was_stored(change: Change) -> None:
    """Every form of a value: absent, text, a list of texts, a list of former addresses; lone surrogates too."""
    assert codec.change_from(codec.change_to(change)) == change
    assert codec.changes_from(codec.changes_to([change, change])) == (change, change)
    assert codec.because_from(codec.because_to(change.because)) == change.because


@given(value=values)
def test_a_value_keeps_its_form(value: Value) -> None:
    """Text is never taken for a list, nor nothing for an empty one."""
    back = codec.value_from(codec.value_to(value))
    assert (type(back), back) == (type(value), value)


@given(made=letters)
def test_a_letter_comes_back_byte_for_byte(made: Letter) -> None:
    """What was composed is what is sent."""
    assert codec.letter_from(codec.letter_to(made)) == made


@given(one=st.datetimes(timezones=st.timezones()), other=st.datetimes(timezones=st.timezones()))
def test_times_come_back_and_sort_as_they_are(one: datetime, other: datetime) -> None:
    """As text, in every zone, to the microsecond."""
    assert codec.moment(codec.stamp(one)) == one.astimezone(UTC)
    assert (codec.stamp(one) < codec.stamp(other)) == (one.astimezone(UTC) < other.astimezone(UTC))
