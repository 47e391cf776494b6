"""Every finding has its level: below it the owner is asked, and what changes nothing is left alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.build import AT, JANE, OWNER, SETTINGS
from support.trust import (
    AWAY,
    BECAUSE,
    BOB,
    JOINED,
    LEFT,
    MAILED,
    PHONE,
    RENAMED,
    RETIRED,
    ROLE,
    STOP,
    UNTIL,
    all_changes,
    answer,
    asked,
    at_level,
    changed,
    decisions,
    known,
    token,
    whys,
)

from bouncer.core.decide import decide
from bouncer.model import (
    Apply,
    Ask,
    Away,
    Deceased,
    Finding,
    Ignore,
    Joined,
    Kind,
    Level,
    Match,
    NewAddress,
    Phone,
    Policy,
    Previous,
    Review,
    Role,
    Status,
    Trust,
    Unmonitored,
)


@pytest.mark.parametrize(
    ("finding", "levels", "effect"),
    [
        (AWAY, {"E2", "E3", "E4"}, {"status": "away", "away_until": UNTIL.isoformat()}),
        (STOP, {"E2", "E3", "E4"}, {"status": "stopped"}),
        (ROLE, {"E2", "E4"}, {"title": "CTO"}),
        (JOINED, {"E2", "E4"}, {"company": "NewCo", "title": "CEO"}),
        (LEFT, {"E4"}, {"status": "left"}),
        (RETIRED, {"E4"}, {"status": "retired"}),
        (RENAMED, {"E4"}, {"name": "Jane Smith"}),
        (PHONE, {"E4"}, {"phones": ("+442079460018",)}),
        (Deceased(because=BECAUSE), set(), {"status": "deceased"}),
        (Unmonitored(because=BECAUSE), set(), {"status": "unreachable"}),
    ],
    ids=lambda value: value.type if isinstance(value, Finding) else "",
)
def test_each_finding_is_done_at_its_levels_and_asked_below(finding: Finding, levels: set[str], effect: dict[str, object]) -> None:
    """The default policy, line by line."""
    for level in ("E1", "E2", "E3", "E4"):
        found = decisions(at_level(level, finding))
        assert changed(found) == (effect if level in levels else {}), level
        if level not in levels and not (isinstance(finding, Phone) and level == "E1"):
            assert asked(found) == effect, level


@pytest.mark.parametrize(
    "finding", [AWAY, STOP, LEFT, RETIRED, Deceased(because=BECAUSE), NewAddress(because=BECAUSE, address="j@n.example")]
)
def test_an_unproved_message_holds_check_ins_back_and_asks(finding: Finding) -> None:
    """E1 is all that a forger has, and all it does is to wait for the owner."""
    found = decisions(at_level("E1", finding))
    assert [d.hold for d in found if isinstance(d, Review)] == [True]
    assert not any(isinstance(d, Apply) for d in found)


@pytest.mark.parametrize("finding", [ROLE, RENAMED, JOINED, PHONE])
def test_an_unproved_detail_holds_nothing_back(finding: Finding) -> None:
    """A title in a signature is no reason to be silent."""
    assert not any(d.hold for d in decisions(at_level("E1", finding)) if isinstance(d, Review))


@pytest.mark.parametrize(
    ("policy", "finding"),
    [
        (Policy(away="ask"), AWAY),
        (Policy(stop="ask"), STOP),
        (Policy(title="ask"), ROLE),
        (Policy(company="ask", title="ask"), JOINED),
        (Policy(left="ask"), LEFT),
        (Policy(retired="ask"), RETIRED),
        (Policy(name="ask"), RENAMED),
        (Policy(phone="ask"), PHONE),
    ],
)
def test_ask_is_always_a_question(policy: Policy, finding: Finding) -> None:
    """Even at E4."""
    found = decisions(at_level("E4", finding), settings=replace(SETTINGS, policy=policy))
    assert changed(found) == {}
    assert any(isinstance(d, Review) for d in found)


def test_a_lower_need_is_met_by_the_token() -> None:
    """An owner who trusts tokens says `left: E3`."""
    trusting = replace(SETTINGS, policy=Policy(left="E3", title="E3"))
    assert changed(decisions(at_level("E3", LEFT, ROLE), settings=trusting)) == {"status": "left", "title": "CTO"}


# -- absences


def test_an_absence_without_an_end_is_taken_for_a_fortnight_from_the_message() -> None:
    """And one whose end has passed is no news."""
    endless = Away(because=BECAUSE)
    assert changed(decisions(at_level("E3", endless)))["away_until"] == "2026-03-18"
    assert all_changes(decisions(at_level("E3", endless, date=AT - timedelta(days=20)))) == ()
    assert all_changes(decisions(at_level("E3", Away(because=BECAUSE, until=date(2026, 3, 3))))) == ()


def test_a_date_in_the_future_does_not_stretch_it() -> None:
    """The Date field is the sender's own claim."""
    assert changed(decisions(at_level("E3", Away(because=BECAUSE), date=AT + timedelta(days=900))))["away_until"] == "2026-03-18"
    assert changed(decisions(at_level("E3", Away(because=BECAUSE, until=date(2036, 1, 1))))) == {}


