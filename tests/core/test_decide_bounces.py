"""A notice with our token marks the address that letter went to; refusals of us, and soft ones, mark nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE, SETTINGS
from support.trust import BECAUSE, BOB, MAILED, OTHER, all_changes, answer, asked, changed, decisions, failed, known, sent, token, whys

from bouncer.model import (
    Apply,
    Contact,
    Ignore,
    Kind,
    Left,
    Level,
    NewAddress,
    OptOut,
    Policy,
    Previous,
    Purpose,
    Reading,
    Recipient,
    Review,
    Status,
)

SUSPECT = replace(JANE, status=Status.SUSPECT)


def bounce(*recipients: Recipient, carries: str | None = None, kind: Kind = Kind.BOUNCE) -> Reading:
    """Give a notice of a mail system that carries our token."""
    return answer(kind, sender="mailer-daemon@acme.example", name="", recipients=recipients, carries=carries or token())


def again(days: int, contact: Contact = SUSPECT, purpose: Purpose = "checkin", reason: str = "userunknown") -> dict[str, object]:
    """Give what changes where a letter fails that was sent *days* after the first one failed."""
    letter = sent(token(purpose=purpose), purpose=purpose, at=AT)
    facts = known(contact, letter, suspect_since={MAILED: AT - timedelta(days=days)})
    return changed(decisions(bounce(failed(reason=reason), carries=token(purpose=purpose)), contact, facts))


@pytest.mark.parametrize("reason", ["userunknown", "hostunknown", "hasmoved", "suspend"])
def test_one_failure_of_the_address_makes_it_suspect_at_once(reason: str) -> None:
    """And the ledger remembers since when."""
    found = decisions(bounce(failed(reason=reason)))
    assert changed(found) == {"status": "suspect"}
    assert [d.suspect for d in found if isinstance(d, Apply)] == [(MAILED,)]


def test_a_second_failure_a_week_later_makes_it_unreachable() -> None:
    """Not before: one outage fails many letters."""
    assert again(7) == {"status": "unreachable"}
    assert again(6) == {}


def test_a_failed_recheck_makes_it_unreachable() -> None:
    """The token says what the letter was for; a re-check is sent a week after the failure at the earliest."""
    assert again(6, purpose="recheck") == {"status": "unreachable"}
    assert again(6, purpose="recheck", reason="suspend") == {"status": "unreachable"}


def test_a_disabled_mailbox_alone_never_becomes_unreachable() -> None:
    """It may be enabled again; only a re-check settles it."""
    assert again(30, reason="suspend") == {}


def test_the_same_notice_told_twice_makes_nobody_unreachable() -> None:
    """A replay weeks later is about the letter that failed already."""
    letter = sent(token(), at=AT - timedelta(days=31))
    facts = known(SUSPECT, letter, suspect_since={MAILED: AT - timedelta(days=30)})
    found = decisions(bounce(failed()), SUSPECT, facts)
    assert all(isinstance(d, Ignore) for d in found)


def test_a_failure_after_an_owner_cleared_the_state_is_a_first_one() -> None:
    """What the file says now counts."""
    assert again(30, contact=JANE) == {"status": "suspect"}


@pytest.mark.parametrize("reason", ["mailboxfull", "expired", "systemerror", "systemfull", "networkerror", "toomanyconn", "mailererror"])
def test_soft_failures_are_only_counted(reason: str) -> None:
    """A full mailbox is not a lost one, whatever the code."""
    assert all(isinstance(d, Ignore) for d in decisions(bounce(failed(reason=reason, status="5.2.2"))))


def test_a_greylisting_that_ran_out_is_soft() -> None:
    """4.7.1 is a temporary refusal of everybody, unlike 5.7.1."""
    assert all(isinstance(d, Ignore) for d in decisions(bounce(failed(reason="expired", status="4.7.1"))))


def test_a_delay_is_only_counted() -> None:
    """The server is still trying."""
    delayed = replace(failed(status="4.4.1"), action="delayed", permanent=False)
    assert all(isinstance(d, Ignore) for d in decisions(bounce(delayed, kind=Kind.DELAY)))
    assert all(isinstance(d, Ignore) for d in decisions(bounce(delayed)))


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("blocked", "5.7.1"),
        ("badreputation", None),
        ("requireptr", None),
        ("authfailure", None),
        ("securityerror", None),
        ("rejected", None),
        ("notcompliantrfc", None),
        ("syntaxerror", None),
        ("failedstarttls", None),
        ("virusdetected", None),
        ("exceedlimit", None),
        ("emailtoolarge", None),
        ("ratelimited", None),
        ("authfailure", "5.7.26"),
        ("requireptr", "5.7.25"),
        ("policyviolation", "5.0.0"),
        ("spamdetected", None),
        ("contenterror", "5.6.0"),
        ("norelaying", "5.4.1"),
        ("speeding", "4.7.28"),
        ("mesgtoobig", "5.3.4"),
        ("userunknown", "5.7.1"),
        ("userunknown", "5.1.7"),
        ("userunknown", "5.1.8"),
    ],
)
def test_a_refusal_of_us_makes_that_domain_wait_and_touches_no_contact(reason: str, status: str | None) -> None:
    """The status wins over the words: policy refusals like to be worded as unknown users."""
    found = decisions(bounce(failed(reason=reason, status=status)))
    assert all_changes(found) == ()
    assert [(d.wait, d.suspect) for d in found if isinstance(d, Apply)] == [(("acme.example",), ())]


def test_a_forwarders_notice_concerns_the_address_we_mailed() -> None:
    """It names where the mail was forwarded to, with or without the original recipient."""
    for recipient in (failed("jane@elsewhere.example"), failed("jane@elsewhere.example", original=MAILED)):
        found = decisions(bounce(recipient))
        assert changed(found) == {"status": "suspect"}
        assert [d.suspect for d in found if isinstance(d, Apply)] == [(MAILED,)]


def test_a_notice_about_somebody_elses_address_is_a_question() -> None:
    """Jane's token does not mark Bob, and a failing Bob is no proof against Jane."""
    found = decisions(bounce(failed(BOB)))
    assert changed(found) == {}
    assert not any(isinstance(d, Apply) for d in found)
    assert "another contact's" in whys(found)


