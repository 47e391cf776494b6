"""The parts of a parsed message as text, whatever they say of their encoding and charset."""

import re
from collections.abc import Iterator
from email.message import Message

from bouncer.core.html import text_of
from bouncer.model import Part

_LONGEST_CHARACTER = 8  # bytes, a shift sequence before it included (ISO 2022)
_DEEPEST = 30  # levels of multipart that are walked
# The charset that holds all of what mail calls by the name before it, or a name that Python does not know.
_WIDER = {
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "cn-gb", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949", "x-windows-949"), "cp949"),
    **dict.fromkeys(("iso-8859-8", "iso-8859-8-i", "iso-8859-8-e", "logical"), "cp1255"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    "x-euc-jp": "euc-jp",
    "big5": "cp950",
    "iso-8859-9": "cp1254",
}
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_HEAD = 2048  # bytes in which a page declares its charset


def parts_of(tree: Message) -> tuple[Part, ...]:
    """Lay *tree* flat, in the order of the message."""
    return tuple(_flat(tree, depth=0, attached=False))


def _flat(message: Message, *, depth: int, attached: bool) -> Iterator[Part]:
    kind = kind_of(message)
    yield Part(kind, message, attached)
    inner = message.get_payload() if message.is_multipart() and depth < _DEEPEST else ()
    for child in inner:
        if isinstance(child, Message):
            yield from _flat(child, depth=depth + 1, attached=attached or kind.startswith("message/"))


def kind_of(message: Message) -> str:
    """Give the type of *message* (RFC 2045 section 5) in lower case; what names none is plain text."""
    for name, value in message.raw_items():
        if name.lower() == "content-type":
            kind = str(value).partition(";")[0].strip().lower()
            return kind if kind.count("/") == 1 else "text/plain"
    return message.get_default_type()


def text_of_part(part: Message) -> str:
    """Give the text of a leaf *part*, its transfer encoding undone, its lines ended by LF; never raises."""
    if part.is_multipart():
        return ""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, AssertionError, TypeError):  # base64 and uuencode that are neither
        found = None
    data = found if isinstance(found, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    if data.isascii() and b"\x1b" not in data:  # ISO-2022 hides in ASCII behind escapes
        return data.decode("ascii").replace("\r\n", "\n")
    charset = _charset(part)
    declared = None if charset or kind_of(part) != "text/html" else _DECLARED.search(data, 0, _HEAD)
    return in_charset(data, declared[1].decode("ascii") if declared else charset).replace("\r\n", "\n")


def in_charset(data: bytes, charset: str) -> str:
    """Decode *data*: as *charset* says where that works, else as UTF-8, else as Windows-1252; no surrogate is left.

    A character that is broken off at the very end, as the size gate does, is left out and speaks against no charset.
    """
    charset = charset.lower()
    for name in (_WIDER.get(charset, charset), charset, "utf-8", "cp1252"):
        if name:
            try:
                text = data.decode(name)
                text.encode("utf-8")
            except UnicodeDecodeError as broken:
                if _broken_off(data, broken):
                    return in_charset(data[: broken.start], name)
                if name.startswith("iso-2022-"):  # which is ASCII to all others: only letters beyond the standard are lost
                    return data.decode(name, "replace")
                continue
            except (LookupError, UnicodeError, ValueError):
                continue
            return text
    return data.decode("latin-1")


def misnamed(part: Message) -> bool:
    """Tell whether *part* is in a charset that Python knows under another name or too narrowly, or a page that alone names its charset."""
    if part.is_multipart():
        return False
    charset = _charset(part).lower()
    return (charset in _WIDER and _WIDER[charset] != "cp1252") or (not charset and kind_of(part) == "text/html")


def _broken_off(data: bytes, broken: UnicodeDecodeError) -> bool:
    """Tell whether all was well but for the last character; one odd byte behind plain ASCII is no UTF-8, though."""
    if len(data) - broken.start >= _LONGEST_CHARACTER:
        return False
    return broken.reason.startswith("incomplete") or (broken.reason.startswith("unexpected end") and not data[: broken.start].isascii())


def _charset(part: Message) -> str:
    try:
        named = part.get_content_charset("")
    except (ValueError, LookupError, TypeError, AttributeError, UnicodeError):
        return ""
    return str(named).strip("'\"")


def bodies(tree: Message) -> tuple[str, str]:
    """Give the text a reader of *tree* sees and its first HTML part; attached files and attached messages are not part of it."""
    html: list[str] = []
    return _visible(tree, html, 0).strip("\n"), html[0] if html else ""


def _visible(part: Message, html: list[str], depth: int) -> str:
    kind = kind_of(part)
    if part.is_multipart():
        if depth > _DEEPEST or kind.startswith("message/"):
            return ""
        texts: list[str] = []
        for child in part.get_payload():
            if isinstance(child, Message):
                said = texts and kind == "multipart/alternative"  # the others say the same
                text = _visible(child, html, depth + 1) if not said else _only_html(child, html)
                texts += [text] if text.strip() else []
        return "\n".join(texts)
    if depth and part.get_content_disposition() == "attachment":
        return ""
    if kind == "text/html":
        html.append(text_of_part(part))
        return text_of(html[-1])
    return text_of_part(part) if kind == "text/plain" or kind.startswith("multipart/") else ""  # a multipart that never began


def _only_html(part: Message, html: list[str]) -> str:
    if kind_of(part) == "text/html":
        html.append(text_of_part(part))
    return ""
