"""A new address is taken over only where the mailed mailbox itself says so, and every doubt makes it a question."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT, JANE, OWNER, SETTINGS
from support.trust import BECAUSE, BOB, MAILED, all_changes, answer, asked, changed, decisions, known, token, whys

from bouncer.model import Address, Because, Ignore, Kind, Level, MovedDomain, NewAddress, Policy, Previous, Reading, Review, Status

NEW = "jane@newco.example"


def moving(address: str = NEW, **more: object) -> NewAddress:
    """Give the finding "my new address is"."""
    return NewAddress(because=BECAUSE, address=address, **more)


def auto(*findings: NewAddress | MovedDomain, carries: str | None = None, **more: object) -> Reading:
    """Give an automatic answer of Jane's mailbox to our letter."""
    return answer(Kind.AUTO_REPLY, *findings, carries=carries or token(), **more)


def test_with_the_token_it_goes_on_probation_and_the_old_one_is_kept() -> None:
    """The commonest case: the mailed mailbox answers by itself, unauthenticated."""
    found = changed(decisions(auto(moving())))
    kept = Previous(MAILED, "Acme", AT.date().isoformat(), "auto-reply: the words")
    assert found == {"email": NEW, "previous": (kept,), "status": "probation"}


def test_authenticated_as_well_it_is_taken_over_outright() -> None:
    """E4 ends what stood against the old address, and needs no probation."""
    suspect = replace(JANE, status=Status.SUSPECT)
    assert changed(decisions(auto(moving(), authenticated=True), suspect)) == {
        "email": NEW,
        "previous": (Previous(MAILED, "Acme", AT.date().isoformat(), "auto-reply: the words"),),
        "status": None,
    }


def test_former_addresses_stay_on_the_list() -> None:
    """Nothing is ever dropped from `previous`."""
    earlier = Previous("jane@first.example")
    found = changed(decisions(auto(moving()), replace(JANE, previous=(earlier,))))
    assert found["previous"][0] == earlier
    assert len(found["previous"]) == 2


def test_what_accepting_would_do_is_the_same_change_without_probation() -> None:
    """The owner's yes is the highest evidence there is."""
    found = decisions(answer(Kind.AUTO_REPLY, moving()))
    assert changed(found) == {}
    assert asked(found)["email"] == NEW
    assert "status" not in asked(found)


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (answer(Kind.AUTO_REPLY, moving()), "it takes our token (E3)"),
        (answer(Kind.HUMAN, moving(), authenticated=True), "takes our token"),
        (auto(moving(), sender="boss@acme.example", name="Jane Doe"), ", but it does not come from the address we wrote to: "),
        (auto(moving(), sender="boss@acme.example", name="The Boss"), ", but it does not come from the address we wrote to: "),
        (auto(moving("jane@gmail.com")), "free-mail"),
        (auto(moving("jane@acrne.example")), "looks like acme.example"),
        (auto(moving("jane@acne.example")), "looks like acme.example"),
        (auto(moving("jane@hotmai1.com")), "looks like hotmail.com"),
        (auto(moving("jane@xn--cme-8cd.example")), "another script"),
        (auto(moving("jane@аcme.example")), "another script"),  # the first letter is Cyrillic
        (auto(moving("info@newco.example")), "role address"),
        (auto(moving(BOB)), "another contact's"),
        (auto(moving("jane+new@acme.example")), "in another form"),
        (auto(moving("not an address")), "not an address that can be written to"),
        (auto(moving("jane@[203.0.113.9]")), "not an address that can be written to"),
        (auto(moving(ambiguous=True)), "room for doubt"),
        (auto(moving(confidence=0.69)), "room for doubt"),
        (auto(moving(), moving("jane@other.example")), "room for doubt"),
        (auto(moving(), reply_to=[Address("", "eve@evil.test")]), "Reply-To"),
        (answer(Kind.BOUNCE, moving(), carries=token(), sender="mailer-daemon@acme.example"), "a mail system says so"),
    ],
)
def test_every_doubt_makes_it_a_question_that_says_why(reading: Reading, reason: str) -> None:
    """Nothing is changed, and the line for the owner names the doubt."""
    found = decisions(reading)
    assert changed(found) == {}
    assert [d for d in found if isinstance(d, Review)]
    assert reason in whys(found)


