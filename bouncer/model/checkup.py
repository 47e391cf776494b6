"""What `bouncer doctor` sees of a set-up, and what it says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from bouncer.model.settings import Account

Gravity = Literal["fine", "note", "warning", "error"]
Protocol = Literal["imap", "smtp"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One option of the configuration that should read otherwise; *path* leads to it, such as `("accounts", 0, "authserv_id")`."""

    path: tuple[str | int, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing seen: what it is, where, in a sentence, and what to do about it."""

    id: str  # stable, for scripts: `imap.tls-expired`
    gravity: Gravity
    where: str
    said: str
    mend: str = ""  # nothing where all is well
    code: int = 0  # the exit code of an error (sysexits.h)
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a server could not be used at all: the fault that the daemon itself would meet."""

    kind: str
    said: str
    mend: str
    code: int


@dataclass(frozen=True, slots=True)
class Secured:
    """The TLS of a connection that was made."""

    version: str
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class ImapSeen:
    """An IMAP server as the account finds it; nothing but the first three where it is hindered."""

    account: Account
    at: datetime
    hindrance: Hindrance | None = None
    secured: Secured | None = None
    capabilities: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    resolved: Mapping[str, str | None] = field(default_factory=dict)  # as the configuration calls a folder -> as the server does
    quota: tuple[int, int] | None = None  # kibibytes used and allowed (RFC 9208)
    newest: datetime | None = None  # when the newest message of the Inbox came in, by the server's clock
    results: tuple[str, ...] = ()  # the topmost Authentication-Results of each of the newest messages of the Inbox


@dataclass(frozen=True, slots=True)
class SmtpSeen:
    """An SMTP server as the account finds it."""

    account: Account
    at: datetime
    hindrance: Hindrance | None = None
    secured: Secured | None = None
    extensions: frozenset[str] = frozenset()  # lower case
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class PathSeen:
    """A file or directory of the owner's, and the file system that it is on."""

    path: Path
    kind: Literal["file", "directory", "missing", "other"]
    mode: int = 0
    owner: int = 0
    group: int = 0
    links: int = 1
    writable: bool = True  # for us: a file may be written, in a directory files may be made
    device: int = 0
    system: str = ""  # ext4, nfs, tmpfs, …; empty where the system does not say
    read_only: bool = False  # the whole file system is
    free: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class FilesSeen:
    """The contact file, the directory it lies in, and the state directory (or the nearest one above it that is there)."""

    contacts: PathSeen
    beside: PathSeen
    state: PathSeen
    above: PathSeen
    user: int
    groups: frozenset[int]
    unreadable: str = ""  # why the contact file cannot be read
    damaged: tuple[tuple[Path, str], ...] = ()  # what bouncer keeps in the state directory and cannot read, each with why


@dataclass(frozen=True, slots=True)
class TrialSeen:
    """One letter to the owner's own mailbox, and how it came back."""

    account: Account
    message_id: str
    token: str  # as it stands in Message-ID, References and plus-address
    to: str
    outcome: Literal["back", "bounced", "refused", "not-sent", "uncertain", "not-back"]
    said: str = ""  # the server's words, where it did not go well
    data: bytes = b""  # as it came back
    folder: str = ""
    received: datetime | None = None  # by the server's clock
    found: datetime | None = None  # by ours
    filed: bool | None = None  # a copy lies in Sent, which nobody but the server can have put there; None: there is no such folder
    plain_after: str = ""  # why it went to the plain address after all
