"""A stolen token is worth nothing where the owner's own provider says that the From's domain did not send the message."""

from dataclasses import replace

import pytest
from support.build import JANE
from support.trust import (
    AWAY,
    BECAUSE,
    JOINED,
    LEFT,
    RETIRED,
    STOP,
    UNTIL,
    answer,
    asked,
    at_level,
    changed,
    decisions,
    failed,
    token,
    whys,
)

from bouncer.model import Apply, Finding, Kind, MovedDomain, NewAddress, Reading, Review, Status

HOST = "mx.home.example"
DISOWNED = f"{HOST}; spf=fail smtp.mailfrom=x@acme.example; dmarc=fail header.from=acme.example"
MOVED = NewAddress(because=BECAUSE, address="jane@newco.example")


def told(value: str, *findings: Finding, kind: Kind = Kind.AUTO_REPLY, **more: object) -> Reading:
    """Give an answer from the mailed address with our token, of which a field says *value*."""
    field = ("authentication-results", value)
    return replace(answer(kind, *findings, carries=token(), **more), trace=(field,))


@pytest.mark.parametrize(
    "finding", [MOVED, AWAY, LEFT, RETIRED, JOINED, STOP, MovedDomain(because=BECAUSE, new="newco.example")], ids=lambda f: str(f.type)
)
def test_whatever_such_a_message_says_is_a_question(finding: Finding) -> None:
    """The token would do for a stop, an absence and a new address; the sentence says why it does not."""
    for kind in (Kind.AUTO_REPLY, Kind.HUMAN):
        found = decisions(told(DISOWNED, finding, kind=kind))
        assert not [decision for decision in found if isinstance(decision, Apply)]
        assert [d for d in found if isinstance(d, Review) and (d.hold or finding is JOINED)]
        assert ", but your provider says that acme.example did not send it (E1)" in whys(found)
    assert ", but your provider says that this was not sent by their domain: " in whys(decisions(told(DISOWNED, finding)))


@pytest.mark.parametrize(
    "value",
    [
        f"{HOST}; dmarc=none header.from=acme.example",
        f"{HOST}; spf=fail smtp.mailfrom=acme.example; dkim=pass header.d=acme.example",
        f"{HOST}; dmarc=fail header.from=other.example",
        "mx.evil.test; dmarc=fail header.from=acme.example",
        f"{HOST}; none",
    ],
)
def test_without_that_verdict_the_token_counts_as_ever(value: str) -> None:
    """No policy, a forwarder's SPF beside an aligned signature, another domain's failure, a foreign field, and no check at all."""
    found = changed(decisions(told(value, MOVED)))
    assert found["email"] == "jane@newco.example"
    assert changed(decisions(told(value, AWAY))) == {"status": "away", "away_until": UNTIL.isoformat()}


def test_a_genuine_auto_reply_without_any_verdict_stays_what_it_was() -> None:
    """Most of them are unsigned, and many providers say nothing of them."""
    assert changed(decisions(at_level("E3", MOVED)))["status"] == "probation"


def test_it_ends_no_probation_and_proves_no_address() -> None:
    """What the bare fact of an answer shows, this one does not show."""
    for status in (Status.PROBATION, Status.SUSPECT, Status.AWAY):
        contact = replace(JANE, status=status)
        mine, his = (told(value, kind=Kind.HUMAN) for value in (f"{HOST}; none", DISOWNED))
        assert [d for d in decisions(mine, contact) if isinstance(d, Apply)], status
        assert not [d for d in decisions(his, contact) if isinstance(d, Apply)], status


def test_a_disowned_stranger_with_our_token_proposes_no_address() -> None:
    """With it, a From of the contact's name asks about the address; without it, nothing is asked of anybody."""
    value = f"{HOST}; dmarc={{}} header.from=newco.example"
    named = {"kind": Kind.HUMAN, "sender": "jane@newco.example"}
    assert asked(decisions(told(value.format("none"), **named)))["email"] == "jane@newco.example"
    assert asked(decisions(told(value.format("fail"), **named))) == {}


def test_a_notice_is_believed_by_its_token_whatever_its_from() -> None:
    """Bounces have a null sender and are seldom signed: DMARC says nothing of them."""
    notice = told(DISOWNED, kind=Kind.BOUNCE, sender="mailer-daemon@acme.example", recipients=[failed()])
    assert changed(decisions(notice)) == {"status": "suspect"}
