"""Whom the owner had forgotten: all that is kept of them is a keyed hash of each address, so that nobody writes to them ever again.

The key lies beside the ledger in a file of its own and never changes: with the ledger alone nobody can try addresses against the hashes.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from bouncer.edge.beside import beside, lasting
from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.people import resolve
from bouncer.errors import OwnerFault, Problem, StorageFault, UsageError
from bouncer.model import THE_OWNER, Book, Change, Contact, Match, Reading, Traces

NAME = "forgotten.key"
_BYTES = 32  # of the key, as long as what HMAC-SHA256 gives (RFC 2104 section 3)
_LINE = re.compile(rb"[0-9a-f]{64}\n")
_BACK = "Line {line} of the contact file has somebody whom you had bouncer forget: nobody writes to them; take the entry out."
_PROOF = "forgotten-key"  # in meta: what the right key makes of nothing


class Forgotten:
    """The list of hashes in the ledger, and its key, read or made when it is first needed; *beside* None keeps it in memory."""

    def __init__(self, beside: Path | None) -> None:
        """Keep the key beside the ledger *beside*."""
        self._path = beside.with_name(NAME) if beside else None
        self._key: bytes | None = None
        self._last: tuple[Book, int, Book, tuple[str, ...]] | None = None  # a book, how many were forgotten then, and what came of both

    def remember(self, tx: Transaction, traces: Traces, at: datetime) -> None:
        """Put every address and profile of *traces* on the list. Raises OwnerFault where the key is gone."""
        key = self._key_for(tx, make=True)
        tx.run("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", _PROOF, _mac(key, ""))
        marks = [*map(_spelt, traces.addresses), *map(_profile, traces.linkedin)]
        tx.many("INSERT INTO forgotten (hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING", ((_mac(key, mark), stamp(at)) for mark in marks))

    def knows(self, tx: Transaction, *addresses: str) -> bool:
        """Tell whether any of *addresses* is on the list, as it is written or without a plus-tag (RFC 5233)."""
        return _size(tx) > 0 and self._any(tx, (form for address in addresses for form in _forms(address)))

    def has(self, tx: Transaction, contact: Contact) -> bool:
        """Tell whether *contact* is somebody on the list, by any address or by the LinkedIn profile."""
        marks = [form for address in contact.addresses for form in _forms(address)]
        return _size(tx) > 0 and self._any(tx, [*marks, *([_profile(contact.linkedin)] if contact.linkedin else [])])

    def without(self, tx: Transaction, book: Book) -> tuple[Book, tuple[str, ...]]:
        """Give *book* without those on the list, and a sentence for each of them; the ledger never learns that they are back."""
        if not (size := _size(tx)):
            return book, ()
        if self._last is None or self._last[:2] != (book, size):
            back = {contact: None for contact in book.contacts if self.has(tx, contact)}
            said = tuple(_BACK.format(line=contact.line) for contact in back)
            kept = Book(tuple(contact for contact in book.contacts if contact not in back), book.digest) if back else book
            self._last = book, size, kept, said
        return self._last[2:]

    def refuse(self, tx: Transaction, outbox: int) -> None:
        """Raise UsageError where letter *outbox* is to somebody on the list."""
        row = tx.row("SELECT address FROM outbox WHERE id = ? AND purpose <> 'summary'", outbox)
        if row is not None and self.knows(tx, row[0]):
            raise UsageError(f"Letter {outbox} is to somebody whom you had bouncer forget.")

    def refuse_back(self, tx: Transaction, changes: Iterable[Change]) -> None:
        """Raise UsageError where one of *changes* would bring somebody on the list back into the contact file."""
        for change in changes:
            if isinstance(change.after, Contact) and self.has(tx, change.after):
                who = f"{change.after.name} <{change.after.email}>"
                raise UsageError(f"You had bouncer forget {who}, and whoever is forgotten is not added again.")

    def concerns(self, tx: Transaction, reading: Reading, match: Match) -> bool:
        """Tell whether *reading* is from or about somebody on the list and nobody else of the book, so that nothing of it may be kept.

        So it is too where a token names a person who is no more.
        """
        if match.person is not None and match.person != THE_OWNER:
            if tx.row("SELECT 1 FROM person WHERE id = ?", resolve(tx, match.person)):
                return False
            if _size(tx):
                return True
        senders = [mailbox.address for mailbox in (*reading.from_, *reading.reply_to)]
        named = [address for r in reading.recipients for address in (r.address, r.original) if address]
        return self.knows(tx, *senders, *named)

    def _any(self, tx: Transaction, marks: Iterable[str]) -> bool:
        key = self._key_for(tx)
        return any(tx.row("SELECT 1 FROM forgotten WHERE hash = ?", _mac(key, mark)) for mark in marks)

    def _key_for(self, tx: Transaction, *, make: bool = False) -> bytes:
        """Give the key. Raises OwnerFault where it is not the one that the list was made with: without it, nobody would be on it."""
        if self._key is None:
            self._key = _kept(self._path, make=make and not _size(tx)) if self._path else secrets.token_bytes(_BYTES)
        proof = tx.row("SELECT value FROM meta WHERE key = ?", _PROOF)
        if proof is not None and not hmac.compare_digest(proof[0], _mac(self._key, "")):
            self._key = None
            raise _lost(self._path)
        return self._key


def _size(tx: Transaction) -> int:
    ((size,),) = tx.rows("SELECT count(*) FROM forgotten")
    return int(size)


def _mac(key: bytes, mark: str) -> str:
    return hmac.digest(key, mark.encode("utf-8", "surrogatepass"), "sha256").hex()


def _spelt(address: str) -> str:
    """Give one form for all ways to write *address*: lower case, composed letters (UAX 15), the domain in ASCII (RFC 5890)."""
    local, _, domain = normalize("NFC", address.strip()).casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.removesuffix(".").encode("idna").decode("ascii")
    return f"{local}@{domain}"


def _forms(address: str) -> tuple[str, ...]:
    whole = _spelt(address)
    local, _, domain = whole.rpartition("@")
    name, plus, _ = local.partition("+")
    return (whole, f"{name}@{domain}") if plus and name else (whole,)


def _profile(url: str) -> str:
    """Give one form for all ways to write the address of a profile: what comes behind the host, in lower case."""
    rest = url.strip().casefold().partition("://")[2] or url.strip().casefold()
    return "linkedin:" + rest.partition("?")[0].partition("#")[0].partition("/")[2].strip("/")


def _kept(path: Path, *, make: bool) -> bytes:
    """Give the key in *path*, made (mode 0600, on the disk) where *make* says so."""
    try:
        if make and not path.exists():
            _create(path)
        text = path.read_bytes()
    except FileNotFoundError as fault:
        raise _lost(path) from fault
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror}; nothing was recorded.") from fault
    if not _LINE.fullmatch(text):
        raise _lost(path)
    return bytes.fromhex(text.decode("ascii"))


def _create(path: Path) -> None:
    draft = beside(path, secrets.token_bytes(_BYTES).hex().encode("ascii") + b"\n")
    try:
        with suppress(FileExistsError):  # of two processes that make it at once, the first one's stays
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    lasting(path.parent)


def _lost(path: Path | None) -> OwnerFault:
    said = "this is not the key by which bouncer knows whom it was told to forget: bring it back from your backup of the state directory"
    return OwnerFault((Problem(str(path), 0, "", said),))
