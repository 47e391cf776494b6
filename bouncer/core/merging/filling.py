"""Filling what is empty: the owner's values win, lists grow, and nothing that was taken away comes back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bouncer.core.decide.texts import same_company
from bouncer.core.mailboxes import not_a_person
from bouncer.model import Contact, Status
from bouncer.model.importing import Job, Record

_ENOUGH = 7  # digits that two ways of writing one number share at their end, with and without the codes of country and town
_GONE = frozenset({Status.LEFT, Status.RETIRED, Status.DECEASED})  # what they do now, an export of unknown age does not know


def filled(contact: Contact, record: Record, tags: Sequence[str], before: Job | None = None) -> Contact:
    """Give *contact* with what *record* knows besides; what LinkedIn said *before* of their work is no news, and is not filled in again."""
    company, title = _job(contact, record)
    if before is not None:
        company, title = (contact.company if before.company else company), (contact.title if before.title else title)
    return replace(
        contact,
        also=(*contact.also, *_others(contact, record)),
        company=company,
        title=title,
        phones=(*contact.phones, *_new_phones(contact.phones, record.phones)),
        linkedin=contact.linkedin or record.linkedin,
        language=contact.language or record.language,
        country=contact.country or record.country,
        tags=(*contact.tags, *_new_tags(contact.tags, (*record.tags, *tags))),
    )


def new_contact(record: Record, tags: Sequence[str]) -> Contact:
    """Give the contact that *record*, which has an address, makes; its `email` is one person's where there is such a one."""
    email = next((address for address in record.emails if not not_a_person(address)), record.emails[0])
    also = {address.lower(): address for address in reversed(record.emails) if address.lower() != email.lower()}
    return Contact(
        name=record.name or email,
        email=email,
        also=tuple(reversed(also.values())),
        company=record.company,
        title=record.title,
        phones=tuple(_new_phones((), record.phones)),
        linkedin=record.linkedin,
        language=record.language,
        country=record.country,
        tags=tuple(_new_tags((), (*record.tags, *tags))),
    )


def added(before: Contact, after: Contact) -> tuple[str, ...]:
    """Give the addresses that *after* has besides those of *before*."""
    return after.also[len(before.also) :]


def _others(contact: Contact, record: Record) -> tuple[str, ...]:
    """Give the addresses that are on file nowhere; one that they gave up stays given up."""
    return tuple({a.lower(): a for a in reversed(record.emails) if a.lower() not in contact.addresses}.values())[::-1]


def _job(contact: Contact, record: Record) -> tuple[str | None, str | None]:
    """Give company and title where they are of one job: a title from elsewhere says nothing of the company that the owner knows."""
    if contact.status in _GONE or any(p.company and record.company and same_company(p.company, record.company) for p in contact.previous):
        return contact.company, contact.title
    company, title = contact.company or record.company, contact.title or record.title
    if contact.company and record.company and not same_company(contact.company, record.company):
        title = contact.title
    if not contact.company and contact.title and contact.title.casefold() != (record.title or "").casefold():
        company = None
    return company, title


def _new_phones(have: Sequence[str], more: Sequence[str]) -> Iterator[str]:
    """Give those of *more* that are not numbers of *have* in another spelling."""
    known = [_digits(number) for number in have]
    for number in more:
        digits = _digits(number)
        if not any(_same_number(digits, other) for other in known):
            known.append(digits)
            yield number


def _same_number(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _ENOUGH and long.endswith(short))


def _digits(number: str) -> str:
    """Give the digits of *number* without the noughts before them, and without the one in brackets that is only dialled at home."""
    return "".join(filter(str.isdigit, number.replace("(0)", ""))).lstrip("0")


def _new_tags(have: Sequence[str], more: Sequence[str]) -> Iterator[str]:
    known = {tag.casefold() for tag in have}
    for tag in more:
        if tag.casefold() not in known:
            known.add(tag.casefold())
            yield tag
