"""What the summaries said, kept as data: a week can be shown again as it was told, and whoever is forgotten is taken out of it.

A line about somebody goes with them, all but that there was one; where they are named in the line of somebody else, their name goes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from bouncer.edge.ledger.codec import dump, stamp
from bouncer.edge.ledger.database import Cell, Transaction
from bouncer.edge.mentions import STANDS_FOR, Mentions
from bouncer.model import Bar, Line, Section, Summary, Trend

_ERASED = "What was said here is erased with them"


def keep(tx: Transaction, week: str, summary: Summary, at: datetime) -> None:
    """Keep what *summary* says of *week*; what was kept of that week before was never sent, and goes."""
    tx.run(
        "INSERT INTO summary (week, at, said) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, said = excluded.said",
        week,
        stamp(at),
        dump(asdict(summary)),
    )


def kept(tx: Transaction, week: str) -> Summary | None:
    """Give what was said of *week* (`2026-W47`); None where nothing was."""
    row = tx.row("SELECT said FROM summary WHERE week = ?", week)
    return _summary(json.loads(row[0])) if row else None


def about(tx: Transaction, ids: list[str], found: Mentions) -> list[dict[str, Cell]]:
    """Give every line that is about one of *ids* or names them, with its week."""
    return [
        {"week": week, "line": dump(line)}
        for week, said in _all(tx)
        for line in _lines(said)
        if _theirs(line, ids, found) or _clean(line, ids, found) != line
    ]


def erase(tx: Transaction, ids: list[str], found: Mentions) -> int:
    """Take the person of *ids* out of all that was said; gives in how many summaries they were."""
    count = 0
    for week, said in _all(tx):
        clean = _clean({**said, "sections": [_section(section, ids, found) for section in said["sections"]]}, ids, found)
        if clean != said:
            tx.run("UPDATE summary SET said = ? WHERE week = ?", dump(clean), week)
            count += 1
    return count


def _all(tx: Transaction) -> Iterator[tuple[str, Any]]:
    for week, text in tx.rows("SELECT week, said FROM summary ORDER BY week"):
        yield week, json.loads(text)


def _lines(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section in said["sections"]:
        yield from section["lines"]


def _theirs(line: Mapping[str, Any], ids: list[str], found: Mentions) -> bool:
    return line["person"] in ids or found.found(line["who"])


def _section(section: dict[str, Any], ids: list[str], found: Mentions) -> dict[str, Any]:
    lines = [asdict(Line(STANDS_FOR, _ERASED)) if _theirs(line, ids, found) else _clean(line, ids, found) for line in section["lines"]]
    return {**_clean({**section, "lines": []}, ids, found), "lines": lines}


def _clean(part: dict[str, Any], ids: list[str], found: Mentions) -> dict[str, Any]:
    """Give a part of a summary without their addresses and names, and without the links that lead to them."""
    names = [name for person, name in part.get("named", ()) if person in ids]
    shown = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names)) if names else None

    def redacted(thing: Any) -> Any:
        if isinstance(thing, str):
            return found.redacted(shown.sub(STANDS_FOR, thing) if shown else thing)
        if isinstance(thing, list):
            return [redacted(item) for item in thing]
        return {key: redacted(value) for key, value in thing.items()} if isinstance(thing, dict) else thing

    def leads(url: str) -> bool:
        plain = unquote(url)
        return found.found(plain) or (shown is not None and shown.search(plain) is not None)

    here = dict(part)
    if "named" in part:
        here["named"] = [pair for pair in part["named"] if pair[0] not in ids]
    if "links" in part:
        here["links"] = [link for link in part["links"] if not leads(link[1])]
    clean: dict[str, Any] = redacted(here)
    return clean


def _summary(said: Mapping[str, Any]) -> Summary:
    trend = said["trend"]
    return Summary(
        **{name: said[name] for name in ("title", "subject", "lead", "footer", "span", "bars_note", "estimate")},
        sections=tuple(map(_as_section, said["sections"])),
        figures=tuple((number, under) for number, under in said["figures"]),
        bars=tuple(Bar(**bar) for bar in said["bars"]),
        trend=Trend(_pairs(trend["series"]), tuple((month, tuple(shares)) for month, shares in trend["months"])) if trend else None,
    )


def _as_section(said: Mapping[str, Any]) -> Section:
    return Section(**{**said, "lines": tuple(map(_as_line, said["lines"])), "named": _pairs(said["named"])})


def _as_line(said: Mapping[str, Any]) -> Line:
    lists = {"commands": tuple(said["commands"]), "hints": tuple(said["hints"])}
    return Line(**{**said, **lists, "links": _pairs(said["links"]), "named": _pairs(said["named"])})


def _pairs(items: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in items)
