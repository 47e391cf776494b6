"""Where one of our messages can be named in what comes back: the plus-address, the threading fields, the report, the returned copy.

Providers rewrite one id or another, so all of them are looked at (RFC 5322 section 3.6.4, RFC 3461 section 4.4, RFC 3464 section 2.2.1).
"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from email.message import Message

from bouncer.core.fields import message_ids
from bouncer.core.parts import text_of_part
from bouncer.model import Handle, HandleKind, ParsedMail

# `b.` and 40 characters, in whatever case a gateway left them; a copy in a text may break the token at any place, with the `=` of
# quoted-printable at the end of the line and the `>` of a quotation at the start of the next.
_TOKEN = re.compile(r"(?<![a-z0-9])b\.((?:[a-z2-7](?:=?\n[>\s]{0,20})?){39}[a-z2-7])(?![a-z2-7])", re.IGNORECASE)
_BREAK = re.compile(r"=?\n[>\s]*")
_LINE_END = re.compile(r"\r\n?")
_ID_FIELD = re.compile(
    r"^[> \t]*(?:message-id|references|in-reply-to|(?:x-(?:microsoft-|google-)?)?original-message-id)"
    r":((?:[^\n]*(?:\n[> ]*[ \t][^\n]*){0,30}))",
    re.IGNORECASE | re.MULTILINE,
)
_BASE64 = re.compile(r"\s*(?:[A-Za-z0-9+/]{40,}\s+){2,}[A-Za-z0-9+/=\s]*")
_ADDRESSED = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-apparently-to", "resent-to")
_RETURNED = ("message-id", "references", "in-reply-to", "x-microsoft-original-message-id", "x-google-original-message-id", "origmessageid")
_STRENGTH: tuple[HandleKind, ...] = ("plus-address", "reference", "parent-id", "original-id", "envid", "returned", "body")
_LONGEST = 1000  # characters of one; RFC 5322 section 2.1.1
_MOST = 200  # handles of one message; a chain of references is rarely a tenth of that
_MOST_TEXT = 200_000  # characters of one part that are searched
_MOST_PARTS = 60


def handles(mail: ParsedMail) -> tuple[Handle, ...]:
    """Give every string in *mail* that may name a message of ours, each once, in the order of `_STRENGTH` (a plus-address proves most)."""
    found = dict.fromkeys(handle for handle in _found(mail) if len(handle.value) < _LONGEST)
    order = {kind: place for place, kind in enumerate(_STRENGTH)}
    seen: dict[str, Handle] = {}
    for handle in sorted(found, key=lambda one: order[one.kind]):
        seen.setdefault(handle.value, handle)
    return tuple(seen.values())[:_MOST]


def tokens(found: Iterable[Handle]) -> tuple[str, ...]:
    """Give the tokens in *found*, 40 lower-case characters each, without doubles."""
    return tuple(dict.fromkeys(token for handle in found for token in _tokens(handle.value)))


def references(found: Iterable[Handle]) -> tuple[str, ...]:
    """Give the Message-IDs in *found*, with brackets, without doubles."""
    return tuple(dict.fromkeys(handle.value for handle in found if handle.value.startswith("<")))


def _found(mail: ParsedMail) -> Iterator[Handle]:
    yield from _of_fields(mail)
    for number, part in enumerate(mail.parts[:_MOST_PARTS]):
        if number:
            yield from _of_part(part.message)
        if part.kind.startswith(("text/", "message/", "multipart/")):
            yield from _of_text(text_of_part(part.message))
    if mail.html or not mail.tree.is_multipart():
        yield from (Handle("body", f"b.{token}") for token in _tokens(mail.text[:_MOST_TEXT]))


def _of_fields(mail: ParsedMail) -> Iterator[Handle]:
    """Read the fields of the answer itself."""
    for name, value in mail.headers:
        if name in _ADDRESSED:
            yield from (Handle("plus-address", f"b.{token}") for token in _tokens(value))
        elif name in {"references", "in-reply-to"}:
            yield from _ids("reference", value)
        elif name == "x-ms-exchange-parent-message-id":
            yield from _ids("parent-id", value)
        elif name in {"x-original-message-id", "original-message-id", "x-microsoft-original-message-id"}:
            yield from _ids("original-id", value)
        elif name in {"original-envelope-id", "x-envelope-id"}:
            yield from (Handle("envid", f"b.{token}") for token in _tokens(value))


def _of_part(part: Message) -> Iterator[Handle]:
    """Read the fields of a report's block (RFC 3464) or of a returned message."""
    for name, value in part.raw_items():
        lower = name.lower()
        if lower in _RETURNED:
            yield from _ids("returned", str(value))
        elif lower in {"x-original-message-id", "original-message-id"}:
            yield from _ids("original-id", str(value))
        elif lower == "original-envelope-id":
            yield from (Handle("envid", f"b.{token}") for token in _tokens(str(value).replace("+2E", ".")))
        elif lower in {"to", "original-recipient", "final-recipient", "return-path", "from", "x-postfix-sender", "reply-to"}:
            yield from (Handle("returned", f"b.{token}") for token in _tokens(str(value)))


def _of_text(text: str) -> Iterator[Handle]:
    text = _LINE_END.sub("\n", text[:_MOST_TEXT])
    if _BASE64.match(text):  # an attached message or report in base64, which the standard parser leaves as it is
        try:
            text = a2b_base64(text, strict_mode=False).decode("utf-8", "replace").replace("\r\n", "\n")
        except (NotBase64, ValueError):
            return
    for field in _ID_FIELD.finditer(text):
        yield from _ids("returned", re.sub(r"=?\n[> \t]*", "", field[1]) if "<" in field[1] else "")
    yield from (Handle("body", f"b.{token}") for token in _tokens(text))


def _ids(kind: HandleKind, value: str) -> Iterator[Handle]:
    return (Handle(kind, found) for found in message_ids(re.sub(r"[\r\n]+[ \t]*", " ", value)))


def _tokens(text: str) -> Iterator[str]:
    if "b." in text or "B." in text:
        yield from (_BREAK.sub("", found[1]).lower() for found in _TOKEN.finditer(text))
