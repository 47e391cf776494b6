"""The way of a letter through the outbox, and what planning sees of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, NEW_ID, TOKEN, book, delivery, jane, letter, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import UsageError
from bouncer.model import Address, Contact, Delivery, EventKind, Handle, Kind, Level, OutboxState, Review, SentHeader

SENT, REFUSED, UNKNOWN, READY = OutboxState.SENT, OutboxState.REFUSED, OutboxState.UNKNOWN, OutboxState.READY


def states(ledger: SqliteLedger) -> list[OutboxState]:
    """Give the states of what has been tried in the week of AT."""
    return [sent.state for sent in ledger.week(2026, 10, "UTC").sent]


def test_one_person_gets_one_letter_a_period(ledger: SqliteLedger) -> None:
    """Planning it again, even after it left, puts nothing in."""
    who = jane(ledger)
    assert ledger.enqueue([planned(who), planned(who), planned(who, "recheck:2026-W10")], AT) == 2
    outbox = send(ledger, who, "checkin:2026-W11")
    ledger.delivered(outbox, delivery(SENT), AT)
    assert ledger.enqueue([planned(who, "checkin:2026-W11")], AT + DAY) == 0


def test_what_is_due_comes_oldest_first_and_not_before_its_time(ledger: SqliteLedger) -> None:
    """`due` and `ready` alike, as they were planned."""
    who = jane(ledger)
    late, early = replace(planned(who, "b"), not_before=AT + DAY), replace(planned(who, "a"), not_before=AT - DAY, why="50 %")
    ledger.enqueue([late, early], AT)
    assert [p for _, p in ledger.due(AT)] == [early]
    ledger.ready(ledger.due(AT)[0][0], letter(who), AT)
    assert [p for _, p in ledger.due(AT + DAY)] == [early, late]


def test_a_composed_letter_comes_back_byte_for_byte(ledger: SqliteLedger) -> None:
    """A restart sends what was composed; a letter that may have left is given to nobody."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    assert ledger.letter(outbox) is None
    made = replace(letter(who), data=bytes(range(256)), subject="Grüße, 田中")
    ledger.ready(outbox, made, AT)
    assert ledger.letter(outbox) == made
    ledger.arm(outbox, AT)
    assert ledger.letter(outbox) is None


def test_a_letter_that_was_never_armed_may_be_composed_anew(ledger: SqliteLedger) -> None:
    """An answer to either would still be known as one."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who, "<b.old@home.example>"), AT)
    ledger.ready(outbox, letter(who, NEW_ID), AT)
    ledger.arm(outbox, AT)
    assert [s.message_id for s in ledger.armed()] == [NEW_ID]
    raw = mail("answer")
    assert [s.id for s in ledger.known(reading(raw, references=("<b.old@home.example>",))).sent] == [outbox]


@pytest.mark.parametrize(("state", "kind"), [(SENT, EventKind.SENT), (REFUSED, EventKind.REFUSED), (UNKNOWN, EventKind.UNKNOWN)])
def test_each_end_of_a_submission_is_an_event(ledger: SqliteLedger, state: OutboxState, kind: EventKind) -> None:
    """With the server's words; what is over is neither due nor, where its fate is known, open."""
    who = jane(ledger)
    ledger.delivered(send(ledger, who), delivery(state), AT)
    event = ledger.events()[0]
    assert (event.kind, event.person, event.name, event.message_id) == (kind, who, "Jane Doe", NEW_ID)
    assert event.detail == "jane@acme.example: 250 said the server"
    assert ledger.due(AT + DAY) == ()
    assert [s.state for s in ledger.armed()] == ([UNKNOWN] if state is UNKNOWN else [])
    assert states(ledger) == [state]