def test_a_named_end_wins_over_a_guessed_one_and_not_the_other_way_round() -> None:
    """The fortnight is only a guess."""
    known_end = replace(JANE, status=Status.AWAY, away_until=date(2026, 5, 1))
    assert changed(decisions(at_level("E3", AWAY), known_end)) == {"away_until": UNTIL.isoformat()}
    assert all_changes(decisions(at_level("E3", Away(because=BECAUSE)), known_end)) == ()


def test_an_absence_does_not_end_probation() -> None:
    """Only its own token from the new address does; the date is noted."""
    contact = replace(JANE, email="jane@newco.example", status=Status.PROBATION, previous=(Previous(MAILED),))
    other = answer(Kind.AUTO_REPLY, AWAY, sender="jane@newco.example", authenticated=True)
    own = answer(Kind.AUTO_REPLY, AWAY, sender="jane@newco.example", carries=token("jane@newco.example"))
    assert changed(decisions(other, contact)) == {"away_until": UNTIL.isoformat()}
    assert changed(decisions(own, contact)) == {"away_until": UNTIL.isoformat(), "status": "away"}


@pytest.mark.parametrize("status", [Status.STOPPED, Status.PAUSED, Status.LEFT, Status.RETIRED, Status.DECEASED])
def test_an_absence_changes_no_state_that_says_more(status: Status) -> None:
    """Who has left is not away."""
    assert all_changes(decisions(at_level("E4", AWAY), replace(JANE, status=status))) == ()


def test_an_absence_of_a_colleague_with_our_token_is_a_question() -> None:
    """The letter was shown to somebody who is away; Jane may not be. An alias under her name is hers."""
    colleague = answer(Kind.AUTO_REPLY, AWAY, sender="joe@acme.example", name="Joe Cole", carries=token())
    alias = answer(Kind.AUTO_REPLY, AWAY, sender="jane.doe@acme.example", name="DOE Jané", carries=token())
    assert changed(decisions(colleague)) == {}
    assert changed(decisions(alias))["status"] == "away"


# -- stopping


def test_a_stop_covers_every_address_of_the_person() -> None:
    """A former or second address must not be a way around it."""
    contact = replace(JANE, also=("jane@home2.example",), previous=(Previous("jane@old.example"),))
    found = decisions(at_level("E3", STOP), contact)
    assert [d.suppress for d in found if isinstance(d, Apply)] == [(MAILED, "jane@home2.example", "jane@old.example")]