def test_of_several_recipients_only_the_mailed_one_counts() -> None:
    """The letter had one; the others are a list's or a forger's."""
    assert changed(decisions(bounce(failed("x@y.example"), failed()))) == {"status": "suspect"}
    assert all_changes(decisions(bounce(failed("x@y.example"), failed("z@y.example")))) == ()


@pytest.mark.parametrize("recipient", ["prvs=12345678ab=jane@acme.example", "JANE@acme.example"])
def test_a_rewritten_recipient_is_the_mailed_one(recipient: str) -> None:
    """BATV and case change nothing."""
    assert changed(decisions(bounce(failed(recipient), failed("z@y.example")))) == {"status": "suspect"}


def test_a_new_address_that_fails_on_probation_is_suspect_and_the_former_one_is_proposed() -> None:
    """The words may have been misread; the owner can go back with one yes."""
    contact = replace(
        JANE, email="jane@newco.example", status=Status.PROBATION, previous=(Previous("j@x.example"), Previous(MAILED, "Acme"))
    )
    found = decisions(bounce(failed("jane@newco.example"), carries=token("jane@newco.example")), contact)
    assert changed(found) == {"status": "suspect"}
    back = asked(found)
    assert (back["email"], back["status"]) == (MAILED, None)
    assert [old.email for old in back["previous"]] == ["j@x.example", "jane@newco.example"]


def test_a_failing_former_address_does_not_mark_the_contact() -> None:
    """The late bounce of an old address only goes into the ledger."""
    contact = replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),))
    found = decisions(bounce(failed()), contact)
    assert all_changes(found) == ()
    assert [d.suspect for d in found if isinstance(d, Apply)] == [(MAILED,)]


@pytest.mark.parametrize("status", [Status.LEFT, Status.RETIRED, Status.STOPPED, Status.PAUSED, Status.DECEASED, Status.UNREACHABLE])
def test_a_state_that_says_more_is_not_overwritten(status: Status) -> None:
    """That somebody left says more than that the mailbox is gone."""
    assert all_changes(decisions(bounce(failed()), replace(JANE, status=status))) == ()


