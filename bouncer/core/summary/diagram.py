"""How alive the network is, drawn: bars and stacked columns of nothing but tables and colours, which every mail program shows."""

from collections.abc import Sequence

from bouncer.core.summary.elements import TABLE, light, part, text
from bouncer.core.summary.style import tone
from bouncer.core.summary.words import percent
from bouncer.model import Bar, Trend

_HEIGHT = 88  # pixels of a column
_LABELLED = 3  # every so many months one is named; more do not fit on a telephone
_FULL = 100


def bars(all_of_them: Sequence[Bar]) -> str:
    """Give the bars, one under the other."""
    return part("table", "even", "".join(map(_bar, all_of_them)), TABLE)


def trend(made: Trend) -> str:
    """Give a column for each month, what the series mean, and how each began and ended."""
    columns = "".join(_column(made, shares) for _, shares in made.months)
    last = len(made.months) - 1
    rest = last % _LABELLED
    first = part("td", "month", "", f' colspan="{rest}"') if rest else ""
    names = "".join(part("td", "month", text(made.months[n][0]), f' colspan="{_LABELLED}"') for n in range(rest, last, _LABELLED))
    labels = f"<tr>{first}{names}{part('td', 'month', text(made.months[last][0]))}</tr>"
    chart = part("table", "even", f"<tr>{columns}</tr>{labels}", TABLE)
    head = part("div", "under", f"The last {last} months")
    return head + chart + part("div", "legend", "".join(_series(made, number) for number in range(len(made.series))))


def _bar(bar: Bar) -> str:
    width = max(1, round(bar.share * _FULL)) if bar.count else 0
    style = f"font-size:0;height:10px;border-radius:5px;background-color:{light(bar.tone)}"
    full = f'<td class="b-{tone(bar.tone)}" width="{width}%" style="{style}"></td>' if width else ""
    rest = part("td", "empty", "") if width < _FULL else ""
    label = part("td", "bar-label", text(bar.label), ' width="42%"')
    room = part("td", "bar-room", part("table", "track", f"<tr>{full}{rest}</tr>", TABLE))
    count = part("td", "bar-count", f"{bar.count} · {percent(bar.share)}", ' width="76" align="right"')
    return f"<tr>{label}{room}{count}</tr>"


def _column(made: Trend, shares: Sequence[float]) -> str:
    """Give one month: from the ground up all series but the last, which hangs from above."""
    heights = [round(share * _HEIGHT) or (1 if share else 0) for share in shares]
    empty = max(0, _HEIGHT - sum(heights))
    pieces = [(made.series[-1][1], heights[-1]), ("", empty)]
    pieces += [(key, height) for (_, key), height in zip(reversed(made.series[:-1]), reversed(heights[:-1]), strict=True)]
    rows = "".join(_piece(key, height) for key, height in pieces if height)
    return part("td", "month-room", part("table", "month-track", rows, TABLE), ' valign="bottom"')


def _piece(key: str, height: int) -> str:
    if not key:
        return f'<tr><td class="p" height="{height}"></td></tr>'
    return f'<tr><td class="p b-{tone(key)}" height="{height}" bgcolor="{light(key)}"></td></tr>'


def _series(made: Trend, number: int) -> str:
    label, key = made.series[number]
    before, after = (percent(made.months[n][1][number]) for n in (0, -1))
    style = f"display:inline-block;width:9px;height:9px;border-radius:2px;background-color:{light(key)}"
    chip = f'<span class="b-{tone(key)}" style="{style}"></span>'
    return part("span", "entry", f"{chip} {text(label)} {part('span', 'share', f'{before} → {after}')}") + " "