def test_a_message_that_as_a_whole_asks_to_stop_is_heeded_once() -> None:
    """With or without a finding beside the kind."""
    for reading in (at_level("E3", kind=Kind.OPT_OUT), at_level("E3", STOP, kind=Kind.OPT_OUT)):
        found = decisions(reading)
        assert changed(found) == {"status": "stopped"}
        assert len([d for d in found if isinstance(d, Apply) and d.suppress]) == 1


def test_a_stop_is_heeded_from_any_address_that_holds_our_token() -> None:
    """Better one letter too few."""
    assert changed(decisions(answer(Kind.OPT_OUT, STOP, sender="x@y.test", name="", carries=token()))) == {"status": "stopped"}


def test_a_mailbox_that_nobody_reads_gets_nothing_until_the_owner_knows_another_way() -> None:
    """Writing there again would be for nobody."""
    assert [d.hold for d in decisions(at_level("E3", Unmonitored(because=BECAUSE))) if isinstance(d, Review)] == [True]


def test_a_spoofed_stop_only_asks() -> None:
    """And holds back until the owner has answered."""
    found = decisions(at_level("E1", STOP, kind=Kind.OPT_OUT))
    assert not any(isinstance(d, Apply) for d in found)
    assert [d.hold for d in found if isinstance(d, Review)] == [True]


def test_a_stop_wins_over_everything_else_in_the_message() -> None:
    """One state, and it is the one that ends more."""
    assert changed(decisions(at_level("E4", LEFT, AWAY, STOP)))["status"] == "stopped"


# -- leaving


def test_somebody_who_says_so_in_person_is_asked_about() -> None:
    """They answered from that very address; `left` would end the check-ins to somebody who can be reached."""
    found = decisions(at_level("E4", LEFT, kind=Kind.HUMAN))
    assert (changed(found), asked(found)) == ({}, {"status": "left"})


def test_a_private_address_outlives_an_employer() -> None:
    """An auto-reply of a free-mail address says that a job ended, not that the address did."""
    contact = replace(JANE, email="jane.doe@gmail.com")
    reading = answer(Kind.AUTO_REPLY, LEFT, sender="jane.doe@gmail.com", carries=token("jane.doe@gmail.com"), authenticated=True)
    found = decisions(reading, contact)
    assert (changed(found), asked(found)) == ({}, {"status": "left"})


def test_leaving_with_a_new_address_is_a_move() -> None:
    """The state `left` would stop the check-ins to somebody who can be reached."""
    found = decisions(at_level("E4", LEFT, NewAddress(because=BECAUSE, address="jane@newco.example")))
    assert changed(found)["email"] == "jane@newco.example"
    assert "status" not in changed(found)


def test_leaving_with_a_doubtful_address_leaves_the_address_to_the_owner() -> None:
    """A yes then takes the state away again, so the question says so."""
    found = decisions(at_level("E4", LEFT, NewAddress(because=BECAUSE, address="jane@gmail.com")))
    assert changed(found) == {"status": "left"}
    (review,) = [d for d in found if isinstance(d, Review)]
    assert [(c.field, c.before, c.after) for c in review.changes if c.field == "status"] == [("status", "left", None)]


@pytest.mark.parametrize("finding", [LEFT, RETIRED, AWAY, ROLE, JOINED, RENAMED, PHONE])
def test_a_former_mailbox_says_nothing_of_today(finding: Finding) -> None:
    """The mailbox she left long ago still answers, with the signature of then."""
    contact = replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),))
    found = decisions(at_level("E4", finding), contact)
    assert changed(found) == {}
    assert "another mailbox than the present one says so" in whys(found)


def test_a_second_mailbox_speaks_for_the_person_but_not_for_the_first() -> None:
    """Away is away; that somebody left the other house says nothing of this one."""
    contact = replace(JANE, also=("jane@home2.example",))
    for finding, effect in ((AWAY, {"status": "away", "away_until": UNTIL.isoformat()}), (ROLE, {"title": "CTO"}), (LEFT, {})):
        reading = answer(Kind.AUTO_REPLY, finding, sender="jane@home2.example", authenticated=True, carries=token("jane@home2.example"))
        assert changed(decisions(reading, contact)) == effect


