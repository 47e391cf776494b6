"""What arrived: a message counts as seen by its key on the server or by its bytes, and only once its effects are on disk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.history import append
from bouncer.model import EventKind, InboundKey, RawMail

TRIES = 3
_BY_KEY = "SELECT 1 FROM inbound WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?"


def digest_of(raw: RawMail) -> str:
    """Give the SHA-256 of the message's bytes, hex."""
    return sha256(raw.data).hexdigest()


def has(tx: Transaction, raw: RawMail) -> bool:
    """Tell whether *raw* was seen; known bytes under a new key (moved, or a new UIDVALIDITY) are filed under that key too."""
    if raw.key is not None and _has_key(tx, raw.key):
        return True
    digest = digest_of(raw)
    row = tx.row("SELECT at, kind, message_id, person FROM inbound WHERE digest = ?", digest)
    if row is None:
        return False
    if raw.key is not None:
        at, kind, message_id, person = row
        _insert(tx, raw.key, digest, at, kind, message_id, person)
    return True


def file(tx: Transaction, raw: RawMail, at: datetime, kind: str, message_id: str | None, person: str | None) -> bool:
    """Count *raw* as seen; False where it was."""
    digest = digest_of(raw)
    if (raw.key is not None and _has_key(tx, raw.key)) or tx.row("SELECT 1 FROM inbound WHERE digest = ?", digest):
        return False
    _insert(tx, raw.key, digest, stamp(at), kind, message_id, person)
    tx.run("DELETE FROM failing WHERE digest = ?", digest)
    return True


def seen_keys(tx: Transaction, keys: Sequence[InboundKey]) -> frozenset[InboundKey]:
    """Give those of *keys* that were seen."""
    return frozenset(key for key in keys if _has_key(tx, key))


def seen(tx: Transaction, account: str) -> Mapping[str, tuple[int, int]]:
    """Give folder -> (UIDVALIDITY, highest UID done); a message still to be tried again keeps the mark below it."""
    rows = tx.rows(
        """SELECT folder, uidvalidity, min(uid, coalesce((SELECT min(g.uid) - 1 FROM failing g WHERE g.account = f.account
           AND g.folder = f.folder AND g.uidvalidity = f.uidvalidity AND g.tries < ?), uid)) FROM folder f WHERE account = ?""",
        TRIES,
        account,
    )
    return {folder: (uidvalidity, uid) for folder, uidvalidity, uid in rows}


def quarantine(tx: Transaction, raw: RawMail, why: str, at: datetime) -> bool:
    """Count a failed try; True from the third on, when the message counts as seen."""
    digest = digest_of(raw)
    key = (raw.key.account, raw.key.folder, raw.key.uidvalidity, raw.key.uid) if raw.key else (None, None, None, None)
    tx.run(
        """INSERT INTO failing (digest, at, source, account, folder, uidvalidity, uid, tries, why) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
           ON CONFLICT DO UPDATE SET tries = tries + 1, why = excluded.why, at = excluded.at WHERE tries < ?""",
        digest,
        stamp(at),
        raw.source,
        *key,
        why,
        TRIES,
    )
    (tries,) = tx.rows("SELECT tries FROM failing WHERE digest = ?", digest)[0]
    if tries < TRIES:
        return False
    if not tx.row("SELECT 1 FROM inbound WHERE digest = ?", digest):
        _insert(tx, raw.key, digest, stamp(at), "quarantined", None, None)
        append(tx, EventKind.QUARANTINED, at, detail=f"{raw.source}: {why}")
    return True


def quarantined(tx: Transaction) -> tuple[tuple[str, str], ...]:
    """Give source and reason of every message set aside, oldest first."""
    return tuple((source, why) for source, why in tx.rows("SELECT source, why FROM failing WHERE tries >= ? ORDER BY at, digest", TRIES))


def _has_key(tx: Transaction, key: InboundKey) -> bool:
    return tx.row(_BY_KEY, key.account, key.folder, key.uidvalidity, key.uid) is not None


def _insert(tx: Transaction, key: InboundKey | None, digest: str, at: str, kind: str, message_id: str | None, person: str | None) -> None:
    place = (key.account, key.folder, key.uidvalidity, key.uid) if key else (None, None, None, None)
    tx.run(
        """INSERT INTO inbound (at, digest, account, folder, uidvalidity, uid, kind, message_id, person)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        at,
        digest,
        *place,
        kind,
        message_id,
        person,
    )
    if key is not None:
        tx.run(
            """INSERT INTO folder (account, folder, uidvalidity, uid) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
               uid = CASE WHEN uidvalidity = excluded.uidvalidity THEN max(uid, excluded.uid) ELSE excluded.uid END,
               uidvalidity = excluded.uidvalidity""",
            *place,
        )