@pytest.mark.parametrize("authenticated", [True, False])
@pytest.mark.parametrize("address", ["jane@gmail.com", "jane@acrne.example", "info@newco.example", BOB])
def test_no_level_of_evidence_silences_those_doubts(address: str, authenticated: bool) -> None:
    """Even E4 asks: a hijacked mailbox is authenticated too."""
    assert changed(decisions(auto(moving(address), authenticated=authenticated))) == {}


@pytest.mark.parametrize(
    ("domain", "reason"),
    [("acrne.example", "looks like acme.example"), ("gmail.com", "free-mail"), ("xn--cme-8cd.example", "another script")],
)
def test_a_whole_organisation_moves_to_no_such_domain_either(domain: str, reason: str) -> None:
    """Where the owner lets a moved domain be taken over by itself."""
    finding = MovedDomain(because=BECAUSE, new=domain, old="acme.example")
    for needs in ("E2", "E4"):
        found = decisions(auto(finding, authenticated=True), settings=replace(SETTINGS, policy=Policy(moved_domain=needs)))
        assert changed(found) == {}
        assert reason in whys(found)


@pytest.mark.parametrize("kind", [Kind.HUMAN, Kind.AUTO_REPLY])
def test_a_reply_to_elsewhere_makes_it_a_question_at_every_level(kind: Kind) -> None:
    """And the line names the address that the answer would have gone to; their own address in another case is none."""
    for authenticated in (False, True):
        found = decisions(answer(kind, moving(), carries=token(), authenticated=authenticated, reply_to=[Address("", "eve@evil.test")]))
        assert changed(found) == {}
        assert "its Reply-To (eve@evil.test) is not its From" in whys(found)
        same = answer(kind, moving(), carries=token(), authenticated=authenticated, reply_to=[Address("", MAILED.upper())])
        assert changed(decisions(same))["email"] == NEW


def test_an_ill_formed_address_never_reaches_a_change() -> None:
    """Not even one that the owner could accept by mistake."""
    assert all_changes(decisions(auto(moving("jane@newco.example\r\nBcc: eve@evil.test")))) == ()


@pytest.mark.parametrize("address", [MAILED, MAILED.upper(), OWNER.address, "olga+x@home.example"])
def test_the_address_they_have_or_that_is_ours_is_no_news(address: str) -> None:
    """A signature repeats the address it is sent from, and a quotation ours."""
    assert all(isinstance(d, Ignore) for d in decisions(auto(moving(address))))


def test_another_address_of_theirs_is_only_a_question() -> None:
    """`also` and `previous` hold addresses that may be private or dead."""
    for contact in (replace(JANE, also=(NEW,)), replace(JANE, previous=(Previous(NEW),))):
        found = decisions(auto(moving()), contact)
        assert changed(found) == {}
        assert "you know already" in whys(found)


def test_a_late_answer_of_a_former_mailbox_moves_nobody() -> None:
    """The token proves the former address; the present one says nothing."""
    contact = replace(JANE, email=NEW, previous=(Previous(MAILED),))
    for authenticated in (False, True):
        assert changed(decisions(auto(moving("jane@third.example"), authenticated=authenticated), contact)) == {}


def test_a_second_address_of_theirs_may_say_so_in_an_authenticated_answer_to_our_letter() -> None:
    """The letter went to the present address and the answer comes from one that you know."""
    contact = replace(JANE, also=("jane@home2.example",))
    from_second = auto(moving(), sender="jane@home2.example", authenticated=True)
    assert changed(decisions(from_second, contact))["email"] == NEW
    assert changed(decisions(auto(moving(), sender="jane@home2.example"), contact)) == {}
    own = auto(moving(), sender="jane@home2.example", authenticated=True, carries=token("jane@home2.example"))
    assert changed(decisions(own, contact)) == {}


@pytest.mark.parametrize("status", [Status.STOPPED, Status.PAUSED, Status.DECEASED, Status.RETIRED])
def test_a_contact_that_is_closed_is_not_reopened(status: Status) -> None:
    """The owner decides whether that matters."""
    found = decisions(auto(moving(), authenticated=True), replace(JANE, status=status))
    assert changed(found) == {}
    assert f"the contact is {status}" in whys(found)


