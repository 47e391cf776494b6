"""Changes of the file: settled, refused, undone; and the owner's yes and no."""

from dataclasses import replace

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, KEEP, MOVE, TITLE, applied, book, jane, mail, match, reading, refused

from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import UsageError
from bouncer.model import Apply, Change, EventKind, Level, Previous, Receipt, Review

MOVED = replace(JANE, email="jane@newco.example", previous=(Previous("jane@acme.example"),))
STATUS = Change("jane@acme.example", "status", None, "probation", BECAUSE)


def commit(ledger: SqliteLedger, *changes: Change, text: str = "moved") -> tuple[tuple[int, Change], ...]:
    """Record a message of Jane's that makes *changes*."""
    raw = mail(text)
    return ledger.record(raw, reading(raw), match(ledger.person(JANE.email)), [Apply(changes, "moved", Level.E4)], JANE, AT)


def changed(ledger: SqliteLedger, *changes: Change, text: str = "moved") -> dict[str, int]:
    """Make *changes* reach the file; gives field -> number of its event."""
    ledger.settle(commit(ledger, *changes, text=text), applied(*changes), AT)
    return {event.change.field: event.id for event in ledger.events() if event.change and event.kind is EventKind.CHANGED}


def test_a_change_that_reached_the_file_is_an_event_with_its_why(ledger: SqliteLedger) -> None:
    """Before, after, rule, quoted words and message: all that undo and the summary need."""
    who, made = jane(ledger), commit(ledger, MOVE)
    ledger.settle(made, applied(MOVE), AT)
    assert ledger.pending() == ()
    event = ledger.events()[0]
    assert (event.kind, event.person, event.name, event.change, event.because) == (EventKind.CHANGED, who, "Jane Doe", MOVE, BECAUSE)
    assert (event.level, event.detail, event.message_id) == (Level.E4, "moved", reading(mail("moved")).message_id)


def test_settling_twice_is_settling_once(ledger: SqliteLedger) -> None:
    """A redo after a crash adds nothing."""
    jane(ledger)
    made = commit(ledger, MOVE)
    ledger.settle(made, applied(MOVE), AT)
    ledger.settle(made, applied(MOVE), AT)
    ledger.settle(made, refused(MOVE), AT)
    assert [event.kind for event in ledger.events()].count(EventKind.CHANGED) == 1
    assert ledger.questions() == ()


def test_a_change_the_receipt_does_not_name_stays_pending(ledger: SqliteLedger) -> None:
    """Only what is known to have happened is settled."""
    jane(ledger)
    made = commit(ledger, MOVE, TITLE)
    ledger.settle(made, applied(TITLE), AT)
    assert ledger.pending() == made[:1]


def test_refused_changes_of_one_message_become_one_question(ledger: SqliteLedger) -> None:
    """The owner's own edit wins, and the changes are proposed instead."""
    who, made = jane(ledger), commit(ledger, MOVE, KEEP, TITLE)
    receipt = Receipt((TITLE,), ((MOVE, "edited meanwhile"), (KEEP, "edited meanwhile")), "a", "b")
    ledger.settle(made, receipt, AT)
    (question,) = ledger.questions()
    assert (question.changes, question.person, question.because, question.hold) == ((MOVE, KEEP), who, BECAUSE, False)
    assert question.why == "edited meanwhile (moved)"
    conflicts = [event for event in ledger.events() if event.kind is EventKind.CONFLICT]
    assert [(event.change, event.detail) for event in reversed(conflicts)] == [(MOVE, "edited meanwhile"), (KEEP, "edited meanwhile")]
    assert ledger.pending() == ()


