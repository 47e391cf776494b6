"""Whatever a message says, of whomever and however well proved: each decision stands on its words, and says in a whole sentence why."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from support.build import ACCOUNT, AT, JANE
from support.trust import (
    AWAY,
    BECAUSE,
    BOB,
    JOINED,
    KEYS,
    LEFT,
    MAILED,
    OTHER,
    PERSON,
    PHONE,
    RENAMED,
    RETIRED,
    ROLE,
    STOP,
    UNTIL,
    answer,
    asked,
    at_level,
    changed,
    decisions,
    failed,
    known,
    sent,
    token,
    whys,
)

from bouncer.core.correlate import correlate
from bouncer.model import (
    Apply,
    Ask,
    Because,
    Deceased,
    Finding,
    Ignore,
    Kind,
    Level,
    MovedDomain,
    NewAddress,
    Previous,
    Reading,
    Review,
    Status,
    Unmonitored,
)

MOVED = NewAddress(because=BECAUSE, address="jane@newco.example")
NEW_DOMAIN = MovedDomain(because=BECAUSE, new="newco.example")
COVER = Ask(because=BECAUSE, name="Ann Ames", address="ann@acme.example", scope="cover")
HEIR = replace(COVER, scope="successor")
DEAD = Deceased(because=BECAUSE)
UNREAD = Unmonitored(because=BECAUSE)
FINDINGS: tuple[Finding, ...] = (
    MOVED, NEW_DOMAIN, LEFT, JOINED, ROLE, HEIR, COVER, AWAY, RETIRED, RENAMED, PHONE, UNREAD, STOP, DEAD,
)  # fmt: skip
TOGETHER = ((replace(MOVED, ambiguous=True), LEFT), (replace(LEFT, about=BOB),), (AWAY, COVER))
STATES = (None, Status.PROBATION, Status.SUSPECT, Status.STOPPED)
FROM = Because("answered-from", "Jane Doe <jane@newco.example>", "header")


def everything() -> list[Reading]:
    """Give answers and notices of every kind, about her, about Bob and about nobody known, sure and doubtful, at every level."""
    found = [
        at_level(level, *said, kind=kind, **more)
        for level, kind in product(("E1", "E2", "E3", "E4"), (Kind.HUMAN, Kind.AUTO_REPLY, Kind.OPT_OUT, Kind.CHALLENGE, Kind.RECEIPT))
        for said in (
            (),
            *((finding,) for finding in FINDINGS),
            (replace(MOVED, ambiguous=True), LEFT),
            (replace(LEFT, about=BOB),),
            (AWAY, COVER),
        )
        for more in ({}, {"sender": "jane@newco.example"})
    ]
    for reason, carries in product(("userunknown", "suspend", "mailboxfull", "policyviolation", "onhold"), (None, token())):
        notice = answer(Kind.BOUNCE, LEFT, sender="mailer-daemon@acme.example", recipients=[failed(reason=reason)], carries=carries)
        found += [notice, replace(notice, recipients=()), replace(notice, recipients=(failed(BOB, reason),))]
    complaint = answer(Kind.COMPLAINT, recipients=[failed()], carries=token())
    return [*found, complaint, answer(Kind.DELAY, carries=token())]


def test_every_decision_stands_on_the_words_of_its_message() -> None:
    """A change or a question without them could not be explained, and one that says what a `None` says explains nothing."""
    seen: set[type] = set()
    for reading, state in product(everything(), STATES):
        for decision in decisions(reading, replace(JANE, status=state, previous=(Previous("old@acme.example"),))):
            seen.add(type(decision))
            assert isinstance(decision.level, Level)
            assert decision.why.endswith(")") or decision.why == "the From is your own address", decision.why
            assert "None" not in decision.why
            assert isinstance(decision, Ignore) or all(change.because in (BECAUSE, FROM) for change in decision.changes)
            assert not isinstance(decision, Review) or decision.because in (BECAUSE, FROM), decision.why
    assert seen == {Apply, Review, Ignore}


def test_a_question_changes_nothing_beside_what_it_asks() -> None:
    """Neither lists nor marks: not even where it would have been done but for one doubt."""
    doubtful = decisions(at_level("E4", MOVED, replace(MOVED, address="jane@other.example"), JOINED, kind=Kind.BOUNCE))
    assert all(isinstance(decision, Review | Ignore) for decision in doubtful)
    second = decisions(at_level("E4", STOP, LEFT, sender="jane@acme.example"), replace(JANE, email="now@acme.example", also=(MAILED,)))
    (left,) = [decision for decision in second if isinstance(decision, Review)]
    assert left.changes[0].after == "left"
    assert ", but another mailbox than the present one says so: " in left.why


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        (at_level("E3", MOVED), "of Jane Doe is said to be jane@newco.example; it is on probation until an answer comes from there: "),
        (at_level("E4", replace(MOVED, ambiguous=True)), "jane@newco.example, but the words leave room for doubt: "),
        (at_level("E4", replace(NEW_DOMAIN, ambiguous=True)), "jane@newco.example, but the words leave room for doubt: "),
        (at_level("E4", replace(NEW_DOMAIN, old="other.example")), "other.example moved to newco.example, which is not this contact's"),
        (at_level("E4", replace(MOVED, address=BOB)), "bob@acme.example, but it is another contact's: "),
        (at_level("E4", replace(MOVED, address="jane doe@x")), "jane doe@x, but it is not an address that can be written to: "),
        (at_level("E4", replace(MOVED, address="jane@gmail.com")), "but it is a free-mail address, which anybody can open in their name: "),
        (at_level("E4", replace(MOVED, address="jane+x@acme.example")), ", but it is the present mailbox in another form: "),
        (at_level("E4", replace(MOVED, address="jаne@newco.example")), "it holds letters of another script, which may pass for others: "),
        (at_level("E4", replace(RENAMED, name="Jаne Smith")), "a word in it mixes letters of two scripts, which may pass for others: "),
        (at_level("E4", MOVED, kind=Kind.BOUNCE), ", but a mail system says so, not the person: "),
        (at_level("E4", COVER, AWAY), "Jane Doe's mailbox names Ann Ames <ann@acme.example> as cover during an absence: "),
        (at_level("E4", Ask(because=BECAUSE, scope="successor")), "'s mailbox names somebody else as successor, but only you can tell "),
        (at_level("E4", replace(LEFT, about="Joe Cole")), "says of Joe Cole: left (“the words”), but what is said of somebody else "),
        (at_level("E4", replace(LEFT, about=BOB)), "the message says of bob@acme.example, whom you know: left (“the words”), but "),
        (at_level("E4", LEFT, MOVED), "Jane Doe has left, so that is their company no more: "),
        (at_level("E4", PHONE, replace(PHONE, e164="+33123456789")), "the telephone of Jane Doe is +442079460018, +33123456789: "),
        (at_level("E4", kind=Kind.CHALLENGE), "of Jane Doe wants a confirmation before it takes our letter, but only you can give it: "),
        (at_level("E4", kind=Kind.HUMAN), "Jane Doe answered: the answer carries our token for jane@acme.example and passed DMARC (E4)"),
        (at_level("E2", kind=Kind.HUMAN), "Jane Doe answered: the From is jane@acme.example, whom you know, and passed DMARC (E2)"),
        (answer(Kind.HUMAN, carries=token(), sender="jane@newco.example"), "but only you can tell whether that is the same person: "),
        (answer(Kind.HUMAN, sender="eve@evil.test"), "the sender is nobody you know and nothing of ours is in it (E0)"),
        (answer(Kind.HUMAN, carries=token(BOB, OTHER)), "nothing authenticates it (the token in it is another contact's) (E1)"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_the_owner_reads_why_in_a_whole_sentence(reading: Reading, sentence: str) -> None:
    """As it stands in `bouncer review`, in the history and in the summary."""
    contact = replace(JANE, also=("j@home.example",))
    assert sentence in whys(decisions(reading, contact))


def test_an_address_that_is_theirs_already_is_said_to_be() -> None:
    """A second address is no new one."""
    found = whys(decisions(at_level("E4", replace(MOVED, address="j@home.example")), replace(JANE, also=("j@home.example",))))
    assert "is said to be j@home.example, but it is an address of theirs that you know already: " in found


def test_what_is_sure_by_a_hair_is_sure() -> None:
    """A confidence of 0.7 suffices, and 0.69 does not."""
    for finding in (MOVED, JOINED, ROLE, RENAMED, PHONE, LEFT, RETIRED, AWAY, STOP):
        assert changed(decisions(at_level("E4", replace(finding, confidence=0.7)))), finding.type
        assert not changed(decisions(at_level("E4", replace(finding, confidence=0.69)))), finding.type
    sure, unsure = (whys(decisions(at_level("E4", replace(NEW_DOMAIN, confidence=c)))) for c in (0.7, 0.69))
    assert "room for doubt" in unsure
    assert "room for doubt" not in sure
    doubtful = decisions(at_level("E4", replace(JOINED, ambiguous=True)))
    assert (changed(doubtful), asked(doubtful)) == ({}, {"company": "NewCo", "title": "CEO"})


def test_the_domain_of_a_message_is_read_with_or_without_its_sign() -> None:
    """`@newco.example` is how people write it; the domain that has moved is the whole of what follows the last sign."""
    for new, old in (("@newco.example", "@acme.example"), (" NEWCO.example ", "ACME.example"), ("newco.example", None)):
        assert asked(decisions(at_level("E4", MovedDomain(because=BECAUSE, new=new, old=old))))["email"] == "jane@newco.example"


def test_a_failed_new_address_proposes_the_former_one_with_its_story() -> None:
    """On probation, and back: the one that failed goes into `previous` with the day and the reason, and its state is lifted."""
    jane = replace(JANE, email="jane@newco.example", status=Status.PROBATION, previous=(Previous("first@x.example"), Previous(MAILED)))
    facts = known(jane, sent(token("jane@newco.example"), "jane@newco.example"))
    notice = answer(Kind.BOUNCE, sender="m@newco.example", recipients=[failed("jane@newco.example")], carries=token("jane@newco.example"))
    found = decisions(notice, jane, facts)
    assert changed(found) == {"status": "suspect"}
    fails = "jane@newco.example fails (userunknown)"
    back = {
        "email": MAILED,
        "previous": (Previous("first@x.example"), Previous("jane@newco.example", None, "2026-03-04", fails)),
        "status": None,
    }
    assert asked(found) == back
    assert (
        "the former address of Jane Doe is jane@acme.example, but whether it is to be the present one again, only you can tell: "
        in whys(found)
    )


@pytest.mark.parametrize("state", [Status.STOPPED, Status.PAUSED, Status.LEFT])
def test_a_failure_of_somebody_who_is_not_written_to_marks_the_address_and_no_more(state: Status) -> None:
    """The state stays; where the notice proves nothing, or names somebody else too, not even that."""
    jane = replace(JANE, status=state)
    proved = answer(Kind.BOUNCE, sender="m@acme.example", recipients=[failed()], carries=token())
    (mark,) = [decision for decision in decisions(proved, jane) if isinstance(decision, Apply)]
    assert (mark.suspect, mark.changes) == ((MAILED,), ())
    foreign = replace(proved, recipients=(replace(failed(), original=BOB),))
    assert not [decision for decision in decisions(foreign, jane) if isinstance(decision, Apply)]
    assert f"{MAILED} fails (userunknown)" in whys(decisions(foreign, jane)) or "does not speak of" in whys(decisions(foreign, jane))


def test_a_second_failure_marks_the_address_again() -> None:
    """Unreachable by then; the mark is what a later look counts from."""
    since = AT - timedelta(days=8)
    facts = known(JANE, sent(token()), suspect_since={MAILED: since})
    notice = answer(Kind.BOUNCE, sender="m@acme.example", recipients=[failed()], carries=token())
    (gone,) = [d for d in decisions(notice, replace(JANE, status=Status.SUSPECT), facts) if isinstance(d, Apply)]
    assert (gone.suspect, [change.after for change in gone.changes]) == ((MAILED,), ["unreachable"])


def test_a_known_absence_of_unsaid_length_is_no_news_on_the_same_day() -> None:
    """Without an end it is 14 days; where just that day is known already, nothing is to be done."""
    unsaid = replace(AWAY, until=None)
    until = AT.date() + timedelta(days=14)
    for day in (until, until + timedelta(days=1)):
        found = decisions(at_level("E4", unsaid), replace(JANE, status=Status.AWAY, away_until=day))
        assert "; a later day is known: " in whys(found)
        assert changed(found) == {}
    assert changed(decisions(at_level("E4", unsaid), replace(JANE, away_until=UNTIL)))["away_until"] == until.isoformat()


@pytest.mark.parametrize(
    ("had", "said", "same"),
    [
        ("Acme Ltd", "Acme", True),
        ("Acme", "Acme Holding Ltd", True),
        ("Acme Holding", "Acme", True),
        ("3M", "3M", True),
        ("3M", "4M", False),
        ("3M", "Acme", False),
        ("Acme", "3M", False),
        ("Acme Tools", "Acme Toys", False),
    ],
)
def test_the_company_that_was_left_is_theirs_where_one_name_says_all_of_the_other(had: str, said: str, same: bool) -> None:
    """Only then it is taken off the entry beside a new address; names without a word are compared as they are."""
    found = changed(decisions(at_level("E4", replace(LEFT, company=said), MOVED), replace(JANE, company=had)))
    assert ("company" in found) is same


def test_an_id_of_ours_says_which_letter_and_what_for_but_proves_nothing() -> None:
    """A token that has expired still names the person, the address, the letter and its purpose."""
    letter = sent(token(at=AT - timedelta(days=400)), at=AT - timedelta(days=400))

    old = answer(carries=letter.message_id[3:43])
    match = correlate(old, known(JANE, letter), ACCOUNT, KEYS, AT)
    assert (match.person, match.mailed, match.sent, match.purpose) == (PERSON, MAILED, letter, "checkin")
    assert match.trust.level is Level.E1
    fresh = correlate(answer(carries=token()), known(), ACCOUNT, KEYS, AT)
    assert (fresh.purpose, fresh.trust.level) == ("checkin", Level.E3)


def test_of_several_letters_a_notice_without_an_id_is_about_the_last() -> None:
    """It says when we wrote there."""
    letters = [sent(token(), at=AT - timedelta(days=days)) for days in (9, 2, 5)]
    bounce = answer(Kind.BOUNCE, recipients=[failed()], sender="mailer-daemon@acme.example")
    assert correlate(bounce, known(JANE, *letters), ACCOUNT, KEYS, AT).sent == letters[1]
    nobody = correlate(answer(Kind.BOUNCE, recipients=[failed("x@y.example")]), known(), ACCOUNT, KEYS, AT)
    assert nobody.trust.handles == ()
