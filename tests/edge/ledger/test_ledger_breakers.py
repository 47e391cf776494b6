"""What the ledger counts for the breakers, what it remembers of them, and what it makes of a file that has lost people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, MOVE, TITLE, applied, book, delivery, jane, letter, mail, match, planned, reading, refused

from bouncer.edge.ledger import SqliteLedger, breakers
from bouncer.model import (
    RECENT_SENDS,
    Apply,
    Breaker,
    Change,
    Contact,
    EventKind,
    Kind,
    Level,
    OutboxState,
    Outcome,
    Previous,
    Recipient,
    Review,
    Trip,
)

SECOND = timedelta(seconds=1)
PEOPLE = tuple(Contact(name=f"Person {n}", email=f"p{n}@d{n}.example", company=f"Company {n}") for n in range(8))
BLOCKED = Recipient(JANE.email, "failed", "blocked", permanent=False, because=BECAUSE, status="5.7.1")


def do(ledger: SqliteLedger, who: str, changes: Sequence[Change], at: datetime = AT, uid: int = 1, level: Level = Level.E4) -> None:
    """Have a message bring *changes* that reach the file."""
    raw = mail(f"message {uid}", uid)
    made = ledger.record(raw, reading(raw), match(who, level), (Apply(tuple(changes), "she says so", level),), JANE, at)
    ledger.settle(made, applied(*changes), at)


def tried(ledger: SqliteLedger, who: str, number: int, state: OutboxState = OutboxState.SENT, at: datetime = AT) -> int:
    """Have the *number*th check-in end in *state*."""
    ledger.enqueue([planned(who, f"checkin:{number}", f"P{number}@D{number}.example")], AT)
    outbox = next(i for i, p in ledger.due(AT) if p.period == f"checkin:{number}")
    ledger.ready(outbox, letter(who, f"<b.{number}@home.example>"), at)
    ledger.arm(outbox, at)
    ledger.delivered(outbox, delivery(state), at)
    return outbox


def bounced(ledger: SqliteLedger, who: str, outbox: int, refusal: Recipient = BLOCKED, text: str = "bounce") -> None:
    """Have a notice say what became of the letter *outbox*."""
    (sent,) = [sent for sent in ledger.week(2026, 10, "UTC").sent if sent.id == outbox]
    raw = mail(text)
    ledger.record(raw, reading(raw, Kind.BOUNCE), replace(match(who, Level.E3), sent=sent), (), JANE, AT, refusal)


class TestAddressChanges:
    """Those that bouncer itself made."""

    def test_what_bouncer_changed_by_itself_is_counted_from_its_commit(self, ledger: SqliteLedger) -> None:
        """Written or still to be written; another field is not an address."""
        who = jane(ledger)
        do(ledger, who, (TITLE,))
        assert ledger.recent(AT).address_changes == 0
        raw = mail("moved", 2)
        ledger.record(raw, reading(raw), match(who), (Apply((MOVE,), "she says so", Level.E4),), JANE, AT)
        assert ledger.recent(AT).address_changes == 1
        ledger.settle(ledger.pending(), applied(MOVE), AT)
        assert ledger.recent(AT).address_changes == 1

    def test_what_the_owner_decided_is_not(self, ledger: SqliteLedger) -> None:
        """Neither a yes nor an undo."""
        who, raw = jane(ledger), mail("asked", 1)
        ledger.record(raw, reading(raw), match(who), (Review((MOVE,), "is it Jane?", Level.E1, BECAUSE),), JANE, AT)
        ledger.settle(ledger.answer(ledger.questions()[0].id, accept=True, at=AT), applied(MOVE), AT)
        changed = next(event.id for event in ledger.events() if event.kind is EventKind.CHANGED)
        ledger.undo(changed, AT)
        assert ledger.recent(AT).address_changes == 0

    def test_what_the_file_refused_is_not(self, ledger: SqliteLedger) -> None:
        """Nothing was changed."""
        who, raw = jane(ledger), mail("moved", 1)
        made = ledger.record(raw, reading(raw), match(who), (Apply((MOVE,), "she says so", Level.E4),), JANE, AT)
        ledger.settle(made, refused(MOVE), AT)
        assert ledger.recent(AT).address_changes == 0

    def test_after_seven_days_it_is_over(self, ledger: SqliteLedger) -> None:
        """To the second."""
        do(ledger, jane(ledger), (MOVE,))
        assert ledger.recent(AT + 7 * DAY - SECOND).address_changes == 1
        assert ledger.recent(AT + 7 * DAY).address_changes == 0

    def test_what_the_owner_has_looked_at_does_not_count_again(self, ledger: SqliteLedger) -> None:
        """And what comes after that does; letting another breaker go on changes nothing."""
        who = jane(ledger)
        do(ledger, who, (MOVE,))
        ledger.trip(Breaker.REFUSALS, "Three domains.", AT)
        ledger.resume(Breaker.REFUSALS, "you let it go on", AT + SECOND)
        assert ledger.recent(AT + DAY).address_changes == 1
        ledger.trip(Breaker.ADDRESSES, "Many.", AT)
        assert ledger.recent(AT + DAY).address_changes == 1
        ledger.resume(Breaker.ADDRESSES, "you let it go on", AT + SECOND)
        assert ledger.recent(AT + DAY).address_changes == 0
        do(ledger, who, (replace(MOVE, contact="jane@newco.example"),), AT + DAY, uid=2)
        assert ledger.recent(AT + DAY).address_changes == 1


class TestOutcomes:
    """Of the last check-ins."""

    def test_they_come_newest_first_with_what_they_failed_of(self, ledger: SqliteLedger) -> None:
        """By domain in lower case; a letter that nobody complained of did not fail."""
        who = jane(ledger)
        first, _ = tried(ledger, who, 1), tried(ledger, who, 2, OutboxState.UNKNOWN, AT + SECOND)
        bounced(ledger, who, first)
        assert ledger.recent(AT).outcomes == (Outcome("d2.example"), Outcome("d1.example", "blocked", "5.7.1"))
        assert ledger.activity(AT, "UTC").outcomes == ledger.recent(AT).outcomes

    def test_the_first_notice_of_a_letter_counts(self, ledger: SqliteLedger) -> None:
        """A second one cannot talk it away, and one told twice has no effect."""
        who = jane(ledger)
        outbox = tried(ledger, who, 1, OutboxState.REFUSED)
        bounced(ledger, who, outbox)
        bounced(ledger, who, outbox, replace(BLOCKED, reason="userunknown", status="5.1.1"), "another")
        bounced(ledger, who, outbox, replace(BLOCKED, reason="userunknown", status="5.1.1"))
        assert ledger.recent(AT).outcomes == (Outcome("d1.example", "blocked", "5.7.1"),)

    def test_a_notice_of_no_letter_of_ours_leaves_them_alone(self, ledger: SqliteLedger) -> None:
        """A match without one marks nothing."""
        who, raw = jane(ledger), mail("bounce")
        tried(ledger, who, 1)
        ledger.record(raw, reading(raw, Kind.BOUNCE), match(who, Level.E3), (), JANE, AT, BLOCKED)
        assert ledger.recent(AT).outcomes == (Outcome("d1.example"),)

    def test_no_more_than_the_last_twenty_are_given(self, ledger: SqliteLedger) -> None:
        """Neither the summary nor what was never tried is among them."""
        who = jane(ledger)
        for number in range(RECENT_SENDS + 2):
            tried(ledger, who, number, at=AT + number * SECOND)
        ledger.enqueue([planned(who, "checkin:waits"), replace(planned(who, "summary:2026-W10"), purpose="summary")], AT)
        outbox = next(i for i, p in ledger.due(AT) if p.purpose == "summary")
        ledger.ready(outbox, letter(who, "<b.summary@home.example>"), AT)
        ledger.arm(outbox, AT + DAY)
        outcomes = ledger.recent(AT).outcomes
        assert [outcome.domain for outcome in outcomes] == [f"d{n}.example" for n in range(RECENT_SENDS + 1, 1, -1)]

    def test_what_the_owner_has_looked_at_says_nothing_of_us_any_more(self, ledger: SqliteLedger) -> None:
        """But still of how stale the book is."""
        who = jane(ledger)
        bounced(ledger, who, tried(ledger, who, 1))
        ledger.trip(Breaker.REFUSALS, "Three domains.", AT)
        ledger.resume(Breaker.REFUSALS, "you let it go on", AT + SECOND)
        tried(ledger, who, 2, at=AT + DAY)
        assert ledger.recent(AT + DAY).outcomes == (Outcome("d2.example"),)
        assert len(ledger.activity(AT + DAY, "UTC").outcomes) == 2


class TestTripping:
    """It is remembered until the owner lets it go on."""

    def test_a_breaker_trips_once_and_its_events_stay(self, ledger: SqliteLedger) -> None:
        """Tripping what has tripped, and resuming what has not, leaves no trace."""
        assert ledger.tripped() == ()
        ledger.resume(Breaker.BOOK, "you let it go on", AT)
        ledger.trip(Breaker.ADDRESSES, "4 addresses: many.", AT)
        ledger.trip(Breaker.ADDRESSES, "5 addresses.", AT + DAY)
        ledger.trip(Breaker.REFUSALS, "3 domains.", AT)
        assert ledger.tripped() == (Trip(Breaker.ADDRESSES, AT, "4 addresses: many."), Trip(Breaker.REFUSALS, AT, "3 domains."))
        ledger.resume(Breaker.ADDRESSES, "you let it go on", AT)
        ledger.resume(Breaker.ADDRESSES, "you let it go on", AT)
        assert [trip.breaker for trip in ledger.tripped()] == [Breaker.REFUSALS]
        ledger.trip(Breaker.ADDRESSES, "6 addresses.", AT + DAY)
        assert [(event.kind.value, event.detail) for event in reversed(ledger.events())] == [
            ("tripped", "addresses: 4 addresses: many."),
            ("tripped", "refusals: 3 domains."),
            ("resumed", "addresses: you let it go on"),
            ("tripped", "addresses: 6 addresses."),
        ]

    def test_a_restart_changes_nothing(self, tmp_path: Path) -> None:
        """It is on disk."""
        for _ in range(2):
            ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
            ledger.trip(Breaker.BOOK, "4 of 15.", AT)
            assert ledger.tripped() == (Trip(Breaker.BOOK, AT, "4 of 15."),)
            ledger.close()

    @pytest.mark.parametrize(("query", "index"), [
        (breakers._EVENTS, "event_breaker"),
        (breakers._CHANGES, "change_address"),
        (breakers._OUTCOMES, "outbox_tried"),
        (breakers._PEOPLE, "person_listed"),
    ])  # fmt: skip
    def test_each_question_is_answered_from_an_index(self, query: str, index: str) -> None:
        """Also after years, before every letter; and none sorts."""
        ledger = SqliteLedger(":memory:")
        with ledger._database.reading() as tx:
            plan = " ".join(row[3] for row in tx.rows(f"EXPLAIN QUERY PLAN {query}", *[1] * query.count("?")))
        ledger.close()
        assert f"INDEX {index}" in plan
        assert "TEMP B-TREE" not in plan


class TestLosingPeople:
    """A file that is looked at before it is taken in."""

    @pytest.fixture
    def full(self, ledger: SqliteLedger) -> Iterator[SqliteLedger]:
        """Give a ledger that knows everybody."""
        ledger.sync(book(*PEOPLE, digest="full"), AT)
        return ledger

    def test_whoever_is_in_it_no_more_is_named_and_nobody_is_forgotten_by_looking(self, full: SqliteLedger) -> None:
        """Asked twice it says the same."""
        for _ in range(2):
            assert full.lost(book(*PEOPLE[2:], digest="cut")) == ("Person 0", "Person 1")
        assert full.recent(AT).people == len(PEOPLE)
        assert full.person(PEOPLE[0].email) is not None

    def test_nobody_is_lost_of_a_new_ledger_or_of_the_same_file(self, ledger: SqliteLedger) -> None:
        """Nor of one that has grown."""
        assert ledger.lost(book(*PEOPLE, digest="full")) == ()
        ledger.sync(book(*PEOPLE, digest="full"), AT)
        assert ledger.lost(book(*PEOPLE, digest="full")) == ()
        assert ledger.lost(book(*PEOPLE, JANE, digest="more")) == ()

    def test_whoever_moved_is_not_lost(self, full: SqliteLedger) -> None:
        """A new address with the old one kept, or with the name and all else as it was, is the same person."""
        kept = replace(PEOPLE[0], email="new@d0.example", previous=(Previous(PEOPLE[0].email),))
        found = replace(PEOPLE[1], email="new@d1.example")
        other = replace(PEOPLE[2], email="new@d2.example", company="Elsewhere", title="CEO")
        assert full.lost(book(kept, found, other, *PEOPLE[3:], digest="moved")) == ("Person 2",)

    def test_two_entries_made_one_lose_nobody(self, ledger: SqliteLedger) -> None:
        """The owner tidies up: one entry has the addresses of both."""
        twice = replace(PEOPLE[0], email="second@d0.example")
        ledger.sync(book(*PEOPLE, twice, digest="twice"), AT)
        one = replace(PEOPLE[0], also=(twice.email,))
        assert ledger.lost(book(one, *PEOPLE[1:], digest="once")) == ()
        assert ledger.lost(book(*PEOPLE, digest="dropped")) == (PEOPLE[0].name,)

    def test_as_many_strangers_do_not_make_up_for_them(self, full: SqliteLedger) -> None:
        """Another file of the same size is a loss of everybody."""
        strangers = [Contact(name=f"Stranger {n}", email=f"s{n}@s.example") for n in range(len(PEOPLE))]
        assert len(full.lost(book(*strangers, digest="other"))) == len(PEOPLE)
        assert len(full.lost(book(digest="empty"))) == len(PEOPLE)

    def test_once_it_is_synced_nobody_is_lost_any_more(self, full: SqliteLedger) -> None:
        """The owner's word makes it the book that counts; they come back as whom they were."""
        who = full.person(PEOPLE[0].email)
        full.sync(book(*PEOPLE[2:], digest="cut"), AT)
        assert full.lost(book(*PEOPLE[2:], digest="cut")) == ()
        assert full.recent(AT).people == len(PEOPLE) - 2
        full.sync(book(*PEOPLE, digest="full"), AT)
        assert full.person(PEOPLE[0].email) == who

    def test_it_is_found_from_the_edited_entries_alone_as_from_the_whole_file(self, tmp_path: Path) -> None:
        """A restarted bouncer, which has no earlier book to compare with, sees the same."""
        ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
        ledger.sync(book(*PEOPLE, digest="full"), AT)
        again = SqliteLedger(tmp_path / "ledger.sqlite3")
        for cut in (PEOPLE[1:], PEOPLE[:3], (), (replace(PEOPLE[0], email="x@y.example", company=None), *PEOPLE[1:])):
            assert ledger.lost(book(*cut, digest="cut")) == again.lost(book(*cut, digest="cut"))
        ledger.close()
        again.close()

    def test_an_entry_is_remembered_as_it_was(self, ledger: SqliteLedger) -> None:
        """All but what bouncer itself notes in it; nobody is remembered who never was."""
        whole = replace(
            JANE, also=("Jane@home.example", "j@j.example"), title="CTO", phones=("+44 20 7946 0018",), linkedin="https://l.example/jane",
            language="en", country="GB", timezone="Europe/London", every="1 year", tags=("it", "london"), account="main",
            previous=(Previous("jane@old.example", "Old", "2020-01-01", "moved"),),
        )  # fmt: skip
        ledger.sync(book(whole, PEOPLE[0]), AT)
        who = ledger.person(JANE.email)
        assert who is not None
        assert ledger.remembered(who) == replace(whole, previous=(Previous("jane@old.example"),), line=0)
        bare = ledger.person(PEOPLE[0].email)
        assert bare is not None
        assert ledger.remembered(bare) == PEOPLE[0]
        assert ledger.remembered("f" * 12) is None
