"""Bytes to a parsed message: the standard library's tree (compat32), and mail-parser on that tree where it is the better reader.

`policy.default` is never used on what arrives: one crafted Content-Type costs it twenty seconds.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.feedparser import FeedParser
from email.message import Message

import mailparser
import mailparser.core

from bouncer.core.fields import addresses_in, date_in, decoded, message_ids
from bouncer.core.html import text_of
from bouncer.core.parts import bodies, misnamed, parts_of
from bouncer.core.senders import is_mail_system
from bouncer.model import Address, ParsedMail, Part, RawMail

mailparser.core.log.disabled = True  # it warns of every part that is no text, on standard error where nobody has set logging up

_MOST_PARTS = 1500  # boundary-like lines that are parsed; what follows the last of them is left out
_LONG_PARAMETERS = 2000  # bytes of one Content-Type or Content-Disposition; what lies beyond goes
_LONG_FIELD = 10_000  # bytes of one field; decoding it is not linear
_LONG_HEAD = 30_000  # bytes of a head that is looked at closer
_FIELD = re.compile(rb"^[^\s:]+:[^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE)
_STRUCTURED = re.compile(rb"^(content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_FROM_LINE = re.compile(rb"\A(?:\s*\n)?>?From [^\n]*\n")
_REPORT_SUBJECT = re.compile(r"deliver|returned mail|failure notice|undeliver|non remis|unzustellbar|mail failed", re.IGNORECASE)


def parse(raw: RawMail) -> ParsedMail:
    """Give the parsed form of *raw*, whatever its bytes are; never raises, and says in `defects` what was odd."""
    data, defects = _within_bounds(_FROM_LINE.sub(b"", raw.data, count=1))
    try:
        tree = _tree(data)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as fault:
        defects.append(f"unparsable:{type(fault).__name__}")
        head, _, rest = data.replace(b"\r\n", b"\n").partition(b"\n\n")
        tree = _tree(_STRUCTURED.sub(b"X-Unparsable: yes", head) + b"\n\n" + rest)
    return _parsed(raw, tree, defects)


def _tree(data: bytes) -> Message:
    """Parse as `email.message_from_bytes` does, in one piece."""
    parser: FeedParser[Message] = FeedParser()
    parser.feed(data.decode("ascii", "surrogateescape"))
    return parser.close()


def _parsed(raw: RawMail, tree: Message, defects: list[str]) -> ParsedMail:
    items = [(name.lower(), str(value)) for name, value in tree.raw_items()]
    headers = tuple((name, decoded(value)) for name, value in items)
    values, first = dict(reversed(items)), dict(reversed(headers))
    parts = parts_of(tree)
    read = None
    if not _is_report(values, first, parts):
        try:
            read = _by_mail_parser(tree, parts)
        except Exception as fault:  # noqa: BLE001 - mail-parser fails in ways it does not name (AttributeError, TypeError, ...)
            defects.append(f"mail-parser:{type(fault).__name__}")
    read = read or _by_tree(tree, items, values)
    froms = [value for name, value in items if name == "from"]
    return ParsedMail(
        raw=raw,
        tree=tree,
        headers=headers,
        message_id=next(iter(message_ids(first.get("message-id", ""))), None),
        date=read.date or date_in(values.get("date", "")),
        subject=first.get("subject", ""),
        # RFC 5322 section 3.6 allows one From field; of several all are kept, so that none of them can speak for the message
        from_=read.from_ if len(froms) < 2 else tuple(found for value in froms for found in addresses_in(value)),  # noqa: PLR2004
        reply_to=read.reply_to,
        to=read.to,
        text=read.text,
        html=read.html,
        defects=(*defects, *dict.fromkeys(type(defect).__name__ for part in parts for defect in part.message.defects)),
        parts=parts,
    )


def _within_bounds(data: bytes) -> tuple[bytes, list[str]]:
    """Cut what makes the standard parser slow: endless parameter lists (quadratic) and endless parts."""
    defects: list[str] = []
    head = max(data.find(b"\n\n", 0, _LONG_HEAD), data.find(b"\r\n\r\n", 0, _LONG_HEAD))
    if head < 0 or data.count(b";") > _LONG_PARAMETERS // 4:
        end = next((place for place in (data.find(b"\n\n"), data.find(b"\r\n\r\n")) if place >= 0), len(data))
        shorter = _FIELD.sub(lambda found: found[0][:_LONG_FIELD], data[:end]) + data[end:]
        shorter = _STRUCTURED.sub(lambda found: found[1][:_LONG_PARAMETERS], shorter)
        if len(shorter) != len(data):
            defects.append("long-fields")
            data = shorter
    if data.count(b"\n--") > _MOST_PARTS:
        end = 0
        for _ in range(_MOST_PARTS):
            end = data.find(b"\n--", end + 1)
        data = data[:end]
        defects.append("too-many-parts")
    return data, defects


def _is_report(values: dict[str, str], first: dict[str, str], parts: tuple[Part, ...]) -> bool:
    """Tell whether a mail system seems to have written this, or the message carries another one: then the tree is the better reader."""
    if parts[0].kind == "multipart/report" or "x-failed-recipients" in values:
        return True
    if is_mail_system(values.get("from", "")) or _REPORT_SUBJECT.search(first.get("subject", "")):
        return True
    return any(part.kind.startswith("message/") or part.kind == "text/rfc822-headers" for part in parts)


@dataclass(frozen=True, slots=True)
class _Read:
    """What one of the two readers makes of a message."""

    date: datetime | None
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    text: str
    html: str


def _by_tree(tree: Message, items: list[tuple[str, str]], values: dict[str, str]) -> _Read:
    text, html = bodies(tree)
    return _Read(
        date=None,
        from_=addresses_in(values.get("from", "")),
        reply_to=addresses_in(values.get("reply-to", "")),
        to=tuple(found for name, value in items if name == "to" for found in addresses_in(value)),
        text=text,
        html=html,
    )


def _by_mail_parser(tree: Message, parts: tuple[Part, ...]) -> _Read:
    """Read people's own mail with mail-parser; the text comes from the tree where HTML and plain parts follow each other."""
    mail = mailparser.MailParser(tree)
    html = next((part for part in mail.text_html if part.strip()), "")
    plain = "\n".join(mail.text_plain)
    shifted = "\x1b" in plain or "\x1b" in html  # ISO-2022 in seven bits, which mail-parser leaves as it is
    shifted = shifted or any(misnamed(part.message) for part in parts)
    if shifted or (html and parts[0].kind not in {"multipart/alternative", "text/html"}) or (mail.text_plain and not plain.strip()):
        text, html = bodies(tree)
    else:
        text = plain if plain.strip() else text_of(html)
    return _Read(
        date=_local(mail.date, mail.timezone),
        from_=_pairs(mail.from_),
        reply_to=_pairs(mail.reply_to),
        to=_pairs(mail.to),
        text=text.replace("\r\n", "\n"),
        html=html,
    )


def _pairs(found: list[tuple[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(" ".join(name.split()), address.strip()) for name, address in found if "@" in address)


def _local(date: datetime | None, hours: object) -> datetime | None:
    """Put mail-parser's UTC moment back into the zone of the sender, in which weekdays are meant."""
    if date is None:
        return None
    try:
        zone = timezone(timedelta(hours=float(str(hours))))
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return date.replace(tzinfo=date.tzinfo or UTC)
