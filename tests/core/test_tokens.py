"""A token proves one person, one address and one purpose for a while, and nothing else."""

import base64
from datetime import date, timedelta

import pytest

from bouncer.core.tokens import VALID_DAYS, Verified, decode, mint, restore, verify
from bouncer.model import Keys, Purpose

KEYS = Keys(b"k" * 32)
DAY = date(2026, 3, 4)
PERSON = "0123456789ab"
JANE = "jane@acme.example"
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def minted(keys: Keys = KEYS, purpose: Purpose = "checkin", person: str = PERSON, address: str = JANE, day: date = DAY) -> str:
    """Give a token for Jane, but for what is said otherwise."""
    return mint(keys, purpose, person, address, day, b"rand")


def test_a_token_verifies_for_its_person_address_and_purpose() -> None:
    """What went in comes out."""
    assert verify(minted(), KEYS, [JANE], DAY) == Verified(PERSON, JANE, "checkin", DAY)


def test_a_token_is_forty_lower_case_characters_that_a_local_part_may_hold() -> None:
    """It must survive in a Message-ID, a plus-address and an ENVID."""
    assert len(minted()) == 40
    assert set(minted()) <= set(ALPHABET)


def test_the_format_is_fixed() -> None:
    """A token that is under way must verify after an update: these are the 40 characters of version 1, and the codes of its purposes."""
    assert minted() == "ceem4ajdivtytk3smfxgie7p5p6phnqg57hq5dhq"
    assert verify("ceem4ajdivtytk3smfxgie7p5p6phnqg57hq5dhq", KEYS, [JANE], DAY) is not None
    assert {purpose: base64.b32decode(minted(purpose=purpose).upper())[0] for purpose in VALID_DAYS} == {
        "checkin": 0x11,
        "recheck": 0x12,
        "probation": 0x13,
        "summary": 0x14,
        "ask": 0x15,
        "decision": 0x16,
    }


def test_a_letter_to_a_contact_may_be_answered_for_long_and_one_to_the_owner_for_a_fortnight() -> None:
    """The days each purpose is valid."""
    assert VALID_DAYS == {"checkin": 365, "recheck": 90, "probation": 365, "summary": 14, "ask": 90, "decision": 14}


def test_the_days_run_from_2020_to_2199() -> None:
    """Two bytes count them."""
    first, last = date(2020, 1, 1), date(2199, 6, 6)
    for day in (first, last):
        assert verify(minted(day=day), KEYS, [JANE], day) is not None
    with pytest.raises(ValueError, match="no token"):
        minted(day=last + timedelta(days=1))


def test_the_case_of_the_address_does_not_matter() -> None:
    """A contact file may write Jane@Acme.example today and jane@acme.example tomorrow."""
    assert verify(minted(address="Jane@ACME.example"), KEYS, ["jane@acme.EXAMPLE"], DAY) is not None


@pytest.mark.parametrize("address", ["joan@acme.example", "jane@acme.example.test", "jane@acme.exampl", "", "jane"])
def test_a_token_of_one_address_proves_nothing_for_another(address: str) -> None:
    """The address is in the HMAC: evidence about one mailbox is never evidence about another."""
    assert verify(minted(), KEYS, [address], DAY) is None


def test_it_says_which_of_several_addresses_was_mailed() -> None:
    """A person has several; a bounce concerns the mailed one alone."""
    found = verify(minted(), KEYS, ["jane@home.example", "jane@old.example", JANE], DAY)
    assert found is not None
    assert found.address == JANE


def test_two_earlier_keys_still_verify_and_a_strange_one_does_not() -> None:
    """A rotation must not orphan the answers under way."""
    token = minted()
    assert verify(token, Keys(b"n" * 32, (b"m" * 32, b"k" * 32)), [JANE], DAY) is not None
    assert verify(token, Keys(b"n" * 32, (b"m" * 32,)), [JANE], DAY) is None


