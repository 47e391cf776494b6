"""Summary -> text, at most 72 columns wide, for every mail program and terminal there is."""

import math
import unicodedata
from collections.abc import Iterator

from bouncer.core.plain import one_line
from bouncer.core.summary.words import percent
from bouncer.model import Line, Section, Summary, Trend

WIDTH = 72
_BLOCKS = " ▁▂▃▄▅▆▇█"


def as_text(summary: Summary) -> str:
    """Give the summary as plain text; only a link may be longer than WIDTH columns, and a quiet week is three lines."""
    if not summary.sections:
        return "".join(f"{_flow(part)}\n" for part in (f"{summary.title}, {summary.span}", summary.lead, summary.footer) if part)
    parts = [_flow(summary.title), _flow(summary.span), "", _flow(summary.lead)]
    for section in summary.sections:
        parts += ["", *_section(section)]
    if summary.bars:
        parts += ["", "HOW ALIVE YOUR NETWORK IS", "-" * 25, *([_flow(summary.bars_note)] if summary.bars_note else [])]
        parts += ["", *(_bar(bar.label, bar.count, bar.share) for bar in summary.bars)]
        parts += ["", *_trend(summary.trend)] if summary.trend else []
        parts += ["", _flow(summary.estimate)] if summary.estimate else []
    if summary.footer:
        parts += ["", "-" * WIDTH, _flow(summary.footer)]
    return "\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    title = one_line(section.title).upper()
    yield title
    yield "-" * min(WIDTH, _columns(title))
    if section.note:
        yield _flow(section.note)
    for line in section.lines:
        yield ""
        yield from _line(line, section.key)
    if section.more:
        yield ""
        yield _flow(section.more)


def _line(line: Line, key: str) -> Iterator[str]:
    yield _flow(f"{one_line(line.who)}: {one_line(line.what, 600)}" if line.what else one_line(line.who), "* ", "  ")
    if line.quote:
        yield _flow(f'"{one_line(line.quote, 400)}"', "    > ", "    > ")
    if line.why:
        yield _flow(one_line(line.why, 900), "    ", "    ")
    for hint in line.hints:
        yield _flow(one_line(hint, 600), "    ", "    ")
    for label, url in line.links:
        if url.startswith("https://") or key == "decisions":
            yield f"    {one_line(label, 40)}: {one_line(url, 900)}"
    if key == "decisions":
        for label, command in zip(("Yes: ", "No:  "), line.commands, strict=False):
            yield f"    {label}{one_line(command, 60)}"
    elif line.commands:
        yield _flow(f"To take it back: {', '.join(map(one_line, line.commands))}", "    ", "    ")


def _bar(label: str, count: int, share: float) -> str:
    cells = round(share * 24)
    return f"{one_line(label, 30):<31}{'█' * cells:<25}{count:>7} {percent(share):>5}"


def _trend(trend: Trend) -> Iterator[str]:
    """Give a line of blocks for each series, all to one scale, with the first and the last share."""
    first, last = trend.months[0], trend.months[-1]
    most = max(share for _, shares in trend.months for share in shares) or 1.0
    yield f"From {one_line(first[0], 12)} to {one_line(last[0], 12)}, month by month:"
    for number, (label, _) in enumerate(trend.series):
        line = "".join(_BLOCKS[math.ceil(shares[number] / most * (len(_BLOCKS) - 1))] for _, shares in trend.months)
        yield f"{one_line(label, 30):<31}{line:<25}{percent(first[1][number]):>4} to {percent(last[1][number])}"


def _flow(text: str, first: str = "", rest: str = "") -> str:
    """Wrap *text* to WIDTH columns; East Asian characters are two wide, and a word longer than a line is broken."""
    lines, line, room = [], first, WIDTH - _columns(first)
    for word in one_line(text, 2000).split(" "):
        for piece in _pieces(word, WIDTH - _columns(rest)):
            gap = 0 if line in (first, rest) else 1
            if _columns(piece) + gap > room:
                lines.append(line)
                line, room, gap = rest, WIDTH - _columns(rest), 0
            line += " " * gap + piece
            room -= gap + _columns(piece)
    return "\n".join((*lines, line)).rstrip()


def _pieces(word: str, width: int) -> Iterator[str]:
    while _columns(word) > width:
        end = width
        while _columns(word[:end]) > width:
            end -= 1
        yield word[:end]
        word = word[end:]
    yield word


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)
