"""The token that every message of ours carries: it proves whom an answer concerns and which address we mailed.

25 bytes: version and purpose (1), day since 2020-01-01 (2), person (6), random (4), and the first 12 bytes of an HMAC-SHA256 over those 13
and the lower-case address. 200 bits are exactly 40 base32 characters, so no spare bit lets a second spelling decode to the same token.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bouncer.model import Keys, PersonId, Purpose

_VERSION = 1
_EPOCH = date(2020, 1, 1)
_LAST_DAY = 0xFFFF
_RANDOM, _HEAD, _MAC = 4, 13, 12
_SHAPE = re.compile(r"[a-z2-7]{40}")
_SPACE = re.compile(r"[ \t\r\n]+")
_CODES: Mapping[Purpose, int] = {"checkin": 1, "recheck": 2, "probation": 3, "summary": 4, "ask": 5, "decision": 6}
_PURPOSES: Mapping[int, Purpose] = {code: purpose for purpose, code in _CODES.items()}

VALID_DAYS: Mapping[Purpose, int] = {"checkin": 365, "recheck": 90, "probation": 365, "summary": 14, "ask": 90, "decision": 14}


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says of itself; none of it is believed before `signed_for` has found its address."""

    purpose: Purpose
    day: date  # the UTC day it was minted
    person: PersonId
    random: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A token of ours: minted for *person*, on *day*, for the message we sent to *address* (as the caller wrote it)."""

    person: PersonId
    address: str
    purpose: Purpose
    day: date


def mint(keys: Keys, purpose: Purpose, person: PersonId, address: str, day: date, random: bytes) -> str:
    """Give the 40 lower-case characters for one message to *address*; *day* is the UTC date, *random* four bytes.

    Raises ValueError where *person* is not 12 hex digits, *random* not 4 bytes, or *day* outside 2020 to 2199.
    """
    days = (day - _EPOCH).days
    if not 0 <= days <= _LAST_DAY or len(random) != _RANDOM or not re.fullmatch(r"[0-9a-f]{12}", person):
        raise ValueError(f"no token can be made for person {person!r} on {day} with {len(random)} random bytes")
    head = bytes((_VERSION << 4 | _CODES[purpose],)) + days.to_bytes(2, "big") + bytes.fromhex(person) + random
    return base64.b32encode(head + _mac(keys.current, head, address)).decode("ascii").lower()


def decode(text: str) -> Token | None:
    """Give what *text* says of itself, or None where it is not 40 lower-case base32 characters of this version."""
    if not _SHAPE.fullmatch(text):
        return None
    try:
        raw = base64.b32decode(text.upper())
    except binascii.Error:  # pragma: no cover - the shape above leaves nothing to refuse
        return None
    purpose = _PURPOSES.get(raw[0] & 0x0F)
    if raw[0] >> 4 != _VERSION or purpose is None:
        return None
    day = _EPOCH + timedelta(days=int.from_bytes(raw[1:3], "big"))
    return Token(purpose, day, raw[3:9].hex(), raw[9:_HEAD], raw[_HEAD:])


def signed_for(token: Token, keys: Keys, addresses: Iterable[str]) -> str | None:
    """Give that one of *addresses* for which one of *keys* made *token*, or None; compared in constant time."""
    days = (token.day - _EPOCH).days.to_bytes(2, "big")
    head = bytes((_VERSION << 4 | _CODES[token.purpose],)) + days + bytes.fromhex(token.person) + token.random
    every = ((address, key) for address in addresses for key in (keys.current, *keys.earlier))
    found = [address for address, key in every if hmac.compare_digest(_mac(key, head, address), token.mac)]
    return found[0] if found else None


def expired(token: Token, today: date) -> bool:
    """Tell whether *token* is too old for its purpose on the UTC date *today*, or minted more than a day ahead of it."""
    return not -1 <= (today - token.day).days <= VALID_DAYS[token.purpose]


def verify(text: str, keys: Keys, addresses: Iterable[str], today: date) -> Verified | None:
    """Give what the token *text* proves, or None where it is mutilated, expired, or made for none of *addresses*.

    The address is in the HMAC alone, so the caller names the addresses it may have been made for: those the ledger knows of its person.
    """
    token = decode(text)
    if token is None or expired(token, today):
        return None
    address = signed_for(token, keys, addresses)
    return None if address is None else Verified(token.person, address, token.purpose, token.day)


def restore(text: str) -> str | None:
    """Give the token that *text* was before a system upper-cased it or wrapped its line, or None where nothing exact comes out.

    Only ASCII is folded (the Kelvin sign would fold to k), and nothing is guessed: a lost or an additional character is no token.
    """
    if not text.isascii():
        return None
    joined = _SPACE.sub("", text).lower()
    return joined if _SHAPE.fullmatch(joined) else None


def _mac(key: bytes, head: bytes, address: str) -> bytes:
    """Give the truncated HMAC (96 bits, as in RFC 2404)."""
    return hmac.digest(key, head + address.lower().encode("utf-8", "surrogatepass"), "sha256")[:_MAC]