def test_a_refusal_before_data_needs_no_armed_letter(ledger: SqliteLedger) -> None:
    """RCPT may be refused; but nothing is sent or uncertain that was not armed."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who), AT)
    for state in (SENT, UNKNOWN):
        with pytest.raises(UsageError, match="is ready"):
            ledger.delivered(outbox, delivery(state), AT)
    ledger.delivered(outbox, Delivery(REFUSED, "rcpt", 550, "5.1.1", "no such user"), AT)
    assert ledger.week(2026, 10, "UTC").sent[0].text == "550 5.1.1 no such user"


def test_a_step_that_does_not_follow_is_refused_and_changes_nothing(ledger: SqliteLedger) -> None:
    """Above all, an armed letter is never armed, composed or dropped again."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    with pytest.raises(UsageError, match="is due"):
        ledger.arm(outbox, AT)
    with pytest.raises(UsageError, match="is due"):
        ledger.delivered(outbox, delivery(REFUSED), AT)
    ledger.ready(outbox, letter(who), AT)
    ledger.arm(outbox, AT)
    for step in (
        lambda: ledger.arm(outbox, AT),
        lambda: ledger.ready(outbox, letter(who), AT),
        lambda: ledger.drop(outbox, "x", AT),
    ):
        with pytest.raises(UsageError, match="is armed"):
            step()
    with pytest.raises(UsageError, match="no letter 99"):
        ledger.arm(99, AT)
    assert [s.state for s in ledger.armed()] == [OutboxState.ARMED]


def test_what_a_crash_left_armed_is_unknown_and_never_due_again(ledger: SqliteLedger) -> None:
    """It may have been sent: it is shown, not repeated, and counts as contact."""
    who = jane(ledger)
    send(ledger, who)
    assert ledger.adrift(AT + DAY) == 1
    assert ledger.adrift(AT + DAY) == 0
    assert [s.state for s in ledger.armed()] == [UNKNOWN]
    assert ledger.due(AT + 400 * DAY) == ()
    activity = ledger.activity(AT + DAY, "UTC")
    assert activity.open_checkins == {who}
    assert activity.last_contact == {who: AT}
    assert ledger.activity(AT + 32 * DAY, "UTC").open_checkins == frozenset()


@pytest.mark.parametrize(
    "name", [NEW_ID, f"<b.{TOKEN}@rewritten.example>", f"b.{TOKEN}", f"olga+b.{TOKEN}@home.example", f"<B.{TOKEN.upper()}@home.example>"]
)
def test_an_answer_that_names_a_letter_proves_that_it_left(ledger: SqliteLedger, name: str) -> None:
    """By its Message-ID, or by the token alone where a provider rewrote what is around it."""
    who, raw = jane(ledger), mail("answer")
    outbox = send(ledger, who)
    ledger.adrift(AT)
    ledger.record(raw, replace(reading(raw), handles=(Handle("reference", name),)), match(who), [], JANE, AT)
    assert ledger.armed() == ()
    assert [s.state for s in ledger.known(replace(reading(raw), handles=(Handle("body", name),))).sent] == [SENT]
    assert [e.kind for e in ledger.events()].count(EventKind.SENT) == 1
    ledger.delivered(outbox, delivery(UNKNOWN), AT)  # the answer was quicker than the server's last reply
    assert states(ledger) == [SENT]


def test_another_letters_name_proves_nothing(ledger: SqliteLedger) -> None:
    """Near is not the same."""
    who, raw = jane(ledger), mail("answer")
    send(ledger, who)
    other = f"<b.{TOKEN[:-1]}x@home.example>"
    ledger.record(raw, reading(raw, references=(other, "<x@y.example>", "b.", "")), match(who), [], JANE, AT)
    assert [s.state for s in ledger.armed()] == [OutboxState.ARMED]


def test_the_sent_folder_proves_that_a_letter_left(ledger: SqliteLedger) -> None:
    """Our own letter there is no letter of the owner's own, and a second look adds nothing."""
    who = jane(ledger)
    send(ledger, who)
    ledger.adrift(AT)
    header = SentHeader(NEW_ID, (), (Address("", JANE.email),), AT + DAY)
    for _ in range(2):
        ledger.note_sent_folder("main", [header], AT + DAY)
    assert ledger.armed() == ()
    assert [e.kind for e in ledger.events()].count(EventKind.SENT) == 1
    assert ledger.activity(AT + DAY, "UTC").last_contact == {who: AT}