def test_the_policy_can_ask_for_more_or_always_for_the_owner() -> None:
    """At `E4` the token alone is not enough; at `ask` nothing is; a tag's policy wins over the general one."""
    strict = replace(SETTINGS, policy=Policy(new_address="E4"))
    tagged = replace(SETTINGS, tags={"vip": Policy(new_address="ask")})
    vip = replace(JANE, tags=("friends", "vip"))
    assert changed(decisions(auto(moving()), settings=strict)) == {}
    assert changed(decisions(auto(moving(), authenticated=True), settings=strict))["email"] == NEW
    assert changed(decisions(auto(moving(), authenticated=True), vip, settings=tagged)) == {}
    assert changed(decisions(auto(moving(), authenticated=True), settings=tagged))["email"] == NEW


def test_a_moved_domain_is_asked_by_default_and_can_be_trusted() -> None:
    """It is applied to the answering person's own address alone."""
    finding = MovedDomain(because=BECAUSE, new="Acme-Group.example", old="acme.example")
    trusting = replace(SETTINGS, policy=Policy(moved_domain="E4"))
    assert asked(decisions(auto(finding, authenticated=True)))["email"] == "jane@acme-group.example"
    assert changed(decisions(auto(finding, authenticated=True), settings=trusting))["email"] == "jane@acme-group.example"
    unsure = replace(finding, ambiguous=True)
    assert changed(decisions(auto(unsure, authenticated=True), settings=trusting)) == {}
    assert changed(decisions(auto(replace(finding, confidence=0.5), authenticated=True), settings=trusting)) == {}
    foreign = MovedDomain(because=BECAUSE, new="x.example", old="other.example")
    assert all_changes(decisions(auto(foreign, authenticated=True), settings=trusting)) == ()


def test_an_answer_from_an_unknown_address_with_their_token_and_name_proposes_it() -> None:
    """The commonest sign of a new job; never taken over by itself."""
    found = decisions(answer(sender=NEW, name="Doe, Jane (NewCo)", carries=token(), authenticated=True))
    (review,) = [d for d in found if isinstance(d, Review)]
    assert changed(found) == {}
    assert review.because.rule == "answered-from"
    assert asked(found)["email"] == NEW


@pytest.mark.parametrize(
    ("sender", "reply_to", "reason"),
    [
        ("jane@acrne.example", (), "its domain looks like acme.example and is another"),
        ("jane@xn--cme-8cd.example", (), "letters of another script"),
        ("jane@аcme.example", (), "letters of another script"),  # the first letter is Cyrillic
        ("jane.doe@gmail.com", (), "a free-mail address, which anybody can open in their name"),
        ("info@newco.example", (), "it is a role address"),
        (NEW, (Address("", "eve@evil.test"),), "its Reply-To (eve@evil.test) is not its From"),
        (NEW, (), "only you can tell whether that is the same person"),
    ],
)
@pytest.mark.parametrize("policy", [Policy(), Policy(new_address="E2"), Policy(new_address="E3", moved_domain="E2")])
def test_the_question_about_an_unknown_from_says_what_is_most_doubtful_in_it(
    sender: str, reply_to: tuple[Address, ...], reason: str, policy: Policy
) -> None:
    """Whatever the owner's policy is, nobody moves by answering from elsewhere."""
    reading = answer(sender=sender, carries=token(), authenticated=True, reply_to=reply_to)
    found = decisions(reading, settings=replace(SETTINGS, policy=policy))
    assert changed(found) == {}
    assert reason in whys(found)


@pytest.mark.parametrize("name", ["Jаne Doe", "Jane", "Doe", "J. Doe", "Jane Smith", "jane@newco.example", "Jane Do"])
def test_a_name_that_is_not_theirs_in_full_proposes_no_address(name: str) -> None:
    """The first has a Cyrillic letter; a colleague may share any of the others."""
    assert "email" not in asked(decisions(answer(sender=NEW, name=name, carries=token(), authenticated=True)))


