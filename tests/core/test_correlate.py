"""An answer is brought home by our token, then by our ids, then by its From, and each is believed as far as it reaches."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import ACCOUNT, AT, JANE, OWNER
from support.trust import BOB, KEYS, MAILED, OTHER, PERSON, answer, failed, known, sent, token

from bouncer.core.correlate import correlate
from bouncer.model import Address, Handle, Keys, Kind, Known, Level, Match, Previous, Reading, Recipient


def match(reading: Reading, facts: Known | None = None, keys: Keys = KEYS) -> Match:
    """Correlate with what is known of Jane and Bob."""
    return correlate(reading, facts or known(), ACCOUNT, keys, AT)


@pytest.mark.parametrize(
    ("carries", "authenticated", "level"), [(None, False, "E1"), (None, True, "E2"), (token(), False, "E3"), (token(), True, "E4")]
)
def test_token_and_authentication_make_the_levels(carries: str | None, authenticated: bool, level: str) -> None:
    """E1 is a known From alone; E2 adds authentication, E3 the token, E4 both."""
    found = match(answer(carries=carries, authenticated=authenticated))
    assert (found.person, found.trust.level.name) == (PERSON, level)
    assert level in found.why


def test_only_a_token_or_an_id_of_ours_says_which_address_was_mailed() -> None:
    """A From proves nothing about where our letter went."""
    assert match(answer(authenticated=True)).mailed is None
    assert match(answer(carries=token())).mailed == MAILED


def test_the_sentence_names_address_and_evidence() -> None:
    """The owner reads it in the summary."""
    assert match(answer(carries=token(), authenticated=True)).why == f"the answer carries our token for {MAILED} and passed DMARC (E4)"


def test_a_stranger_without_anything_of_ours_is_nobody() -> None:
    """He is counted, whatever his provider says of him."""
    found = match(answer(sender="eve@evil.test", authenticated=True))
    assert (found.person, found.trust.level, found.mailed) == (None, Level.E0, None)


def test_a_token_finds_its_person_whatever_the_from() -> None:
    """Authentication of an address that we do not know adds nothing to it."""
    found = match(answer(sender="jane@newco.example", carries=token(), authenticated=True))
    assert (found.person, found.trust.level, found.mailed) == (PERSON, Level.E3, MAILED)


@pytest.mark.parametrize(
    "carries",
    [
        token()[:-1],
        token()[:-1] + ("a" if token()[-1] != "a" else "b"),
        token(at=AT - timedelta(days=400)),
        token(address="jane@elsewhere.example"),
        token(purpose="summary"),
        token(person="ffffffffffff"),
    ],
    ids=["truncated", "mutated", "expired", "another address", "another purpose", "another person"],
)
def test_what_is_no_valid_token_never_reaches_e3(carries: str) -> None:
    """A known From stays E1 and an unknown one stays nobody, or at most E1 where the token was ours once."""
    assert match(answer(carries=carries)).trust.level is Level.E1
    assert match(answer(sender="eve@evil.test", carries=carries)).trust.level <= Level.E1


def test_an_upper_cased_or_wrapped_token_still_counts() -> None:
    """Gateways do both; nothing is lost by it."""
    for value in (f"B.{token().upper()}", f"<b.{token()[:9]}\r\n\t{token()[9:]}@home.example>"):
        assert match(replace(answer(), handles=(Handle("returned", value),))).trust.level is Level.E3


def test_a_key_that_was_rotated_away_twice_still_verifies() -> None:
    """The third rotation ends it."""
    assert match(answer(carries=token()), keys=Keys(b"n" * 32, (b"m" * 32, b"k" * 32))).trust.level is Level.E3
    assert match(answer(carries=token()), keys=Keys(b"n" * 32, (b"m" * 32, b"o" * 32))).trust.level is Level.E1


def test_the_from_of_one_contact_with_the_token_of_another_speaks_for_the_from_alone() -> None:
    """Bob was shown the letter to Jane: what he says of himself concerns Bob, and the token adds nothing."""
    found = match(answer(sender=BOB, name="Bob", carries=token()))
    assert (found.person, found.trust.level, found.mailed) == (OTHER, Level.E1, None)
    assert "another contact's" in found.why


def test_of_several_tokens_the_strongest_handle_counts() -> None:
    """A reply that quotes an older letter to somebody else still answers the letter in its References."""
    stray = Handle("body", f"b.{token(BOB, OTHER)}")
    mine = Handle("reference", f"<b.{token()}@home.example>")
    found = match(replace(answer(sender="jane@newco.example"), handles=(mine, stray)))
    assert (found.person, found.trust.handles) == (PERSON, ("token in reference",))


def test_a_valid_token_counts_before_a_stronger_place_without_one() -> None:
    """An id in References may be no more than an expired token."""
    old = Handle("plus-address", f"b.{token(at=AT - timedelta(days=500))}")
    new = Handle("body", f"b.{token()}")
    for sender in (MAILED, "x@y.test"):
        assert match(replace(answer(sender=sender), handles=(old, new))).trust.level is Level.E3


def test_an_alias_that_the_submission_server_gave_is_a_weaker_handle() -> None:
    """It names the letter and the address, but it is no secret of ours: E1."""
    letter = replace(sent(token()), aliases=("<alias@server.example>",))
    reading = replace(answer(sender="x@y.test"), handles=(Handle("reference", "<alias@server.example>"),))
    found = match(reading, known(JANE, letter))
    assert (found.person, found.mailed, found.trust.level, found.sent) == (PERSON, MAILED, Level.E1, letter)


def test_it_names_the_letter_that_the_token_was_in() -> None:
    """The purpose and the time of that letter decide what a second failure means."""
    text = token(purpose="recheck")
    letter = sent(text, purpose="recheck")
    found = match(answer(Kind.BOUNCE, recipients=[failed()], sender="mailer-daemon@acme.example", carries=text), known(JANE, letter))
    assert (found.sent, found.purpose) == (letter, "recheck")


def test_our_own_from_concerns_nobody() -> None:
    """A copy of the owner's own answer bears the token too."""
    assert match(answer(sender=OWNER.address, carries=token())).person is None