# -- details


@pytest.mark.parametrize("company", ["Acme", "ACME Ltd.", "acme  GmbH"])
def test_the_same_company_in_other_words_is_no_change(company: str) -> None:
    """Case and legal form are not news."""
    assert all_changes(decisions(at_level("E4", Joined(because=BECAUSE, company=company)))) == ()


def test_another_company_beside_a_title_is_a_question() -> None:
    """Nobody said that the employer changed; an empty field is filled."""
    finding = Role(because=BECAUSE, title="CTO", company="NewCo")
    assert changed(decisions(at_level("E4", finding))) == {"title": "CTO"}
    assert changed(decisions(at_level("E4", finding), replace(JANE, company=None))) == {"title": "CTO", "company": "NewCo"}


def test_two_titles_in_one_message_leave_the_second_to_the_owner() -> None:
    """One field is set once."""
    found = decisions(at_level("E4", ROLE, Role(because=BECAUSE, title="CFO")))
    assert (changed(found), asked(found)) == ({"title": "CTO"}, {"title": "CFO"})


def test_new_numbers_join_the_list_and_known_ones_do_not() -> None:
    """With or without the country in front; a fax is no telephone."""
    contact = replace(JANE, phones=("+44 20 7946 0018",))
    found = [PHONE, Phone(because=BECAUSE, number="+44 20 7946 0999"), Phone(because=BECAUSE, number="+44 20 7946 0777", kind="fax")]
    assert changed(decisions(at_level("E4", *found), contact)) == {"phones": ("+44 20 7946 0018", "+44 20 7946 0999")}


@pytest.mark.parametrize("value", ["CTO\nstatus: stopped", "CTO\x1b[31m", "x" * 300, "\u202eOTC"])
def test_a_value_that_is_no_single_short_line_never_becomes_a_change(value: str) -> None:
    """It is shown, cleaned, and the owner types it himself."""
    found = decisions(at_level("E4", Role(because=BECAUSE, title=value)))
    assert all_changes(found) == ()
    assert whys(found).replace("\n", "").isprintable()


# -- leads and third persons


def test_somebody_else_to_write_to_is_a_lead_and_no_address() -> None:
    """A successor is shown; who only covers an absence is not."""
    successor = Ask(because=BECAUSE, name="Bo", address="bo@acme.example", scope="successor")
    found = decisions(at_level("E4", LEFT, successor))
    assert changed(found) == {"status": "left"}
    assert "names Bo <bo@acme.example> as successor" in whys(found)
    assert "names bo@acme.example as cover" in whys(decisions(at_level("E4", Ask(because=BECAUSE, address="bo@acme.example"))))
    cover = decisions(at_level("E4", AWAY, Ask(because=BECAUSE, name="Bo", address="bo@acme.example")))
    assert not any(isinstance(d, Review) for d in cover)


@pytest.mark.parametrize("about", ["Bob Builder", BOB])
@pytest.mark.parametrize("finding", [LEFT, NewAddress(because=BECAUSE, address="bob@new.example"), Deceased(because=BECAUSE), STOP, AWAY])
def test_what_is_said_of_a_third_person_is_shown_and_changes_nobody(about: str, finding: Finding) -> None:
    """Not Jane, who says it, and not Bob."""
    found = decisions(at_level("E4", replace(finding, about=about)))
    assert all_changes(found) == ()
    assert [d.hold for d in found if isinstance(d, Review)] == [False]
    assert about in whys(found)


def test_what_somebody_else_says_of_the_contact_is_a_question() -> None:
    """The receptionist has our token and says that Jane has left."""
    finding = replace(LEFT, about="Jane Doe")
    found = decisions(answer(Kind.AUTO_REPLY, finding, sender="desk@acme.example", name="Desk", carries=token()))
    assert (changed(found), asked(found)) == ({}, {"status": "left"})


