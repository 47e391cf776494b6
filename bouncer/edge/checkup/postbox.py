"""The folders of one mailbox before and after a letter: what came that bears its mark."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bouncer.edge.imap.folders import resolve
from bouncer.edge.imap.wire import Wire
from bouncer.model import Account

_MOST = 65_536  # bytes of a message
_MANY = 100  # messages at one look


@dataclass(frozen=True, slots=True)
class Came:
    """A message that was not there before."""

    data: bytes = field(repr=False)
    folder: str
    received: datetime | None


class Postbox:
    """What is new since it was made in the watched folders and in Sent; opens them read-only."""

    def __init__(self, wire: Wire, account: Account) -> None:
        """Note how far each folder reaches now."""
        listed = wire.folders()
        named = {"INBOX" if name.upper() == "INBOX" else resolve(name, listed) for name in account.folders}
        self._wire = wire
        self._next = {name: wire.examine(name).get("UIDNEXT", 1) for name in sorted(filter(None, named))}
        self.sent = resolve(account.sent_folder, listed)
        self._next_sent = wire.examine(self.sent).get("UIDNEXT", 1) if self.sent else 1

    def came(self, mark: str) -> tuple[Came, ...]:
        """Give what came into the watched folders and bears *mark* anywhere."""
        return tuple(came for name, first in self._next.items() if name != self.sent for came in self._new(name, first, mark))

    def filed(self, mark: str) -> bool | None:
        """Tell whether Sent has got a message that bears *mark*; None where there is no such folder."""
        return bool(self._new(self.sent, self._next_sent, mark)) if self.sent else None

    def _new(self, folder: str, first: int, mark: str) -> tuple[Came, ...]:
        """Give the messages from UID *first* on; `n:*` always matches the last one (RFC 9051 section 6.4.8), so lower ones are dropped."""
        self._wire.examine(folder)
        uids = [uid for uid in self._wire.search("UID", f"{first}:*") if uid >= first][-_MANY:]
        got = self._wire.fetch(uids, "INTERNALDATE", f"BODY.PEEK[]<0.{_MOST}>", size=_MOST * len(uids)) if uids else {}
        found = (Came(_text(one), folder, _moment(one)) for one in got.values())
        return tuple(came for came in found if mark.encode().lower() in came.data.lower())


def _text(got: Mapping[bytes, Any]) -> bytes:
    return next((value for name, value in got.items() if name.startswith(b"BODY[") and isinstance(value, bytes)), b"")


def _moment(got: Mapping[bytes, Any]) -> datetime | None:
    at = got.get(b"INTERNALDATE")
    return at.astimezone(UTC) if isinstance(at, datetime) else None
