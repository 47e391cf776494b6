"""The public form of a reading: the object that `bouncer explain --json` prints, one per message."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias

from bouncer.model import (
    Apply,
    Because,
    Change,
    Contact,
    Decision,
    Event,
    Finding,
    Found,
    Ignore,
    Previous,
    Question,
    Reading,
    Recipient,
    Review,
    Value,
)

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json] | None"


def as_json(reading: Reading, would: Sequence[Decision] | None = None) -> dict[str, Json]:
    """Give *reading* as plain JSON values, dates in ISO 8601; *would* says what `run` would do with it."""
    made: dict[str, Json] = {
        "source": reading.source,
        "message_id": reading.message_id,
        "date": reading.date.isoformat() if reading.date else None,
        "kind": reading.verdict.kind.value,
        "because": _because(reading.verdict.because),
        "language": reading.language,
        "recipients": [_recipient(recipient) for recipient in reading.recipients],
        "findings": [_finding(finding) for finding in reading.findings],
        "tokens": list(reading.tokens),
        "references": list(reading.references),
        "defects": list(reading.defects),
    }
    if would is not None:
        made["would"] = [as_would(decision) for decision in would]
    return made


def as_would(decision: Decision) -> dict[str, Json]:
    """Give one decision as `{"change"|"review"|"ignore": …, "why": …, "level": "E3"}`."""
    end: dict[str, Json] = {"why": decision.why, "level": decision.level.name}
    match decision:
        case Apply(changes=changes):
            effects: dict[str, Json] = {"stop": list(decision.suppress), "suspect": list(decision.suspect), "wait": list(decision.wait)}
            return {"change": [as_change(c) for c in changes], "alive": decision.alive, **{k: v for k, v in effects.items() if v}, **end}
        case Review(changes=changes):
            return {"review": [as_change(c) for c in changes], "hold": decision.hold, **end}
        case Ignore():
            return {"ignore": True, **end}


def _because(because: Because) -> dict[str, Json]:
    return {"rule": because.rule, "quote": because.quote, "where": because.where}


def _recipient(recipient: Recipient) -> dict[str, Json]:
    return {
        "address": recipient.address,
        "original": recipient.original,
        "action": recipient.action,
        "status": recipient.status,
        "reply_code": recipient.reply_code,
        "reason": recipient.reason,
        "permanent": recipient.permanent,
        "diagnostic": recipient.diagnostic,
        "rule": recipient.because.rule,
        "quote": recipient.because.quote,
        "where": recipient.because.where,
    }


def _finding(finding: Finding) -> dict[str, Json]:
    end: dict[str, Json] = {"confidence": finding.confidence, "ambiguous": finding.ambiguous}
    return {"type": finding.type, "about": finding.about, **own_fields(finding), **_because(finding.because), **end}


def own_fields(finding: Finding) -> dict[str, Json]:
    """Give what a finding of this type says, by field, without what every finding carries."""
    shared = {field.name for field in fields(Found)}
    return {field.name: _plain(getattr(finding, field.name)) for field in fields(finding) if field.name not in shared}


def _plain(value: object) -> Json:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str | float | bool | None) else str(value)


def as_event(event: Event) -> dict[str, Json]:
    """Give one line of history."""
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "kind": event.kind.value,
        "name": event.name,
        "change": as_change(event.change) if event.change else None,
        "because": _because(event.because) if event.because else None,
        "level": event.level.name if event.level else None,
        "detail": event.detail,
        "message_id": event.message_id,
    }


def as_question(question: Question) -> dict[str, Json]:
    """Give one proposal that waits for the owner."""
    return {
        "id": question.id,
        "at": question.at.isoformat(),
        "name": question.name,
        "why": question.why,
        "level": question.level.name,
        "hold": question.hold,
        "changes": [as_change(change) for change in question.changes],
        "because": _because(question.because),
    }


def as_change(change: Change) -> dict[str, Json]:
    """Give one change: whose, which field, from what to what."""
    return {"contact": change.contact, "field": change.field, "before": as_value(change.before), "after": as_value(change.after)}


def as_value(value: Value) -> Json:
    """Give the value of a contact's field as JSON; an absent field is null."""
    if isinstance(value, tuple):
        return [_previous(one) if isinstance(one, Previous) else one for one in value]
    return _entry(value) if isinstance(value, Contact) else value


def _entry(contact: Contact) -> dict[str, Json]:
    """Give the fields that an entry of the contact file has."""
    found = {f.name: getattr(contact, f.name) for f in fields(contact) if f.name != "line"}
    return {name: as_value(value) if isinstance(value, tuple) else _plain(value) for name, value in found.items() if value}


def _previous(previous: Previous) -> dict[str, Json]:
    return {f.name: getattr(previous, f.name) for f in fields(previous) if getattr(previous, f.name) is not None}
