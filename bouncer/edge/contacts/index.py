"""The contact file as read into memory: where each entry is, who it is, and everything that is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bouncer.edge.bulk import unhurried
from bouncer.edge.contacts.adding import appended
from bouncer.edge.contacts.draft import Draft
from bouncer.edge.contacts.edit import plain_of, rewritten
from bouncer.edge.contacts.entries import Wrong, contact_of, shared_addresses, text_of
from bouncer.edge.contacts.format import Format, Outline
from bouncer.edge.contacts.lines import is_blank
from bouncer.edge.contacts.taking_out import taken_out, untouched
from bouncer.edge.contacts.tree import Data, Mapped, Refused, find, marks
from bouncer.edge.contacts.values import as_entry
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Contact

_BULK = 200_000  # characters from which the garbage collector is held off while reading


@dataclass(slots=True)
class Index:
    """The file as read: its pieces, and the contact that each entry is."""

    form: Format
    digest: str
    outline: Outline
    contacts: list[Contact]
    places: dict[str, list[int]] = field(default_factory=dict)  # lower-case address -> where
    last: tuple[str, Mapped] | None = None  # the text of an entry that was parsed last, and its tree

    def where(self, address: str) -> tuple[int, ...]:
        """Give the places of the entries that have *address* anywhere."""
        return tuple(self.places.get(address, ()))

    def contact(self, place: int) -> Contact:
        """Give the contact at *place*."""
        return self.contacts[place]

    def piece(self, place: int) -> str:
        """Give the text of the entry at *place*."""
        return self.outline.pieces[2 * place + 1]

    def data(self, piece: str) -> Mapping[str, Data]:
        """Give the plain data of an entry's text."""
        tree = self._tree(piece)
        if "<<" not in piece and not marks(tree):
            return plain_of(tree)
        found = self.form.data(piece, self.outline.anchors)
        if not isinstance(found, Mapping):
            raise Refused("the entry is no mapping")
        return found

    def _tree(self, piece: str) -> Mapped:
        """Parse an entry's text, but for the one that was parsed last."""
        if self.last is None or self.last[0] != piece:
            self.last = piece, self.form.tree(piece)
        return self.last[1]

    def everybody(self) -> Sequence[Contact]:
        """Give all contacts, in the order of their places."""
        return self.contacts

    def untouched(self, piece: str) -> None:
        """Raise Refused where an entry's text holds more than what bouncer wrote of it."""
        untouched(self.form, piece)

    def rewrite(self, piece: str, wants: Mapping[str, Data]) -> str:
        """Give *piece* with some keys changed, proved."""
        if self.outline.locked:
            raise Refused(f"{self.outline.locked}; please edit the file by hand")
        self.last = rewritten(self.form, piece, wants, self._tree(piece))
        return self.last[0]

    def note(self, place: int, contact: Contact) -> None:
        """Find the contact at *place* by all its addresses."""
        for address in contact.addresses:
            self.places.setdefault(address, []).append(place)

    def adopt(self, draft: Draft[str], known: Callable[[str], bool]) -> Outline:
        """Give the file with *draft* in it, less what cannot come or go, which is refused; *known* knows what the file was before."""
        pieces = list(self.outline.pieces)
        for place, piece in draft.pieces.items():
            pieces[2 * place + 1] = piece
        made = replace(self.outline, pieces=pieces)
        with unhurried(sum(map(len, pieces)) if draft.gone or draft.added else 0, _BULK):
            try:
                made = taken_out(self.form, made, draft.gone.keys(), known) if draft.gone else made
            except Refused as why:
                draft.give_up(draft.gone.values(), str(why))
                draft.gone.clear()
            try:
                made = appended(self.form, made, [as_entry(contact) for _, contact in draft.added]) if draft.added else made
            except Refused as why:
                draft.give_up((change for change, _ in draft.added), str(why))
                draft.added.clear()
        return made

    def settle(self, draft: Draft[str], made: Outline, digest: str) -> None:
        """Take *draft* over, now that it is what the file says; not to be called where an entry has gone."""
        grown = {place: piece.count("\n") - self.piece(place).count("\n") for place, piece in draft.pieces.items()}
        for place, contact in draft.contacts.items():
            for address in self.contacts[place].addresses:
                self.places[address].remove(place)
            self.contacts[place] = contact
            self.note(place, contact)
        shift = 0
        for place in range(min(grown), len(self.contacts)) if any(grown.values()) else ():
            if shift:
                self.contacts[place] = replace(self.contacts[place], line=self.contacts[place].line + shift)
            shift += grown.get(place, 0)
        self.outline, self.digest = made, digest
        for _, contact in draft.added:
            self.contacts.append(contact)
            self.note(len(self.contacts) - 1, contact)
        if draft.added:
            _number(self)


