"""What arrives: bytes from a mailbox, and the same message parsed."""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message


@dataclass(frozen=True, slots=True)
class InboundKey:
    """Where a message lies on the server: unique for as long as UIDVALIDITY holds (RFC 9051 section 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """One message as bytes; *received* is the server's INTERNALDATE, *truncated* says that the size gate cut it."""

    data: bytes
    source: str = "-"
    key: InboundKey | None = None
    received: datetime | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: display name (decoded, one line) and addr-spec as written."""

    name: str
    address: str

    @property
    def local(self) -> str:
        """The part before the last @, as written."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message's tree; *attached* says that it lies inside an attached message, *kind* is its type, in lower case."""

    kind: str
    message: Message
    attached: bool


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A message after `core.parse`: the standard library's tree, and what every later step asks for."""

    raw: RawMail
    tree: Message
    headers: tuple[tuple[str, str], ...]  # lower-case name, unfolded RFC 2047-decoded value, in the order of the message
    message_id: str | None  # with angle brackets
    date: datetime | None
    subject: str
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    text: str  # what a reader sees: text/plain parts, else the text of the HTML; never the text of an attached message
    html: str  # the first text/html part, decoded, or ""
    defects: tuple[str, ...]
    parts: tuple[Part, ...] = ()  # the tree laid flat, in the order of the message

    def header(self, name: str) -> str | None:
        """Give the first value of the header *name* (lower case), or None where it is absent."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class SentHeader:
    """What is read of a message in the Sent folder, and no more: who was written to, when, and in answer to what."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    to: tuple[Address, ...]
    date: datetime | None