def test_a_letter_refused_for_now_is_tried_again_with_growing_pauses(ledger: SqliteLedger) -> None:
    """A quarter of an hour, then double, at most a day; after four days it is refused for good."""
    who, at = jane(ledger), AT
    ledger.enqueue([planned(who)], at)
    busy, pauses = Delivery(READY, "rcpt", 451, "4.7.1", "greylisted"), []
    while ledger.due(at):
        ((outbox, _),) = ledger.due(at)
        ledger.ready(outbox, letter(who), at)
        ledger.delivered(outbox, busy, at)
        waited = next((m for m in range(1, 25 * 4) if ledger.due(at + m * timedelta(minutes=15))), 0)
        pauses.append(waited * 15)
        at += waited * timedelta(minutes=15)
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 0]
    assert timedelta(days=4) < at - AT < timedelta(days=6)
    refused = ledger.events()[0]
    assert (refused.kind, refused.detail) == (EventKind.REFUSED, "jane@acme.example: 451 4.7.1 greylisted")


def test_a_server_of_ours_that_is_away_is_no_fault_of_the_letter(ledger: SqliteLedger) -> None:
    """It may be tried for ever, and counts for nothing."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    for n in range(30):
        at = AT + n * timedelta(minutes=5)
        ((outbox, _),) = ledger.due(at)
        ledger.ready(outbox, letter(who), at)
        ledger.delivered(outbox, Delivery(READY, "connect", text="unreachable"), at)
    activity = ledger.activity(AT, "UTC")
    assert (activity.sent_today, activity.sent_ever, activity.last_contact) == (0, 0, {})
    assert activity.open_checkins == {who}


def test_a_letter_whose_sender_is_turned_away_for_now_is_never_given_up(ledger: SqliteLedger) -> None:
    """A limit of our own provider says nothing of the contact; but it is asked less and less often."""
    who, at = jane(ledger), AT
    ledger.enqueue([planned(who)], at)
    for _ in range(30):
        ((outbox, _),) = ledger.due(at)
        ledger.ready(outbox, letter(who), at)
        ledger.delivered(outbox, Delivery(READY, "mail", 452, text="too many"), at)
        assert ledger.due(at) == ()
        at += DAY
    assert [p.person for _, p in ledger.due(at)] == [who]


def test_a_letter_back_from_data_is_due_again(ledger: SqliteLedger) -> None:
    """A 4xx after the message is a promise that it was not taken."""
    who = jane(ledger)
    ledger.delivered(send(ledger, who), Delivery(READY, "final", 452, text="busy"), AT)
    assert ledger.armed() == ()
    assert len(ledger.due(AT + timedelta(minutes=15))) == 1


def test_a_dropped_letter_stays_dropped_and_is_said(ledger: SqliteLedger) -> None:
    """Its period is used up, and nothing goes silently."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.drop(outbox, "no longer in the contact file", AT)
    assert ledger.due(AT + DAY) == ()
    assert ledger.enqueue([planned(who)], AT) == 0
    assert ledger.activity(AT, "UTC").open_checkins == frozenset()
    event = ledger.events()[0]
    assert (event.kind, event.person, event.detail) == (EventKind.DROPPED, who, "jane@acme.example: no longer in the contact file")


def test_nothing_is_due_or_armed_while_the_person_waits_for_the_owner(ledger: SqliteLedger) -> None:
    """A hold that comes while the letter is on its way to the server stops it before DATA."""
    who, raw = jane(ledger), mail("forged?")
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who), AT)
    ledger.record(raw, reading(raw), match(who), [Review((), "is it?", Level.E1, BECAUSE, hold=True)], JANE, AT)
    assert ledger.due(AT) == ()
    with pytest.raises(UsageError, match="held back"):
        ledger.arm(outbox, AT)
    ledger.answer(ledger.questions()[0].id, accept=False, at=AT)
    ledger.arm(outbox, AT)


