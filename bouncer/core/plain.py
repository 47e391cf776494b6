"""Words of others made harmless before they stand in a line of ours."""

import unicodedata

_INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str, most: int = 200) -> str:
    """Give *text* on one line: runs of white space are one space, control characters and those that turn the direction are gone.

    What is longer than *most* characters ends in an ellipsis. Joiners inside words stay, for scripts and emoji need them.
    """
    shown = "".join(" " if ch.isspace() else ch for ch in text[: most * 4] if ch.isspace() or not _unseen(ch))
    shown = " ".join(shown.split())
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def safe_in_header(text: str) -> bool:
    """Tell whether *text* may stand in a header: no control or direction character, no line end, nothing that reads as RFC 2047."""
    return "=?" not in text and not any(_unseen(ch) or ch in "\u2028\u2029\x85" for ch in text)


def _unseen(ch: str) -> bool:
    return ch in _INVISIBLE or unicodedata.category(ch) in {"Cc", "Cs", "Cn", "Co"}
