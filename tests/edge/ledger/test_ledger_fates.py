"""What becomes of a letter that did not simply leave: refused, dropped, adrift, proved sent, put off."""

from datetime import timedelta

import pytest
from support.build import AT, JANE
from support.ledger import DAY, NEW_ID, delivery, jane, letter, planned, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Address, Delivery, EventKind, OutboxState, SentHeader

SENT, REFUSED, READY = OutboxState.SENT, OutboxState.REFUSED, OutboxState.READY


def ready(ledger: SqliteLedger) -> int:
    """Give a composed letter to Jane."""
    who = jane(ledger)
    ledger.enqueue([planned(who)], AT)
    ((outbox, _),) = ledger.due(AT)
    ledger.ready(outbox, letter(who), AT)
    return outbox


@pytest.mark.parametrize(
    ("code", "status", "text", "read"),
    [
        (550, "5.1.1", "no such user", (550, "5.1.1", "5.1.1 no such user")),
        (550, "5.7.509", "access denied. 1.2", (550, "5.7.509", "5.7.509 access denied. 1.2")),
        (550, None, "5.x.1 is no status", (550, None, "5.x.1 is no status")),
        (550, None, "5.1 is none", (550, None, "5.1 is none")),
        (554, None, "no. not. here", (554, None, "no. not. here")),
        (553, None, "1.2.3.4 is blocked", (553, None, "1.2.3.4 is blocked")),
    ],
)
def test_a_refusal_is_kept_as_the_server_said_it(
    ledger: SqliteLedger, code: int, status: str | None, text: str, read: tuple[int, str | None, str]
) -> None:
    """After a crash it is the same evidence as in the session: code, status where there is one, and words."""
    outbox = ready(ledger)
    ledger.delivered(outbox, Delivery(REFUSED, "rcpt", code, status, text), AT)
    ((kept, told),) = ledger.untold()
    assert (kept.message_id, told.state, told.phase) == (NEW_ID, REFUSED, "rcpt")
    assert (told.code, told.status, told.text) == read


def test_a_refusal_without_a_code_is_kept_too(ledger: SqliteLedger) -> None:
    """A domain that takes no mail at all never answers with one."""
    ledger.delivered(ready(ledger), Delivery(REFUSED, "rcpt", None, None, "takes no mail"), AT)
    ((_, told),) = ledger.untold()
    assert (told.code, told.status) == (None, None)


def test_a_letter_that_left_is_no_refusal(ledger: SqliteLedger) -> None:
    """Nor is its text kept any longer."""
    outbox = send(ledger, jane(ledger))
    ledger.delivered(outbox, delivery(SENT), AT)
    assert ledger.untold() == ()
    with ledger._database.reading() as tx:
        assert tx.row("SELECT letter FROM outbox WHERE id = ?", outbox) == (None,)


def test_a_composed_letter_can_be_taken_out(ledger: SqliteLedger) -> None:
    """It is over then, with its reason and without its text."""
    outbox = ready(ledger)
    ledger.drop(outbox, "no longer in the contact file", AT)
    assert ledger.due(AT + DAY) == ()
    assert ledger.letter(outbox) is None
    assert "no longer in the contact file" in ledger.events()[0].detail


def test_a_letter_adrift_says_what_happened(ledger: SqliteLedger) -> None:
    """The owner reads it in the summary."""
    send(ledger, jane(ledger))
    assert ledger.adrift(AT) == 1
    event = ledger.events()[0]
    assert (event.kind, event.detail) == (EventKind.UNKNOWN, f"{JANE.email}: bouncer was stopped before the server had answered")


def test_a_letter_found_in_sent_was_sent_and_no_more_is_said(ledger: SqliteLedger) -> None:
    """There are no server's words to show, only the address."""
    send(ledger, jane(ledger))
    ledger.adrift(AT)
    ledger.note_sent_folder("main", [SentHeader(NEW_ID, None, (Address("", JANE.email),), AT)], AT)
    event = ledger.events()[0]
    assert (event.kind, event.detail) == (EventKind.SENT, JANE.email)


@pytest.mark.parametrize("phase", ["connect", "login"])
def test_a_server_of_ours_that_lets_nobody_in_costs_no_try(ledger: SqliteLedger, phase: str) -> None:
    """However often: it says nothing of the letter, which is due again after the same pause each time."""
    outbox, at = ready(ledger), AT
    for _ in range(12):
        ledger.delivered(outbox, Delivery(READY, phase, None, None, "not now"), at)  # type: ignore[arg-type]
        assert ledger.due(at) == ()
        at += timedelta(hours=1)
        ((outbox, again),) = ledger.due(at)
        ledger.ready(outbox, letter(again.person), at)
