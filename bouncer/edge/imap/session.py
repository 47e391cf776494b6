"""What bouncer does with a mailbox over one connection: find what is new, read it, look at headers of Sent."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bouncer.edge.imap.wire import Declined, Wire
from bouncer.edge.sent_header import sent_header
from bouncer.model import InboundKey, RawMail, SentHeader

_LOG = logging.getLogger(__name__)
_WINDOW = 50_000  # messages per SEARCH: imaplib takes no answer line over a million bytes
_SIZES = 500  # messages per FETCH of sizes
_MOST = 100  # messages per FETCH of bodies
_GROUP_BYTES = 8_000_000  # and bytes, at most
_FEW = 4  # so few are fetched at once without asking for their sizes first: the limit per message holds in any case
_HEADER_BYTES = 65_536
_HEADERS = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO TO DATE)]<0.{_HEADER_BYTES}>"


class NotGiven(Declined):
    """The server would not give one message, which may be a matter of a moment."""

    def __init__(self, uid: int, said: str) -> None:
        """Say *said* of the message *uid*."""
        super().__init__(said)
        self.uid = uid


@dataclass(slots=True)
class Mark:
    """How far a folder has been read: *uid* is the highest done, None where it is to be read from *since* on."""

    account: str
    folder: str  # as the configuration calls it
    since: datetime
    uidvalidity: int = 0
    uid: int | None = None
    tries: int | None = None  # for a message that the server would not give, before it is passed over; None: it never is
    declined: dict[int, int] = field(default_factory=dict)

    def spent(self, uid: int) -> bool:
        """Count one more try for *uid*, and tell whether it was the last: what one server refuses for a moment is not to be lost."""
        self.declined[uid] = self.declined.get(uid, 0) + 1
        return self.tries is not None and self.declined[uid] >= self.tries


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder as EXAMINE showed it."""

    exists: int = 0
    newest: int = 0  # no UID above it was there yet


def examine(wire: Wire, name: str, mark: Mark) -> Opened:
    """Open the folder *name*; another UIDVALIDITY than the mark's means that its UIDs are void (RFC 9051 section 2.3.1.1)."""
    state = wire.examine(name)
    validity = state.get("UIDVALIDITY", 0)
    if mark.uidvalidity != validity:
        mark.uidvalidity, mark.uid, mark.declined = validity, None, {}
    return Opened(state.get("EXISTS", 0), state.get("UIDNEXT", 1) - 1)


def news(wire: Wire, mark: Mark, limit: int, opened: Opened) -> Iterator[RawMail]:
    """Give the messages beyond *mark* by ascending UID, each cut to *limit* bytes, and move the mark past each one once it was taken.

    *opened* is what EXAMINE showed on the first look, when there may be very many; an empty one afterwards.
    """
    since = mark.since if mark.uid is None else None
    for group in _groups(wire, _beyond(wire, mark, opened.exists), limit):
        for raw in _bodies(wire, group, mark, limit):
            if since is None or raw.received is None or raw.received >= since:
                yield raw
            mark.uid = raw.key.uid if raw.key else mark.uid
    mark.uid = max(mark.uid or 0, opened.newest)


def _beyond(wire: Wire, mark: Mark, exists: int) -> tuple[int, ...]:
    """Give the UIDs beyond the mark.

    `n:*` always matches the last message (RFC 9051 section 6.4.8), so lower ones are dropped. SINCE knows only whole days, those of
    the server's zone, so it starts a day early and `news` looks at the time.
    """
    lowest = 0 if mark.uid is None else mark.uid + 1
    criteria = ("SINCE", (mark.since - timedelta(days=1)).date()) if mark.uid is None else ("UID", f"{lowest}:*")
    windows = [(f"{low}:{min(low + _WINDOW - 1, exists)}",) for low in range(1, exists + 1, _WINDOW)] if exists > _WINDOW else [()]
    return tuple(uid for window in windows for uid in wire.search(*window, *criteria) if uid >= lowest)


def _groups(wire: Wire, uids: tuple[int, ...], limit: int) -> Iterator[tuple[int, ...]]:
    """Cut *uids* into groups that fit into memory, by the sizes that the server states."""
    if len(uids) <= _FEW:
        yield from (uids,) if uids else ()
        return
    for start in range(0, len(uids), _SIZES):
        some = uids[start : start + _SIZES]
        stated = wire.fetch(some, "RFC822.SIZE")
        group: list[int] = []
        room = _GROUP_BYTES
        for uid in some:
            size = min(limit, int(stated.get(uid, {}).get(b"RFC822.SIZE") or limit))
            if group and (size > room or len(group) == _MOST):
                yield tuple(group)
                group, room = [], _GROUP_BYTES
            group.append(uid)
            room -= size
        yield tuple(group)


def _bodies(wire: Wire, uids: Sequence[int], mark: Mark, limit: int) -> Iterator[RawMail]:
    """Fetch *uids* without marking them as read; one byte over the limit is asked for, to tell that a message is longer.

    A message that the server cannot give is passed over once its tries are spent, and does not keep back the others.
    """
    size = min(len(uids) * (limit + 1), _GROUP_BYTES + limit)
    try:
        answer = wire.fetch(uids, "INTERNALDATE", f"BODY.PEEK[]<0.{limit + 1}>", size=size)
    except Declined as declined:
        if len(uids) > 1:
            for uid in uids:
                yield from _bodies(wire, (uid,), mark, limit)
        elif not mark.spent(uids[0]):
            raise NotGiven(uids[0], str(declined)) from declined
        else:
            _LOG.warning("%s: message %d cannot be fetched and is passed over: %s", mark.folder, uids[0], declined)
        return
    for uid in uids:
        got = answer.get(uid, {})
        data = _literal(got)
        if data is not None:  # else it has been deleted meanwhile
            key = InboundKey(mark.account, mark.folder, mark.uidvalidity, uid)
            received = got.get(b"INTERNALDATE")
            at = received.astimezone(UTC) if isinstance(received, datetime) else None
            yield RawMail(data[:limit], f"{mark.folder}:{uid}", key, at, truncated=len(data) > limit)


def headers(wire: Wire, since: datetime, exists: int) -> Iterator[SentHeader]:
    """Give the chosen header fields of the messages in the open folder that came *since* then."""
    uids = _beyond(wire, Mark("", "", since), exists)
    for start in range(0, len(uids), _MOST):
        some = uids[start : start + _MOST]
        answer = wire.fetch(some, "INTERNALDATE", _HEADERS, size=_HEADER_BYTES * len(some))
        for uid in some:
            got = answer.get(uid, {})
            data = _literal(got)
            received = got.get(b"INTERNALDATE")
            if data is not None and not (isinstance(received, datetime) and received < since):
                yield sent_header(data, received)


def _literal(got: Mapping[bytes, Any]) -> bytes | None:
    """Give the text in an answer to FETCH; servers differ in how they name the section in it."""
    return next((value for name, value in got.items() if name.startswith(b"BODY[") and isinstance(value, bytes)), None)
