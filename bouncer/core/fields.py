"""Header fields: unfolded and decoded (RFC 2047), addresses, dates and Message-IDs; every function takes anything and never raises."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from bouncer.core.parts import in_charset
from bouncer.model import Address

_LONGEST = 20_000  # characters of one field that are read; the standard decoders are not linear
_LONGEST_ID = 998  # RFC 5322 section 2.1.1
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ID = re.compile(r"<([^<>\s]{1,998})>")
_PLAIN = re.compile(r'\s*(?:"?([^"<>,;:()\\=@]*)"?\s*<\s*([^<>\s,;:"()]+@[^<>\s,;:"()@]+)\s*>|([^<>\s,;:"()]+@[^<>\s,;:"()@]+))\s*')


def decoded(value: str) -> str:
    """Give a field's value on one line, its encoded words read (RFC 2047), whatever charset its raw bytes are in."""
    if value.isprintable() and value.isascii() and "=?" not in value:
        return value[:_LONGEST]
    value = value[:_LONGEST]
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value).strip()
    if not value.isascii():
        value = in_charset(value.encode("utf-8", "surrogateescape"), "utf-8")
    if "=?" in value:
        value = "".join(_words(value))
    return _CONTROL.sub("", value) if not value.isprintable() else value


def _words(value: str) -> Iterator[str]:
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        yield value
        return
    for piece, charset in pieces:
        yield piece if isinstance(piece, str) else in_charset(piece, charset or "latin-1")


def addresses_in(value: str) -> tuple[Address, ...]:
    """Give the mailboxes of an address field in its raw form (RFC 5322 section 3.4), names decoded; what has no @ is left out."""
    value = _FOLD.sub(" ", value[:_LONGEST])
    if not value.strip():
        return ()
    simple = _PLAIN.fullmatch(value)
    if simple:
        return (Address(decoded((simple[1] or "").strip()), simple[2] or simple[3]),)
    try:
        pairs = getaddresses([value])
    except (RecursionError, ValueError, IndexError, TypeError):  # a thousand open parentheses, among others
        pairs = [("", found) for found in re.findall(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()@]+", value)]
    return tuple(Address(" ".join(decoded(name).split()), decoded(address)) for name, address in pairs if "@" in address)


def date_in(value: str) -> datetime | None:
    """Give the moment in a Date field (RFC 5322 section 3.3) in its own zone, UTC where it names none; None where it is no date."""
    if not value.strip():
        return None
    try:
        found = parsedate_to_datetime(value[:200])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def message_ids(value: str) -> tuple[str, ...]:
    """Give the Message-IDs in a field (RFC 5322 section 3.6.4) with brackets, in order; a bare id gets its brackets."""
    found = tuple(f"<{inner}>" for inner in _ID.findall(value[:_LONGEST]))
    bare = value.strip()
    return found or ((f"<{bare}>",) if "@" in bare and not re.search(r"[\s<>]", bare) and len(bare) < _LONGEST_ID else ())
