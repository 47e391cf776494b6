"""The shipped wording, compiled once, and readings of small messages."""

import functools
from pathlib import Path

from bouncer.core.read import read
from bouncer.core.wording import Wording
from bouncer.daemon.compiling import compiled
from bouncer.edge.packs import load_packs
from bouncer.model import Finding, RawMail, Reading
from support.build import raw

RULES = Path(__file__).parents[2] / "bouncer" / "rules"


@functools.cache
def wording() -> Wording:
    """Give all shipped packs, compiled."""
    return compiled(load_packs(RULES))


def reading(text: str, **fields: str) -> Reading:
    """Give the reading of a message that says *text*; *fields* as in `support.build.raw`."""
    return read(raw(text, **fields), wording())


def auto(text: str, **fields: str) -> Reading:
    """Give the reading of an automatic answer that says *text*."""
    return reading(text, **{"subject": "Automatic reply: Hello", "Auto_Submitted": "auto-replied", **fields})


def reading_of(data: bytes) -> Reading:
    """Give the reading of a message in bytes."""
    return read(RawMail(data), wording())


def said(found: Reading, kind: type[Finding]) -> list[Finding]:
    """Give the findings of one type."""
    return [finding for finding in found.findings if isinstance(finding, kind)]
