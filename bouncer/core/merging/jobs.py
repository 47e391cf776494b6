"""Two exports of LinkedIn held against each other: who works elsewhere now, before any bounce tells."""

from dataclasses import replace

from bouncer.core.decide.texts import plain, same_company
from bouncer.core.mailboxes import domain_of, shared_provider
from bouncer.core.plain import one_line
from bouncer.model import Contact, Status
from bouncer.model.importing import Job, Move, Record

_OVER = frozenset({Status.RETIRED, Status.DECEASED})
_SHORTEST = 3  # letters of a company's name that are found in a domain by more than chance
_LONGEST = 60


def as_job(record: Record) -> Job:
    """Give where *record* says that somebody works."""
    return Job(record.company, record.title)


def moved(contact: Contact, after: Contact, was: Job, now: Job) -> tuple[Contact, Move | None]:
    """Give *after* with the new job, and the move; None where LinkedIn says what it said before. What it does not say is no news.

    A field is changed where the contact still says what LinkedIn said before, or nothing: the owner's own edits win.
    """
    elsewhere = now.company is not None and not (was.company and same_company(was.company, now.company))
    otherwise = now.title is not None and was.title is not None and not _same(was.title, now.title)
    if not (elsewhere or otherwise) or contact.status in _OVER or was == Job(None, None):
        return after, None
    company = _takes(contact.company, was.company, now.company) if elsewhere else None
    works_there = not elsewhere or company is not None or _same_place(contact.company, now.company)
    title = _takes(contact.title, was.title, now.title) if works_there and (otherwise or elsewhere) else None
    own = [
        name
        for name, news, taken, there in (
            ("company", elsewhere, company, _same_place(contact.company, now.company)),
            ("title", otherwise, title, _same(contact.title, now.title)),
        )
        if news and taken is None and not there
    ]
    dying = contact.email if elsewhere and _at_the_old_company(contact, now) else None
    made = replace(after, company=company or after.company, title=title or after.title)
    return made, Move(contact, was, now, tuple(own), dying)


def reason(move: Move) -> str:
    """Say why to write to whoever moved, as a part of a sentence: for the plan."""
    was, now = (one_line(job.company or "", _LONGEST) for job in (move.was, move.now))
    if not now or (was and same_company(was, now)):
        return f"LinkedIn says that they are {one_line(move.now.title or '', _LONGEST)} now"
    moved_on = f"LinkedIn says that they have gone from {was} to {now}" if was else f"LinkedIn says that they work at {now} now"
    return f"{moved_on}; {move.dying} is likely to die" if move.dying else moved_on


def _takes(has: str | None, was: str | None, now: str | None) -> str | None:
    """Give the new value of a field, or None where it stays."""
    return now if not has or _same(has, was) else None


def _same(one: str | None, other: str | None) -> bool:
    return plain(one or "") == plain(other or "")


def _same_place(one: str | None, other: str | None) -> bool:
    return bool(one and other and same_company(one, other))


def _at_the_old_company(contact: Contact, now: Job) -> bool:
    """Tell whether the present address is an employer's, and not the new one's by its name."""
    if shared_provider(contact.email):
        return False
    words = plain(now.company or "")
    labels = domain_of(contact.email).replace("-", "")
    names = [words] if isinstance(words, str) else [*words, "".join(filter(str.isalnum, (now.company or "").casefold()))]
    return not any(len(name) >= _SHORTEST and name in labels for name in names)
