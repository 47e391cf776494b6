"""The contact file behind the port `Contacts`: read again only where it changed, edited one entry at a time, written in one go."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bouncer.edge.contacts import disk
from bouncer.edge.contacts.batch import drafted
from bouncer.edge.contacts.format import Format
from bouncer.edge.contacts.index import Index, index_of
from bouncer.errors import StorageFault
from bouncer.model import Book, Change, Receipt

_TRIES = 8  # a file that is saved more often than that while we write is left to whoever saves it


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
        Raises OwnerFault where the file does not parse, StorageFault where the disk fails; then nothing was written.
        """
        with self._locked():
            for _ in range(_TRIES):
                index, base = self._current(reread=True)
                draft = drafted(index, changes)
                if not draft.pieces:
                    return Receipt(tuple(draft.applied), tuple(draft.refused), index.digest, index.digest)
                pieces = index.adopt(draft)
                new = "".join(pieces).encode()
                if disk.replace(self.path, base, new, self.history):
                    before = index.digest
                    index.settle(draft, pieces, disk.digest(new))
                    return Receipt(tuple(draft.applied), tuple(draft.refused), before, index.digest)
            index, _ = self._current(reread=True)
            return Receipt(
                (), tuple((change, "the file kept being saved by somebody else") for change in changes), index.digest, index.digest
            )

    def _current(self, *, reread: bool = False) -> tuple[Index, bytes]:
        """Give the index of the file as it is now, and its bytes where *reread* asks for them."""
        stamp = disk.stamp(self.path)
        if self._index is not None and stamp == self._stamp and not reread:
            return self._index, b""
        data = disk.content(self.path)
        digest = disk.digest(data)
        if self._index is None or self._index.digest != digest:
            self._index = index_of(self.form, self.path, data, digest)
        self._stamp = stamp if stamp.settled() else None
        return self._index, data

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep every other bouncer off the file meanwhile."""
        try:
            self.history.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.history / "contacts.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StorageFault(f"{self.history}: {fault.strerror}") from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
