"""How a person stands after a message: the edges of absences, stops and farewells."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.build import AT, JANE, SETTINGS
from support.trust import (
    AWAY,
    BECAUSE,
    LEFT,
    MAILED,
    RETIRED,
    STOP,
    UNTIL,
    all_changes,
    answer,
    asked,
    at_level,
    changed,
    decisions,
    failed,
    known,
    token,
    whys,
)

from bouncer.core.decide import decide
from bouncer.model import (
    Apply,
    Away,
    Contact,
    Finding,
    Joined,
    Kind,
    Level,
    Match,
    NewAddress,
    Reading,
    Retired,
    Status,
    Trust,
    Unmonitored,
    Verdict,
)

TODAY = AT.date()
SECOND = replace(JANE, also=("jane@home2.example",))
MOVED = NewAddress(because=BECAUSE, address="jane@newco.example")
UNREAD = Unmonitored(because=BECAUSE)


def from_second(*findings: Finding) -> Reading:
    """Give an authenticated answer of Jane's second mailbox to a letter that went there."""
    return answer(Kind.AUTO_REPLY, *findings, sender="jane@home2.example", authenticated=True, carries=token("jane@home2.example"))


@pytest.mark.parametrize(
    ("until", "done"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (TODAY + timedelta(days=400), True),
        (TODAY + timedelta(days=401), False),
    ],
)
def test_an_absence_counts_from_its_last_day_to_four_hundred_days_ahead(until: date, done: bool) -> None:
    """Past is past, and years ahead are a question."""
    assert ("away_until" in changed(decisions(at_level("E3", Away(because=BECAUSE, until=until))))) is done


def test_without_a_date_the_day_it_came_counts() -> None:
    """A message need not have a Date that can be read."""
    undated = replace(at_level("E3", Away(because=BECAUSE)), date=None)
    assert changed(decisions(undated))["away_until"] == "2026-03-18"


@pytest.mark.parametrize(("known", "after"), [("2026-03-17", "2026-03-18"), ("2026-03-18", None), ("2026-03-19", None)])
def test_a_guess_only_lengthens_an_absence(known: str, after: str | None) -> None:
    """A fortnight from today is no news where a later day is known."""
    contact = replace(JANE, status=Status.AWAY, away_until=date.fromisoformat(known))
    found = decisions(at_level("E3", Away(because=BECAUSE)), contact)
    assert changed(found).get("away_until") == after


def test_an_absence_shows_that_the_mailbox_works_and_a_second_one_shows_nothing_of_the_first() -> None:
    """The state of a suspect address is kept where another mailbox answers; the date is noted."""
    suspect = replace(SECOND, status=Status.SUSPECT)
    assert changed(decisions(at_level("E3", AWAY), suspect))["status"] == "away"
    assert changed(decisions(from_second(AWAY), suspect)) == {"away_until": UNTIL.isoformat()}


@pytest.mark.parametrize("finding", [replace(AWAY, ambiguous=True), replace(AWAY, confidence=0.69)])
def test_a_doubtful_absence_is_a_question(finding: Away) -> None:
    """As every doubtful finding."""
    found = decisions(at_level("E4", finding))
    assert (changed(found), asked(found)["status"]) == ({}, "away")


@pytest.mark.parametrize("finding", [replace(RETIRED, ambiguous=True), replace(RETIRED, confidence=0.69)])
def test_a_doubtful_retirement_is_a_question(finding: Retired) -> None:
    """At any level."""
    found = decisions(at_level("E4", finding))
    assert (changed(found), asked(found)) == ({}, {"status": "retired"})


def test_a_doubtful_stop_is_a_question_and_a_sure_one_is_heeded() -> None:
    """Nothing goes out in between: the question holds."""
    for doubtful in (replace(STOP, confidence=0.69), replace(STOP, ambiguous=True)):
        found = decisions(at_level("E4", doubtful))
        assert not any(isinstance(d, Apply) for d in found)
        assert [d.hold for d in found] == [True]
    assert changed(decisions(at_level("E4", replace(STOP, confidence=0.7)))) == {"status": "stopped"}


def test_a_stop_for_the_dead_is_kept_and_their_state_left() -> None:
    """Whoever looks after the mailbox wants no more letters."""
    found = decisions(at_level("E3", STOP), replace(JANE, status=Status.DECEASED))
    assert all_changes(found) == ()
    assert [d.suppress for d in found if isinstance(d, Apply)] == [(MAILED,)]


@pytest.mark.parametrize(
    ("contact", "reading", "sentence"),
    [
        (SECOND, from_second(LEFT), "another mailbox than the present one says so"),
        (JANE, at_level("E4", LEFT, kind=Kind.HUMAN), "they wrote that themselves, so the address still works"),
        (
            replace(JANE, email="jane@gmail.com"),
            answer(Kind.AUTO_REPLY, LEFT, sender="jane@gmail.com", authenticated=True, carries=token("jane@gmail.com")),
            "the address is no employer's",
        ),
    ],
)
def test_why_somebody_who_left_may_still_be_reached_is_said(contact: Contact, reading: Reading, sentence: str) -> None:
    """The owner decides with that in mind."""
    assert f"Jane Doe has left, but {sentence}: " in whys(decisions(reading, contact))