def test_two_froms_are_as_good_as_none() -> None:
    """RFC 5322 section 3.6.2 allows them; nobody knows which one to believe."""
    reading = replace(answer(authenticated=True), from_=(Address("", MAILED), Address("", "eve@evil.test")))
    assert match(reading).person is None


def test_a_token_for_a_former_address_still_finds_the_person() -> None:
    """The late answer says where our letter went: the former address."""
    contact = replace(JANE, email="jane@newco.example", previous=(Previous(MAILED),))
    found = match(answer(carries=token()), known(contact))
    assert (found.person, found.mailed, found.trust.level) == (PERSON, MAILED, Level.E3)


@pytest.mark.parametrize(
    ("reading", "handles", "why"),
    [
        (answer(), ("from",), f"the From is {MAILED}, whom you know, and nothing authenticates it (E1)"),
        (answer(authenticated=True), ("from", "dmarc"), f"the From is {MAILED}, whom you know, and passed DMARC (E2)"),
        (answer(carries=token()), ("token in reference", "from"), f"the answer carries our token for {MAILED} and is from {MAILED} (E3)"),
        (
            answer(sender="x@y.test", carries=token()),
            ("token in reference",),
            f"the answer carries our token for {MAILED} and comes from x@y.test, an address we do not know (E3)",
        ),
        (
            answer(sender="x@y.test", carries=token(at=AT - timedelta(days=400))),
            ("expired token in reference",),
            f"the answer carries an expired token of our letter to {MAILED} and comes from x@y.test, an address we do not know (E1)",
        ),
        (
            answer(carries=token(at=AT - timedelta(days=400)), authenticated=True),
            ("expired token in reference", "from", "dmarc"),
            f"the From is {MAILED}, whom you know, it carries an expired token of our letter to {MAILED}, and passed DMARC (E2)",
        ),
        (
            replace(answer(sender="x@y.test"), references=("<alias@server.example>",)),
            ("id in reference",),
            f"the answer carries the id of our letter to {MAILED} and comes from x@y.test, an address we do not know (E1)",
        ),
        (
            replace(answer(sender="x@y.test", carries=token()), from_=()),
            ("token in reference",),
            f"the answer carries our token for {MAILED} and has no single From (E3)",
        ),
        (
            answer(Kind.BOUNCE, recipients=[failed()], carries=token()),
            ("token in reference",),
            f"the notice carries our token for {MAILED} (E3)",
        ),
        (
            answer(Kind.BOUNCE, recipients=[failed("j@f.example", original=MAILED)]),
            ("recipient",),
            f"the notice names {MAILED}, to whom we wrote on 2026-03-03, but carries no token of ours (E1)",
        ),
        (replace(answer(sender="x@y.test"), tokens=(token(),)), ("token in body",), None),
    ],
    ids=lambda value: "" if isinstance(value, Reading) else None,
)
def test_every_level_says_by_which_handle_it_was_reached(reading: Reading, handles: tuple[str, ...], why: str | None) -> None:
    """The strength of the evidence is recorded, and the sentence names it."""
    old, new = (
        sent(token(at=AT - timedelta(days=400)), at=AT - timedelta(days=400)),
        replace(sent(token()), aliases=("<alias@server.example>",)),
    )
    found = match(reading, known(JANE, old, new))
    assert found.trust.handles == handles
    assert why is None or found.why == why


def test_the_address_of_the_letter_is_a_candidate_too() -> None:
    """The owner may have taken it out of the entry since."""
    facts = replace(known(), sent=(sent(token("jane@gone.example"), "jane@gone.example"),))
    found = match(answer(carries=token("jane@gone.example")), facts)
    assert (found.person, found.mailed, found.trust.level) == (PERSON, "jane@gone.example", Level.E3)


