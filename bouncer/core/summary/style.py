"""The looks of the summary page: calm, legible, and within what mail programs keep of HTML."""

from collections.abc import Mapping

INK, SOFT, PAPER, CARD, RULE, TRACK = "#22302b", "#5b6863", "#f3f1ec", "#ffffff", "#e7e3da", "#efece5"
SERIF = "Georgia,serif"
SANS = "-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
MONO = "Menlo,Consolas,monospace"
BREAK = "overflow-wrap:anywhere;word-break:break-word"

TONES: Mapping[str, tuple[str, str]] = {  # section or bar -> colour on light and on dark
    "decisions": ("#a85f08", "#e5ab62"),
    "jobs": ("#1c6a55", "#74c9ab"),
    "addresses": ("#22638c", "#84bde0"),
    "lost": ("#a0394a", "#e8929e"),
    "waiting": ("#65488f", "#bda2e6"),
    "health": ("#a85f08", "#e5ab62"),
    "fresh": ("#1c6a55", "#74c9ab"),
    "good": ("#5f9f88", "#4b8a75"),
    "fading": ("#b9c3a0", "#5f6f52"),
    "quiet": ("#8b958f", "#8e9a95"),
    "plain": ("#5b6863", "#a3b0ab"),
}

# What a part looks like: the classes that the dark and the narrow page change, and the inline style that every mail program keeps.
PARTS: Mapping[str, tuple[str, str]] = {
    "body": ("paper", f"margin:0;padding:0;background-color:{PAPER}"),
    "unseen": ("", "display:none;max-height:0;overflow:hidden"),
    "paper": ("paper", f"background-color:{PAPER}"),
    "page": ("page", "padding:36px 16px 44px"),
    "column": ("", "max-width:640px;table-layout:fixed;text-align:left"),
    "head": ("pad", f"padding:0 28px 22px;font-family:{SANS};{BREAK}"),
    "brand": ("t-jobs", f"font-size:13px;letter-spacing:.08em;color:{TONES['jobs'][0]};font-weight:600"),
    "span": ("soft", f"color:{SOFT};font-weight:400;letter-spacing:0"),
    "title": ("ink", f"margin:10px 0 10px;font:400 32px/1.2 {SERIF};color:{INK}"),
    "lead": ("soft", f"margin:0;font:400 17px/1.55 {SERIF};color:{SOFT}"),
    "gap": ("", "padding:0 0 16px"),
    "card": ("card", f"table-layout:fixed;background-color:{CARD};border:1px solid {RULE};border-radius:10px;border-collapse:separate"),
    "inside": ("pad", f"padding:20px 28px 14px;font:400 15px/1.5 {SANS};{BREAK}"),
    "figures": ("", "padding:0 8px"),
    "even": ("", "table-layout:fixed"),
    "figure": ("", f"padding:16px 4px 14px;font-family:{SANS}"),
    "number": ("ink", f"font:400 28px/1.1 {SERIF};color:{INK}"),
    "label": ("soft", f"margin-top:4px;font-size:12px;line-height:1.3;color:{SOFT}"),
    "foot": ("pad soft", f"padding:10px 28px 0;font:400 13px/1.55 {SANS};color:{SOFT};{BREAK}"),
    "bar-label": ("ink", f"padding:5px 10px 5px 0;font:400 14px/1.35 {SANS};color:{INK}"),
    "bar-room": ("", "padding:5px 0"),
    "track": ("track", f"background-color:{TRACK};border-radius:5px"),
    "bar-count": ("soft", f"padding:5px 0 5px 10px;font:400 13px/1.35 {SANS};color:{SOFT};white-space:nowrap"),
    "empty": ("", "font-size:0;height:10px"),
    "chart-gap": ("", "padding:18px 0 0"),
    "under": ("soft", f"margin:0 0 8px;font-size:13px;color:{SOFT}"),
    "guess": ("guess", f"margin:14px 0 0;padding:12px 0 6px;border-top:1px solid {RULE};font-size:14px;color:{INK}"),
}

# What stands on the page again and again is styled once, in the sheet, for Gmail cuts a mail off at 102 KB.
OFTEN: Mapping[str, str] = {
    "note": f"margin:4px 0 0;font-size:14px;color:{SOFT}",
    "more": f"margin:14px 0 0;font-size:14px;color:{SOFT}",
    "space": "height:6px;line-height:6px;font-size:0",
    "first": "padding:13px 0 12px",
    "next": f"border-top:1px solid {RULE};padding:13px 0 12px",
    "who": f"font-weight:600;color:{INK}",
    "what": f"color:{INK}",
    "when": f"color:{SOFT}",
    "quote": f"margin:8px 0 0;padding:1px 0 1px 12px;border-left:3px solid {RULE};font:italic 400 15px/1.5 {SERIF};color:{INK}",
    "why": f"margin-top:6px;font-size:13px;color:{SOFT}",
    "hint": f"margin-top:6px;font-size:14px;color:{INK}",
    "command": "margin-top:7px",
    "answer": f"display:inline-block;width:34px;font-size:13px;color:{SOFT}",
    "back": f"margin-right:8px;font-size:13px;color:{SOFT}",
    "code": f"display:inline-block;padding:0 7px;border-radius:5px;background-color:#f1eee7;color:{INK};font:13px/1.7 {MONO}",
    "links": "margin-top:6px;font-size:14px",
    "month-room": "padding:0 2px 0 0",
    "month-track": f"background-color:{TRACK}",
    "p": "padding:0;font-size:0;line-height:0",
    "month": f"padding:4px 0 0;font-size:12px;color:{SOFT};white-space:nowrap",
    "legend": "margin-top:8px;font-size:13px;line-height:1.7",
    "entry": f"margin-right:14px;color:{INK};white-space:nowrap",
    "share": f"color:{SOFT}",
}


def tone(key: str) -> str:
    """Give the tone of a section or bar; `plain` where it has none of its own."""
    return key if key in TONES else "plain"


_TONED = "\n".join(f"a.t-{key} {{ color: {light} }}" for key, (light, _) in TONES.items())
_OFTEN = "\n".join(f".{name} {{ {style} }}" for name, style in OFTEN.items())
_DARK = "\n".join(
    f"  .t-{key} {{ color: {dark} !important }} .b-{key} {{ background-color: {dark} !important }}" for key, (_, dark) in TONES.items()
)
SHEET = f"""
:root {{ color-scheme: light dark; supported-color-schemes: light dark }}
body {{ -webkit-text-size-adjust: 100%; text-size-adjust: 100% }}
a {{ display: inline-block; text-decoration: underline; text-underline-offset: 2px; margin-right: 16px }}
{_OFTEN}
{_TONED}
@media (max-width: 480px) {{
  .pad {{ padding-left: 18px !important; padding-right: 18px !important }}
  .page {{ padding: 20px 10px 28px !important }}
  h1 {{ font-size: 26px !important }}
}}
@media (prefers-color-scheme: dark) {{
  .paper {{ background-color: #141918 !important }}
  .card {{ background-color: #1d2422 !important; border-color: #2b3431 !important }}
  .ink, .who, .what, .hint, .quote, .guess, .entry {{ color: #e8edea !important }}
  .soft, .note, .more, .when, .why, .answer, .back, .month, .share {{ color: #a3b0ab !important }}
  .next, .quote, .guess {{ border-color: #35403c !important }}
  .code {{ background-color: #28312e !important; color: #e8edea !important }}
  .track, .month-track {{ background-color: #28312e !important }}
{_DARK}
}}
"""