def test_a_bounce_during_an_absence_keeps_its_date() -> None:
    """The state changes; when they are back is still true."""
    assert changed(decisions(bounce(failed()), replace(JANE, status=Status.AWAY, away_until=AT.date()))) == {"status": "suspect"}


def test_an_untokened_bounce_is_a_question_and_a_hold() -> None:
    """Anybody can write one; the contact file is not touched."""
    reading = answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[failed()])
    for facts in (known(), known(JANE, sent(token()))):
        found = decisions(reading, facts=facts)
        (review,) = [d for d in found if isinstance(d, Review)]
        assert (changed(found), review.hold, review.level) == ({}, True, Level.E1)
        assert asked(found) == {"status": "suspect"}


@pytest.mark.parametrize("recipient", [failed("x@y.example"), failed(reason="mailboxfull"), replace(failed(), action="delayed")])
def test_an_untokened_notice_about_strangers_or_soft_failures_is_counted(recipient: Recipient) -> None:
    """Backscatter holds nobody back."""
    reading = answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[recipient])
    assert all(isinstance(d, Ignore) for d in decisions(reading))


@pytest.mark.parametrize("status", [Status.SUSPECT, Status.LEFT, Status.UNREACHABLE])
def test_an_untokened_bounce_of_an_address_that_fails_anyway_is_counted(status: Status) -> None:
    """It would ask for what is so, or less."""
    reading = answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[failed()])
    assert all(isinstance(d, Ignore) for d in decisions(reading, replace(JANE, status=status)))


def test_a_refusal_under_an_expired_token_makes_no_domain_wait_and_holds_nobody() -> None:
    """It may be stolen; the owner sees it and that is all."""
    carries = token(at=AT - timedelta(days=400))
    (review,) = decisions(bounce(failed(reason="blocked"), carries=carries))
    assert isinstance(review, Review)
    assert (review.changes, review.hold) == ((), False)
    assert ", but nothing proves that it is about our letter: " in review.why


def test_the_original_recipient_tells_the_mailed_one_among_several() -> None:
    """A list of forwarders names each by where the letter went first (RFC 3464 section 2.3.1)."""
    found = decisions(bounce(failed("x@y.example", original="z@y.example"), failed("j@f.example", original=MAILED)))
    assert changed(found) == {"status": "suspect"}


def test_a_second_failure_needs_a_letter_that_is_known_to_be_later() -> None:
    """Where the ledger has lost the letter, the address stays suspect."""
    facts = known(SUSPECT, suspect_since={MAILED: AT - timedelta(days=30)})
    for purpose in ("checkin", "recheck"):
        assert changed(decisions(bounce(failed(), carries=token(purpose=purpose)), SUSPECT, facts)) == {}
    unsure = known(SUSPECT, sent(token(purpose="recheck"), purpose="recheck"))
    assert changed(decisions(bounce(failed(), carries=token(purpose="recheck")), SUSPECT, unsure)) == {}


def test_a_reply_code_alone_says_whether_it_is_for_good() -> None:
    """Not every server gives an enhanced status (RFC 5321 section 4.2.1)."""
    for code, question in (("550", True), ("450", False), (None, False)):
        found = decisions(bounce(replace(failed(reason="undefined", status=None), reply_code=code)))
        assert any(isinstance(d, Review) for d in found) is question


def test_a_soft_failure_on_probation_proposes_no_way_back() -> None:
    """Nor does a failure without a former address."""
    contact = replace(JANE, email="jane@newco.example", status=Status.PROBATION, previous=(Previous(MAILED),))
    carries = token("jane@newco.example")
    soft = decisions(bounce(failed("jane@newco.example", reason="blocked"), carries=carries), contact)
    alone = decisions(bounce(failed("jane@newco.example"), carries=carries), replace(contact, previous=()), known(contact))
    assert not any(isinstance(d, Review) for d in (*soft, *alone))


def test_an_untokened_refusal_makes_no_domain_wait() -> None:
    """A forger could stop the sending otherwise."""
    reading = answer(Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[failed(reason="blocked", status="5.7.1")])
    assert not any(isinstance(d, Apply) for d in decisions(reading, facts=known(JANE, sent(token()))))