def test_the_mailbox_that_speaks_of_its_owner_by_name_speaks_for_itself() -> None:
    """An administrator wrote "Jane Doe has left" into her auto-reply."""
    assert changed(decisions(at_level("E4", replace(LEFT, about="Jane Doe")))) == {"status": "left"}


# -- answers


def test_a_persons_own_answer_shows_them_alive_from_e2_on() -> None:
    """An automatic one and an unproved one do not."""
    for level in ("E2", "E3", "E4"):
        assert any(d.alive for d in decisions(at_level(level, kind=Kind.HUMAN)) if isinstance(d, Apply)), level
    for reading in (at_level("E1", kind=Kind.HUMAN), at_level("E4"), answer(Kind.HUMAN, sender="x@y.test", name="X", carries=token())):
        assert not any(d.alive for d in decisions(reading) if isinstance(d, Apply))


@pytest.mark.parametrize("status", [Status.SUSPECT, Status.UNREACHABLE])
def test_an_answer_from_a_failing_address_shows_that_it_works(status: Status) -> None:
    """But a farewell, or a From that nothing proves, does not."""
    contact = replace(JANE, status=status)
    assert changed(decisions(at_level("E3"), contact)) == {"status": None}
    assert changed(decisions(at_level("E2", kind=Kind.HUMAN), contact)) == {"status": None}
    assert changed(decisions(at_level("E1", kind=Kind.HUMAN), contact)) == {}
    assert "status" not in changed(decisions(at_level("E3", LEFT), contact))
    assert [d.works for d in decisions(at_level("E3"), contact) if isinstance(d, Apply)] == [(MAILED,)]


def test_an_answer_ends_an_absence_unless_it_is_the_absence() -> None:
    """The date goes with the state."""
    contact = replace(JANE, status=Status.AWAY, away_until=UNTIL)
    assert changed(decisions(at_level("E3", kind=Kind.HUMAN), contact)) == {"status": None, "away_until": None}
    assert changed(decisions(at_level("E3", AWAY), contact)) == {}
    assert changed(decisions(at_level("E3"), contact)) == {}


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.RECEIPT, Kind.CHALLENGE])
def test_a_message_that_is_no_answer_changes_nothing(kind: Kind) -> None:
    """A newsletter of the contact's may be authenticated as well."""
    found = decisions(at_level("E4", LEFT, AWAY, ROLE, NewAddress(because=BECAUSE, address="jane@newco.example"), kind=kind))
    assert all_changes(found) == ()
    assert not any(isinstance(d, Apply) for d in found)


def test_a_challenge_is_shown() -> None:
    """Only the owner can prove that he is human."""
    assert any(isinstance(d, Review) for d in decisions(at_level("E3", kind=Kind.CHALLENGE)))


# -- nobody


def test_nobody_known_is_ignored_with_a_reason() -> None:
    """A stranger, a person without an entry, and our own address."""
    stranger = decisions(answer(Kind.HUMAN, LEFT, sender="eve@evil.test"))
    mine = decisions(answer(Kind.HUMAN, LEFT, sender=OWNER.address, carries=token()))
    match = Match("0123456789ab", Trust(Level.E4, ()), MAILED)
    gone = decide(at_level("E4", LEFT), match, None, SETTINGS, known(), AT)
    for found in (stranger, mine, gone):
        (only,) = found
        assert isinstance(only, Ignore)
        assert only.why


def test_an_entry_that_belongs_to_somebody_else_by_now_is_left_alone() -> None:
    """The address was handed on: the token was made for the person before."""
    match = Match("0123456789ab", Trust(Level.E4, ()), MAILED)
    found = decide(at_level("E4", LEFT), match, replace(JANE, email=BOB), SETTINGS, known(), AT)
    assert all(isinstance(d, Ignore) for d in found)
