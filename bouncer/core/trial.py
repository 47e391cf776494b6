"""A set of rules on trial: which rules spoke in a reading, which contradict each other, and what other rules would have read."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import combinations

from bouncer.model import Finding, Reading

_KEY = {"new-address": "address", "renamed": "name", "moved-domain": "new", "away": "until"}  # of these a person has one at a time


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that cannot both be right about one message."""

    source: str
    one: str
    other: str
    what: str


def spoke(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Give the rules behind the verdict, the recipients and the findings of *reading*, each with the words it stands on."""
    because = (reading.verdict.because, *(r.because for r in reading.recipients), *(f.because for f in reading.findings))
    return tuple(dict.fromkeys((one.rule, one.quote) for one in because))


def conflicts(reading: Reading) -> Iterator[Conflict]:
    """Give the findings of one message that exclude each other: two new addresses, two ends of one absence, of the same person."""
    for one, other in combinations(reading.findings, 2):
        key = _KEY.get(one.type)
        if key is None or one.type != other.type or one.about != other.about or one.because.rule == other.because.rule:
            continue
        here, there = getattr(one, key), getattr(other, key)
        if here is not None and there is not None and here != there:
            yield Conflict(reading.source, one.because.rule, other.because.rule, f"{one.type} {here} or {there}")


def difference(before: Reading, after: Reading) -> tuple[str, ...]:
    """Say what *after* reads otherwise than *before* in one message, a line each: `kind human -> auto-reply`, `+ left …`."""
    lines = []
    if before.verdict.kind is not after.verdict.kind:
        lines.append(f"kind {before.verdict.kind} -> {after.verdict.kind} ({after.verdict.because.rule})")
    old, new = {in_words(f): f for f in before.findings}, {in_words(f): f for f in after.findings}
    lines += [f"- {said} ({f.because.rule})" for said, f in old.items() if said not in new]
    lines += [f"+ {said} ({f.because.rule})" for said, f in new.items() if said not in old]
    reasons = [tuple(f"{r.address} {r.reason}" for r in reading.recipients) for reading in (before, after)]
    if reasons[0] != reasons[1]:
        lines.append(f"recipients {', '.join(reasons[0]) or 'none'} -> {', '.join(reasons[1]) or 'none'}")
    return tuple(lines)


def in_words(finding: Finding) -> str:
    """Give a finding without its evidence, on one line: `ask Jane Doe, jane@acme.example, cover`."""
    own = (getattr(finding, f.name) for f in fields(finding) if f.name not in {"because", "about", "confidence", "ambiguous"})
    said = ", ".join(str(value) for value in own if value is not None)
    about = f" about {finding.about}" if finding.about else ""
    return f"{finding.type}{about} {said}".rstrip()
