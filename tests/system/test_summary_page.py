"""The summary page as a browser shows it: Chromium renders, measures and is asked what it saw."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.servers import missing
from support.weeks import AT, CAT, EVE, PEOPLE, alive, busy, crowded, given, hostile, week

from bouncer.core.summary import as_html, summarise
from bouncer.model import OutboxState, Sent, SummaryInput

pytestmark = pytest.mark.servers

_QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
# Contrast as in WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1.
_MEASURE = """<script>
const parse = colour => { const n = (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number); return n.length < 4 ? [...n, 1] : n };
const part = x => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const behind = e => {
  for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c }
  return [255, 255, 255] };
const ratio = e => {
  const [low, high] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05) };
const size = e => parseFloat(getComputedStyle(e).fontSize);
const outside = e => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 0.5 || box.left < -0.5 };
const all = [...document.body.querySelectorAll("*")].filter(e => e.tagName !== "SCRIPT" && e.getClientRects().length);
const texts = all.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && size(e));
parent.document.documentElement.dataset["at" + innerWidth] = JSON.stringify({
  width: innerWidth, scroll: document.documentElement.scrollWidth, paper: getComputedStyle(document.body).backgroundColor,
  scripts: document.scripts.length, images: document.images.length, headings: document.querySelectorAll("h1").length,
  loaded: performance.getEntriesByType("resource").length, text: document.body.innerText,
  torn: all.filter(e => e.matches("a, .code") && e.getClientRects().length > 1).map(e => e.outerHTML.slice(0, 90)),
  over: all.filter(outside).map(e => e.outerHTML.slice(0, 90)),
  pale: texts.filter(e => ratio(e) < 4.5).map(e => e.outerHTML.slice(0, 90)),
  small: texts.filter(e => size(e) < 12).map(e => e.outerHTML.slice(0, 90)) });
</script>"""
# Two frames in one window, which by itself is never narrower than 500 pixels.
_WIDTHS = (360, 1200)
_FRAME = '<iframe width="{width}" height="900" style="border:0" srcdoc="{page}"></iframe>'
_WINDOW = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head><body>{frames}</body></html>'
)


@dataclass(frozen=True)
class Seen:
    """What the browser says of a page."""

    width: int
    scroll: int
    scripts: int
    images: int
    loaded: int
    paper: str
    over: list[str]
    torn: list[str]  # links and commands that are broken between two lines
    pale: list[str]
    small: list[str]
    headings: int
    text: str


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., tuple[Seen, ...]]:
    """Give a look at a week through Chromium, 360 and 1,200 pixels wide, light or dark."""
    chromium = shutil.which("chromium") or missing("Chromium is not installed")

    def at(made: SummaryInput, *, dark: bool = False) -> tuple[Seen, ...]:
        page = html.escape(as_html(summarise(made)).replace("</body>", f"{_MEASURE}</body>"))
        window = tmp_path / "page.html"
        window.write_text(_WINDOW.format(frames="".join(_FRAME.format(width=width, page=page) for width in _WIDTHS)))
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        own = [
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1300,2000",
            "--hide-scrollbars",
            "--disable-gpu",
            "--no-sandbox",
            scheme,
        ]
        command = [chromium, "--headless", *_QUIET, *own, "--dump-dom", window.as_uri()]
        dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
        return tuple(Seen(**json.loads(html.unescape(_attribute(dom, f"data-at{width}")))) for width in _WIDTHS)

    return at


def _attribute(dom: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', dom)
    assert found, dom[:500]
    return found[1]


def asked() -> SummaryInput:
    """Give a week of three things to tell, and a question after somebody whose names fill more than a line."""
    missing = replace(CAT, name="Chidiebere Oluwaseun-" * 4)
    people = tuple(missing if contact is CAT else contact for contact in PEOPLE)
    persons = {contact.email: f"{number:012x}" for number, contact in enumerate(people)}
    letter = Sent(9, "ask", persons[EVE.email], EVE.email, "<b.9@x.example>", OutboxState.SENT, AT, period=f"ask:{persons[missing.email]}")
    whole = busy().week
    few = replace(whole, events=whole.events[:2], questions=whole.questions[:1], sent=(), asked=(letter,))
    return replace(given(few, people), person_of=persons)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("make", [busy, hostile, crowded, alive, asked], ids=["busy", "hostile", "crowded", "alive", "asked"])
def test_nothing_overflows_and_everything_can_be_read(
    look: Callable[..., tuple[Seen, ...]], make: Callable[[], SummaryInput], dark: bool
) -> None:
    """On a telephone and on a desk, by day and by night: no sideways scrolling, enough contrast, no tiny print, nothing loaded."""
    for width, seen in zip(_WIDTHS, look(make(), dark=dark), strict=True):
        assert (seen.width, seen.scroll) == (width, width)
        assert (seen.over, seen.torn, seen.pale, seen.small) == ([], [], [], [])
        assert (seen.loaded, seen.images) == (0, 0)
        assert seen.paper == ("rgb(20, 25, 24)" if dark else "rgb(243, 241, 236)")


def test_hostile_names_show_as_text(look: Callable[..., tuple[Seen, ...]]) -> None:
    """The only script is the one that measures, and the only heading is the page's own."""
    for seen in look(hostile()):
        assert '<script>alert("x")</script><img src=https://evil.example/x.png>' in seen.text
        assert "</td></table><h1>Owned</h1>" in seen.text
        assert "ليلى حسن" in seen.text
        assert "山田太郎" in seen.text
        assert (seen.scripts, seen.images, seen.headings) == (1, 0, 1)


def test_a_quiet_week_is_a_quiet_page(look: Callable[..., tuple[Seen, ...]]) -> None:
    """Title, one sentence, one line about bouncer."""
    for seen in look(given(week())):
        assert len([line for line in seen.text.splitlines() if line.strip()]) == 4
        assert seen.over == []
