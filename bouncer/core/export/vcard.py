"""vCard 4 (RFC 6350)."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from urllib.parse import quote
from uuid import UUID, uuid5

from bouncer.core.names import given_and_family
from bouncer.model import Card

_PERSONS = UUID("b2ff5a4e-7a3f-5c9d-9d3c-0a4e6d0d7b11")  # the name space of the ids of people
_WIDTH = 75  # octets of a line without its end (section 3.2)
_SPECIAL = re.compile(r"[\\,;]|\r\n|[\r\n]")
_IN_URI = "/:?#[]@!$&'()*+=-._~%"  # as in RFC 3986 section 2, without what vCard gives a meaning: comma and semicolon


def as_vcards(cards: Sequence[Card]) -> str:
    """Give one vCard for each of *cards*: the present addresses, not the former ones, nor what only bouncer goes by."""
    return "".join(f"{line}\r\n" for card in cards for content in _lines(card) for line in _folded(content))


def _lines(card: Card) -> Iterator[str]:
    """Give the content lines; VERSION stands right after BEGIN (section 6.7.9)."""
    contact = card.contact
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    if card.person:
        yield f"UID:{uuid5(_PERSONS, card.person).urn}"
    yield f"FN:{_text(contact.name)}"
    given, family = given_and_family(contact.name, contact.language or "en")
    yield f"N:{_text(family)};{_text(given)};;;"
    if contact.company:
        yield f"ORG:{_text(contact.company)}"
    if contact.title:
        yield f"TITLE:{_text(contact.title)}"
    yield f"EMAIL;PREF=1:{_text(contact.email)}"
    yield from (f"EMAIL:{_text(address)}" for address in contact.also)
    yield from (f"TEL:{_text(number)}" for number in contact.phones)
    if contact.linkedin:
        yield f"URL:{_uri(contact.linkedin)}"
    if contact.language:
        yield f"LANG:{contact.language.replace('_', '-')}"  # a Language-Tag (section 6.4.4)
    if contact.timezone:
        yield f"TZ:{_text(contact.timezone)}"
    if contact.tags:
        yield f"CATEGORIES:{','.join(map(_text, contact.tags))}"
    if card.revised:
        yield f"REV:{card.revised.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _text(value: str) -> str:
    """Escape what has a meaning (section 3.4)."""
    return _SPECIAL.sub(lambda found: "\\n" if found[0].isspace() else f"\\{found[0]}", value)


def _uri(address: str) -> str:
    """Give a web address whole and in ASCII, as a URI is."""
    return quote(address if "://" in address else f"https://{address}", safe=_IN_URI)


def _folded(line: str) -> Iterator[str]:
    """Cut a content line into lines of at most 75 octets, never within a character (section 3.2)."""
    start, width = 0, 0
    for place, char in enumerate(line):
        octets = len(char.encode())
        if width + octets > _WIDTH:
            yield f" {line[start:place]}" if start else line[:place]
            start, width = place, 1  # the space that begins what goes on
        width += octets
    yield f" {line[start:]}" if start else line
