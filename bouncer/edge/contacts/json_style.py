"""How values are written in JSON: as the entry around them is."""

import json
import re

_COLON = re.compile(r'"[ \t]*:([ \t]*)[^ \t\r\n]')


class JsonStyle:
    """Writes scalars and pairs; see `format.Style`."""

    comments = False

    def __init__(self, piece: str) -> None:
        """Look at how *piece* is spaced and whether it escapes what is not ASCII."""
        found = _COLON.search(piece)
        self._colon = ":" + (found[1] if found else " ")
        self._ascii = piece.isascii() and "\\u" in piece

    def scalar(self, text: str, key: str, flow: bool, like: str) -> str:  # noqa: ARG002 - JSON writes text in one way
        """Write *text* in double quotes."""
        return json.dumps(text, ensure_ascii=self._ascii)

    def pair(self, key: str, value: str) -> str:
        """Write a key with its value."""
        return json.dumps(key) + self._colon + value
