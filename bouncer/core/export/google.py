"""The CSV that Google Contacts gives and takes, with its present header."""

import csv
import io
from collections.abc import Sequence

from bouncer.core.names import given_and_family
from bouncer.model import Card, Contact

_FIXED = (
    "First Name", "Middle Name", "Last Name", "Phonetic First Name", "Phonetic Middle Name", "Phonetic Last Name", "Name Prefix",
    "Name Suffix", "Nickname", "File As", "Organization Name", "Organization Title", "Organization Department", "Birthday", "Notes",
    "Photo", "Labels",
)  # fmt: skip
_BETWEEN = " ::: "  # what stands between several values of one cell
_MINE = "* myContacts"  # the system's own label; without it an entry is not among the contacts
_FORMULA = ("=", "+", "-", "@")


def as_google(cards: Sequence[Card]) -> str:
    """Give the table, one line for each of *cards*; it has as many columns of addresses and telephones as somebody needs."""
    contacts = [card.contact for card in cards]
    emails = max((1 + len(contact.also) for contact in contacts), default=1)
    phones = max((len(contact.phones) for contact in contacts), default=0)
    file = io.StringIO(newline="")
    table = csv.writer(file)  # CRLF and quotes as in RFC 4180
    table.writerow((*_FIXED, *_numbered("E-mail", emails), *_numbered("Phone", phones), *_numbered("Website", 1)))
    for contact in contacts:
        table.writerow(
            (
                *_fixed(contact),
                *_valued("", (contact.email, *contact.also), emails),
                *_valued("", contact.phones, phones),
                *_valued("LinkedIn", (contact.linkedin,) if contact.linkedin else (), 1),
            )
        )
    return file.getvalue()


def _fixed(contact: Contact) -> tuple[str, ...]:
    given, family, filed = _named(contact)
    cells = {
        "First Name": given,
        "Last Name": family,
        "File As": filed,
        "Organization Name": contact.company or "",
        "Organization Title": contact.title or "",
        "Labels": _BETWEEN.join([tag.replace(":::", ":") for tag in contact.tags] + [_MINE]),
    }
    return tuple(_plain(cells.get(column, "")) for column in _FIXED)


def _named(contact: Contact) -> tuple[str, str, str]:
    """Give given names, family name, and the name to file under where they do not make up the name as written.

    A reader puts the two together in this order, so a name with the family first stays whole.
    """
    given, family = given_and_family(contact.name, contact.language or "en")
    if f"{given} {family}".strip() == contact.name:
        return given, family, ""
    return (given, family, contact.name) if ", " in contact.name else (contact.name, "", "")


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking words for a formula; whoever reads the table drops outer blanks."""
    return f" {cell}" if cell.startswith(_FORMULA) else cell


def _numbered(what: str, number: int) -> tuple[str, ...]:
    return tuple(f"{what} {n} - {part}" for n in range(1, number + 1) for part in ("Label", "Value"))


def _valued(label: str, values: Sequence[str], number: int) -> tuple[str, ...]:
    """Give label and value of each, and empty cells up to *number* of them."""
    filled = [cell for value in values for cell in (label, value)]
    return tuple(filled + [""] * (2 * number - len(filled)))