def test_a_bounce_with_the_token_of_another_contact_marks_that_one_or_nobody() -> None:
    """Bob's token names Bob; a report about Jane in it changes neither."""
    carries = token(BOB, OTHER)
    bob = replace(JANE, name="Bob", email=BOB)
    found = decisions(bounce(failed(), carries=carries), bob, known())
    assert not any(isinstance(d, Apply) for d in found)


def test_a_failure_of_unknown_reason_is_a_question_without_a_hold() -> None:
    """5.0.0 says nothing; the owner may know."""
    found = decisions(bounce(failed(reason="undefined", status="5.0.0")))
    (review,) = [d for d in found if isinstance(d, Review)]
    assert (changed(found), asked(found), review.hold) == ({}, {"status": "suspect"}, False)
    assert all(isinstance(d, Ignore) for d in decisions(bounce(failed(reason="undefined", status="4.0.0"))))
    former = replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),))
    for contact in (SUSPECT, replace(JANE, status=Status.LEFT), former):
        assert all(isinstance(d, Ignore) for d in decisions(bounce(failed(reason="undefined", status="5.0.0")), contact))


def test_what_a_notice_says_beside_its_recipients_is_a_question() -> None:
    """A mail system that says "stop" or "left", even under the contact's own From, is not the contact."""
    said = (OptOut(because=BECAUSE), Left(because=BECAUSE), NewAddress(because=BECAUSE, address="jane@newco.example"))
    found = decisions(answer(Kind.BOUNCE, *said, carries=token(), recipients=[failed(reason="mailboxfull", status="5.2.2")]))
    assert not any(isinstance(d, Apply) for d in found)
    assert asked(found)["email"] == "jane@newco.example"


def test_a_notice_without_a_readable_recipient_is_a_question() -> None:
    """It carries our token, so the letter did come back; why, the owner may see."""
    found = decisions(bounce())
    assert (changed(found), asked(found)) == ({}, {"status": "suspect"})
    former = replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),))
    for contact in (SUSPECT, replace(JANE, status=Status.LEFT), former):
        assert all(isinstance(d, Ignore) for d in decisions(bounce(), contact))


@pytest.mark.parametrize("reason", ["filtered", "suppressed", "notaccept"])
def test_a_filter_of_the_recipients_is_neither_us_nor_the_address(reason: str) -> None:
    """For good it is a question, for now it is counted."""
    assert asked(decisions(bounce(failed(reason=reason, status="5.2.1")))) == {"status": "suspect"}
    assert all(isinstance(d, Ignore) for d in decisions(bounce(failed(reason=reason, status="4.2.1"))))


def test_the_policy_can_ask_for_every_bounce() -> None:
    """`bounce: ask` leaves even the address to the owner."""
    found = decisions(bounce(failed()), settings=replace(SETTINGS, policy=Policy(bounce="ask")))
    assert (changed(found), asked(found)) == ({}, {"status": "suspect"})


def test_a_complaint_ends_the_letters_and_is_shown() -> None:
    """With our token no letter goes there again; what the file says is asked."""
    found = decisions(answer(Kind.COMPLAINT, sender="fbl@isp.example", carries=token()))
    assert [d.suppress for d in found if isinstance(d, Apply)] == [(MAILED,)]
    assert (changed(found), asked(found)) == ({}, {"status": "stopped"})


def test_a_complaint_with_less_than_our_token_is_a_question_and_a_hold() -> None:
    """An expired one may be stolen; and an owner can ask to be asked."""
    expired = answer(Kind.COMPLAINT, sender="fbl@isp.example", carries=token(at=AT - timedelta(days=400)))
    asking = replace(SETTINGS, policy=Policy(stop="ask"))
    for found in (decisions(expired), decisions(answer(Kind.COMPLAINT, sender="fbl@isp.example", carries=token()), settings=asking)):
        (review,) = found
        assert isinstance(review, Review)
        assert (asked(found), review.hold) == ({"status": "stopped"}, True)


def test_a_forged_complaint_stops_nobody() -> None:
    """Without anything of ours it concerns nobody."""
    assert all(isinstance(d, Ignore) for d in decisions(answer(Kind.COMPLAINT, sender="fbl@isp.example")))
