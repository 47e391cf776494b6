"""Whom the owner means: a contact by address or by name."""

from bouncer.core.plain import one_line
from bouncer.errors import UsageError
from bouncer.model import Book, Contact, PersonId
from bouncer.ports import Ledger


def contact_meant(text: str, book: Book) -> Contact:
    """Give the contact that *text* names: any of their addresses, their name, or a part of it that only one name has, in any case.

    Raises UsageError where there is none, or more than one.
    """
    wanted = " ".join(text.split()).casefold()
    if contact := book.by_address.get(wanted):
        return contact
    names = [(contact, " ".join(contact.name.split()).casefold()) for contact in book.contacts]
    found = [contact for contact, name in names if name == wanted] or [contact for contact, name in names if wanted and wanted in name]
    if not found:
        raise UsageError(f"Nobody in the contact file is called {one_line(text, 60)!r} or has that address.")
    if len(found) > 1:
        some = ", ".join(contact.email for contact in found[:5])
        raise UsageError(f"{one_line(text, 60)!r} fits {len(found)} contacts; name one by address: {some}{', …' if len(found) > 5 else ''}")  # noqa: PLR2004
    return found[0]


def person_meant(contact: Contact, ledger: Ledger) -> PersonId:
    """Give the person of *contact*; raises UsageError where no bouncer has taken the entry in yet."""
    person = ledger.person(contact.email)
    if person is None:
        raise UsageError(f"bouncer has not taken in {contact.email} yet: `bouncer once` or a running `bouncer run` does.")
    return person


def namesake(contact: Contact, book: Book) -> str | None:
    """Say that *book* has somebody else of the name of *contact*, who was added; None where it has not."""
    named = (one for one in book.contacts if one.name.casefold() == contact.name.casefold())
    other = next((one for one in named if one.email.lower() != contact.email.lower()), None)
    if other is None:
        return None
    return (
        f"Another {one_line(other.name, 60)} <{one_line(other.email, 80)}> is on line {other.line}: "
        "if that is the same person, undo this and put the address there, as `email` or under `also`."
    )
