"""The sentences that the owner reads, whole: what it is, what it lacks, and how far it is believed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.build import AT, JANE, OWNER
from support.trust import (
    AWAY,
    BECAUSE,
    BOB,
    LEFT,
    MAILED,
    PHONE,
    RENAMED,
    RETIRED,
    ROLE,
    STOP,
    all_changes,
    answer,
    at_level,
    decisions,
    failed,
    known,
    sent,
    token,
    whys,
)

from bouncer.model import (
    Ask,
    Away,
    Contact,
    Deceased,
    Finding,
    Kind,
    Left,
    NewAddress,
    Previous,
    Recipient,
    Renamed,
    Role,
    Status,
    Unmonitored,
)

E4 = f"the answer carries our token for {MAILED} and passed DMARC (E4)"
E3 = f"the answer carries our token for {MAILED} and is from {MAILED} (E3)"
E1 = f"the From is {MAILED}, whom you know, and nothing authenticates it (E1)"


@pytest.mark.parametrize(
    ("level", "finding", "sentence"),
    [
        ("E4", LEFT, f"Jane Doe has left: {E4}"),
        ("E4", Left(because=BECAUSE, company="Acme"), f"Jane Doe has left Acme: {E4}"),
        ("E3", LEFT, f"Jane Doe has left, but it takes our token in an authenticated answer (E4): {E3}"),
        ("E4", RETIRED, f"Jane Doe has retired: {E4}"),
        ("E4", AWAY, f"Jane Doe is away until 2026-03-13: {E4}"),
        ("E4", Away(because=BECAUSE), f"Jane Doe is away until 2026-03-18 (no end is named, so 14 days): {E4}"),
        ("E4", Away(because=BECAUSE, until=date(2026, 3, 1)), f"Jane Doe is away until 2026-03-01, which is over: {E4}"),
        (
            "E4",
            Away(because=BECAUSE, until=date(2030, 3, 1)),
            f"Jane Doe is away until 2030-03-01, but that is more than a year ahead: {E4}",
        ),
        ("E4", STOP, f"Jane Doe asks not to be written to: {E4}"),
        ("E1", STOP, f"Jane Doe asks not to be written to, but it takes an authenticated answer (E2): {E1}"),
        ("E4", ROLE, f"the title of Jane Doe is CTO: {E4}"),
        ("E3", ROLE, f"the title of Jane Doe is CTO, but it takes an authenticated answer (E2): {E3}"),
        ("E4", RENAMED, f"the name of Jane Doe is Jane Smith: {E4}"),
        ("E4", Renamed(because=BECAUSE, name="JANE DOE"), f"the name of Jane Doe is JANE DOE, as you have it: {E4}"),
        ("E4", PHONE, f"the telephone of Jane Doe is +442079460018: {E4}"),
        ("E1", PHONE, f"the telephone number is known, or nothing proves it: {E1}"),
        ("E4", Deceased(because=BECAUSE), f"Jane Doe is said to have died: {E4}"),
        ("E4", Unmonitored(because=BECAUSE), f"nobody reads {MAILED}, but you may know another way: {E4}"),
        ("E4", replace(LEFT, ambiguous=True), f"Jane Doe has left, but the words leave room for doubt: {E4}"),
        ("E4", replace(LEFT, confidence=0.69), f"Jane Doe has left, but the words leave room for doubt: {E4}"),
        ("E4", replace(LEFT, confidence=0.7), f"Jane Doe has left: {E4}"),
        ("E4", replace(STOP, ambiguous=True), f"Jane Doe asks not to be written to, but the words leave room for doubt: {E4}"),
        ("E4", replace(ROLE, ambiguous=True), f"the title of Jane Doe is CTO, but the words leave room for doubt: {E4}"),
        ("E4", replace(ROLE, confidence=0.6), f"the title of Jane Doe is CTO, but the words leave room for doubt: {E4}"),
        ("E4", replace(RENAMED, confidence=0.6), f"the name of Jane Doe is Jane Smith, but the words leave room for doubt: {E4}"),
        ("E4", replace(PHONE, ambiguous=True), f"the telephone of Jane Doe is +442079460018, but the words leave room for doubt: {E4}"),
        (
            "E4",
            Role(because=BECAUSE, title="C\nTO"),
            f"the title of Jane Doe is C TO, but that is no single short line: {E4}",
        ),
        (
            "E4",
            replace(LEFT, about=BOB),
            f"the message says of {BOB}, whom you know: left (“the words”), but what is said of somebody else is only a hint: {E4}",
        ),
        (
            "E4",
            Ask(because=BECAUSE, name="Bo", phone="020 7946 0777", scope="successor"),
            f"Jane Doe's mailbox names Bo 020 7946 0777 as successor, but only you can tell whether that person is worth knowing: {E4}",
        ),
        (
            "E4",
            NewAddress(because=BECAUSE, address=MAILED),
            f"the new address of Jane Doe is said to be {MAILED}, which it is already: {E4}",
        ),
        (
            "E4",
            NewAddress(because=BECAUSE, address=OWNER.address),
            f"the new address of Jane Doe is said to be {OWNER.address}, which is your own: {E4}",
        ),
    ],
)
def test_the_owner_reads_what_it_is_what_it_lacks_and_how_far_it_is_believed(level: str, finding: Finding, sentence: str) -> None:
    """One sentence a decision, whole."""
    assert sentence in [decision.why for decision in decisions(at_level(level, finding))]


@pytest.mark.parametrize(
    ("finding", "status", "sentence"),
    [
        (LEFT, Status.RETIRED, "Jane Doe has left, but is retired already"),
        (LEFT, Status.LEFT, "Jane Doe has left, but is left already"),
        (RETIRED, Status.PAUSED, "Jane Doe has retired, but is paused already"),
        (AWAY, Status.STOPPED, "Jane Doe is away until 2026-03-13, but is stopped"),
        (Unmonitored(because=BECAUSE), Status.UNREACHABLE, "nobody reads this mailbox"),
        (ROLE, None, "the title of Jane Doe is CTO, as you have it"),
    ],
)
def test_what_is_so_already_is_said_and_left(finding: Finding, status: Status | None, sentence: str) -> None:
    """No change, no question."""
    found = decisions(at_level("E4", finding), replace(JANE, status=status, title="cto"))
    assert all_changes(found) == ()
    assert f"{sentence}: {E4}" in [d.why for d in found]


def test_a_challenge_and_a_newsletter_say_what_they_are() -> None:
    """One wants the owner, the other nothing."""
    challenge = decisions(at_level("E4", kind=Kind.CHALLENGE))
    assert whys(challenge) == f"the mailbox of Jane Doe wants a confirmation before it takes our letter, but only you can give it: {E4}"
    assert whys(decisions(at_level("E4", LEFT, kind=Kind.OTHER))) == f"a message of the kind other says left: {E4}"
    assert whys(decisions(at_level("E4", kind=Kind.OTHER))) == f"nothing in it is news: {E4}"


NOTICE = f"the notice carries our token for {MAILED} (E3)"
UNTOLD = f"the notice names {MAILED}, but carries no token of ours (E1)"


@pytest.mark.parametrize(
    ("recipients", "carries", "sentence"),
    [
        ([failed()], token(), f"{MAILED} fails (userunknown): {NOTICE}"),
        ([failed()], None, f"{MAILED} is said to fail (userunknown), but the notice carries no token of ours: {UNTOLD}"),
        ([failed(reason="mailboxfull")], None, f"the notice proves nothing about an address: {UNTOLD}"),
        ([failed(BOB)], token(), f"{MAILED} fails (userunknown), but the notice names {BOB}, which is another contact's: {NOTICE}"),
        ([failed(reason="blocked")], token(), f"acme.example refused us, not the address (blocked): {NOTICE}"),
        (
            [failed(reason="mailboxfull", status="5.2.2")],
            token(),
            f"{MAILED} did not take the letter for now (mailboxfull): {NOTICE}",
        ),
        ([replace(failed(), action="relayed")], token(), f"the notice says relayed: {NOTICE}"),
        (
            [failed(reason="undefined", status="5.0.0")],
            token(),
            f"{MAILED} refused the letter for a reason not understood, but it may not be the address that failed: {NOTICE}",
        ),
        (
            [failed("x@y.example"), failed("z@y.example")],
            token(),
            f"the notice does not speak of {MAILED}, where our letter went: {NOTICE}",
        ),
        (
            [],
            token(),
            f"our letter to {MAILED} came back without a reason that can be read, but it may not be the address that failed: {NOTICE}",
        ),
    ],
)
def test_a_notice_says_what_became_of_the_letter(recipients: list[Recipient], carries: str | None, sentence: str) -> None:
    """And whether it is the address, the mailbox, us, or nothing that can be told."""
    found = decisions(answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=recipients, carries=carries))
    assert [d.why for d in found] == [sentence]


def test_a_delay_and_a_complaint_say_what_they_are() -> None:
    """One is waited out, the other ends the letters."""
    delay = answer(Kind.DELAY, sender="mailer-daemon@acme.example", recipients=[replace(failed(), action="delayed")], carries=token())
    assert whys(decisions(delay)) == f"the server is still trying: {NOTICE}"
    complaint = decisions(answer(Kind.COMPLAINT, sender="fbl@isp.example", carries=token()))
    assert [d.why for d in complaint] == [
        f"after a complaint no letter goes there again: {NOTICE}",
        f"a complaint about our letter came: {NOTICE}",
    ]


@pytest.mark.parametrize(
    ("contact", "facts", "sentence"),
    [
        (replace(JANE, status=Status.SUSPECT), {}, f"{MAILED} is suspect already"),
        (replace(JANE, status=Status.LEFT), {}, f"{MAILED} fails (userunknown)"),
        (
            replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),)),
            {},
            f"{MAILED}, not the present address, fails",
        ),
        (
            replace(JANE, status=Status.SUSPECT),
            {"suspect_since": {MAILED: AT - timedelta(days=9)}, "sent": (sent(token()),)},
            f"{MAILED} fails again (userunknown), so it is unreachable",
        ),
    ],
)
def test_a_failure_says_where_the_address_stands(contact: Contact, facts: dict[str, object], sentence: str) -> None:
    """Known, former, or for the second time."""
    reading = answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[failed()], carries=token())
    assert [d.why for d in decisions(reading, contact, known(contact, **facts))] == [f"{sentence}: {NOTICE}"]
