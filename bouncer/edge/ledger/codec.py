"""How the nouns are written into columns: explicit JSON, so that renaming a field never changes by accident what is on disk."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from bouncer.model import Address, Because, Change, Contact, Letter, Previous, Status, Value

_encode = json.JSONEncoder(separators=(",", ":")).encode


def stamp(at: datetime) -> str:
    """Give *at* as text that sorts: UTC, microseconds always written. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Give the time that `stamp` wrote, in UTC."""
    return datetime.fromisoformat(text)


def dump(thing: object) -> str:
    """Give compact JSON in ASCII, which keeps even lone surrogates."""
    return _encode(thing)


def because_to(because: Because) -> str:
    """Give *because* as JSON."""
    return dump(_because(because))


def because_from(text: str) -> Because:
    """Give what `because_to` wrote."""
    return _as_because(json.loads(text))


def change_to(change: Change) -> str:
    """Give *change* as JSON."""
    return dump(_change(change))


def change_from(text: str) -> Change:
    """Give what `change_to` wrote."""
    return _as_change(json.loads(text))


def changes_to(changes: Sequence[Change]) -> str:
    """Give *changes* as a JSON list."""
    return dump([_change(change) for change in changes])


def changes_from(text: str) -> tuple[Change, ...]:
    """Give what `changes_to` wrote."""
    return tuple(map(_as_change, json.loads(text)))


def letter_to(letter: Letter) -> str:
    """Give *letter* as JSON; its bytes in base64, so that they come back the same."""
    return dump(
        {
            "purpose": letter.purpose,
            "person": letter.person,
            "account": letter.account,
            "sender": [letter.sender.name, letter.sender.address],
            "to": [letter.to.name, letter.to.address],
            "subject": letter.subject,
            "message_id": letter.message_id,
            "envid": letter.envid,
            "data": b64encode(letter.data).decode("ascii"),
        }
    )


def letter_from(text: str) -> Letter:
    """Give what `letter_to` wrote."""
    fields = json.loads(text)
    return Letter(
        purpose=fields["purpose"],
        person=fields["person"],
        account=fields["account"],
        sender=Address(*fields["sender"]),
        to=Address(*fields["to"]),
        subject=fields["subject"],
        message_id=fields["message_id"],
        envid=fields["envid"],
        data=b64decode(fields["data"]),
    )


def value_to(value: Value) -> Any:
    """Give a value as JSON types: None, a string, `{"list": [...]}`, `{"previous": [...]}`, or an entry as `{"entry": {...}}`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Contact):
        return {"entry": _entry(value)}
    addresses = [item for item in value if isinstance(item, Previous)]
    if addresses:
        return {"previous": [[p.email, p.company, p.until, p.why] for p in addresses]}
    return {"list": list(value)}


def value_from(thing: Any) -> Value:
    """Give what `value_to` wrote."""
    if thing is None or isinstance(thing, str):
        return thing
    if "entry" in thing:
        return _as_entry(thing["entry"])
    if "previous" in thing:
        return tuple(Previous(*fields) for fields in thing["previous"])
    return tuple(thing["list"])


def _entry(contact: Contact) -> dict[str, Any]:
    """Give the fields of *contact* that it has; where it stands in its file is no part of it."""
    found = {field.name: getattr(contact, field.name) for field in fields(contact) if field.name != "line"}
    if contact.away_until is not None:
        found["away_until"] = contact.away_until.isoformat()
    found |= {name: value_to(value) for name, value in found.items() if isinstance(value, tuple) and value}
    return {name: value for name, value in found.items() if value}


def _as_entry(found: Any) -> Contact:
    known: dict[str, Any] = {name: value_from(value) if isinstance(value, dict) else value for name, value in found.items()}
    if "status" in known:
        known["status"] = Status(known["status"])
    if "away_until" in known:
        known["away_until"] = date.fromisoformat(known["away_until"])
    return Contact(**known)


def _because(because: Because) -> dict[str, str]:
    return {"rule": because.rule, "quote": because.quote, "where": because.where}


def _as_because(fields: Any) -> Because:
    return Because(fields["rule"], fields["quote"], fields["where"])


def _change(change: Change) -> dict[str, Any]:
    return {
        "contact": change.contact,
        "field": change.field,
        "before": value_to(change.before),
        "after": value_to(change.after),
        "because": _because(change.because),
    }


def _as_change(fields: Any) -> Change:
    return Change(
        fields["contact"],
        fields["field"],
        value_from(fields["before"]),
        value_from(fields["after"]),
        _as_because(fields["because"]),
    )