def test_the_ids_that_a_server_gives_a_letter_lead_to_it(ledger: SqliteLedger) -> None:
    """Some providers replace the Message-ID and name theirs in the final reply."""
    who, raw = jane(ledger), mail("answer")
    outbox = send(ledger, who)
    ledger.delivered(outbox, replace(delivery(SENT), server_ids=("<theirs@big.example>",)), AT)
    (sent,) = ledger.known(reading(raw, references=("<theirs@big.example>",))).sent
    assert (sent.id, sent.purpose, sent.person, sent.address, sent.message_id) == (outbox, "checkin", who, JANE.email, NEW_ID)
    assert (sent.state, sent.at, sent.subject, sent.account) == (SENT, AT, "Hello", "main")


def test_a_letter_that_has_not_left_is_known_to_no_answer(ledger: SqliteLedger) -> None:
    """Nobody can answer what was never sent."""
    who, raw = jane(ledger), mail("answer")
    ledger.enqueue([planned(who)], AT)
    ledger.ready(ledger.due(AT)[0][0], letter(who), AT)
    assert ledger.known(reading(raw, references=(NEW_ID,))).sent == ()


def test_a_day_and_a_week_are_those_of_the_owners_zone(ledger: SqliteLedger) -> None:
    """In Auckland it is Monday already while London has its Sunday evening; refusals count towards the pace."""
    who = jane(ledger)
    sunday = datetime(2026, 3, 8, 20, 0, tzinfo=UTC)
    for n, (at, state) in enumerate([(sunday - DAY, SENT), (sunday, SENT), (sunday, REFUSED)]):
        ledger.enqueue([planned(who, f"p{n}")], at)
        outbox = next(i for i, p in ledger.due(at) if p.period == f"p{n}")
        ledger.ready(outbox, letter(who, f"<{n}@home.example>"), at)
        ledger.arm(outbox, at)
        ledger.delivered(outbox, delivery(state), at)
    london, auckland = (ledger.activity(sunday + timedelta(hours=1), zone) for zone in ("Europe/London", "Pacific/Auckland"))
    assert (london.sent_today, london.sent_this_week, london.sent_ever) == (2, 3, 2)
    assert (auckland.sent_today, auckland.sent_this_week) == (2, 2)
    assert [s.at for s in ledger.week(2026, 10, "Pacific/Auckland").sent] == [sunday - DAY]


def test_a_clock_set_back_does_not_make_room_for_more(ledger: SqliteLedger) -> None:
    """What was sent "tomorrow" counts today."""
    who = jane(ledger)
    ledger.delivered(send(ledger, who), delivery(SENT), AT)
    assert ledger.activity(AT - 3 * DAY, "UTC").sent_today == 1


def test_the_weekly_summary_takes_nothing_from_the_pace(ledger: SqliteLedger) -> None:
    """It goes to the owner."""
    ledger.enqueue([replace(planned("", "summary:2026-W10", "olga@home.example"), purpose="summary")], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, replace(letter(""), purpose="summary"), AT)
    ledger.arm(outbox, AT)
    activity = ledger.activity(AT, "UTC")
    assert (activity.sent_today, activity.sent_ever, activity.open_checkins) == (0, 0, frozenset())


def test_a_past_week_reads_as_it_did_at_its_end(ledger: SqliteLedger) -> None:
    """Later answers, letters found and questions closed do not rewrite it."""
    who, raw, title = jane(ledger), mail("hello"), mail("title")
    send(ledger, who)
    ledger.adrift(AT)
    ledger.record(raw, reading(raw, Kind.HUMAN), match(who), [], JANE, AT)
    ledger.record(title, reading(title), match(who), [Review((), "sure?", Level.E1, BECAUSE)], JANE, AT)
    then = ledger.week(2026, 10, "Europe/London")
    assert [s.state for s in then.sent] == [UNKNOWN]
    assert then.answers_waiting == (("Jane Doe", Address("Jane Doe", "jane@acme.example"), AT),)
    assert len(then.questions) == 1
    assert [e.id for e in then.events] == sorted(e.id for e in ledger.events())
    later = AT + 8 * DAY
    ledger.note_sent_folder("main", [SentHeader(NEW_ID, (), (), later)], later)
    ledger.note_sent_folder("main", [SentHeader("<o@home.example>", (), (Address("", JANE.email),), later)], later)
    ledger.answer(ledger.questions()[0].id, accept=False, at=later)
    assert ledger.armed() == ()
    assert ledger.week(2026, 10, "Europe/London") == then
    assert ledger.week(2026, 11, "Europe/London").questions == ()