@pytest.mark.parametrize("with_it", [True, False])
def test_the_question_after_an_edit_is_about_what_the_owner_wrote(ledger: SqliteLedger, with_it: bool) -> None:
    """A yes then goes through, and the address that the owner had put in meanwhile is kept as well, in one list."""
    jane(ledger)
    refused = (MOVE, TITLE, KEEP) if with_it else (MOVE, TITLE)
    made = commit(ledger, *refused)
    stale = ((MOVE, "jane@owner.example"), (TITLE, "CIO"))
    ledger.settle(made, Receipt((), tuple((change, "is another") for change in refused), "a", "b", stale), AT)
    (question,) = ledger.questions()
    kept = Previous("jane@owner.example", until=AT.date().isoformat(), why=BECAUSE.rule)
    earlier = KEEP.after if with_it and isinstance(KEEP.after, tuple) else ()
    assert question.changes == (
        replace(MOVE, before="jane@owner.example"),
        replace(TITLE, before="CIO"),
        Change(MOVE.contact, "previous", None, (*earlier, kept), BECAUSE),  # type: ignore[arg-type]
    )


def test_a_refused_change_does_not_make_a_new_address_known(ledger: SqliteLedger) -> None:
    """Only what stands in the file counts."""
    jane(ledger)
    ledger.settle(commit(ledger, MOVE), refused(MOVE), AT)
    assert ledger.person("jane@newco.example") is None


def test_undo_is_the_inverse_and_names_the_entry_as_it_is_now(ledger: SqliteLedger) -> None:
    """A title changed in the batch that changed the address is found under the new address."""
    jane(ledger)
    events = changed(ledger, MOVE, TITLE)
    (number, inverse), *more = ledger.undo(events["title"], AT)
    assert more == []
    assert (inverse.contact, inverse.field, inverse.before, inverse.after) == ("jane@newco.example", "title", "CTO", None)
    assert ledger.pending() == ((number, inverse),)
    ledger.settle([(number, inverse)], applied(inverse), AT)
    undone = ledger.events()[0]
    assert (undone.kind, undone.change, undone.level) == (EventKind.UNDONE, inverse, Level.E6)


def test_undoing_a_new_address_takes_back_what_was_written_with_it(ledger: SqliteLedger) -> None:
    """The old address leaves `previous` again and the status goes; a title learned from the same mail stays."""
    jane(ledger)
    events = changed(ledger, MOVE, KEEP, STATUS, TITLE)
    made = ledger.undo(events["email"], AT)
    assert [(c.field, c.before, c.after) for _, c in made] == [
        ("email", "jane@newco.example", "jane@acme.example"),
        ("previous", KEEP.after, None),
        ("status", "probation", None),
    ]
    assert {c.contact for _, c in made} == {"jane@newco.example"}
    ledger.settle(made, applied(*(c for _, c in made)), AT)
    assert ledger.activity(AT, "UTC").person_of == {"jane@acme.example": ledger.person("jane@acme.example")}
    with pytest.raises(UsageError, match="undone already"):
        ledger.undo(events["status"], AT)
    assert [c.field for _, c in ledger.undo(events["title"], AT)] == ["title"]


def test_what_was_undone_alone_is_not_undone_again_with_the_address(ledger: SqliteLedger) -> None:
    """Each change is taken back once."""
    jane(ledger)
    events = changed(ledger, MOVE, KEEP, STATUS)
    (one,) = ledger.undo(events["status"], AT)
    ledger.settle([one], applied(one[1]), AT)
    assert [c.field for _, c in ledger.undo(events["email"], AT)] == ["email", "previous"]


def test_undoing_twice_or_what_is_no_change_is_refused(ledger: SqliteLedger) -> None:
    """The first undo may still be on its way to the file; that is once already."""
    jane(ledger)
    events = changed(ledger, TITLE)
    ledger.undo(events["title"], AT)
    with pytest.raises(UsageError, match="undone already"):
        ledger.undo(events["title"], AT)
    for event in (*(e.id for e in ledger.events() if e.change is None), 999, -1):
        with pytest.raises(UsageError, match="not a change"):
            ledger.undo(event, AT)
    assert len(ledger.pending()) == 1


