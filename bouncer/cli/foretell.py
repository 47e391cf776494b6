"""What `run` would do with a message, without doing it."""

from datetime import UTC, datetime

from bouncer.core.asking import asked_after
from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.core.dryrun import as_questions
from bouncer.daemon.daemon import contact_of
from bouncer.daemon.wiring import HISTORY, LEDGER, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.keys import load_keys
from bouncer.model import Decision, Keys, RawMail, Reading, Settings


class Oracle:
    """Looks into ledger and contact file as they are; where there is no ledger yet, into a new one in memory."""

    def __init__(self, settings: Settings) -> None:
        """Open what *settings* name; raises OwnerFault where the contact file is wrong."""
        self._settings = settings
        self._at = datetime.now(UTC)
        self._book = open_contacts(settings.contacts, settings.state / HISTORY).load()
        self._ledger = look_into(settings)
        if (settings.state / LEDGER).exists():
            self._keys = load_keys(settings.state)
        else:
            self._keys = Keys(b"\0" * 32)
            self._ledger.sync(self._book, self._at)

    def would(self, raw: RawMail, reading: Reading) -> tuple[Decision, ...]:
        """Give the decisions that `run` would take on *reading* now."""
        known = self._ledger.known(reading)
        account = next((a for a in self._settings.accounts if raw.key and a.name == raw.key.account), self._settings.accounts[0])
        match = correlate(reading, known, account, self._keys, self._at)
        asked = asked_after(match, known, self._book)
        decided = decide(reading, match, contact_of(match, known, self._book), self._settings, known, self._at, asked)
        return decided if self._settings.live else as_questions(decided)

    def close(self) -> None:
        """Let go of the ledger."""
        self._ledger.close()
