"""Taking an address book kept elsewhere into the contact file: who is whom, what is new, and what stays the owner's. Nothing is touched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bouncer.core.mailboxes import not_a_person
from bouncer.core.merging.filling import added, filled, new_contact
from bouncer.core.merging.jobs import as_job, moved
from bouncer.core.merging.roll import Doubt, Roll
from bouncer.core.plain import one_line
from bouncer.model import Because, Book, Change, Contact, Status
from bouncer.model.importing import Imported, Job, Left, Merge, Move, Record

NO_ADDRESS = "no e-mail address, and nobody in your contact file is known to be them"
_FIELDS = ("also", "company", "title", "phones", "linkedin", "language", "country", "tags")  # in the order of the file
_LOST = frozenset({Status.LEFT, Status.UNREACHABLE, Status.SUSPECT})
_LONGEST = 80


@dataclass(slots=True)
class _Taken:
    """What has come of the records so far."""

    because: dict[int, Because] = field(default_factory=dict)  # place of an entry -> the record that changed it first
    found: int = 0
    moves: list[Move] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    jobs: dict[int, Job] = field(default_factory=dict)


def merge(
    book: Book,
    imported: Imported,
    remembered: Mapping[str, Job],
    *,
    own: Collection[str] = (),
    forgotten: Collection[int] = (),
    tags: Sequence[str] = (),
) -> Merge:
    """Give what taking *imported* into *book* comes to; the values that are there stay, all but a job that LinkedIn itself had given.

    *remembered* is what LinkedIn said last of whoever has that `email` (lower case); *own* are the owner's addresses (lower case),
    *forgotten* the numbers of the records of people who were forgotten, *tags* go to everybody who is in the export.
    """
    roll, taken = Roll(book.contacts), _Taken()
    unsure = roll.namesakes(imported.records)
    for record in imported.records:
        if why := _not_wanted(record, own, forgotten):
            taken.left.append(Left(record, why))
            continue
        match = roll.find(record, unsure)
        if isinstance(match, Doubt):
            taken.left.append(Left(record, match.why))
        elif match is not None:
            _meet(roll, taken, match, record, imported, remembered, tags)
        elif record.emails:
            _welcome(roll, taken, record, imported, tags)
        else:
            taken.left.append(Left(record, NO_ADDRESS))
    return _outcome(book, roll, taken)


def _not_wanted(record: Record, own: Collection[str], forgotten: Collection[int]) -> str | None:
    if record.number in forgotten:
        return "you had bouncer forget them, and whoever is forgotten is not added again"
    return "this is you" if any(address.lower() in own for address in record.emails) else None


def _meet(
    roll: Roll, taken: _Taken, place: int, record: Record, imported: Imported, remembered: Mapping[str, Job], tags: Sequence[str]
) -> None:
    """Take in what *record* says of the contact at *place*."""
    contact, new = roll.contacts[place], place >= roll.first_new
    taken.found += not new
    job, before = as_job(record), _remembered(remembered, contact) if imported.source == "linkedin" and not new else None
    after = filled(contact, record, tags, before)
    free, taken_by = roll.free(place, added(contact, after))
    after = after if not taken_by else replace(after, also=(*contact.also, *free))
    taken.notes += [f"{a} of {_who(contact)} is {_who(holder)}'s already, and stays there" for a, holder in taken_by]
    if before is not None:
        after, move = moved(contact, after, before, job)
        taken.moves += [move] if move else []
    if contact.status in _LOST and free:
        taken.notes.append(
            f"{_who(contact)} is {contact.status}, and {', '.join(free)} is worth trying: bouncer now {contact.email} --to …"
        )
    if imported.source == "linkedin":
        known = taken.jobs.get(place) or before or Job(None, None)
        taken.jobs[place] = Job(job.company or known.company, job.title or known.title)
    if after != contact:
        roll.put(place, after)
        taken.because.setdefault(place, _because(imported, record))


def _welcome(roll: Roll, taken: _Taken, record: Record, imported: Imported, tags: Sequence[str]) -> None:
    """Take in somebody new, at those addresses that are nobody else's."""
    contact = new_contact(record, tags)
    what = not_a_person(contact.email)
    if what is not None:
        taken.notes.append(f"{_who(contact)} <{contact.email}> is {what}: it is added, and nobody writes to it")
    place = roll.add(contact)
    taken.because[place] = _because(imported, record)
    if imported.source == "linkedin":
        taken.jobs[place] = as_job(record)


def _outcome(book: Book, roll: Roll, taken: _Taken) -> Merge:
    changes = [
        Change(before.email, name, getattr(before, name) or None, getattr(after, name) or None, taken.because[place])
        for place, (before, after) in enumerate(zip(book.contacts, roll.contacts, strict=False))
        if before is not after
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    new = tuple(roll.contacts[roll.first_new :])
    changes += [Change.adding(contact, taken.because[place]) for place, contact in enumerate(new, start=roll.first_new)]
    jobs = {roll.contacts[place].email.lower(): job for place, job in taken.jobs.items() if job != Job(None, None)}
    return Merge(tuple(changes), new, taken.found, tuple(taken.moves), tuple(taken.left), tuple(taken.notes), jobs)


def _remembered(remembered: Mapping[str, Job], contact: Contact) -> Job | None:
    return next((remembered[address] for address in contact.addresses if address in remembered), None)


def _because(imported: Imported, record: Record) -> Because:
    return Because(f"import-{imported.source}", f"{imported.unit} {record.number} of {one_line(imported.file, _LONGEST)}", "body")


def _who(contact: Contact) -> str:
    return one_line(contact.name, _LONGEST) or contact.email
