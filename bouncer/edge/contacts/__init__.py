"""Contact files, one file per format."""

from collections.abc import Mapping
from pathlib import Path

from bouncer.edge.contacts.access import obstacles
from bouncer.edge.contacts.entries import contact_of
from bouncer.edge.contacts.format import Format
from bouncer.edge.contacts.index import begun
from bouncer.edge.contacts.json_file import JsonFormat
from bouncer.edge.contacts.store import FileContacts
from bouncer.edge.contacts.values import as_entry
from bouncer.edge.contacts.yaml_file import YamlFormat
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Contact
from bouncer.ports import Contacts

__all__ = ["FORMATS", "nothing_in", "obstacles", "open_contacts", "why_unfit"]

FORMATS: Mapping[str, Format] = {".yaml": YamlFormat(), ".yml": YamlFormat(), ".json": JsonFormat()}


def open_contacts(path: Path, history: Path) -> Contacts:
    """Give the contact file at *path* by its ending; displaced versions and the lock go into the directory *history*.

    Nothing is read yet. Raises OwnerFault for an ending that stands for no format.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise OwnerFault((Problem(str(path), 0, "", f"a contact file ends in one of {', '.join(FORMATS)}"),))
    return FileContacts(path, history, form)


def nothing_in(path: Path) -> bool:
    """Tell whether the contact file at *path* is there and says nothing, so that it can only be begun. Raises OSError."""
    form = FORMATS.get(path.suffix.lower())
    return form is not None and path.exists() and begun(form, path.read_bytes(), "") is not None


def why_unfit(contact: Contact) -> tuple[str, ...]:
    """Give everything for which *contact* could not be an entry of a contact file, a sentence each, whoever has its addresses."""
    return tuple(said for _, said in contact_of(as_entry(contact))[1])
