"""vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), as telephones and address books write them, many in one file."""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bouncer.edge.imports.decoding import decoded
from bouncer.edge.imports.fields import addresses_in, country_of, language_of, line_of, name_line, page_in, phones_in, tags_in, whole_name
from bouncer.edge.imports.lines import Property, plain, property_of, texts, unfolded
from bouncer.model.importing import Fault, Imported, Record

_BEGIN = re.compile(rb"BEGIN[ \t]*:[ \t]*VCARD[ \t]*", re.IGNORECASE)
_END = re.compile(rb"END[ \t]*:[ \t]*VCARD[ \t]*", re.IGNORECASE)
_AGENT = re.compile(rb"(?:[\w-]+\.)?AGENT[^:]*:[ \t]*", re.IGNORECASE)
_FIRST = re.compile(rb"\s*BEGIN[ \t]*:[ \t]*VCARD", re.IGNORECASE)
_NOT_PEOPLE = frozenset({"GROUP", "LOCATION", "DEVICE", "APPLICATION"})
_NOT_NUMBERS = frozenset({"FAX", "PAGER", "MODEM", "TEXTPHONE"})
_LAST = 101  # behind every preference there may be (1 to 100, RFC 6350 section 5.3)


@dataclass(slots=True)
class _Card:
    """A card while it is read: *wrong* is what is the matter with the whole of it."""

    line: int
    properties: list[Property] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)  # lines that are no property
    wrong: str = ""


def recognises(data: bytes) -> bool:
    """Tell whether *data* begins as a vCard does."""
    return _FIRST.match(_utf8(data)[0][:200]) is not None


def read(name: str, data: bytes, encoding: str | None = None) -> Imported:
    """Give the people of the cards in *data*, numbered from 1, and what could not be read of them."""
    whole, called = _utf8(data, encoding)
    records: list[Record] = []
    faults: list[Fault] = []
    for number, card in enumerate(_cards(whole), start=1):
        if card.broken and not card.wrong:
            more = f" (and {len(card.broken) - 1} more)" if len(card.broken) > 1 else ""
            faults.append(Fault(number, f"line {card.broken[0]} is no property{more}; the rest of the card is read"))
        record, wrong = (None, (card.wrong,)) if card.wrong else _person(number, card.properties)
        faults += [Fault(number, said) for said in wrong]
        if record is not None:
            records.append(record)
    if not records and not faults:
        faults.append(Fault(1, "there is no card in this file"))
    return Imported(name, "vcard", tuple(records), tuple(faults), called)


def _utf8(data: bytes, encoding: str | None = None) -> tuple[bytes, str]:
    """Give *data* in UTF-8 where the whole of it is in *encoding* or in UTF-16; a card may hold lines in charsets of their own else."""
    if encoding is None and data[:2] not in (b"\xff\xfe", b"\xfe\xff") and data[:2].count(0) == 0:
        return data.removeprefix(codecs.BOM_UTF8), "utf-8"
    text, called = decoded(data, encoding)
    return text.encode("utf-8", "replace"), called


def _cards(data: bytes) -> Iterator[_Card]:
    """Give every card; one within another is its assistant's (vCard 2.1 section 2.4.4), and one that is not closed is wrong."""
    card: _Card | None = None
    depth, agent = 0, False
    for line in unfolded(data):
        if _BEGIN.fullmatch(line.data):
            if card is not None and agent:
                depth += 1
            else:
                if card is not None:
                    card.wrong = f"it begins on line {card.line} and is not closed before the next one does"
                    yield card
                card, depth = _Card(line.number), 0
        elif card is not None and _END.fullmatch(line.data):
            if depth:
                depth -= 1
            else:
                yield card
                card = None
        elif card is not None and not depth and line.data.strip():
            _take(card, line.number, line.data)
        agent = bool(_AGENT.fullmatch(line.data))
    if card is not None:
        card.wrong = f"it begins on line {card.line} and is not closed"
        yield card


def _take(card: _Card, number: int, data: bytes) -> None:
    found = property_of(data)
    if found is None:
        card.broken.append(number)
    else:
        card.properties.append(found)


def _person(number: int, properties: Sequence[Property]) -> tuple[Record | None, tuple[str, ...]]:
    of = _Values(properties)
    kind = (of.first("KIND") or of.first("X-ADDRESSBOOKSERVER-KIND")).upper()
    if kind in _NOT_PEOPLE:
        return None, (f"it is of the kind {kind.lower()}, and not of a person",)
    emails, no_address = addresses_in(of.preferred("EMAIL", unlike=frozenset({"X400"})))
    phones, no_number = phones_in(value.partition(";")[0] for value in of.preferred("TEL", unlike=_NOT_NUMBERS))
    name = _name(of)
    record = Record(
        number=number,
        name=name,
        emails=emails,
        company=line_of(texts(of.raw("ORG"))[0]) or None,
        title=line_of(of.first("TITLE") or of.first("ROLE")) or None,
        phones=phones,
        linkedin=page_in([*of.all("URL"), *of.all("X-SOCIALPROFILE"), *of.all("SOCIALPROFILE"), *of.all("IMPP")]),
        tags=tags_in(part for value in of.each("CATEGORIES") for part in texts(value, ",")),
        language=language_of(of.first("LANG")),
        country=next((found for value in of.each("ADR") if (found := country_of(texts(value)[-1]))), None),
    )
    if not name and not emails:
        return None, (*no_address, "there is neither a name nor an address in it")
    return record, (*no_address, *no_number)


def _name(of: "_Values") -> str:
    family, given, middle, *_ = (*texts(of.raw("N")), "", "", "")
    made = whole_name(*(name_line(part.replace(",", " ")) for part in (given, middle, family)))
    return name_line(of.first("FN")) or made or name_line(of.first("NICKNAME"))


class _Values:
    """The properties of a card by their name."""

    def __init__(self, properties: Sequence[Property]) -> None:
        self._found: dict[str, list[Property]] = {}
        for one in properties:
            self._found.setdefault(one.name, []).append(one)

    def each(self, name: str) -> list[str]:
        """Give the values as they are written, still escaped."""
        return [one.value for one in self._found.get(name, ())]

    def raw(self, name: str) -> str:
        """Give the first value that is not empty, still escaped."""
        return next((value for value in self.each(name) if value.strip(" ;")), "")

    def all(self, name: str) -> list[str]:
        """Give the values."""
        return [plain(value) for value in self.each(name)]

    def first(self, name: str) -> str:
        """Give the first value that is not empty."""
        return plain(self.raw(name)).strip()

    def preferred(self, name: str, unlike: frozenset[str]) -> list[str]:
        """Give the values that are of no type of *unlike*, the preferred first."""
        kept = [one for one in self._found.get(name, ()) if one.types().isdisjoint(unlike)]
        return [plain(one.value) for one in sorted(kept, key=_preference)]


def _preference(one: Property) -> int:
    """Give how far behind the preferred *one* is: vCard 4.0 counts from 1, earlier ones have a type for it."""
    if "PREF" in one.types():
        return 0
    value = next(iter(one.parameters.get("PREF", ())), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else _LAST  # noqa: PLR2004 - up to 100
