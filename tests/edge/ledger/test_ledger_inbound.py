"""What arrives is taken in once, whole, and only as far as the decisions say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, KEEP, MOVE, NEW_ID, TITLE, book, jane, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import (
    Address,
    Apply,
    Because,
    Contact,
    EventKind,
    Ignore,
    InboundKey,
    Kind,
    Level,
    Life,
    NewAddress,
    Recipient,
    Review,
    SentHeader,
)


def kinds(ledger: SqliteLedger) -> list[EventKind]:
    """Give the kinds of all events, oldest first."""
    return [event.kind for event in reversed(ledger.events())]


def test_a_message_counts_as_seen_once_its_effects_are_recorded(ledger: SqliteLedger) -> None:
    """By its key as by its bytes; before that it is new, whoever has looked at it."""
    raw = mail("one", uid=7)
    assert not ledger.has(raw)
    ledger.record(raw, reading(raw), match(None), [], None, AT)
    assert ledger.has(raw)
    assert ledger.has(replace(raw, data=b"cut short", truncated=True))
    assert ledger.has(mail("one", uid=9, folder="Junk"))
    assert not ledger.has(mail("two", uid=8))
    assert not ledger.has(mail("two"))


def test_a_message_recorded_twice_has_its_effects_once(ledger: SqliteLedger) -> None:
    """A second record gives no changes, no events and no questions."""
    who, raw = jane(ledger), mail("moved", uid=1)
    decisions = [Apply((MOVE,), "moved", Level.E4, alive=True), Review((TITLE,), "title", Level.E2, BECAUSE)]
    assert [change for _, change in ledger.record(raw, reading(raw), match(who), decisions, JANE, AT)] == [MOVE]
    before = ledger.events()
    assert ledger.record(mail("moved", uid=2), reading(raw), match(who), decisions, JANE, AT) == ()
    assert ledger.events() == before
    assert len(ledger.pending()) == len(ledger.questions()) == 1


def test_the_mark_of_a_folder_is_the_highest_uid_done(ledger: SqliteLedger) -> None:
    """Per folder and account; a new UIDVALIDITY starts afresh."""
    for uid, folder in ((3, "INBOX"), (9, "INBOX"), (5, "INBOX"), (2, "Junk")):
        raw = mail(f"{folder} {uid}", uid, folder)
        ledger.record(raw, reading(raw), match(None), [], None, AT)
    assert ledger.seen("main") == {"INBOX": (1, 9), "Junk": (1, 2)}
    assert ledger.seen("other") == {}
    moved = mail("INBOX 3", 1, "INBOX", validity=2)
    assert ledger.has(moved)  # the same bytes under the new UIDVALIDITY
    assert ledger.seen("main")["INBOX"] == (2, 1)
    assert ledger.seen_keys([InboundKey("main", "INBOX", 2, 1), InboundKey("main", "INBOX", 2, 2)]) == {InboundKey("main", "INBOX", 2, 1)}


def test_a_message_that_failed_is_fetched_again_after_a_restart(ledger: SqliteLedger) -> None:
    """The mark stays below it, though later messages are done."""
    for uid in (1, 3):
        raw = mail(f"fine {uid}", uid)
        ledger.record(raw, reading(raw), match(None), [], None, AT)
    poison = mail("poison", 2)
    assert not ledger.quarantine(poison, "took a second", AT)
    assert ledger.seen("main") == {"INBOX": (1, 1)}
    assert not ledger.has(poison)
    assert not ledger.quarantine(poison, "took a second", AT)
    assert ledger.quarantined() == ()
    assert ledger.quarantine(poison, "took 256 MB", AT)
    assert ledger.has(poison)
    assert ledger.seen("main") == {"INBOX": (1, 3)}
    assert ledger.quarantined() == (("INBOX/2", "took 256 MB"),)


def test_a_fourth_failure_is_the_third_again(ledger: SqliteLedger) -> None:
    """Set aside once, said once."""
    for _ in range(5):
        ledger.quarantine(mail("poison"), "broke the reader", AT)
    assert kinds(ledger) == [EventKind.QUARANTINED]


def test_a_message_read_at_the_second_try_is_not_set_aside(ledger: SqliteLedger) -> None:
    """Its failures are forgotten with its recording."""
    raw = mail("slow", 4)
    ledger.quarantine(raw, "took a second", AT)
    ledger.record(raw, reading(raw), match(None), [], None, AT)
    assert ledger.quarantined() == ()
    assert ledger.seen("main") == {"INBOX": (1, 4)}


def test_the_owners_everyday_mail_leaves_no_event(ledger: SqliteLedger) -> None:
    """Newsletters and strangers are counted as seen; a bounce or auto-reply that concerns nobody is told with its why."""
    for kind in (Kind.OTHER, Kind.HUMAN, Kind.BOUNCE, Kind.AUTO_REPLY):
        raw = mail(kind)
        ledger.record(raw, reading(raw, kind, "who@else.example"), match(None, Level.E0), [Ignore("no token of ours", Level.E0)], None, AT)
    told = [(event.kind, event.detail) for event in reversed(ledger.events())]
    assert told == [(EventKind.RECEIVED, "bounce: no token of ours"), (EventKind.RECEIVED, "auto-reply: no token of ours")]


def test_a_letter_of_ours_came_back_only_where_our_token_says_so(ledger: SqliteLedger) -> None:
    """What is merely said of a contact, anybody may have said: it is received, and the summary does not count it among the bounces."""
    who = jane(ledger)
    for text, level in (("forged", Level.E1), ("ours", Level.E3)):
        raw = mail(text)
        ledger.record(raw, reading(raw, Kind.BOUNCE, "mailer-daemon@acme.example"), match(who, level), [], JANE, AT)
    assert kinds(ledger) == [EventKind.RECEIVED, EventKind.BOUNCED]


def test_an_event_carries_who_why_and_how_far_it_was_believed(ledger: SqliteLedger) -> None:
    """Everything the summary says of a message is in its event."""
    who, raw = jane(ledger), mail("hello")
    ledger.record(raw, reading(raw), match(who, Level.E3), [Apply((), "alive", Level.E2, alive=True)], JANE, AT)
    alive, received = ledger.events()
    assert (received.kind, received.person, received.name, received.level) == (EventKind.RECEIVED, who, "Jane Doe", Level.E3)
    assert received.because == Because("auto-submitted", "auto-replied", "header")
    assert received.message_id == reading(raw).message_id
    assert (alive.kind, alive.level, alive.detail, alive.at) == (EventKind.ALIVE, Level.E2, "alive", AT)


def test_a_stop_is_for_ever_and_takes_back_what_has_not_left(ledger: SqliteLedger) -> None:
    """The address stays suppressed though its entry goes and comes back."""
    who, raw = jane(ledger), mail("stop")
    ledger.enqueue([planned(who)], AT)
    ledger.record(raw, reading(raw), match(who), [Apply((), "asked to stop", Level.E3, suppress=("Jane@acme.example",))], JANE, AT)
    assert ledger.due(AT + DAY) == ()
    ledger.sync(book(), AT)
    ledger.sync(book(replace(JANE, name="Janet Doe", company="Else")), AT)
    assert ledger.activity(AT, "UTC").suppressed == {"jane@acme.example"}
    ledger.enqueue([planned(who, "checkin:2026-W40")], AT)
    assert ledger.due(AT + DAY) == ()
    assert {EventKind.STOPPED, EventKind.DROPPED} <= set(kinds(ledger))


def test_a_suspect_address_keeps_its_first_date_until_it_is_seen_alive(ledger: SqliteLedger) -> None:
    """A sign of life from another address of theirs does not clear it; one from it, or by a token sent to it, does."""
    ledger.sync(book(replace(JANE, also=("jane@home.example",))), AT)
    who = ledger.person(JANE.email)
    alive = Apply((), "alive", Level.E3, alive=True)
    for day in (0, 8):
        raw = mail(f"bounce {day}")
        fails = [Apply((), "user unknown", Level.E3, suspect=("jane@acme.example",))]
        ledger.record(raw, reading(raw, Kind.BOUNCE, "mailer-daemon@acme.example"), match(who), fails, JANE, AT + day * DAY)
    assert ledger.activity(AT, "UTC").suspect_since == {"jane@acme.example": AT}
    assert ledger.known(reading(mail("x"))).suspect_since == {"jane@acme.example": AT}
    other = mail("from home")
    ledger.record(other, reading(other, Kind.HUMAN, "jane@home.example"), match(who), [alive], JANE, AT)
    assert ledger.activity(AT, "UTC").suspect_since == {"jane@acme.example": AT}
    token = mail("by token")
    ledger.record(token, reading(token, Kind.HUMAN, "jane@home.example"), match(who, mailed="Jane@acme.example"), [alive], JANE, AT)
    assert ledger.activity(AT, "UTC").suspect_since == {}


def test_a_domain_that_refused_us_is_left_alone_for_three_days(ledger: SqliteLedger) -> None:
    """Letters to it wait, those to other domains do not."""
    ledger.sync(book(JANE, Contact(name="Bob", email="bob@notacme.example")), AT)
    who, bob, raw = ledger.person(JANE.email), ledger.person("bob@notacme.example"), mail("5.7.1")
    assert who is not None
    assert bob is not None
    ledger.enqueue([planned(who), planned(bob, address="bob@notacme.example")], AT)
    ledger.record(raw, reading(raw, Kind.BOUNCE), match(who), [Apply((), "refused us", Level.E3, wait=("Acme.example",))], JANE, AT)
    assert ledger.activity(AT, "UTC").paused_domains == {"acme.example": (AT + 3 * DAY).date()}
    assert [p.person for _, p in ledger.due(AT + DAY)] == [bob]
    assert len(ledger.due(AT + 3 * DAY)) == 2
    assert ledger.activity(AT + 3 * DAY, "UTC").paused_domains == {}


def test_the_same_proposal_is_asked_once_while_it_is_open(ledger: SqliteLedger) -> None:
    """Other words for it do not matter, another value does; a hold that comes later is added."""
    who = jane(ledger)
    said = replace(TITLE, because=Because("other-rule", "our new CTO", "body"))
    for n, (change, hold) in enumerate([(TITLE, False), (said, True), (replace(TITLE, after="CEO"), False)]):
        raw = mail(f"title {n}")
        ledger.record(raw, reading(raw), match(who), [Review((change,), "a title", Level.E1, change.because, hold)], JANE, AT)
    assert [(q.changes, q.hold) for q in ledger.questions()] == [((TITLE,), True), ((replace(TITLE, after="CEO"),), False)]
    assert kinds(ledger).count(EventKind.REVIEW) == 2
    assert kinds(ledger).count(EventKind.HOLD) == 1
    assert ledger.activity(AT, "UTC").held == {who}


def test_questions_about_strangers_are_told_apart_by_what_they_ask(ledger: SqliteLedger) -> None:
    """A review may concern nobody in the book; it holds nobody back."""
    for text, rule in (("a", "lead"), ("b", "lead"), ("c", "other")):
        raw = mail(text)
        ledger.record(
            raw, reading(raw), match(None, Level.E0), [Review((), "a lead", Level.E0, Because(rule, text, "body"), hold=True)], None, AT
        )
    assert [(q.because.rule, q.person, q.name) for q in ledger.questions()] == [("lead", None, "Jane Doe"), ("other", None, "Jane Doe")]
    assert ledger.activity(AT, "UTC").held == frozenset()


def test_what_a_person_wrote_waits_until_the_owner_has_written_back(ledger: SqliteLedger) -> None:
    """In answer to it, or to the same person later; a letter to somebody else or from before it answers nothing."""
    who, raw = jane(ledger), mail("how are you?")
    ledger.record(raw, reading(raw, Kind.HUMAN), match(who), [], JANE, AT)
    ledger.record(mail("auto"), reading(mail("auto")), match(who), [], JANE, AT)
    assert ledger.activity(AT, "UTC").unanswered_by_owner == 1
    to_jane, to_bob = (Address("", "Jane@acme.example"),), (Address("", "bob@corp.example"),)
    ledger.note_sent_folder(
        "main", [SentHeader("<1@x.example>", (), to_jane, AT - DAY), SentHeader("<2@x.example>", (), to_bob, AT + DAY)], AT + DAY
    )
    assert ledger.activity(AT, "UTC").unanswered_by_owner == 1
    ledger.note_sent_folder("main", [SentHeader("<3@x.example>", (), to_jane, AT + DAY)], AT + DAY)
    assert ledger.activity(AT, "UTC").unanswered_by_owner == 0
    assert ledger.activity(AT, "UTC").last_contact == {who: AT + DAY}


def test_an_answer_by_its_message_id_counts_whatever_address_it_went_to(ledger: SqliteLedger) -> None:
    """The owner may write to an address that the file does not name."""
    who, raw = jane(ledger), mail("how are you?")
    message_id = reading(raw).message_id
    assert message_id is not None
    ledger.record(raw, reading(raw, Kind.HUMAN), match(who), [], JANE, AT)
    ledger.note_sent_folder("main", [SentHeader(None, (message_id,), (Address("", "new@else.example"),), None)], AT + DAY)
    assert ledger.activity(AT, "UTC").unanswered_by_owner == 0


def test_an_answer_nobody_gave_stops_waiting_after_thirty_days(ledger: SqliteLedger) -> None:
    """Not every mail wants an answer, and check-ins must not wait for ever."""
    who, raw = jane(ledger), mail("thanks!")
    ledger.record(raw, reading(raw, Kind.HUMAN), match(who), [], JANE, AT)
    assert ledger.activity(AT + 30 * DAY, "UTC").unanswered_by_owner == 1
    assert ledger.activity(AT + timedelta(days=30, seconds=1), "UTC").unanswered_by_owner == 0


def test_a_date_in_the_future_counts_as_now(ledger: SqliteLedger) -> None:
    """A clock gone wrong somewhere must not keep a contact from being written to for years."""
    who = jane(ledger)
    ledger.note_sent_folder("main", [SentHeader("<1@x.example>", (), (Address("", JANE.email),), AT + 4000 * DAY)], AT)
    assert ledger.activity(AT, "UTC").last_contact == {who: AT}


def test_all_that_a_reading_touches_is_known(ledger: SqliteLedger) -> None:
    """From, recipients and proposals lead to people; people to all their addresses, the present ones first."""
    ledger.sync(book(replace(JANE, also=("a@home.example",)), Contact(name="Bob", email="bob@corp.example")), AT)
    raw = mail("x")
    says = replace(
        reading(raw, sender="BOB@corp.example"),
        recipients=(
            Recipient("gone@acme.example", "failed", "userunknown", permanent=True, because=BECAUSE, original="Jane@acme.example"),
        ),
        findings=(NewAddress(because=BECAUSE, address="new@corp.example", about="a@home.example"),),
    )
    who, bob = ledger.person(JANE.email), ledger.person("bob@corp.example")
    assert who is not None
    assert bob is not None
    known = ledger.known(says)
    assert known.person_of == {"jane@acme.example": who, "a@home.example": who, "bob@corp.example": bob}
    assert known.addresses_of == {who: ("jane@acme.example", "a@home.example"), bob: ("bob@corp.example",)}
    assert known.sent == ()


@pytest.mark.parametrize(
    "written",
    [
        "JANE@acme.example",
        "jane+news@acme.example",
        "prvs=0123456789=jane@acme.example",
        "prvs=jane=0123456789@acme.example",
        "list-bounces+jane=acme.example@lists.example",
        "bounces-jane=acme.example@lists.example",
        "SRS0=HHH=TT=acme.example=jane@forwarder.example",
    ],
)
def test_an_address_is_known_in_whatever_it_was_wrapped(ledger: SqliteLedger, written: str) -> None:
    """A notice may name the form that some server made of it; the letter that went there lately is known too."""
    who = jane(ledger)
    outbox = send(ledger, who)
    raw = mail("bounce")
    says = replace(
        reading(raw, Kind.BOUNCE, "mailer-daemon@acme.example"),
        recipients=(Recipient(written, "failed", "userunknown", permanent=True, because=BECAUSE),),
    )
    known = ledger.known(says)
    assert known.person_of == {"jane@acme.example": who}
    assert [sent.id for sent in known.sent] == [outbox]


@pytest.mark.parametrize(
    "written", ["jane@acme.example.evil.test", "jane=acme.example", "+@=", "@", "x+jane@other.example", "janet@acme.example"]
)
def test_an_address_that_only_looks_like_it_is_nobodys(ledger: SqliteLedger, written: str) -> None:
    """Near is not the same."""
    send(ledger, jane(ledger))
    says = replace(reading(mail("bounce"), sender="x@y.example"), recipients=(Recipient(written, "failed", "x", True, BECAUSE),))  # noqa: FBT003
    known = ledger.known(says)
    assert (known.person_of, known.sent) == ({}, ())


def test_a_reading_of_nothing_known_finds_nothing(ledger: SqliteLedger) -> None:
    """Foreign ids, foreign tokens and unreadable ones are nobody's."""
    jane(ledger)
    raw = mail("x")
    says = replace(reading(raw, sender="x@y.example", references=(NEW_ID, "<")), tokens=("a" * 40, "1" * 40, "é", ""))
    known = ledger.known(says)
    assert (known.sent, known.person_of, known.addresses_of, known.suspect_since) == ((), {}, {}, {})


