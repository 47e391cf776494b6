"""The header of a message of ours, field by field, and the proof that it is read as it was meant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import getaddresses

from bouncer.core.plain import one_line, safe_in_header
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Address

LOCAL, ADDRESS = 64, 254  # RFC 5321 section 4.5.3.1
_NAME = 120  # a longer name is no name
_FOLDED = 76  # RFC 2047 section 2
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 section 3.2.3
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def mailbox(name: str, address: str, where: Problem) -> Address:
    """Give name and address fit for a header; the domain is put into ASCII by IDNA (RFC 5890).

    Raises OwnerFault, with the place of *where*, for a name that would not be read as it is, and for what is no plain address (RFC 5321).
    """
    if not safe_in_header(name) or len(name) > _NAME:
        raise OwnerFault((replace(where, message=f"the name {one_line(name, 60)!r} cannot stand in a header"),))
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not (_LOCAL_PART.fullmatch(local) and len(local) <= LOCAL and _DOMAIN.fullmatch(ascii_domain) and len(address) <= ADDRESS):
        raise OwnerFault((replace(where, message=f"{one_line(address, 80)!r} is no address that mail can be sent to"),))
    return Address(" ".join(name.split()), f"{local}@{ascii_domain}")


def assemble(fields: Sequence[tuple[str, str | Address]], content: EmailMessage) -> bytes:
    """Give the message with *fields* in front of the MIME fields of *content*; the bytes have been read again and compared.

    CPython folds an id into an encoded word and loses a space between two of them, so the fields are written here. Raises OwnerFault where
    the bytes would be read otherwise than meant: 3.11.7 made a Bcc field of a line end hidden in an encoded word, and the next such thing
    ends here as well.
    """
    data = "".join(f"{name}: {_value(name, value)}\r\n" for name, value in fields).encode("ascii") + content.as_bytes()
    if not _read_as_meant(data, fields, content):
        raise OwnerFault((Problem("letter", 0, "", "the message would not be read as it was meant, so it is not sent"),))
    return data


def _value(name: str, value: str | Address) -> str:
    """Give a field's value for the wire: structured as it is, other words as RFC 2047 has them."""
    if not isinstance(value, Address):
        return value if value.isascii() else _encoded(value, name)
    if value.name.isascii():
        return str(Mailbox(value.name, value.local, value.domain))
    return f"{_encoded(value.name, name)} <{value.address}>"


def _encoded(words: str, name: str) -> str:
    return Header(words, "utf-8", header_name=name, maxlinelen=_FOLDED).encode(linesep="\r\n")


def _read_as_meant(data: bytes, fields: Sequence[tuple[str, str | Address]], content: EmailMessage) -> bool:
    strict, plain = message_from_bytes(data, policy=policy.SMTP), message_from_bytes(data)
    names = sorted(name.lower() for name in (*(name for name, _ in fields), *content.keys()))
    if sorted(name.lower() for name in strict.keys()) != names:  # noqa: SIM118 - a message may have one key several times
        return False
    for name, value in fields:
        # The strict reader splits addresses, the plain one decodes words: the strict one puts a space between two encoded words of a name.
        meant = [value.address] if isinstance(value, Address) else []
        if [box.addr_spec for box in getattr(strict[name], "addresses", ())] != meant:
            return False
        words = getaddresses([plain[name]])[0][0] if isinstance(value, Address) else plain[name]
        if _decoded(words) != (value.name if isinstance(value, Address) else value):
            return False
    return _plain(strict) == _plain(content)


def _decoded(words: str) -> str:
    return str(make_header(decode_header(words.replace("\r\n", ""))))


def _plain(message: object) -> str:
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return body.get_content().replace("\r\n", "\n").rstrip("\n") if body else ""
