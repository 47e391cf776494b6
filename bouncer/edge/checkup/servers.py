"""The mail servers of one account, asked in the very words in which the daemon speaks to them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from typing import Any

from bouncer.edge.imap import Timing
from bouncer.edge.imap.folders import resolve
from bouncer.edge.imap.wire import Declined, Guard, Wire
from bouncer.edge.mends import Place
from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.errors import BouncerError, SecretMissing, ServerFault
from bouncer.model import Account
from bouncer.model.checkup import Hindrance, ImapSeen, SmtpSeen

TIMING, WAITS = Timing(connect=15, read=20, operation=60), Waits(connect=15, command=30, data=30, final=120)
_NEWEST = 20  # messages whose Authentication-Results are looked at
_MOST = 16_384  # bytes of them
_RESULTS = f"BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)]<0.{_MOST}>"

Password = Callable[[], str]


def look_at_imap(account: Account, password: Password, timing: Timing = TIMING) -> ImapSeen:
    """Log in to the IMAP server of *account* and look around; blocks, raises nothing for the server's fault, and leaves no trace."""
    seen = ImapSeen(account, datetime.now(UTC))
    try:
        with imap_wire(account, password, timing) as wire:
            listed = wire.folders()
            wanted = (*account.folders, account.sent_folder)
            seen = replace(
                seen,
                secured=wire.secured(),
                capabilities=wire.capabilities(),
                folders=tuple(name for _, _, name in listed),
                resolved={folder: "INBOX" if folder.upper() == "INBOX" else resolve(folder, listed) for folder in wanted},
                quota=_quota(wire),
            )
            newest, results = _newest(wire)
            return replace(seen, at=datetime.now(UTC), newest=newest, results=results)
    except BouncerError as fault:
        return replace(seen, hindrance=hindrance(fault))


def look_at_smtp(account: Account, password: Password, waits: Waits = WAITS) -> SmtpSeen:
    """Log in to the SMTP server of *account* and see what it offers; as `look_at_imap`."""
    try:
        extensions, greeting, secured = asyncio.run(_look(SmtpSender(account, password, waits=waits)))
    except BouncerError as fault:
        return SmtpSeen(account, datetime.now(UTC), hindrance(fault))
    return SmtpSeen(account, datetime.now(UTC), None, secured, extensions, greeting)


def hindrance(fault: BouncerError) -> Hindrance:
    """Give what stands in the way, its mend apart from it."""
    if isinstance(fault, ServerFault):
        return Hindrance(fault.kind, str(fault).removesuffix(f"; {fault.mend}"), fault.mend or "try again later", fault.exit_code)
    if isinstance(fault, SecretMissing):
        return Hindrance(
            "login-secret", str(fault), "see `secret` (or `oauth`) of the account: where the password comes from", fault.exit_code
        )
    return Hindrance("trouble", str(fault), "mend that, and try again", fault.exit_code)


@contextmanager
def imap_wire(account: Account, password: Password, timing: Timing = TIMING) -> Iterator[Wire]:
    """Give a connection that is logged in; raises ServerFault, TlsFault, LoginRefused or SecretMissing."""
    wire = Wire(Place("IMAP", account), password(), Guard(), timing)
    try:
        yield wire
    finally:
        wire.close()


async def _look(sender: SmtpSender) -> tuple[frozenset[str], str, Any]:
    try:
        return await sender.look()
    finally:
        await sender.aclose()


def _quota(wire: Wire) -> tuple[int, int] | None:
    try:
        return wire.quota("INBOX")
    except Declined:
        return None


def _newest(wire: Wire) -> tuple[datetime | None, tuple[str, ...]]:
    """Give when the newest message of the Inbox came in, and the topmost Authentication-Results of each of the newest ones."""
    exists = wire.examine("INBOX").get("EXISTS", 0)
    if not exists:
        return None, ()
    uids = wire.search(f"{max(1, exists - _NEWEST + 1)}:{exists}")
    got = wire.fetch(uids, "INTERNALDATE", _RESULTS, size=_MOST * len(uids)) if uids else {}
    moments = [at.astimezone(UTC) for one in got.values() if isinstance(at := one.get(b"INTERNALDATE"), datetime)]
    texts = [
        next((value for name, value in one.items() if name.startswith(b"BODY[") and isinstance(value, bytes)), b"") for one in got.values()
    ]
    fields = [BytesHeaderParser().parsebytes(text).get("Authentication-Results") for text in texts]
    return max(moments, default=None), tuple(" ".join(str(field).split()) for field in fields if field)
