"""What the daemon touches, each behind its port, and what is wrong with it just now."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_bytes

from bouncer.errors import BouncerError
from bouncer.model import Delivery, Handled, Keys, Letter, Planned, Receipt
from bouncer.ports import Clock, Contacts, Ledger, Mailbox, Onlooker, Reader, Sender

log = logging.getLogger("bouncer")

_LONGEST_WORD = 300  # characters
_ADDRESS = re.compile(r"[^\s<>@\"'()\[\],;:]+@[^\s<>@\"'()\[\],;:]+")


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside; senders and mailboxes by account name."""

    ledger: Ledger
    contacts: Contacts
    senders: Mapping[str, Sender]
    mailboxes: Mapping[str, Mailbox]
    reader: Reader
    clock: Clock
    keys: Keys
    templates: Mapping[str, str]
    random: Callable[[], float]
    onlooker: Onlooker
    entropy: Callable[[int], bytes] = token_bytes


@dataclass(slots=True)
class Troubles:
    """What is wrong now, one sentence by where; the onlooker is told of changes only."""

    onlooker: Onlooker
    now: dict[str, str] = field(default_factory=dict)
    faults: dict[str, BouncerError] = field(default_factory=dict)  # of those that make `bouncer once` fail

    def note(self, where: str, trouble: BouncerError | str) -> None:
        """Say what is wrong at *where*; a mere sentence is for the owner to know and no failure."""
        sentence = str(trouble)
        if isinstance(trouble, BouncerError):
            self.faults[where] = trouble
        if self.now.get(where) != sentence:
            self.now[where] = sentence
            self.onlooker.trouble(where, sentence)

    def clear(self, where: str) -> None:
        """Say that all is well again at *where*."""
        self.faults.pop(where, None)
        if self.now.pop(where, None) is not None:
            self.onlooker.trouble(where, None)


class Journal:
    """The onlooker of the service: one `key=value` line each, addresses shortened, no bodies."""

    def handled(self, handled: Handled) -> None:
        """Log what kind of message came and how it was decided."""
        reading = handled.reading
        log.info(
            "event=handled kind=%s rule=%s level=%s decisions=%s contact=%s",
            reading.verdict.kind,
            reading.verdict.because.rule,
            handled.match.trust.level.name,
            ",".join(type(d).__name__.lower() for d in handled.decisions) or "none",
            shortened(handled.contact.email) if handled.contact else "unknown",
        )

    def wrote(self, receipt: Receipt) -> None:
        """Log which fields were changed."""
        for change in receipt.applied:
            log.info("event=changed contact=%s field=%s rule=%s", shortened(change.contact), change.field, change.because.rule)
        for change, why in receipt.refused:
            log.warning("event=not-changed contact=%s field=%s why=%r", shortened(change.contact), change.field, told(why))

    def sent(self, planned: Planned, letter: Letter, delivery: Delivery) -> None:
        """Log how far a letter came."""
        log.info(
            "event=%s purpose=%s to=%s phase=%s code=%s",
            delivery.state,
            planned.purpose,
            shortened(letter.to.address),
            delivery.phase,
            delivery.code,
        )

    def trouble(self, where: str, sentence: str | None) -> None:
        """Log that something broke or mended."""
        if sentence:
            log.warning("event=trouble where=%s why=%r", word(where), told(sentence))
        else:
            log.info("event=mended where=%s", word(where))


def shortened(address: str) -> str:
    """Give an address as logs may show it: the first letter and the domain."""
    local, _, domain = address.rpartition("@")
    return word(f"{local[:1]}…@{domain}")


def told(sentence: str) -> str:
    """Give *sentence* as logs may show it: every address in it shortened."""
    return _ADDRESS.sub(lambda found: shortened(found[0]), sentence)


def word(text: str) -> str:
    """Give *text* as one value of a log line, whatever a file or a server put into it: no space, no control or direction character."""
    return "".join(ch if ch.isprintable() and not ch.isspace() else "?" for ch in text[:_LONGEST_WORD])
