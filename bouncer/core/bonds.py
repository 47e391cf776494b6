"""What two people may share: an employer, a mail domain, a tag; and when, as far as the file and the changes made to it tell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bouncer.core.asking import LOST
from bouncer.core.decide.texts import LEGAL_FORMS
from bouncer.core.mailboxes import PROVIDERS, domain_of
from bouncer.model import Change, Contact

Turns = Sequence[tuple[date, Change]]
_LATE = timedelta(days=365)  # a move is heard of at the next check-in, so a date on file may be so much later than the truth


@dataclass(frozen=True, slots=True)
class Bond:
    """What is shared in words, and from when to when somebody had it; None where nobody knows."""

    word: str
    since: date | None = None
    until: date | None = None

    @property
    def dated(self) -> bool:
        """Whether anything is known of when."""
        return self.since is not None or self.until is not None

    def meets(self, other: "Bond") -> bool:
        """Tell whether both may have had it at one time; what is not known may be."""
        return not (_before(self, other) or _before(other, self))

    def together(self, other: "Bond") -> str:
        """Say when both had it at one time, in years, ready to stand after the word; empty where nothing is known."""
        since = max((day for day in (self.since, other.since) if day), default=None)
        until = min((day for day in (self.until, other.until) if day), default=None)
        if since and until:
            return f", {since.year} to {until.year}" if since.year < until.year else f" until {until.year}"
        return f" since {since.year}" if since else f" until {until.year}" if until else ""


def bonds(contact: Contact, turns: Turns = ()) -> Mapping[str, Bond]:
    """Give by key what *contact* may share with others, employers and domains of the past too; *turns* is what changed, oldest first."""
    found: dict[str, Bond] = {}
    ended = max((day for day, change in turns if change.field == "status" and change.after in LOST), default=None)
    for key, bond in (*_employers(contact, turns, ended), *_domains(contact, turns, ended)):
        found[key] = _joined(found[key], bond) if key in found else bond
    return found | {f"tag {tag.casefold()}": Bond(tag) for tag in contact.tags}


def keys(contact: Contact) -> Iterator[str]:
    """Give the keys of `bonds` alone, some more than once: of a large network, nobody asks when."""
    for company in (contact.company, *(previous.company for previous in contact.previous)):
        if company and (words := _company(company)):
            yield f"company {words}"
    for address in (contact.email, *contact.also, *(previous.email for previous in contact.previous)):
        if (domain := domain_of(address)) not in PROVIDERS:
            yield f"domain {domain}"
    yield from (f"tag {tag.casefold()}" for tag in contact.tags)


def _employers(contact: Contact, turns: Turns, ended: date | None) -> Iterator[tuple[str, Bond]]:
    former = [(f"company {_company(p.company)}", p.company, _day(p.until)) for p in contact.previous if p.company and _company(p.company)]
    now = contact.company if contact.company and _company(contact.company) else None
    begun = max((day for day, change in turns if change.field == "company" and change.before and change.after == now), default=None)
    return _spans(former, (f"company {_company(now)}", now) if now else None, begun, ended)


def _domains(contact: Contact, turns: Turns, ended: date | None) -> Iterator[tuple[str, Bond]]:
    former = [(f"domain {domain_of(p.email)}", domain_of(p.email), _day(p.until)) for p in contact.previous if _is_employers(p.email)]
    now = domain_of(contact.email) if _is_employers(contact.email) else None
    came = (day for day, change in turns if change.field == "email" and _came_to(change, now))
    yield from _spans(former, (f"domain {now}", now) if now else None, max(came, default=None), ended)
    yield from ((f"domain {domain_of(address)}", Bond(domain_of(address))) for address in contact.also if _is_employers(address))


def _came_to(change: Change, domain: str | None) -> bool:
    before, after = change.before, change.after
    return isinstance(before, str) and isinstance(after, str) and domain_of(before) != domain_of(after) == domain


def _spans(
    former: Sequence[tuple[str, str, date | None]], present: tuple[str, str] | None, begun: date | None, ended: date | None
) -> Iterator[tuple[str, Bond]]:
    """Give each with its time: one begins where another before it ended."""
    yield from ((key, Bond(word)) for key, word, until in former if until is None)
    since, last = None, ("", date.min)
    for until, key, word in sorted((until, key, word) for key, word, until in former if until):
        since = last[1] if last[0] not in ("", key) else since
        yield key, Bond(word, since, until)
        last = key, until
    if present:
        since = last[1] if last[0] not in ("", present[0]) else since
        yield present[0], Bond(present[1], max(filter(None, (since, begun)), default=None), ended)


def _joined(one: Bond, other: Bond) -> Bond:
    """Give the time from the begin of the first to the end of the last."""
    since = min(one.since, other.since) if one.since and other.since else None
    until = max(one.until, other.until) if one.until and other.until else None
    return Bond(other.word, since, until)


def _before(one: Bond, other: Bond) -> bool:
    return one.until is not None and other.since is not None and one.until <= other.since - _LATE


def _is_employers(address: str) -> bool:
    return domain_of(address) not in PROVIDERS


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _company(name: str) -> str:
    """Give the words of a company's name without its legal form."""
    words = ["".join(filter(str.isalnum, word)) for word in name.casefold().split()]
    return " ".join(word for word in words if word and word not in LEGAL_FORMS)
