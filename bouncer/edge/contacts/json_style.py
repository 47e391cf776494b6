"""How values are written in JSON: as the entry around them is."""

import json
import re

_COLON = re.compile(r'"[ \t]*:([ \t]*)[^ \t\r\n]')
_FIRST = re.compile(r"\{[ \t\r]*\n([ \t]*)")  # the blanks before the first key
_LAST = re.compile(r"\n([ \t]*)\}$")  # and before the closing brace
_ON_ONE_LINE = re.compile(r":[ \t]*\[[ \t]*[^ \t\r\n\]]")


class JsonStyle:
    """Writes scalars and pairs; see `format.Style`."""

    comments = False

    def __init__(self, piece: str) -> None:
        """Look at how *piece* is spaced and indented, and whether it escapes what is not ASCII."""
        colon, first, last = _COLON.search(piece), _FIRST.match(piece), _LAST.search(piece)
        self._colon = ":" + (colon[1] if colon else " ")
        self._ascii = piece.isascii() and "\\u" in piece
        self.comma = ", " if self._colon != ":" else ","
        self.unit = first[1].removeprefix(last[1]) if first and last and not _ON_ONE_LINE.search(piece) else ""

    def scalar(self, text: str, key: str, flow: bool, like: str) -> str:  # noqa: ARG002 - JSON writes text in one way
        """Write *text* in double quotes."""
        return json.dumps(text, ensure_ascii=self._ascii)

    def pair(self, key: str, value: str) -> str:
        """Write a key with its value."""
        return json.dumps(key) + self._colon + value
