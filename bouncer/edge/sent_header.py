"""The few header fields that are read of a message in the Sent folder."""

from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from bouncer.model import Address, SentHeader


def sent_header(data: bytes, received: datetime | None) -> SentHeader:
    """Give what the header fields in *data* say; where Date cannot be read, *received*, the server's date, stands in."""
    fields = BytesHeaderParser().parsebytes(data)
    ids = str(fields.get("Message-ID") or "").split()
    written = getaddresses([str(to) for to in fields.get_all("To", [])])
    return SentHeader(
        message_id=ids[0] if ids else None,
        in_reply_to=tuple(word for word in str(fields.get("In-Reply-To") or "").split() if word.startswith("<")),
        to=tuple(Address(_decoded(name), address) for name, address in written if "@" in address),
        date=_date(str(fields.get("Date") or "")) or received,
    )


def _decoded(name: str) -> str:
    """Give a display name as people read it (RFC 2047), on one line."""
    try:
        return " ".join(str(make_header(decode_header(name))).split())
    except (HeaderParseError, UnicodeError, LookupError, ValueError):
        return name


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