def test_text_that_has_no_unicode_form_is_kept_readable(ledger: SqliteLedger) -> None:
    """Undecodable bytes in a header become replacement characters, never an error."""
    who, raw = jane(ledger), mail("odd")
    odd = replace(reading(raw, Kind.HUMAN, sender="j\udcff@acme.example"), message_id="<\udc80@x.example>")
    change = replace(TITLE, after="C\udc80O", because=Because("r", "\udcff", "body"))
    made = ledger.record(raw, odd, match(who), [Apply((change,), "why \udc80", Level.E4)], None, AT)
    assert made == ledger.pending()
    assert made[0][1] == change
    assert ledger.known(odd).person_of == {}
    assert ledger.week(2026, 10, "UTC").answers_waiting[0][1].address == "j?@acme.example"


def test_a_batch_of_changes_stays_pending_in_its_order(ledger: SqliteLedger) -> None:
    """What a crash left is redone as it was committed."""
    who, raw = jane(ledger), mail("moved")
    made = ledger.record(
        raw, reading(raw), match(who), [Apply((MOVE, KEEP), "moved", Level.E4), Apply((TITLE,), "title", Level.E4)], JANE, AT
    )
    assert ledger.pending() == made
    assert [change for _, change in made] == [MOVE, KEEP, TITLE]


