"""The bricks of the summary page: escaped text, and elements with the looks of `style`."""

from html import escape

from bouncer.core.plain import one_line
from bouncer.core.summary.style import OFTEN, PARTS, TONES, tone

TABLE = ' role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'


def text(words: str, most: int = 300) -> str:
    """Give *words* as text: one line, no control or direction characters, escaped."""
    return escape(one_line(words, most))


def part(tag: str, look: str, inner: str, attributes: str = "") -> str:
    """Give an element that looks like *look*; *inner* is HTML."""
    if look in OFTEN:
        return f'<{tag} class="{look}"{attributes}>{inner}</{tag}>'
    classes, style = PARTS[look]
    named = f' class="{classes}"' if classes else ""
    return f'<{tag}{named} style="{style}"{attributes}>{inner}</{tag}>'


def light(key: str) -> str:
    """Give the colour of a section, bar or series on light paper."""
    return TONES[tone(key)][0]
