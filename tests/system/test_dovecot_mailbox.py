"""The mailbox over IMAP keeps the promises of the port, at Dovecot."""

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
        self._stack.append(self._user, {"\\Junk": "Spamverdacht"}.get(folder, folder), data, at)

    def renumber(self) -> None:
        """Have Dovecot number the Inbox anew."""
        self._stack.doveadm("mailbox", "update", "-u", self._user, "--uid-validity", "4000000000", "INBOX")


class TestDovecotMailbox(MailboxConformance):
    """The suite on the real thing."""

    @pytest.fixture
    def world(self, mailstack: MailStack) -> DovecotWorld:
        """Give an empty mailbox."""
        return DovecotWorld(mailstack)
