"""The content lines of vCards (RFC 6350 section 3.3; vCard 2.1 section 2.1), from bytes, for each may be in a charset of its own.

vobject 0.9.9, the library of the field, takes a text that is decoded already, and 25 seconds for a line of 32 characters (`TEL;TYPE=` and
24 commas): its pattern tries every way to part them.
"""

import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouncer.edge.imports.decoding import decoded

_BREAK = re.compile(rb"\r\n|\n|\r")
_HEAD = re.compile(rb'(?:[^":\r\n]|"[^"]*")+:')  # up to the first colon that is not in quotation marks
_PART = re.compile(r'(?:[^";]|"[^"]*")+')
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9_-]+)")
_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "7BIT", "8BIT"})
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Physical:
    """A line as it stands in the file, those that are folded into it joined."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a card: name and parameters in upper case, the value decoded and still escaped."""

    name: str
    parameters: Mapping[str, tuple[str, ...]]
    value: str

    def types(self) -> frozenset[str]:
        """Give its types, in whichever way they are written."""
        return frozenset(self.parameters.get("TYPE", ()))


def unfolded(data: bytes) -> Iterator[Physical]:
    """Give the lines of *data*, unfolded: at a blank that begins the next (RFC 6350 section 3.2), or a quoted-printable `=`."""
    start, held, open_ended = 1, bytearray(), False
    for number, line in enumerate(_BREAK.split(data), start=1):
        if open_ended:
            held += line
        elif line[:1] in (b" ", b"\t") and held:
            held += line[1:]
        else:
            if held:
                yield Physical(start, bytes(held))
            start, held = number, bytearray(line)
        open_ended = held.endswith(b"=") and b"QUOTED-PRINTABLE" in held[:200].upper()
        if open_ended:
            del held[-1]
    if held:
        yield Physical(start, bytes(held))


def property_of(line: bytes) -> Property | None:
    """Give the property that *line* is, or None where it is none."""
    head = _HEAD.match(line)
    if head is None:
        return None
    parts = _PART.findall(head[0][:-1].decode("ascii", "replace"))
    name = _NAME.fullmatch(parts[0].strip()) if parts else None
    if name is None:
        return None
    parameters: dict[str, list[str]] = {}
    for part in parts[1:]:
        key, equals, values = part.partition("=")
        bare = key.strip().upper()
        if not equals:  # vCard 2.1 leaves the name of a parameter out
            key, values = ("ENCODING" if bare in _ENCODINGS else "TYPE"), bare
        parameters.setdefault(key.strip().upper(), []).extend(v.strip().strip('"').upper() for v in values.split(",") if v.strip(' "'))
    known = {key: tuple(value for part in values for value in part.split(",")) for key, values in parameters.items()}
    return Property(name[1].upper(), known, _value(line[head.end() :], known))


def texts(value: str, between: str = ";") -> tuple[str, ...]:
    """Give the parts of a structured *value*, and what is escaped in them (RFC 6350 section 3.4)."""
    found, part, after_slash = list[str](), "", False
    for char in value:
        if char == between and not after_slash:
            found.append(part)
            part = ""
        else:
            part += char
        after_slash = char == "\\" and not after_slash
    return tuple(plain(part) for part in (*found, part))


def plain(value: str) -> str:
    """Give *value* with nothing escaped."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value) if "\\" in value else value


def _value(data: bytes, parameters: Mapping[str, tuple[str, ...]]) -> str:
    encodings = parameters.get("ENCODING", ())
    if "QUOTED-PRINTABLE" in encodings:
        data = quopri.decodestring(data)
    elif "BASE64" in encodings or "B" in encodings:
        return ""  # pictures and keys; no field of ours
    charset = next(iter(parameters.get("CHARSET", ())), None)
    if charset:
        try:
            return data.decode(charset, "replace")
        except (LookupError, ValueError):
            pass
    return decoded(data)[0] if b"\0" not in data else data.decode("utf-8", "replace")