@pytest.mark.parametrize("name", ["Jane Doe", "JANE DOE", "Doe, Jane", "Dr. Jane M. Doe (NewCo)", "Jané Doé"])
def test_a_name_counts_in_any_order_case_and_dress(name: str) -> None:
    """As address books and companies write it."""
    assert asked(decisions(answer(sender=NEW, name=name, carries=token())))["email"] == NEW


@pytest.mark.parametrize("carries", [token(at=AT - timedelta(days=400)), token(purpose="summary"), token("jane@else.example"), None])
def test_without_a_token_that_counts_an_unknown_from_is_proposed_to_nobody(carries: str | None) -> None:
    """Expired, of another purpose, of another address, or none at all."""
    assert "email" not in asked(decisions(answer(sender=NEW, carries=carries, authenticated=True)))


@pytest.mark.parametrize(
    "reading",
    [
        answer(Kind.AUTO_REPLY, sender=NEW, carries=token()),
        answer(sender=NEW, name="Bob Builder", carries=token()),
        answer(sender=NEW, name="", carries=token()),
        answer(sender=OWNER.address, carries=token()),
        answer(sender=BOB, carries=token()),
        answer(sender=NEW),
        answer(sender=MAILED, carries=token()),
    ],
    ids=["an auto-reply", "another name", "no name", "our own", "another contact", "no token", "the known address"],
)
def test_nothing_else_proposes_its_from(reading: Reading) -> None:
    """A forwarded letter that a colleague answers is no new address."""
    assert "email" not in asked(decisions(reading)) | changed(decisions(reading))


def test_an_answer_that_says_its_own_address_is_proposed_once() -> None:
    """The words and the From agree; one line is enough."""
    found = decisions(answer(Kind.HUMAN, moving(), sender=NEW, carries=token()))
    assert [d.because.rule for d in found if isinstance(d, Review)] == ["rule"]


def test_an_answer_without_a_single_from_proposes_none() -> None:
    """There is nothing to propose."""
    two = replace(answer(sender=NEW, carries=token()), from_=(Address("Jane Doe", NEW), Address("Jane Doe", "j@y.example")))
    for reading in (two, replace(two, from_=())):
        assert all_changes(decisions(reading)) == ()


def test_a_finding_that_is_sure_enough_is_taken() -> None:
    """At 0.7, not below."""
    assert changed(decisions(auto(moving(confidence=0.7))))["email"] == NEW


def test_a_long_quote_is_cut_in_the_list_of_former_addresses() -> None:
    """The contact file is read by people."""
    finding = NewAddress(because=Because("rule", "word " * 100, "body"), address=NEW)
    (kept,) = changed(decisions(auto(finding)))["previous"]
    assert len(kept.why) == 160
    assert kept.why.endswith("…")


def test_a_domain_that_is_known_as_theirs_is_no_look_alike() -> None:
    """Even where they have two that resemble each other."""
    contact = replace(JANE, also=("jane@acne.example",))
    assert changed(decisions(auto(moving("jane.doe@acme.example")), contact))["email"] == "jane.doe@acme.example"


@pytest.mark.parametrize("domain", ["olive.com", "acme.co", "frame.example"])
def test_a_short_name_near_a_providers_is_none_either(domain: str) -> None:
    """live.com and me.com are a letter away from many companies."""
    assert changed(decisions(auto(moving(f"jane@{domain}")))) != {}


def test_its_own_token_from_the_new_address_ends_probation() -> None:
    """E5: what was sent to the new address came back from there."""
    contact = replace(JANE, email=NEW, status=Status.PROBATION, previous=(Previous(MAILED),))
    found = decisions(answer(Kind.AUTO_REPLY, sender=NEW, carries=token(NEW)), contact, known(contact))
    assert changed(found) == {"status": None}
    assert Level.E5 in {d.level for d in found}


@pytest.mark.parametrize(("sender", "address"), [(NEW, MAILED), (MAILED, NEW), (MAILED, MAILED)])
def test_any_other_pair_of_from_and_token_does_not(sender: str, address: str) -> None:
    """The old mailbox, or the old token, proves nothing of the new address."""
    contact = replace(JANE, email=NEW, status=Status.PROBATION, previous=(Previous(MAILED),))
    assert "status" not in changed(decisions(answer(sender=sender, carries=token(address)), contact, known(contact)))
