"""By what a letter is found again: its address, its names, and the question that it asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE
from support.ledger import DAY, NEW_ID, TOKEN, book, delivery, jane, letter, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.outbox import token_name
from bouncer.model import Apply, Contact, Delivery, EventKind, Kind, Level, OutboxState, Planned

MINUTE = timedelta(minutes=1)
KIM = Contact(name="Kim Lee", email="kim@other.example")


def test_a_notice_that_names_nothing_but_the_address_leads_to_the_last_letters_to_it(ledger: SqliteLedger) -> None:
    """In whatever case it is written, with the period that each was for; another address leads to none."""
    who = jane(ledger)
    ledger.delivered(send(ledger, who), delivery(OutboxState.SENT), AT)
    (sent,) = ledger.known(reading(mail("a notice"), sender=JANE.email.upper())).sent
    assert (sent.address, sent.period, sent.message_id) == (JANE.email, "checkin:2026-W10", NEW_ID)
    assert ledger.known(reading(mail("another"), sender="kim@other.example")).sent == ()


@pytest.mark.parametrize(
    ("name", "token"),
    [
        (NEW_ID, f"b.{TOKEN}"),
        (NEW_ID.upper(), f"b.{TOKEN}"),
        (f"olga+b.{TOKEN}@home.example", f"b.{TOKEN}"),
        (f"<b.{TOKEN}@relay.example@home.example>", f"b.{TOKEN}"),
        ("<theirs@big.example>", None),
        ("<XXb.abc@big.example>", None),
    ],
)
def test_the_token_is_found_in_every_name_that_carries_one(name: str, token: str | None) -> None:
    """A Message-ID that was rewritten behind it, and a plus-address; in a name of somebody else's there is none."""
    assert token_name(name) == token


def _armed(ledger: SqliteLedger, wanted: Planned) -> int:
    ledger.enqueue([wanted], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, replace(letter(wanted.person), purpose=wanted.purpose), AT)
    ledger.arm(outbox, AT)
    return outbox


def test_a_question_after_somebody_lost_waits_until_its_answer(ledger: SqliteLedger) -> None:
    """In the week that it was asked in and in the next ones for two months; what was asked later is not in an earlier week."""
    who = jane(ledger)
    ledger.delivered(_armed(ledger, replace(planned(who, "ask:somebody"), purpose="ask")), delivery(OutboxState.SENT), AT)
    (asked,) = ledger.week(2026, 10, "UTC").asked
    assert (asked.person, asked.purpose, asked.period) == (who, "ask", "ask:somebody")
    assert [ledger.week(2026, week, "UTC").asked != () for week in (9, 11, 17, 20)] == [False, True, True, False]
    answer = mail("try this one", uid=1)
    ledger.record(answer, reading(answer, Kind.HUMAN), match(who, Level.E4), (), JANE, AT + DAY)
    assert ledger.week(2026, 11, "UTC").asked == ()


def test_a_letter_that_is_armed_twice_over_keeps_its_first_fate(ledger: SqliteLedger) -> None:
    """One that the server's silence left unknown may still be said sent or refused, and no word of the server's is lost."""
    who = jane(ledger)
    outbox = send(ledger, who)
    ledger.delivered(outbox, delivery(OutboxState.UNKNOWN), AT)
    ledger.delivered(outbox, delivery(OutboxState.SENT), AT + MINUTE)
    assert ledger.armed() == ()
    assert [(sent.state, sent.text) for sent in ledger.week(2026, 10, "UTC").sent] == [(OutboxState.SENT, "250 said the server")]


def test_a_refused_summary_is_no_evidence_of_anybody(ledger: SqliteLedger) -> None:
    """Only a refusal of a contact's address is kept to be told."""
    outbox = _armed(ledger, replace(planned("owner", "summary:2026-W10"), purpose="summary"))
    ledger.delivered(outbox, Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "User unknown"), AT)
    assert ledger.untold() == ()


def test_of_a_letter_to_somebody_forgotten_meanwhile_only_the_code_is_kept(ledger: SqliteLedger) -> None:
    """The server's words would name them, and no name leads to the letter."""
    outbox = send(ledger, jane(ledger))
    traces = ledger.traces(jane(ledger))
    assert traces is not None
    ledger.wipe(ledger.forget(traces, AT)[0])
    ledger.delivered(outbox, Delivery(OutboxState.SENT, "final", 250, text="queued for Jane", server_ids=("<theirs@big.example>",)), AT)
    assert [sent.text for sent in ledger.week(2026, 10, "UTC").sent] == ["250"]
    assert ledger.known(reading(mail("x"), references=("<theirs@big.example>",))).sent == ()


def test_a_letter_is_over_once_the_person_asked_for_none(ledger: SqliteLedger) -> None:
    """What waits for an address that is given up is dropped with why; what waits for another is not."""
    ledger.sync(book(JANE, KIM), AT)
    who, kim = ledger.person(JANE.email) or "", ledger.person(KIM.email) or ""
    ledger.enqueue([planned(who), planned(kim, address=KIM.email)], AT)
    raw = mail("please stop", uid=1)
    ledger.record(raw, reading(raw), match(who), (Apply((), "asked for none", Level.E4, suppress=(JANE.email,)),), JANE, AT)
    assert [one.person for _, one in ledger.due(AT + DAY)] == [kim]
    dropped = [(event.person, event.detail) for event in ledger.events() if event.kind is EventKind.DROPPED]
    assert dropped == [(who, f"{JANE.email}: asked for none")]


def test_an_answer_may_come_before_the_servers_last_word(ledger: SqliteLedger) -> None:
    """It proves that the armed letter left, though nothing was said of it yet."""
    who = jane(ledger)
    send(ledger, who)
    raw = mail("an answer", uid=1)
    ledger.record(raw, reading(raw, Kind.HUMAN, references=(NEW_ID,)), match(who), (), JANE, AT)
    assert [(sent.state, sent.text) for sent in ledger.week(2026, 10, "UTC").sent] == [(OutboxState.SENT, "")]
    assert ledger.armed() == ()
