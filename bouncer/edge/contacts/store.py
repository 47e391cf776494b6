"""The contact file behind the port `Contacts`: read again only where it changed, edited one entry at a time, written in one go."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bouncer.edge.contacts import disk
from bouncer.edge.contacts.batch import drafted
from bouncer.edge.contacts.draft import Draft
from bouncer.edge.contacts.editors import sidecar
from bouncer.edge.contacts.format import Format, Outline
from bouncer.edge.contacts.history import digest, is_kept, recover
from bouncer.edge.contacts.index import Index, begun, index_of
from bouncer.edge.contacts.removal import Removal, is_theirs, without
from bouncer.edge.contacts.sweep import naming, sweep
from bouncer.edge.contacts.tree import Refused
from bouncer.errors import Busy, OwnerFault, Problem, StorageFault
from bouncer.model import ENTRY, Book, Change, Receipt, Swept, Traces, Written

_TRIES = 8  # a file that is saved more often than that while we write is left to whoever saves it

_PATIENCE = 5.0  # seconds to wait for another process that writes the file


class FileContacts:
    """A contact file in one of the formats: a lock in *history* keeps other processes off, compare-and-exchange minds the editors."""

    def __init__(self, path: Path, history: Path, form: Format) -> None:
        """Keep the names; nothing is opened before it is needed."""
        self.path, self.history, self.form = path, history, form
        self._index: Index | None = None
        self._stamp: disk.Stamp | None = None
        self._book: Book | None = None

    def load(self) -> Book:
        """Read the file; the book of the last call where its bytes are the same.

        Raises OwnerFault with every problem, by line, and StorageFault where the disk fails.
        """
        index, _ = self._current()
        if self._book is None or self._book.digest != index.digest:
            self._book = Book(tuple(index.contacts), index.digest)
        return self._book

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Make all *changes* that fit the file as it is now in one write; the others are refused, each with why.

        A person's save always wins: where one comes in between, the changes are tried again on what was saved.
        Raises OwnerFault where the file does not parse, StorageFault where the disk fails, Busy where a person has the file in hand:
        then nothing was written.
        """
        with self._locked():
            for _ in range(_TRIES):
                index, base = self._current(reread=True, begin=any(change.field == ENTRY for change in changes))
                draft = drafted(index, changes)
                if draft.touches:
                    self._closed()
                made = index.adopt(draft, self._was_kept)
                if not draft.touches:
                    return Receipt(tuple(draft.applied), tuple(draft.refused), index.digest, index.digest, tuple(draft.stale))
                before, new = index.digest, "".join(made.pieces).encode()
                try:
                    written = disk.replace(self.path, base, new, self.history)
                except disk.Unkept as why:
                    return Receipt((), tuple((change, f"{why}; please make the change by hand") for change in changes), before, before)
                if written:
                    self._settle(draft, made, digest(new))
                    return Receipt(tuple(draft.applied), tuple(draft.refused), before, digest(new), tuple(draft.stale))
        raise Busy(f"{self.path} was saved by somebody else {_TRIES} times while bouncer wanted to write it; bouncer waits.")

    def _was_kept(self, text: str) -> bool:
        return is_kept(self.history, self.path.name, text.encode())

    def _settle(self, draft: Draft[str], made: Outline, said: str) -> None:
        """Have the index follow the file; where entries have gone and places moved, it is made anew when it is needed."""
        if draft.gone:
            self._index, self._stamp = None, None
        elif self._index is not None:
            self._index.settle(draft, made, said)

    def written(self, traces: Traces) -> Written:
        """Give what is written of the person of *traces*. Raises as `load`, and OwnerFault where `forget` could not take it out."""
        index, base = self._current(reread=True)
        self._without(base, traces)
        theirs = [place for place, contact in enumerate(index.contacts) if is_theirs(contact, traces)]
        return Written(tuple((index.contact(place).line, index.piece(place)) for place in theirs), naming(self.history, traces))

    def forget(self, traces: Traces) -> Swept:
        """Take the person of *traces* out of the file, and out of every version that was kept of it. Raises as `apply`."""
        with self._locked():
            for _ in range(_TRIES):
                base = self._current(reread=True)[1]
                removal = self._without(base, traces)
                new = removal.text.encode()
                if new == base or self._removed(base, new):
                    break
            else:
                raise Busy(f"{self.path} was saved by somebody else {_TRIES} times while bouncer wanted to write it; bouncer waits.")
            try:
                rewritten, deleted = sweep(self.history, self.form, traces, removal.cut)
            except OSError as fault:
                raise StorageFault(
                    f"{self.history}: {fault.strerror or fault}; earlier versions of the contact file still name them"
                ) from fault
        return Swept(removal.lines, removal.comments, rewritten, deleted, removal.left)

    def _removed(self, base: bytes, new: bytes) -> bool:
        self._closed()
        try:
            return disk.replace(self.path, base, new, self.history, kept=False)
        except disk.Unkept as why:
            raise OwnerFault((Problem(str(self.path), 0, "", f"{why}; please take the entry out by hand"),)) from why

    def _without(self, base: bytes, traces: Traces) -> Removal:
        try:
            return without(self.form, base.decode(), traces)
        except Refused as why:
            raise OwnerFault((Problem(str(self.path), 0, "", str(why)),)) from why

    def _closed(self) -> None:
        """Raise Busy where the file is open in an editor."""
        if editor := sidecar(self.path.resolve()):
            raise Busy(f"{self.path} is open in an editor ({editor}); bouncer waits until it is closed.")

    def _current(self, *, reread: bool = False, begin: bool = False) -> tuple[Index, bytes]:
        """Give the index of the file as it is now, and its bytes where *reread* asks for them; with *begin*, nothing in it is no fault."""
        if self._index is not None and not reread and self._stamp is not None and disk.stamp(self.path) == self._stamp:
            return self._index, b""
        stamp, data, said = disk.read(self.path, self._index.digest if self._index else "")
        if self._index is None or self._index.digest != said:
            self._index, self._stamp = None, None  # let go of the old one first
            if begin and (index := begun(self.form, data, said)):
                return index, data
            self._index = index_of(self.form, self.path, data, said)
        self._stamp = stamp if stamp.settled() else None
        return self._index, data

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep every other bouncer off the file meanwhile, and clear up after one that was killed."""
        try:
            self.history.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.history / "contacts.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._claim(handle)
                with suppress(FileNotFoundError):
                    recover(self.path.resolve(), self.history)
                yield
            finally:
                os.close(handle)
        except OSError as fault:
            raise StorageFault(f"{fault.filename or self.path}: {fault.strerror or fault}; nothing was written") from fault

    def _claim(self, handle: int) -> None:
        """Take the lock. Raises Busy where another process keeps it for long."""
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                if time.monotonic() - began > _PATIENCE:
                    raise Busy(f"Another bouncer has been writing {self.path} for {_PATIENCE:.0f} seconds; try again.") from fault
                time.sleep(0.01)
            else:
                return
