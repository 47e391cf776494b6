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

    imported: Imported
    remembered: Mapping[str, Job]
    tags: Sequence[str]
    roll: Roll
    because: dict[int, Because] = field(default_factory=dict)  # place of an entry -> the first record about it
    file: str = ""  # its name, as it may stand in a line
    found: int = 0
    moves: list[Move] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    said: dict[int, list[Job]] = field(default_factory=dict)  # place of an entry -> its jobs, as LinkedIn says
    jobs: dict[int, Job] = field(default_factory=dict)  # and what is remembered of them


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
    taken = _Taken(imported, remembered, tags, Roll(book.contacts), file=one_line(imported.file, _LONGEST))
    unsure = taken.roll.namesakes(imported.records)
    unwanted = {record.number: why for record in imported.records if (why := _not_wanted(record, own, forgotten))}
    waiting = [record for record in imported.records if record.number not in unwanted]
    left: list[Left] = []
    while waiting:  # whoever has come in may be whom an earlier record is about
        left = [one for record in waiting if (one := _take(taken, record, unsure)) is not None]
        waiting = [one.record for one in left] if len(left) < len(waiting) else []
    left += [Left(record, unwanted[record.number]) for record in imported.records if record.number in unwanted]
    _compare(taken, book)
    return _outcome(book, taken, sorted(left, key=lambda one: one.record.number))


def _take(taken: _Taken, record: Record, unsure: Collection[int]) -> Left | None:
    """Take *record* in, or give why not."""
    match = taken.roll.find(record, unsure)
    if isinstance(match, Doubt):
        return Left(record, match.why)
    if match is not None:
        _meet(taken, match, record)
    elif record.emails:
        _welcome(taken, record)
    else:
        return Left(record, NO_ADDRESS)
    return None


def _not_wanted(record: Record, own: Collection[str], forgotten: Collection[int]) -> str | None:
    if record.number in forgotten:
        return "you had bouncer forget them, and whoever is forgotten is not added again"
    return "this is you" if any(address.lower() in own for address in record.emails) else None


def _meet(taken: _Taken, place: int, record: Record) -> None:
    """Take in what *record* says of the contact at *place*."""
    roll, imported, contact = taken.roll, taken.imported, taken.roll.contacts[place]
    new = place >= roll.first_new
    taken.found += not new
    job, before = as_job(record), _remembered(taken.remembered, contact) if imported.source == "linkedin" and not new else None
    after = filled(contact, record, taken.tags, before)
    free, taken_by = roll.free(place, added(contact, after))
    after = after if not taken_by else replace(after, also=(*contact.also, *free))
    taken.notes += [f"{a} of {_who(contact)} is {_who(holder)}'s already, and stays there" for a, holder in taken_by]
    if contact.status in _LOST and free:
        taken.notes.append(
            f"{_who(contact)} is {contact.status}, and {', '.join(free)} is worth trying: bouncer now {contact.email} --to …"
        )
    if imported.source == "linkedin":
        taken.said.setdefault(place, []).append(job)
    taken.because.setdefault(place, _because(taken, record))
    if after != contact:
        roll.put(place, after)


def _welcome(taken: _Taken, record: Record) -> None:
    """Take in somebody new, at those addresses that are nobody else's."""
    contact = new_contact(record, taken.tags)
    what = not_a_person(contact.email)
    if what is not None:
        taken.notes.append(f"{_who(contact)} <{contact.email}> is {what}: it is added, and nobody writes to it")
    place = taken.roll.add(contact)
    taken.because[place] = _because(taken, record)
    if taken.imported.source == "linkedin":
        taken.said[place] = [as_job(record)]


def _compare(taken: _Taken, book: Book) -> None:
    """Hold what LinkedIn says now against what it said before; of several rows of one person, all with news, the first counts."""
    for place, said in taken.said.items():
        before = _remembered(taken.remembered, book.contacts[place]) if place < taken.roll.first_new else None
        whole = [*said, *([before] if before else [])]
        taken.jobs[place] = Job(next((j.company for j in whole if j.company), None), next((j.title for j in whole if j.title), None))
        if before is None:
            continue
        contact, after = book.contacts[place], taken.roll.contacts[place]
        moves = [moved(contact, after, before, job) for job in said]
        if all(move for _, move in moves):
            made, move = moves[0]
            taken.roll.put(place, made)
            taken.moves += [move] if move else []


def _outcome(book: Book, taken: _Taken, left: Sequence[Left]) -> Merge:
    roll = taken.roll
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
    return Merge(tuple(changes), new, taken.found, tuple(taken.moves), tuple(left), tuple(taken.notes), jobs)


def _remembered(remembered: Mapping[str, Job], contact: Contact) -> Job | None:
    return next((remembered[address] for address in contact.addresses if address in remembered), None)


def _because(taken: _Taken, record: Record) -> Because:
    return Because(f"import-{taken.imported.source}", f"{taken.imported.unit} {record.number} of {taken.file}", "body")


def _who(contact: Contact) -> str:
    return one_line(contact.name, _LONGEST) or contact.email
