"""Absences: the sender's, or those of somebody the sender speaks of. The reason of an absence is never kept, not even in a quote."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bouncer.core.dates import Day
from bouncer.core.extract.scene import Scene
from bouncer.core.wording import Hit
from bouncer.model import Away, Because

_APPLE = re.compile(r"(startDate|endDate)\s*=\s*([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_WEEK = 7  # days


def absences(scene: Scene) -> Iterator[Away]:
    """Yield one absence per person: the first since, the strongest until.

    A header of the responder's goes first, then a Notes subject, then the text; "back on" outranks "until", which outranks a single day.
    """
    apple = _from_header(scene)
    if apple is not None:
        yield apple
        return
    found: dict[str, list[tuple[Hit, Day, Day]]] = {}
    for hit in scene.find("away"):
        about = scene.about(hit)
        if about != "" and not _aside(scene, hit):
            found.setdefault(about or "", []).append((hit, *_dates(scene, hit)))
    if (
        not found
        and _automatic(scene)
        and not any(scene.find(means) for means in ("left", "retired", "unmonitored", "new-address", "deceased"))
    ):
        bare = [(hit, Day(None), Day(None)) for hit in scene.subject if hit.rule.options.get("also") == "away"]
        found = {"": bare} if bare else {}
    for about, read in found.items():
        away = _merged(scene, about or None, read)
        if away is not None:
            yield away


def _aside(scene: Scene, hit: Hit) -> bool:
    """Tell whether *hit* needs an absence that nothing else states ("back on Monday")."""
    needs = hit.rule.options.get("needs")
    if needs == "absence":
        return not any(one is not hit and one.rule.options.get("needs") is None for one in scene.find("away")) and not _automatic(scene)
    return needs == "auto-reply" and not _automatic(scene)


def _automatic(scene: Scene) -> bool:
    return scene.kind.value == "auto-reply"


def _dates(scene: Scene, hit: Hit) -> tuple[Day, Day]:
    """Give since and until as the rule's `dates` option orders them."""
    order = hit.rule.options.get("dates", "until").split()
    slots = [name for name in ("date", "date_2") if name in hit.slots]
    if not slots:
        today = Day(scene.today) if hit.rule.options.get("dates") == "today" else Day(None)
        return today, today
    if order == ["on"]:
        return scene.span(hit, "date")
    if order in (["since", "until"], ["until"]) and len(slots) == 2:  # noqa: PLR2004 - "closed from 8 to 23 August"
        return scene.days(hit, "date", "date_2")
    if order in (["until"], ["back"]):
        return _end(scene.span(hit, "date"), back=order == ["back"])
    read = {name: scene.day(hit, slot) for name, slot in zip(order, slots, strict=False)}
    return read.get("since", Day(None)), read.get("until", read.get("on", Day(None)))


def _end(days: tuple[Day, Day], *, back: bool) -> tuple[Day, Day]:
    """Read *days* as an end: of one day that day, of a week its Sunday or, with *back*, its Monday; two days are a range."""
    first, last = days
    if first == last or (back and first.week):
        return Day(None), first
    week = first.week and first.day and last.day and (last.day - first.day).days < _WEEK
    return (Day(None), last) if week else days


def _merged(scene: Scene, about: str | None, read: list[tuple[Hit, Day, Day]]) -> Away | None:
    ends = [(hit, scene.bounded(until)) for hit, _, until in read if until.day or until.ambiguous]
    back = [(hit, until) for hit, until in ends if until.day and hit.rule.options.get("dates") == "back"]
    strong = [(hit, until) for hit, until in ends if until.day and hit.rule.options.get("dates") not in {"on", "today"}]
    weak = [(hit, until) for hit, until in ends if until.day]
    back = [(hit, _after(until, strong)) for hit, until in back]
    chosen = next(iter((*back, *strong, *weak)), None)
    end = next((until.day for _, until in strong), None)  # "on leave until the 14th" is not leave on the 14th
    begins = (begin.day for hit, begin, _ in read if begin.day and (begin.day != end or hit.rule.options.get("dates") != "on"))
    since = next(begins, None)
    past = [until.day for _, _, until in read if until.day and scene.today and until.day < scene.today]
    if chosen is None and past and len(past) == sum(1 for _, _, until in read if until.day) and not _automatic(scene):
        return None  # "I was away until Monday", written on Tuesday
    until = chosen[1].day if chosen else None
    if since and until and since > until:
        since = None
    if since and until and scene.today and (until - since).days > (until - scene.today).days + 200:
        since = None
    rule = chosen[0] if chosen else read[0][0]
    quote = rule.slots.get("date_2") or rule.slots.get("date") or rule.quote
    unclear = chosen[1].ambiguous if chosen else bool(ends)
    return Away(
        because=scene.because(rule, quote), about=about, since=since, until=until, confidence=rule.rule.confidence, ambiguous=unclear
    )


def _after(back: Day, strong: list[tuple[Hit, Day]]) -> Day:
    """Give the weekday of return behind the weekday until which somebody is away: "until Monday, back Tuesday", written on a Monday."""
    last = max((until.day for _, until in strong if until.day), default=None)
    if back.day and not back.week and last and timedelta() < last - back.day < timedelta(days=7):
        return replace(back, day=back.day + timedelta(days=7))
    return back


def _from_header(scene: Scene) -> Away | None:
    """Read the dates that iCloud's responder puts into X-Apple-Criteria."""
    criteria = scene.mail.header("x-apple-criteria") or ""
    if "vacation" not in (scene.mail.header("x-apple-action") or "").lower() + criteria.lower():
        return None
    given = {key: _day(year, month, day) for key, year, month, day in _APPLE.findall(criteria)}
    until = given.get("endDate")
    return Away(
        because=Because("header-x-apple-criteria", criteria[:200], "header"), since=given.get("startDate"), until=until, confidence=0.97
    )


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC).date()
    except ValueError:
        return None
