"""Taking a person's entry out of the text of a contact file: the rest stays byte for byte, proved by reading it again.

The owner's words on others are left alone, be the person named in them. A line of comment that names the person goes; what else stands
above the entry or behind it may be a heading or the next one's, and stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bouncer.edge.contacts.entries import contact_of
from bouncer.edge.contacts.format import Format, Outline
from bouncer.edge.contacts.lines import behind, is_dashed
from bouncer.edge.contacts.tree import Data, Refused
from bouncer.edge.mentions import Mentions
from bouncer.model import Contact, Traces

_COMMENT = re.compile(r"^[ \t]*#.*(?:\r\n|\n|\r|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Removal:
    """What a text is without the person."""

    text: str
    lines: tuple[int, ...] = ()  # on which the entries began
    comments: int = 0
    cut: tuple[str, ...] = ()  # the lines that went, of each entry that stood on lines of its own
    left: tuple[int, ...] = ()  # lines of the new text that name the person, or stood as a comment right above an entry


def without(form: Format, text: str, traces: Traces) -> Removal:
    """Give *text* without the entries of the person of *traces*. Raises Refused, saying why, where it does not parse or prove right."""
    entries, outline = _read(form, text)
    contacts = [(line, contact_of(data, line)[0]) for line, data in entries]
    theirs = [place for place, (_, contact) in enumerate(contacts) if contact and is_theirs(contact, traces)]
    if theirs and outline.locked:
        raise Refused(f"{outline.locked}; please take the entry out by hand")
    rest = [data for place, (_, data) in enumerate(entries) if place not in theirs]
    pieces, above, cut = outline.pieces, set[str](), list[str]()
    for place in reversed(theirs):
        above.add(_last_comment("".join(pieces[max(0, 2 * place - 1) : 2 * place + 1])))
        entry = pieces[2 * place + 1]
        cut += [entry.removesuffix(behind(entry))] if is_dashed(entry) else []
        pieces = _proved(form, pieces, place, [data for n, (_, data) in enumerate(entries) if n not in theirs or n < place])
    made, found = "".join(pieces), Mentions(traces)
    clean, comments = _COMMENT.subn(lambda line: "" if found.found(line[0]) else line[0], made), 0
    if clean[0] != made and _same(form, clean[0], rest):
        comments = sum(found.found(line) for line in _COMMENT.findall(made))
        made = clean[0]
    left = (n for n, line in enumerate(made.splitlines(), start=1) if found.found(line) or (line.strip() and line.strip() in above))
    return Removal(made, tuple(contacts[place][0] for place in theirs), comments, tuple(cut), tuple(left))


def is_theirs(contact: Contact, traces: Traces) -> bool:
    """Tell whether *contact* is an entry of the person: by its `email`, or by the name and one other thing that is theirs."""
    if contact.email.lower() in traces.addresses:
        return True
    more = not set(contact.addresses).isdisjoint(traces.addresses) or (contact.linkedin or "") in traces.linkedin
    return more and contact.name.casefold() in {name.casefold() for name in traces.names}


def _read(form: Format, text: str) -> tuple[list[tuple[int, Data]], Outline]:
    outline = Outline()
    entries = list(form.read(text, outline))
    if outline.problems:
        raise Refused("; ".join(said for _, _, said in outline.problems))
    return entries, outline


def _same(form: Format, text: str, rest: list[Data]) -> bool:
    try:
        return [data for _, data in _read(form, text)[0]] == rest
    except Refused:
        return False


def _proved(form: Format, pieces: list[str], place: int, rest: list[Data]) -> list[str]:
    """Give *pieces* without the entry at *place*, such that the entries are *rest*."""
    before, entry, after = pieces[2 * place : 2 * place + 3]
    for joined in _joints(before, entry, after, first=place == 0, last=2 * place + 3 == len(pieces)):
        made = [*pieces[: 2 * place], joined, *pieces[2 * place + 3 :]]
        if _same(form, "".join(made), rest):
            return made
    raise Refused("taking it out would touch more than the entry, as where others point to it; please take it out by hand")


def _joints(before: str, entry: str, after: str, *, first: bool, last: bool) -> Iterator[str]:
    """Give what may stand in the place of an entry and what is around it, the tidiest first; of the commas between entries one goes."""
    if is_dashed(entry):
        yield before + behind(entry) + after
        return
    if not last and not after.replace(",", "", 1).strip():
        yield before
    if last and not first and not before.replace(",", "", 1).strip():
        yield after
    if not last:
        yield before + after.replace(",", "", 1)
    head, comma, tail = before.rpartition(",")
    if comma:
        yield head + tail + after
    yield before + after


def _last_comment(before: str) -> str:
    """Give the comment that stood right above the entry, where there was one."""
    line = before.rstrip("\n").rpartition("\n")[2].strip()
    return line if line.startswith("#") else ""