@pytest.mark.parametrize("better", [LEFT, RETIRED, NewAddress(because=BECAUSE, address="jane@newco.example")])
def test_an_unread_mailbox_that_says_something_better_is_only_counted(better: Finding) -> None:
    """Who has left, and no longer reads this mailbox, has left."""
    found = decisions(at_level("E4", better, UNREAD))
    assert "unreachable" not in asked(found).values()
    assert "nobody reads this mailbox: " in whys(found)


def test_a_second_mailbox_that_nobody_reads_says_nothing_of_the_first() -> None:
    """Letters go to the first."""
    assert all_changes(decisions(from_second(UNREAD), SECOND)) == ()


@pytest.mark.parametrize("status", [Status.LEFT, Status.RETIRED, Status.STOPPED, Status.PAUSED, Status.DECEASED])
def test_an_unread_mailbox_changes_no_state_that_says_more(status: Status) -> None:
    """It gets no letters anyway."""
    assert all_changes(decisions(at_level("E4", UNREAD), replace(JANE, status=status))) == ()


def test_the_owners_other_addresses_are_nobodys_answer() -> None:
    """A copy of the owner's own reply carries the token; a bounce to such an address is still a bounce."""
    own = replace(SETTINGS, owner=replace(SETTINGS.owner, address="olga@other.example"))
    for kind in (Kind.HUMAN, Kind.AUTO_REPLY, Kind.OPT_OUT):
        found = decisions(answer(kind, STOP, AWAY, sender="olga@other.example", carries=token()), settings=own)
        assert whys(found) == "the From is your own address"
    notice = answer(Kind.BOUNCE, sender="olga@other.example", recipients=[failed()], carries=token())
    assert changed(decisions(notice, settings=own)) == {"status": "suspect"}


@pytest.mark.parametrize("match", [Match(None, Trust(Level.E4, ()), MAILED), Match("0123456789ab", Trust(Level.E0, ()), MAILED)])
def test_without_a_person_or_any_trust_nothing_follows(match: Match) -> None:
    """Whatever the message says, and whoever's entry is at hand."""
    found = decide(at_level("E4", LEFT), match, JANE, SETTINGS, known(), AT)
    assert whys(found) == "it concerns nobody you know (E0)"


def test_what_is_asked_names_what_it_takes_and_who_said_it() -> None:
    """Three reasons that the owner meets often."""
    new = NewAddress(because=BECAUSE, address="jane@newco.example")
    assert ", but it takes our token (E3): " in whys(decisions(at_level("E2", new)))
    notice = answer(Kind.BOUNCE, LEFT, recipients=[failed()], carries=token())
    assert "Jane Doe has left, but another mailbox" not in whys(decisions(notice))
    colleague = answer(Kind.AUTO_REPLY, AWAY, sender="joe@acme.example", name="Joe Cole", carries=token())
    assert ", but somebody else says so: " in whys(decisions(colleague))


@pytest.mark.parametrize("said", [None, "Acme", "ACME Ltd."])
def test_a_new_address_takes_the_employer_that_was_left_off_the_entry(said: str | None) -> None:
    """It would be untrue from now on; `previous` keeps it."""
    found = changed(decisions(at_level("E4", replace(LEFT, company=said), MOVED)))
    assert found["company"] is None
    assert [previous.company for previous in found["previous"]] == ["Acme"]


@pytest.mark.parametrize(
    ("level", "findings", "company"),
    [
        ("E3", (LEFT, MOVED), "Acme"),
        ("E4", (replace(LEFT, company="Zenith"), MOVED), "Acme"),
        ("E4", (replace(LEFT, ambiguous=True), MOVED), "Acme"),
        ("E4", (MOVED,), "Acme"),
        ("E4", (LEFT, MOVED, Joined(because=BECAUSE, company="NewCo")), "NewCo"),
    ],
)
def test_the_employer_stays_where_it_is_not_surely_the_one_that_was_left(level: str, findings: tuple[Finding, ...], company: str) -> None:
    """On a token alone, where another is named, where it is doubtful or unsaid; a new employer takes its place."""
    assert changed(decisions(at_level(level, *findings))).get("company", "Acme") == company


def test_an_answer_quotes_its_sender_where_no_words_say_that_it_is_one() -> None:
    """Every change has words to stand on, also the end of an absence because somebody simply wrote."""
    away = replace(JANE, status=Status.AWAY, away_until=UNTIL)
    mute = replace(at_level("E4", kind=Kind.HUMAN), verdict=Verdict(Kind.HUMAN, replace(BECAUSE, quote="")))
    (back, *_) = all_changes(decisions(mute, away))
    assert back.because.quote == "Jane Doe <jane@acme.example>"
