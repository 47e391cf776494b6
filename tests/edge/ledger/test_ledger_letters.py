"""By what a letter is found again: its address, its names, and the question that it asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE
from support.ledger import DAY, NEW_ID, TOKEN, delivery, jane, letter, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.ledger.outbox import token_name
from bouncer.model import Kind, Level, OutboxState

MINUTE = timedelta(minutes=1)


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


def _ask(ledger: SqliteLedger, who: str) -> None:
    wanted = replace(planned(who, "ask:somebody"), purpose="ask")
    ledger.enqueue([wanted], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, replace(letter(who), purpose="ask"), AT)
    ledger.arm(outbox, AT)
    ledger.delivered(outbox, delivery(OutboxState.SENT), AT)


def test_a_question_after_somebody_lost_waits_until_its_answer(ledger: SqliteLedger) -> None:
    """In the week that it was asked in and in the next ones for two months; what was asked later is not in an earlier week."""
    who = jane(ledger)
    _ask(ledger, who)
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