def test_a_week_is_seven_days_of_the_zone_even_when_the_clock_changes(ledger: SqliteLedger) -> None:
    """The last week of March has 167 hours in London; the first week of a year may begin in the old one."""
    week = ledger.week(2026, 13, "Europe/London")
    assert week.end.astimezone(UTC) - week.start.astimezone(UTC) == timedelta(hours=167)
    assert ledger.week(2026, 1, "UTC").start == datetime(2025, 12, 29, tzinfo=UTC)
    assert ledger.week(2026, 53, "UTC").end == datetime(2027, 1, 4, tzinfo=UTC)


def test_one_persons_several_mails_wait_as_one(ledger: SqliteLedger) -> None:
    """With the first that waits."""
    ledger.sync(book(JANE, Contact(name="Bob", email="bob@corp.example")), AT)
    for n, sender in enumerate(("jane@acme.example", "jane@acme.example", "bob@corp.example")):
        raw = mail(f"hello {n}")
        ledger.record(raw, reading(raw, Kind.HUMAN, sender), match(ledger.person(sender)), [], None, AT + n * timedelta(hours=1))
    assert [(a.address, at) for _, a, at in ledger.week(2026, 10, "UTC").answers_waiting] == [
        ("jane@acme.example", AT),
        ("bob@corp.example", AT + timedelta(hours=2)),
    ]
    assert ledger.activity(AT, "UTC").unanswered_by_owner == 2


def test_an_id_that_the_server_gave_is_an_alias_of_ours(ledger: SqliteLedger) -> None:
    """Some servers replace the Message-ID and say so in their final reply: what comes back then names theirs."""
    who = jane(ledger)
    ledger.enqueue((planned(who),), AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who), AT)
    ledger.arm(outbox, AT)
    ledger.delivered(outbox, replace(delivery(OutboxState.SENT), server_ids=("<theirs@mx.example>",)), AT)
    answer = reading(mail("answer"), references=("<theirs@mx.example>",))
    (sent,) = ledger.known(answer).sent
    assert sent.aliases == ("<theirs@mx.example>",)


@pytest.mark.parametrize("text", ["5.1.1 User unknown", "User unknown"])
def test_the_server_s_last_words_say_the_status_once(ledger: SqliteLedger, text: str) -> None:
    """Whether the reply's text begins with it (RFC 2034) or not."""
    who = jane(ledger)
    ledger.enqueue((planned(who),), AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who), AT)
    ledger.delivered(outbox, Delivery(REFUSED, "rcpt", 550, "5.1.1", text), AT)
    assert [sent.text for sent in ledger.week(2026, 10, "UTC").sent] == ["550 5.1.1 User unknown"]


@pytest.mark.parametrize("text", ["5.1.1 User unknown", "User unknown"])
def test_a_refused_letter_is_kept_until_its_refusal_is_on_record(ledger: SqliteLedger, text: str) -> None:
    """A bouncer that is killed in between finds it again, once; a letter that was sent is not kept."""
    outbox = send(ledger, jane(ledger))
    refused = Delivery(REFUSED, "rcpt", 550, "5.1.1", text)
    ledger.delivered(outbox, refused, AT)
    ((kept, told),) = ledger.untold()
    assert (kept.message_id, told.said) == (NEW_ID, refused.said)
    notice = mail("refused")
    ledger.record(notice, reading(notice, Kind.BOUNCE, references=(NEW_ID,)), match(jane(ledger)), [], JANE, AT)
    ledger.delivered(send(ledger, jane(ledger), "checkin:2026-W11", "<b.other@home.example>"), delivery(SENT), AT)
    assert ledger.untold() == ()
