"""The contact file in YAML passes the suite in block and in flow style."""

import json
from pathlib import Path

import yaml
from support.contact_suite import ContactStoreSuite

from bouncer.edge.contacts import open_contacts
from bouncer.edge.contacts.values import as_entry
from bouncer.model import Contact
from bouncer.ports import Contacts


def opened(directory: Path, text: str) -> Contacts:
    """Write *text* as the contact file and open it."""
    path = directory / "contacts.yaml"
    path.write_text(text, encoding="utf-8")
    return open_contacts(path, directory / "history")


class TestBlockYamlContacts(ContactStoreSuite):
    """The suite, on a file as PyYAML writes it: every collection in block style."""

    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Write the file and open it."""
        data = {"contacts": [as_entry(c) for c in contacts]}
        return opened(directory, yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=False))


class TestFlowYamlContacts(ContactStoreSuite):
    """The suite, on a file with each contact in braces behind a dash."""

    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Write the file and open it."""
        lines = [f"- {json.dumps(as_entry(c), ensure_ascii=False)}\n" for c in contacts]
        return opened(directory, "contacts:\n" + ("".join(lines) or "  []\n"))


class TestJsonAsYamlContacts(ContactStoreSuite):
    """The suite, on JSON under a YAML name: one flow collection from the first brace to the last."""

    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Write the file and open it."""
        return opened(directory, json.dumps({"contacts": [as_entry(c) for c in contacts]}, indent=1, ensure_ascii=False))
