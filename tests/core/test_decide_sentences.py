"""The sentences that the owner reads, whole: what it is, what it lacks, and how far it is believed."""

from dataclasses import replace
from datetime import date

import pytest
from support.build import JANE, OWNER
from support.trust import AWAY, BECAUSE, BOB, LEFT, MAILED, PHONE, RENAMED, RETIRED, ROLE, STOP, all_changes, at_level, decisions, whys

from bouncer.model import Ask, Away, Deceased, Finding, Kind, Left, NewAddress, Renamed, Role, Status, Unmonitored

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