def test_every_day_with_a_sign_of_life_is_kept_for_each_person(ledger: SqliteLedger) -> None:
    """Up to a moment; an address that was only written about shows nobody alive."""
    who = jane(ledger)
    assert ledger.lives(AT + 9 * DAY) == {}
    for number, alive in enumerate((True, True, False)):
        raw = mail(f"life {number}", uid=number + 1)
        ledger.record(raw, reading(raw), match(who), [Apply((), "an answer", Level.E4, alive=alive)], JANE, AT + number * DAY)
    assert ledger.lives(AT + 9 * DAY) == {who: Life((AT.date(), (AT + DAY).date()))}
    assert ledger.lives(AT + DAY) == {who: Life((AT.date(),))}


def test_of_the_days_before_a_day_the_first_and_the_last_are_enough(ledger: SqliteLedger) -> None:
    """Two signs of life on one day are one; whoever was heard from before that day alone has at most two."""
    who = jane(ledger)
    for number, days in enumerate((0, 3, 5, 5, 8, 9)):
        raw = mail(f"life {number}", uid=number + 1)
        ledger.record(raw, reading(raw), match(who), [Apply((), "an answer", Level.E4, alive=True)], JANE, AT + days * DAY)

    def seen(since: int, end: int = 20) -> list[int]:
        found = ledger.lives(AT + end * DAY, (AT + since * DAY).date())[who].seen
        return [(day - AT.date()).days for day in found]

    assert seen(-9) == seen(0) == [0, 3, 5, 8, 9]
    assert seen(5) == [0, 3, 5, 8, 9]
    assert seen(6) == [0, 5, 8, 9]
    assert seen(1) == [0, 3, 5, 8, 9]
    assert seen(30) == [0, 9]
    assert seen(30, end=8) == [0, 5]
    assert seen(30, end=1) == [0]
    assert ledger.lives(AT, AT.date()) == {}
