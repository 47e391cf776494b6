"""Bounces and complaints as JSON: what Amazon SES mails through its notification service."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bouncer.core.bounces.failure import Failure, mailbox
from bouncer.core.bounces.feedback import complaint
from bouncer.core.bounces.reply import joined
from bouncer.model import Because, Kind, Notice, ParsedMail

_MARK = "notificationType"
_MOST = 200_000


def from_notification(mail: ParsedMail) -> tuple[Kind, tuple[Failure, ...], Notice | None]:
    """Give the kind and the failures in a notification, or the complaint that it is; kind OTHER where *mail* is none."""
    found = _object(mail.text[:_MOST]) if _MARK in mail.text else None
    if found is None:
        return Kind.OTHER, (), None
    if str(found.get(_MARK)) == "Complaint":
        because = Because("ses", "notificationType: Complaint", "body")
        address = next((one for entry in _entries(found, "complaint", "complainedRecipients") if (one := _address(entry))), None)
        return Kind.COMPLAINT, (), complaint(because, address)
    failures = tuple(
        Failure(
            address=address,
            where="body",
            rule="ses",
            diagnostic=joined(str(entry.get("diagnosticCode") or "").partition(";")[2] or str(entry.get("diagnosticCode") or "")),
            kind="smtp",
            status=str(entry["status"]) if entry.get("status") else None,
            action="failed",
        )
        for entry in _entries(found, "bounce", "bouncedRecipients")
        if (address := _address(entry))
    )
    return (Kind.BOUNCE if failures else Kind.OTHER), failures, None


def _object(text: str) -> Mapping[str, Any] | None:
    """Find the object with the notification's type: the text itself, or the string `Message` in the envelope around it."""
    unwrapped = text[max(text.find("{"), 0) :].replace("\n ", "")  # long lines are folded like fields
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(unwrapped)
        if isinstance(found, dict) and isinstance(found.get("Message"), str):
            found, _ = json.JSONDecoder(strict=False).raw_decode(found["Message"])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _MARK in found else None


def _entries(found: Mapping[str, Any], part: str, name: str) -> Iterator[Mapping[str, Any]]:
    inner = found.get(part)
    entries = inner.get(name) if isinstance(inner, dict) else None
    if isinstance(entries, Iterable) and not isinstance(entries, str):
        yield from (entry for entry in entries if isinstance(entry, dict))


def _address(entry: Mapping[str, Any]) -> str | None:
    return mailbox(str(entry.get("emailAddress") or ""))
