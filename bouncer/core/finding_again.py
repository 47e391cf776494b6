"""How to find somebody again: other addresses, where to look, and whom to ask. Nothing here writes to anybody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from bouncer.core.bonds import Bond, Turns, bonds, keys
from bouncer.core.mailboxes import not_a_person, shared_provider
from bouncer.core.names import given_name
from bouncer.core.plain import one_line
from bouncer.model import Contact, Status

ASKED = 3  # people to ask, at most
_CROWD = 2_000  # a tag or employer that more people share says nothing about any two of them
_SURER = 1.5  # how much more a bond says where it is known of both when they had it
_ALIVE = frozenset({None, Status.AWAY, Status.PROBATION})


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who may know: *why* says what they share with the lost one."""

    contact: Contact
    why: str
    weight: float


@dataclass(frozen=True, slots=True)
class Kit:
    """What helps to find one person: addresses in the order worth trying, pages to look at, people to ask, and how rare the name is."""

    addresses: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    helpers: tuple[Helper, ...]
    findable: str = ""


class Finder:
    """The contact file, looked at for who knew whom."""

    def __init__(self, contacts: Sequence[Contact], turns: Mapping[str, Turns] | None = None) -> None:
        """Index *contacts* by employer, mail domain, tag and name; linear in their number.

        *turns* is what changed about whoever has the lower-case address, as the ledger knows it.
        """
        self._turns = turns or {}
        self._shared: dict[str, list[Contact]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        for contact in contacts:
            for key in dict.fromkeys(keys(contact)):
                self._shared[key].append(contact)
            for word in _words(contact.name):
                self._names[word].add(contact.email.lower())

    def kit(self, contact: Contact) -> Kit:
        """Give what helps to find *contact*."""
        links = (*_profile(contact), *_searches(contact))
        return Kit(_other_addresses(contact), links, self.helpers(contact), self.findable(contact))

    def helpers(self, lost: Contact) -> tuple[Helper, ...]:
        """Give who may still be in touch with *lost*, best first: colleagues before those who share a tag, and the fewer the better.

        Whoever came to an employer after *lost* had left, or had left before, is no colleague; those known to have been there too are best.
        """
        weights: dict[str, float] = defaultdict(float)
        reasons: dict[str, list[str]] = defaultdict(list)
        known: dict[str, Contact] = {}
        for key, mine in self._bonds(lost).items():
            able = [contact for contact in self._shared[key] if _may_know(contact, lost)]
            if len(able) > _CROWD:
                continue
            others = [(contact, theirs) for contact in able if mine.meets(theirs := self._bonds(contact)[key])]
            tag = key.startswith("tag ")
            for other, theirs in others:
                email = other.email.lower()
                if key.startswith("domain ") and any(said.startswith("also at") for said in reasons[email]):
                    continue  # the same colleague by another sign
                known[email] = other
                weights[email] += (1.0 if tag else 4.0) / (1 + len(others) / 10) * (_SURER if mine.dated and theirs.dated else 1)
                reasons[email].append(f"{'tag' if tag else 'also at'} {one_line(mine.word, 60)}{mine.together(theirs)}")
        best = sorted(weights, key=lambda email: (-weights[email], known[email].status is not None, email))[:ASKED]
        return tuple(Helper(known[email], ", ".join(dict.fromkeys(reasons[email])), weights[email]) for email in best)

    def _bonds(self, contact: Contact) -> Mapping[str, Bond]:
        return bonds(contact, self._turns.get(contact.email.lower(), ()))

    def namesakes(self, contact: Contact) -> int | None:
        """Count the people of the file who have the commoner of *contact*'s two names, themselves too; None where it cannot tell."""
        words = _words(contact.name)
        if len(words) < 2 or len(self._names) < 200:  # noqa: PLR2004 - a small file knows no frequencies
            return None
        return max(len(self._names[word]) for word in (words[0], words[-1]))

    def findable(self, contact: Contact) -> str:
        """Say how rare the name is, as far as the owner's own file tells; empty where it tells nothing."""
        common = self.namesakes(contact)
        if common is None:
            return ""
        if common == 1:
            return "Nobody else in your file has either name, so a search has good chances."
        return f"{common} people in your file share one of the names, so add the company to a search."


def _may_know(other: Contact, lost: Contact) -> bool:
    return other.status in _ALIVE and other.email.lower() != lost.email.lower() and not not_a_person(other.email)


def draft(helper: Helper, lost: Contact) -> str:
    """Give a mailto link (RFC 6068) with a ready question to *helper*; it leaves only when the owner sends it."""
    name, company = one_line(lost.name, 80), one_line(lost.company or "", 80)
    where = f", who was with {company} when we last wrote" if company else ""
    greeting = f"Hi {given_name(one_line(helper.contact.name, 80)) or 'there'},"
    body = f"{greeting}\r\n\r\nI have lost touch with {name}{where}. Are you still in touch, or do you know who is?\r\n\r\nThank you!\r\n"
    return mailto(helper.contact.email, f"Are you still in touch with {name}?", body)


def mailto(address: str, subject: str, body: str = "") -> str:
    """Give a mailto link (RFC 6068 section 2)."""
    fields = {"subject": one_line(subject)} | ({"body": body} if body else {})
    return f"mailto:{quote(one_line(address), safe='@')}?{urlencode(fields, quote_via=quote)}"


def _other_addresses(contact: Contact) -> tuple[str, ...]:
    """Give the addresses on file besides the failing one: private ones first, for they outlive an employer; then the latest."""
    others = dict.fromkeys(one_line(a) for a in (*contact.also, *(p.email for p in contact.previous)) if a.lower() != contact.email.lower())
    return tuple(sorted(others, key=lambda address: not shared_provider(address)))


def _profile(contact: Contact) -> tuple[tuple[str, str], ...]:
    """Give the LinkedIn page on file where it is one, else a search for people."""
    url = (contact.linkedin or "").strip()
    url = url if "://" in url else f"https://{url}"
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if url.isascii() and url.isprintable() and " " not in url and url.startswith("https://") and f".{host}".endswith(".linkedin.com"):
        return (("LinkedIn profile", url),)
    wanted = " ".join(filter(None, (one_line(contact.name, 80), one_line(contact.company or "", 60))))
    return (("Search LinkedIn", f"https://www.linkedin.com/search/results/people/?{urlencode({'keywords': wanted})}"),)


def _searches(contact: Contact) -> tuple[tuple[str, str], ...]:
    """Give web searches: name and last company, then the name alone with what a new employer would write beside it."""
    name, company = one_line(contact.name, 80).replace('"', ""), one_line(contact.company or "", 60).replace('"', "")
    wanted = f'"{name}" "{company}"' if company else f'"{name}"'
    return (
        ("Search the web", f"https://duckduckgo.com/?{urlencode({'q': wanted})}"),
        ("Search Google", f"https://www.google.com/search?{urlencode({'q': wanted})}"),
    )


def _words(name: str) -> list[str]:
    return [word.strip(".,").casefold() for word in name.split() if len(word.strip(".,")) > 1]
