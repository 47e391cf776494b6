"""The mailbox over IMAP keeps the promises of the port, at Dovecot."""

import imaplib
from datetime import datetime

import pytest
from support.mailbox_conformance import LIMIT, MailboxConformance, World
from support.mailstack import PASSWORD, MailStack

from bouncer.edge.imap import ImapMailbox, Timing

pytestmark = pytest.mark.servers


class DovecotWorld(World):
    """A mailbox at Dovecot."""

    def __init__(self, stack: MailStack) -> None:
        """Take an empty one."""
        self._stack = stack
        self._user = stack.user()
        self.box = ImapMailbox(stack.account(self._user), lambda: PASSWORD, LIMIT, timing=Timing(first_pause=0.05))

    def put(self, data: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Append it, as a mail program would."""
        with imaplib.IMAP4("127.0.0.1", self._stack.ports["imap"]) as imap:
            imap.login(self._user, PASSWORD)
            name = {"\\Junk": "Spamverdacht"}.get(folder, folder)
            assert imap.append(name, "", imaplib.Time2Internaldate(at), data)[0] == "OK"

    def renumber(self) -> None:
        """Have Dovecot number the Inbox anew."""
        self._stack.doveadm("mailbox", "update", "-u", self._user, "--uid-validity", "4000000000", "INBOX")


class TestDovecotMailbox(MailboxConformance):
    """The suite on the real thing."""

    @pytest.fixture
    def world(self, mailstack: MailStack) -> DovecotWorld:
        """Give an empty mailbox."""
        return DovecotWorld(mailstack)