@pytest.mark.parametrize("purpose", list(VALID_DAYS))
def test_each_purpose_has_its_own_expiry(purpose: Purpose) -> None:
    """On the last day it holds, on the next it does not."""
    token, last = minted(purpose=purpose), DAY + timedelta(days=VALID_DAYS[purpose])
    assert verify(token, KEYS, [JANE], last) is not None
    assert verify(token, KEYS, [JANE], last + timedelta(days=1)) is None


def test_a_token_from_the_future_is_refused_but_for_a_day_of_clock_skew() -> None:
    """A clock that was set back by a day orphans nothing; anything more is no token of ours."""
    assert verify(minted(), KEYS, [JANE], DAY - timedelta(days=1)) is not None
    assert verify(minted(), KEYS, [JANE], DAY - timedelta(days=2)) is None


def test_no_change_of_a_single_character_verifies() -> None:
    """All 40 x 31 neighbours of a token are refused: there is no spare bit."""
    token = minted()
    mutants = [token[:i] + c + token[i + 1 :] for i in range(40) for c in ALPHABET if c != token[i]]
    assert len(mutants) == 40 * 31
    assert [m for m in mutants if verify(m, KEYS, [JANE], DAY)] == []


def test_no_cut_and_no_addition_verifies() -> None:
    """A truncated token proves nothing, however long the rest."""
    token = minted()
    cuts = [token[:i] for i in range(40)] + [token[i:] for i in range(1, 41)] + [token + "a", "a" + token, token + "\n", token + "="]
    assert [c for c in cuts if verify(c, KEYS, [JANE], DAY)] == []


def test_the_purpose_cannot_be_exchanged() -> None:
    """A check-in's token is not one of a re-check: the purpose is under the HMAC."""
    raw = bytearray(base64.b32decode(minted().upper()))
    raw[0] = raw[0] & 0xF0 | 2
    forged = base64.b32encode(bytes(raw)).decode().lower()
    assert decode(forged) is not None
    assert verify(forged, KEYS, [JANE], DAY) is None


@pytest.mark.parametrize("first", [0x01, 0x21, 0x10, 0x1F])
def test_another_version_or_an_unknown_purpose_is_no_token(first: int) -> None:
    """Whatever a later version means, this one does not guess it."""
    raw = bytes((first,)) + base64.b32decode(minted().upper())[1:]
    assert decode(base64.b32encode(raw).decode().lower()) is None


def test_an_upper_cased_or_wrapped_token_is_restored_exactly() -> None:
    """Case and white space carry no information in base32, so undoing them guesses nothing."""
    token = minted()
    assert verify(token.upper(), KEYS, [JANE], DAY) is None
    assert restore(token.upper()) == token
    assert restore(f"{token[:17]}\r\n {token[17:]}") == token


@pytest.mark.parametrize(
    "broken", [minted()[:-1], minted() + "a", minted()[:20] + "=\n" + minted()[20:], "\u212a" + minted()[1:], "1" * 40, ""]
)
def test_what_cannot_be_restored_exactly_is_not_restored(broken: str) -> None:
    """A lost character, a foreign one, and letters that merely fold to ASCII are left alone."""
    assert restore(broken) is None


@pytest.mark.parametrize(
    ("person", "day", "random"), [("xyz", DAY, b"rand"), (PERSON, date(2019, 12, 31), b"rand"), (PERSON, DAY, b"five5")]
)
def test_nothing_is_minted_from_what_does_not_fit(person: str, day: date, random: bytes) -> None:
    """A malformed person, day or random is the caller's fault."""
    with pytest.raises(ValueError, match="no token"):
        mint(KEYS, "checkin", person, JANE, day, random)


def test_an_address_of_broken_unicode_is_compared_and_not_an_error() -> None:
    """Candidates may come from a hostile mail's headers."""
    assert verify(minted(), KEYS, ["jan\udce9@acme.example", JANE], DAY) is not None
