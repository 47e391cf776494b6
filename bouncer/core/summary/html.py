"""Summary -> one HTML page fit for a mail: tables and inline styles, nothing loaded from anywhere, light and dark."""

from collections.abc import Sequence
from html import escape

from bouncer.core.plain import one_line
from bouncer.core.summary.diagram import bars, trend
from bouncer.core.summary.elements import TABLE, light, part, text
from bouncer.core.summary.style import SHEET, tone
from bouncer.model import Line, Section, Summary

_CENTRED = ' align="center"'
_ON_ONE_LINE = frozenset({"asked", "away", "coming", "waiting"})  # short things need no second line
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
)


def as_html(summary: Summary) -> str:
    """Give the whole page; every word in it is escaped, and a link is https or mailto or left out."""
    rows = "".join((_head(summary), _figures(summary.figures), *map(_section, summary.sections), _alive(summary), _foot(summary.footer)))
    column = part("table", "column", rows, TABLE)
    page = part("table", "paper", f"<tr>{part('td', 'page', column, _CENTRED)}</tr>", TABLE)
    body = part("body", "body", part("div", "unseen", text(summary.lead, 900)) + "\n" + page)
    return (
        f'<!doctype html>\n<html lang="en"><head>{_HEAD}<title>{text(summary.title)}</title><style>{SHEET}</style></head>\n{body}</html>\n'
    )


def _head(summary: Summary) -> str:
    span = part("span", "span", f" &nbsp;{text(summary.span)}")
    title, lead = part("h1", "title", text(summary.title)), part("p", "lead", text(summary.lead, 900))
    return f"<tr>{part('td', 'head', part('div', 'brand', f'bouncer{span}') + title + lead)}</tr>\n"


def _figures(figures: Sequence[tuple[int, str]]) -> str:
    """Give the numbers of the week side by side."""
    cells = "".join(
        part("td", "figure", part("div", "number", str(number)) + part("div", "label", text(label)), ' valign="top" align="center"')
        for number, label in figures
    )
    return _card(part("table", "even", f"<tr>{cells}</tr>", TABLE), inside="figures") if figures else ""


def _alive(summary: Summary) -> str:
    """Give how alive the network is: now, over the year, and what cannot be seen."""
    if not summary.bars:
        return ""
    year = part("div", "chart-gap", trend(summary.trend)) if summary.trend else ""
    guess = part("p", "guess", text(summary.estimate, 900)) if summary.estimate else ""
    return _card(f"{_title('How alive your network is', 'fresh', summary.bars_note)}{bars(summary.bars)}{year}{guess}", stripe="fresh")


def _section(section: Section) -> str:
    lines = "".join(_line(line, section.key, "next" if index else "first") for index, line in enumerate(section.lines))
    more = part("p", "more", _prose(section.more)) if section.more else ""
    return _card(f"{_title(section.title, section.key, section.note)}{lines}{more}", stripe=section.key)


def _title(title: str, key: str, note: str = "") -> str:
    under = part("p", "note", _prose(note)) if note else ""
    style = f"margin:0;font:400 20px/1.3 Georgia,serif;color:{light(key)}"
    return f'<h2 class="t-{tone(key)}" style="{style}">{text(title)}</h2>{under}{part("div", "space", "&nbsp;")}'


def _line(line: Line, key: str, place: str) -> str:
    short = key in _ON_ONE_LINE
    what = part("span", "when" if short else "what", text(line.what, 600)) if line.what else ""
    parts = [part("b", "who", f"<bdi>{text(line.who)}</bdi>"), (" &nbsp;" if short else "<br>") if what else "", what]
    if line.quote:
        parts.append(part("div", "quote", f"“<bdi>{text(line.quote, 400)}</bdi>”"))
    if line.why:
        parts.append(part("div", "why", text(line.why, 900)))
    parts += [part("div", "hint", _prose(hint)) for hint in line.hints]
    return part("div", place, "".join((*parts, _links(line.links, key), _commands(line.commands, key)))) + "\n"


def _commands(commands: Sequence[str], key: str) -> str:
    """Give what to type: a yes and a no for a decision, else what takes it back."""
    if key == "decisions":
        pairs = zip(("Yes", "No"), commands, strict=False)
        return "".join(part("div", "command", part("span", "answer", label) + _code(command)) for label, command in pairs)
    return part("div", "command", part("span", "back", "To take it back") + " ".join(map(_code, commands))) if commands else ""


def _links(links: Sequence[tuple[str, str]], key: str) -> str:
    """Give the pages to look at in one row and the letters to write in the next."""
    rows = (
        "".join(
            f'<a class="t-{tone(key)}" href="{escape(one_line(url, 2000))}"><bdi>{text(label)}</bdi></a> '
            for label, url in links
            if url.startswith(scheme)
        )
        for scheme in ("https://", "mailto:")
    )
    return "".join(part("div", "links", row) for row in rows if row)


def _foot(words: str) -> str:
    return f"<tr>{part('td', 'foot', _prose(words))}</tr>\n" if words else ""


def _card(inner: str, stripe: str = "", inside: str = "inside") -> str:
    """Give one sheet of paper, with a *stripe* of its section's colour."""
    style = f"height:3px;line-height:0;font-size:0;border-radius:10px 10px 0 0;background-color:{light(stripe)}"
    top = f'<div class="b-{tone(stripe)}" style="{style}">&nbsp;</div>' if stripe else ""
    sheet = part("table", "card", f"<tr><td>{top}{part('div', inside, inner)}</td></tr>", TABLE)
    return f"<tr>{part('td', 'gap', sheet)}</tr>\n"


def _prose(words: str) -> str:
    """Give a sentence of bouncer's own, in which `…` is something to type."""
    parts = one_line(words, 900).split("`")
    if len(parts) % 2 == 0:  # a stranger's back-tick
        return text(words, 900)
    return "".join(_code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def _code(words: str) -> str:
    return part("code", "code", text(words))
