"""What the book says of employers: who has gone from a mail domain, and where a whole domain has moved to."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.core.mailboxes import PROVIDERS, domain_of
from bouncer.model import Book, Contact, Status

GONE = frozenset({Status.LEFT, Status.UNREACHABLE, Status.SUSPECT})
_SEVERAL = 2  # one person may always go; two are news


@dataclass(frozen=True, slots=True)
class News:
    """By mail domain in lower case: how many people it has lost, and where several of them write from now."""

    gone: Mapping[str, int]
    moved: Mapping[str, str]

    def of(self, contact: Contact) -> str | None:
        """Say what has happened where *contact* works, which is a reason to write; None where nothing has."""
        if not self.gone:
            return None
        domain = domain_of(contact.email)
        others = self.gone.get(domain, 0) - (contact.status in GONE)
        if others < _SEVERAL:
            return None
        if domain in self.moved:
            return f"colleagues at {domain} write from {self.moved[domain]} now"
        return f"{others} colleagues at {domain} have gone"


def news(book: Book) -> News:
    """Give what *book* says of employers; mail providers are none."""
    gone: Counter[str] = Counter()
    to: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for contact in book.contacts:
        if not (contact.previous or contact.status in GONE):
            continue
        domain = domain_of(contact.email)
        if contact.status in GONE:
            gone[domain] += 1
        for former in {domain_of(previous.email) for previous in contact.previous} - {domain}:
            gone[former] += 1
            to[former][domain] += contact.status not in GONE
    moved = {
        former: best
        for former, counted in to.items()
        for best, number in counted.most_common(1)
        if number >= _SEVERAL and best not in PROVIDERS and number * 2 > gone[former]
    }
    return News({domain: number for domain, number in gone.items() if domain not in PROVIDERS}, moved)
