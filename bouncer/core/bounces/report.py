"""Delivery reports as RFC 3464 describes them, in every variant that mail systems really write."""

import re

from bouncer.core.bounces.blocks import Block, blocks_in, blocks_of
from bouncer.core.bounces.copy import Parted, broken_off
from bouncer.core.bounces.failure import Failure, mailbox, same
from bouncer.core.bounces.reply import joined
from bouncer.model import Action, ParsedMail

_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "failure": "failed",
    "fail": "failed",
    "error": "failed",
    "undeliverable": "failed",
    "delayed": "delayed",
    "delay": "delayed",
    "delivered": "delivered",
    "deliverable": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
_FIELDS = ("final-recipient", "x-actual-recipient", "original-recipient")
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_TYPED = re.compile(r"^\s*([A-Za-z][A-Za-z0-9-]*)\s*;\s*(.*)$", re.DOTALL)


def from_report(mail: ParsedMail, parted: Parted, *, by_system: bool = True) -> tuple[Failure, ...]:
    """Give the recipients of the delivery report in *mail*, whatever became of them; empty where there is no report.

    *by_system*: a mail system seems to have written it; what a person has pasted into a text is no report.
    """
    about, recipients = blocks_of(mail.parts, broken_off=broken_off(mail))
    if not recipients and by_system:
        about, recipients = blocks_in(parted.text)
    if len(recipients) == 1 and not any(_recipient(recipients[0].get(name, "")) for name in _FIELDS):
        recipients = ({**recipients[0], "original-recipient": mail.header("x-failed-recipients") or ""},)  # a file or a program failed
    found = [one for block in recipients if (one := _failure(about, block, parted, alone=len(recipients) == 1))]
    seen: dict[tuple[str, str], Failure] = {}
    for one in found:
        seen.setdefault((one.address.lower(), (one.original or "").lower()), one)
    return tuple(seen.values())


def _failure(about: Block, block: Block, parted: Parted, *, alone: bool) -> Failure | None:
    final, actual, original = (_recipient(block.get(name, "")) for name in _FIELDS)
    address = actual or final or original
    mailed = next((one for one in (original, final) if one and not same(one, address)), None)
    if address is None:
        return None
    kind, words = _typed(block.get("diagnostic-code", ""))
    diagnostic = joined(words)
    status = _STATUS.search(block.get("status", ""))
    comment = block.get("status", "")[status.end() if status else 0 :].strip(" ()")
    host = _typed(block.get("remote-mta", ""))[1] or _typed(about.get("reporting-mta", ""))[1]
    section = parted.about(address, mailed) if not alone else parted.text
    return Failure(
        address=address,
        original=mailed,
        where="delivery-status",
        rule="rfc3464",
        diagnostic=diagnostic if comment in diagnostic else f"{diagnostic} ({comment})".strip(),
        kind=kind,
        status=".".join(str(int(number)) for number in status.groups()) if status else None,
        action=_action(block.get("action", "")) or ("delivered" if status and status[1] == "2" else "failed"),
        host=host.lower(),
        context=section,
    )


def _action(value: str) -> Action | None:
    word = re.match(r"[a-z]+", value.strip().lower())
    return _ACTIONS.get(word[0]) if word else None


def _recipient(value: str) -> str | None:
    """Read an address field: a type, a semicolon, an address (RFC 3464 section 2.3.2); an X.400 name or a pipe is none."""
    kind, rest = _typed(value)
    if kind in {"x400", "x-unix", "system"}:
        return None
    return mailbox(rest)


def _typed(value: str) -> tuple[str, str]:
    found = _TYPED.match(value)
    return (found[1].lower(), found[2].strip()) if found else ("", value.strip())
