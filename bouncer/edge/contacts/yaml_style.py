"""How values are written in YAML: in quotes wherever a reader of YAML 1.1 or 1.2 might take them for anything but their text."""

import re

from bouncer.edge.contacts.entries import DATES

NULLS = frozenset({"", "~", "null"})  # written plainly, these mean that there is no value; `Null` may be somebody's name

# Text that is text in every version and place of YAML: it begins with a letter and holds no indicator that could count.
_PLAIN = re.compile(r"[^\W\d_](?:[\w.@+&/()'-]|(?:,? |,)(?=[\w(&]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class YamlStyle:
    """Writes scalars and pairs; see `format.Style`."""

    comments = True
    comma = ", "
    unit = ""

    def scalar(self, text: str, key: str, flow: bool, like: str) -> str:
        """Write *text*: as *like* if that is a quotation mark, else plainly if nothing could mistake it, else in double quotes."""
        if like == "'" and text.isprintable():
            return "'" + text.replace("'", "''") + "'"
        if like != '"' and ((key in DATES and _DAY.fullmatch(text)) or _is_plain(text, flow)):
            return text
        if text.isprintable():
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return '"' + "".join(_escaped(char) for char in text) + '"'

    def pair(self, key: str, value: str) -> str:
        """Write a key, which is always a name of bouncer's own, with its value."""
        return f"{key}: {value}"


def _is_plain(text: str, flow: bool) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and text.isprintable()
        and text.casefold() not in _WORDS
        and not (flow and "," in text)
    )  # fmt: skip


def _escaped(char: str) -> str:
    if char.isprintable():
        return _ESCAPES.get(char, char)
    return _ESCAPES.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\U{ord(char):08x}")  # noqa: PLR2004 - one byte