@pytest.mark.parametrize("value", [token(), f"x.{token()}", f"<x.{token()}@home.example>", f"bb{token()}", f"b.{token()}a"])
def test_a_token_without_its_mark_is_a_word_like_any_other(value: str) -> None:
    """Forty such letters may stand in anybody's mail."""
    assert match(replace(answer(sender="x@y.test"), handles=(Handle("body", value),))).person is None


def test_of_several_letters_the_one_with_that_very_token_is_named() -> None:
    """Not another one to the same person, nor one to somebody else."""
    letters = [sent(token(BOB, OTHER), BOB, OTHER), sent(token(purpose="probation"), purpose="probation"), sent(token())]
    found = match(answer(carries=token()), known(JANE, *letters))
    assert found.sent == letters[2]


def test_the_token_for_the_address_that_answers_counts_before_another_of_theirs() -> None:
    """A reply may quote both letters; the one to the mailbox that speaks is the proof."""
    contact = replace(JANE, also=("jane@home2.example",))
    other, mine = Handle("reference", f"b.{token('jane@home2.example')}"), Handle("body", f"b.{token()}")
    assert match(replace(answer(), handles=(other, mine)), known(contact)).mailed == MAILED
    assert match(replace(answer(), handles=(other,)), known(contact)).mailed == "jane@home2.example"


def test_the_last_day_of_the_window_counts() -> None:
    """Thirty days and no second more."""
    bounce = answer(Kind.BOUNCE, recipients=[failed()])
    assert match(bounce, known(JANE, sent(token(), at=AT - timedelta(days=30)))).sent is not None
    assert match(bounce, known(JANE, sent(token(), at=AT))).sent is not None
    assert match(bounce, known(JANE, sent(token(), at=AT - timedelta(days=30, seconds=1)))).sent is None


def test_a_token_of_an_entry_that_was_joined_with_another_finds_the_person() -> None:
    """Both ids have the same addresses then; where only one address is shared, they are two persons."""
    reading = answer(carries=token(person=OTHER))
    joined = Known(person_of={MAILED: PERSON}, addresses_of={PERSON: (MAILED,), OTHER: (MAILED,)})
    shared = replace(joined, addresses_of={PERSON: (MAILED,), OTHER: (MAILED, "j@x.example")})
    assert (match(reading, joined).person, match(reading, joined).trust.level) == (PERSON, Level.E3)
    assert match(reading, shared).trust.level is Level.E1


def test_a_notice_without_anything_of_ours_is_e1_where_it_names_somebody_known() -> None:
    """Anybody can write a bounce, but the owner's own letters fail too; a recent letter of ours is named in the sentence."""
    bounce = answer(Kind.BOUNCE, recipients=[failed()], sender="mailer-daemon@acme.example")
    recent = match(bounce, known(JANE, sent(token(), at=AT - timedelta(days=3))))
    assert (recent.person, recent.mailed, recent.trust.level) == (PERSON, None, Level.E1)
    assert "to whom we wrote on 2026-03-01" in recent.why
    for facts in (known(), known(JANE, sent(token(), at=AT - timedelta(days=31))), known(JANE, sent(token(), at=AT + timedelta(days=1)))):
        assert (match(bounce, facts).person, match(bounce, facts).sent) == (PERSON, None)


@pytest.mark.parametrize("recipients", [[], [failed("x@y.example")], [failed(), failed(BOB)]], ids=["nobody", "a stranger", "two contacts"])
def test_a_notice_that_names_nobody_or_several_concerns_nobody(recipients: list[Recipient]) -> None:
    """Backscatter is counted and no more."""
    found = match(answer(Kind.BOUNCE, recipients=recipients, sender="mailer-daemon@acme.example"))
    assert (found.trust.level, found.why) == (Level.E0, "the notice names no letter of ours and nobody you know (E0)")


def test_the_from_of_a_notice_says_nothing() -> None:
    """A bounce "from" Jane, vouched for or not, is as good as one from anybody."""
    found = match(answer(Kind.BOUNCE, recipients=[failed()], authenticated=True))
    assert found.trust.level is Level.E1


@pytest.mark.parametrize(
    "wrapped",
    ["prvs=12345678ab=jane@acme.example", "jane+news@acme.example", "bounces+jane=acme.example@list.example", "JANE@ACME.EXAMPLE"],
)
def test_a_rewritten_recipient_is_recognised(wrapped: str) -> None:
    """BATV, plus-tags and VERP are taken off before it is looked up."""
    bounce = answer(Kind.BOUNCE, recipients=[failed(wrapped)], sender="mailer-daemon@acme.example")
    assert match(bounce, known(JANE, sent(token()))).person == PERSON
