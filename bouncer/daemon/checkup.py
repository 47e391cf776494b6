"""The check-up of a set-up: which probes there are, and in which order; each looks at one thing, and the core judges what it saw."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bouncer.core.checkup import judge_clock, judge_files, judge_imap, judge_smtp
from bouncer.daemon.wiring import LEDGER, password
from bouncer.edge.checkup.files import look_at_files
from bouncer.edge.checkup.servers import TIMING, WAITS, look_at_imap, look_at_smtp
from bouncer.edge.imap import Timing
from bouncer.edge.smtp import Waits
from bouncer.model import Settings
from bouncer.model.checkup import Diagnosis, ImapSeen, SmtpSeen


@dataclass(slots=True)
class Checkup:
    """One check-up: the set-up, how long to wait for its servers, and what was seen so far."""

    settings: Settings
    timing: Timing = TIMING
    waits: Waits = WAITS
    seen: list[ImapSeen | SmtpSeen] = field(default_factory=list)

    def diagnoses(self) -> Iterator[Diagnosis]:
        """Give one diagnosis after the other as the probes come by them; blocks while servers answer, and writes nothing."""
        for probe in PROBES:
            yield from probe(self)


def files(checkup: Checkup) -> Iterator[Diagnosis]:
    """Look at the contact file and the state directory."""
    yield from judge_files(look_at_files(checkup.settings.contacts, checkup.settings.state / LEDGER))


def mailboxes(checkup: Checkup) -> Iterator[Diagnosis]:
    """Log in to every IMAP server."""
    for index, account in enumerate(checkup.settings.accounts):
        seen = look_at_imap(account, password(account, checkup.settings.state), checkup.timing)
        checkup.seen.append(seen)
        yield from judge_imap(seen, index)


def submission(checkup: Checkup) -> Iterator[Diagnosis]:
    """Log in to every SMTP server."""
    for account in checkup.settings.accounts:
        seen = look_at_smtp(account, password(account, checkup.settings.state), checkup.waits)
        checkup.seen.append(seen)
        yield from judge_smtp(seen)


def clock(checkup: Checkup) -> Iterator[Diagnosis]:
    """Hold this machine's clock against the servers'."""
    yield from judge_clock(checkup.seen)


# What is near comes first, for it is the owner's to mend; the clock last, for it is read off what the servers said.
PROBES: tuple[Callable[[Checkup], Iterator[Diagnosis]], ...] = (files, mailboxes, submission, clock)