def test_an_undo_that_the_file_refused_may_be_tried_again(ledger: SqliteLedger) -> None:
    """The owner's edit stood in the way; it is a question meanwhile."""
    jane(ledger)
    events = changed(ledger, TITLE)
    made = ledger.undo(events["title"], AT)
    ledger.settle(made, refused(made[0][1]), AT)
    assert [c.after for q in ledger.questions() for c in q.changes] == [None]
    assert [c for _, c in ledger.undo(events["title"], AT)] == [made[0][1]]


def test_an_undone_change_is_not_itself_undone(ledger: SqliteLedger) -> None:
    """There is nothing to take back in taking back."""
    jane(ledger)
    (made,) = ledger.undo(changed(ledger, TITLE)["title"], AT)
    ledger.settle([made], applied(made[1]), AT)
    with pytest.raises(UsageError, match="not a change"):
        ledger.undo(ledger.events()[0].id, AT)


@pytest.mark.parametrize("accept", [True, False])
def test_a_yes_commits_the_changes_and_either_answer_lifts_the_hold(ledger: SqliteLedger, accept: bool) -> None:
    """A no changes nothing but the question."""
    who, raw = jane(ledger), mail("title?")
    ledger.record(raw, reading(raw), match(who), [Review((TITLE,), "a title", Level.E1, TITLE.because, hold=True)], JANE, AT)
    (question,) = ledger.questions()
    assert (question.changes, question.why, question.level, question.name, question.at) == ((TITLE,), "a title", Level.E1, "Jane Doe", AT)
    made = ledger.answer(question.id, accept=accept, at=AT)
    assert [c for _, c in made] == ([TITLE] if accept else [])
    assert ledger.pending() == made
    assert ledger.questions() == ()
    assert ledger.activity(AT, "UTC").held == frozenset()
    assert ledger.events()[0].kind is (EventKind.ACCEPTED if accept else EventKind.REJECTED)
    with pytest.raises(UsageError, match="answered already"):
        ledger.answer(question.id, accept=True, at=AT)


def test_an_accepted_change_is_made_to_the_entry_as_it_is_now(ledger: SqliteLedger) -> None:
    """The address may have changed since the question was put."""
    who, raw = jane(ledger), mail("title?")
    ledger.record(raw, reading(raw), match(who), [Review((TITLE,), "a title", Level.E1, TITLE.because)], JANE, AT)
    ledger.sync(book(MOVED), AT)
    ((_, change),) = ledger.answer(ledger.questions()[0].id, accept=True, at=AT)
    assert change == replace(TITLE, contact="jane@newco.example")


def test_a_rejected_proposal_may_be_asked_again_on_new_evidence(ledger: SqliteLedger) -> None:
    """Only while it is open is it the same question."""
    who = jane(ledger)
    for text in ("one", "two"):
        raw = mail(text)
        ledger.record(raw, reading(raw), match(who), [Review((TITLE,), "a title", Level.E1, TITLE.because)], JANE, AT)
        ledger.answer(ledger.questions()[0].id, accept=False, at=AT)
    assert [event.kind for event in ledger.events()].count(EventKind.REVIEW) == 2


def test_events_are_given_newest_first_and_as_asked(ledger: SqliteLedger) -> None:
    """By time, by person, by number."""
    who = jane(ledger)
    for day in range(4):
        ledger.note(EventKind.HEALTH, f"day {day}", AT + day * DAY, who if day % 2 else None)
    assert [e.detail for e in ledger.events()] == ["day 3", "day 2", "day 1", "day 0"]
    assert [e.detail for e in ledger.events(since=AT + 2 * DAY)] == ["day 3", "day 2"]
    assert [(e.detail, e.name) for e in ledger.events(person=who)] == [("day 3", "Jane Doe"), ("day 1", "Jane Doe")]
    assert [e.detail for e in ledger.events(limit=1)] == ["day 3"]
    assert ledger.events(person="000000000000") == ()


def test_a_period_is_claimed_once(ledger: SqliteLedger) -> None:
    """A missed or doubled tick is harmless."""
    assert ledger.claim("summary:2026-W47", AT)
    assert not ledger.claim("summary:2026-W47", AT + 400 * DAY)
    assert ledger.claim("summary:2026-W48", AT)
