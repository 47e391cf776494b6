"""The exceptions, by whose fault it was; each has the exit code (sysexits.h) that a command ends with."""

import traceback
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file the owner keeps; *line* is 1-based, 0 where no line is to blame; *path* e.g. `accounts[0].imap.port`."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Give `file:line: path: message`, the form editors jump to."""
        return ": ".join(part for part in (f"{self.file}:{self.line}" if self.line else self.file, self.path, self.message) if part)


class BouncerError(Exception):
    """Anything bouncer gives up on, said in one sentence that a user can act on."""

    exit_code: ClassVar[int] = 1


class UsageError(BouncerError):
    """The command line asks for something that cannot be: no such id, no such contact."""

    exit_code: ClassVar[int] = 64


class OwnerFault(BouncerError):
    """Files of the owner's are wrong; *problems* names every one."""

    exit_code: ClassVar[int] = 78

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep *problems* and print one a line."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type["OwnerFault"], tuple[tuple[Problem, ...]]]:
        """Cross a process border whole."""
        return type(self), (self.problems,)


class SecretMissing(BouncerError):
    """A password could not be had from where the configuration says it is."""

    exit_code: ClassVar[int] = 78


class MessageFault(BouncerError):
    """One message could not be read: too dear, or it broke the reader."""

    exit_code: ClassVar[int] = 65


class ServerFault(BouncerError):
    """A mail server is unreachable or misbehaves; worth another try.

    *kind* is what went wrong, in a word for machines; *mend* the end of the sentence, where that says what to do.
    """

    exit_code: ClassVar[int] = 69

    def __init__(self, said: str, kind: str = "trouble", mend: str = "") -> None:
        """Say *said*, and *mend* behind it."""
        super().__init__(f"{said}; {mend}" if mend else said)
        self.kind, self.mend = kind, mend

    def __reduce__(self) -> tuple[type["ServerFault"], tuple[str, str, str]]:
        """Cross a process border whole."""
        return type(self), (str(self).removesuffix(f"; {self.mend}"), self.kind, self.mend)


class Withheld(ServerFault):
    """A mail server does not give one message, however often it is asked for: UID *uid* of *folder*, whose UIDVALIDITY is *uidvalidity*."""

    def __init__(self, said: str, folder: str = "", uidvalidity: int = 0, uid: int = 0) -> None:
        """Say *said* of that message."""
        super().__init__(said)
        self.folder, self.uidvalidity, self.uid = folder, uidvalidity, uid


class TlsFault(ServerFault):
    """The connection cannot be trusted: certificate, host name, or no TLS on offer."""

    exit_code: ClassVar[int] = 69


class LoginRefused(ServerFault):
    """A mail server refused the user name or the password."""

    exit_code: ClassVar[int] = 77


class StorageFault(BouncerError):
    """The disk is full, read-only or failing; sending stops until it is mended."""

    exit_code: ClassVar[int] = 74


class Busy(BouncerError):
    """Another bouncer works on the same state directory or contact file."""

    exit_code: ClassVar[int] = 75


class NotLive(BouncerError):
    """The command would send or write, but the configuration says `live: false`."""

    exit_code: ClassVar[int] = 1


class OutcomeWrong(BouncerError):
    """The demo ended with a contact in the wrong state."""

    exit_code: ClassVar[int] = 70


def arose(fault: BaseException) -> str:
    """Give where a fault of bouncer's own was raised, `file:line` of five frames, innermost first; a traceback may show a mail's words."""
    frames = traceback.extract_tb(fault.__traceback__)[:-6:-1]
    return ",".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames) or "-"
