"""The contact file in JSON passes the suite, and keeps its own layout."""

import json
from pathlib import Path

from support.contact_suite import ContactStoreSuite

from bouncer.edge.contacts import open_contacts
from bouncer.edge.contacts.values import as_entry
from bouncer.model import Contact
from bouncer.ports import Contacts


class TestJsonContacts(ContactStoreSuite):
    """The suite, on a JSON file with two blanks of indentation."""

    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Write the file and open it."""
        path = directory / "contacts.json"
        path.write_text(json.dumps({"contacts": [as_entry(c) for c in contacts]}, indent=2, ensure_ascii=False), encoding="utf-8")
        return open_contacts(path, directory / "history")


class TestCompactJsonContacts(ContactStoreSuite):
    """The suite, on a JSON file of one line in ASCII."""

    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Write the file and open it."""
        path = directory / "contacts.json"
        path.write_text(json.dumps({"contacts": [as_entry(c) for c in contacts]}, separators=(",", ":")), encoding="utf-8")
        return open_contacts(path, directory / "history")
