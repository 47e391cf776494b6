"""Summary -> one HTML page fit for a mail: tables and inline styles, nothing loaded from anywhere, light and dark."""

from collections.abc import Sequence
from html import escape

from bouncer.core.plain import one_line
from bouncer.core.summary.style import OFTEN, PARTS, SHEET, TONES, tone
from bouncer.core.summary.words import percent
from bouncer.model import Bar, Line, Section, Summary

_TABLE = ' role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
_CENTRED = ' align="center"'
_ON_ONE_LINE = frozenset({"away", "coming", "waiting"})  # short things need no second line
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
)


def as_html(summary: Summary) -> str:
    """Give the whole page; every word in it is escaped, and a link is https or mailto or left out."""
    rows = "".join((_head(summary), _figures(summary.figures), *map(_section, summary.sections), _bars(summary), _foot(summary.footer)))
    column = _part("table", "column", rows, _TABLE)
    page = _part("table", "paper", f"<tr>{_part('td', 'page', column, _CENTRED)}</tr>", _TABLE)
    body = _part("body", "body", _part("div", "unseen", _text(summary.lead, 900)) + "\n" + page)
    return (
        f'<!doctype html>\n<html lang="en"><head>{_HEAD}<title>{_text(summary.title)}</title><style>{SHEET}</style></head>\n{body}</html>\n'
    )


def _head(summary: Summary) -> str:
    span = _part("span", "span", f" &nbsp;{_text(summary.span)}")
    title, lead = _part("h1", "title", _text(summary.title)), _part("p", "lead", _text(summary.lead, 900))
    return f"<tr>{_part('td', 'head', _part('div', 'brand', f'bouncer{span}') + title + lead)}</tr>\n"


def _figures(figures: Sequence[tuple[int, str]]) -> str:
    """Give the numbers of the week side by side."""
    cells = "".join(
        _part("td", "figure", _part("div", "number", str(number)) + _part("div", "label", _text(label)), ' valign="top" align="center"')
        for number, label in figures
    )
    return _card(_part("table", "even", f"<tr>{cells}</tr>", _TABLE), inside="figures") if figures else ""


def _bars(summary: Summary) -> str:
    """Give how alive the network is, one bar under the other."""
    if not summary.bars:
        return ""
    note = _part("p", "note", _text(summary.bars_note, 900)) if summary.bars_note else ""
    rows = "".join(map(_bar, summary.bars))
    return _card(f"{_title('How alive your network is', 'good')}{_part('table', 'even', rows, _TABLE)}{note}", stripe="good")


def _bar(bar: Bar) -> str:
    width = max(1, round(bar.share * 100)) if bar.count else 0
    style = f"font-size:0;height:10px;border-radius:5px;background-color:{_light(bar.tone)}"
    full = f'<td class="b-{tone(bar.tone)}" width="{width}%" style="{style}"></td>' if width else ""
    rest = _part("td", "empty", "") if width < 100 else ""  # noqa: PLR2004 - per cent
    label = _part("td", "bar-label", _text(bar.label), ' width="42%"')
    room = _part("td", "bar-room", _part("table", "track", f"<tr>{full}{rest}</tr>", _TABLE))
    count = _part("td", "bar-count", f"{bar.count} · {percent(bar.share)}", ' width="76" align="right"')
    return f"<tr>{label}{room}{count}</tr>"


def _section(section: Section) -> str:
    lines = "".join(_line(line, section.key, "next" if index else "first") for index, line in enumerate(section.lines))
    more = _part("p", "more", _prose(section.more)) if section.more else ""
    return _card(f"{_title(section.title, section.key, section.note)}{lines}{more}", stripe=section.key)


def _title(title: str, key: str, note: str = "") -> str:
    under = _part("p", "note", _prose(note)) if note else ""
    style = f"margin:0;font:400 20px/1.3 Georgia,serif;color:{_light(key)}"
    return f'<h2 class="t-{tone(key)}" style="{style}">{_text(title)}</h2>{under}{_part("div", "space", "&nbsp;")}'


def _line(line: Line, key: str, place: str) -> str:
    short = key in _ON_ONE_LINE
    what = _part("span", "when" if short else "what", _text(line.what, 600)) if line.what else ""
    parts = [_part("b", "who", f"<bdi>{_text(line.who)}</bdi>"), (" &nbsp;" if short else "<br>") if what else "", what]
    if line.quote:
        parts.append(_part("div", "quote", f"“<bdi>{_text(line.quote, 400)}</bdi>”"))
    if line.why:
        parts.append(_part("div", "why", _text(line.why, 900)))
    parts += [_part("div", "hint", _prose(hint)) for hint in line.hints]
    return _part("div", place, "".join((*parts, _links(line.links, key), _commands(line.commands, key)))) + "\n"


def _commands(commands: Sequence[str], key: str) -> str:
    """Give what to type: a yes and a no for a decision, else what takes it back."""
    if key == "decisions":
        pairs = zip(("Yes", "No"), commands, strict=False)
        return "".join(_part("div", "command", _part("span", "answer", label) + _code(command)) for label, command in pairs)
    return _part("div", "command", _part("span", "back", "To take it back") + " ".join(map(_code, commands))) if commands else ""


def _links(links: Sequence[tuple[str, str]], key: str) -> str:
    """Give the pages to look at in one row and the letters to write in the next."""
    rows = (
        "".join(
            f'<a class="t-{tone(key)}" href="{escape(one_line(url, 2000))}"><bdi>{_text(label)}</bdi></a> '
            for label, url in links
            if url.startswith(scheme)
        )
        for scheme in ("https://", "mailto:")
    )
    return "".join(_part("div", "links", row) for row in rows if row)


def _foot(text: str) -> str:
    return f"<tr>{_part('td', 'foot', _prose(text))}</tr>\n" if text else ""


def _card(inner: str, stripe: str = "", inside: str = "inside") -> str:
    """Give one sheet of paper, with a *stripe* of its section's colour."""
    style = f"height:3px;line-height:0;font-size:0;border-radius:10px 10px 0 0;background-color:{_light(stripe)}"
    top = f'<div class="b-{tone(stripe)}" style="{style}">&nbsp;</div>' if stripe else ""
    sheet = _part("table", "card", f"<tr><td>{top}{_part('div', inside, inner)}</td></tr>", _TABLE)
    return f"<tr>{_part('td', 'gap', sheet)}</tr>\n"


def _prose(text: str) -> str:
    """Give a sentence of bouncer's own, in which `…` is something to type."""
    parts = one_line(text, 900).split("`")
    if len(parts) % 2 == 0:  # a stranger's back-tick
        return _text(text, 900)
    return "".join(_code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    return _part("code", "code", _text(text))


def _light(key: str) -> str:
    return TONES[tone(key)][0]


def _text(text: str, most: int = 300) -> str:
    """Give *text* as text: one line, no control or direction characters, escaped."""
    return escape(one_line(text, most))


def _part(tag: str, look: str, inner: str, attributes: str = "") -> str:
    """Give an element that looks like *look*; *inner* is HTML."""
    if look in OFTEN:
        return f'<{tag} class="{look}"{attributes}>{inner}</{tag}>'
    classes, style = PARTS[look]
    named = f' class="{classes}"' if classes else ""
    return f'<{tag}{named} style="{style}"{attributes}>{inner}</{tag}>'
