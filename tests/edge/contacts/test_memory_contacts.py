"""The twin of the contact file passes the suite of the real ones."""

from pathlib import Path

from support.contact_suite import ContactStoreSuite

from bouncer.edge.memory import MemoryContacts
from bouncer.model import Contact


class TestMemoryContacts(ContactStoreSuite):
    """The suite, on the twin."""

    def store(self, directory: Path, *contacts: Contact) -> MemoryContacts:  # noqa: ARG002 - nothing is on disk
        """Open a twin."""
        return MemoryContacts(contacts)