def begun(form: Format, data: bytes, digest: str) -> Index | None:
    """Give the index of a file in which there is nothing yet, so that somebody can be added to it; None where there is something."""
    text = data.decode(errors="replace")
    return Index(form, digest, Outline([text]), []) if is_blank(text, comments=form.style("").comments) else None


def index_of(form: Format, path: Path, data: bytes, digest: str) -> Index:
    """Read *data*. Raises OwnerFault with every problem in it, by line."""
    outline, wrong = Outline(), list[tuple[int, Wrong]]()
    index = Index(form, digest, outline, [])
    text = _text(path, data)
    with unhurried(len(text), _BULK):
        for place, (line, entry) in enumerate(form.read(text, outline)):
            contact, problems = contact_of(entry, line)
            wrong += [(place, problem) for problem in problems]
            index.contacts.append(contact or _unfit(entry, line))
        _number(index)
        wrong += [(place, ((), said)) for place, said in shared_addresses(index.contacts)]
        if outline.problems or wrong:
            raise OwnerFault(_problems(index, path, wrong))
        for place, contact in enumerate(index.contacts):
            index.note(place, contact)
    return index


def _unfit(entry: Data, line: int) -> Contact:
    """Give as much of an entry that is wrong as others must be held against."""
    known = entry if isinstance(entry, Mapping) else {}
    return Contact(name=text_of(known.get("name")) or "", email=text_of(known.get("email")) or "", line=line)


def _number(index: Index) -> None:
    """Say of each contact on which line its entry begins: that of its dash or brace, which may stand above its first key."""
    pieces = index.outline.pieces
    line = 1
    for place, contact in enumerate(index.contacts):
        line += pieces[2 * place].count("\n")
        if contact.line != line:
            index.contacts[place] = replace(contact, line=line)
        line += pieces[2 * place + 1].count("\n")


def _text(path: Path, data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise OwnerFault((Problem(str(path), line, "", "this line is not UTF-8; save the file as UTF-8"),)) from fault
    if not text.strip("\ufeff \t\r\n"):
        raise OwnerFault((Problem(str(path), 0, "", "the file is empty"),))
    return text


def _problems(index: Index, path: Path, wrong: list[tuple[int, Wrong]]) -> tuple[Problem, ...]:
    found = [Problem(str(path), line, where, said) for line, where, said in index.outline.problems]
    for place, (steps, said) in wrong:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in ("contacts", place, *steps))
        found.append(Problem(str(path), _line(index, place, steps), where.removeprefix("."), said))
    return tuple(sorted(found, key=lambda problem: problem.line))


def _line(index: Index, place: int, steps: tuple[str | int, ...]) -> int:
    """Give the line of what is at *steps* in an entry, or of the entry where that cannot be told."""
    line = index.contacts[place].line
    try:
        piece = index.piece(place)
        entry = index.form.tree(piece)
    except (Refused, IndexError):
        return line
    return line + piece.count("\n", 0, find(entry, steps).start)
