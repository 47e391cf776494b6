"""DKIM verified on this machine (RFC 6376), for a provider that says nothing of it; dkimpy is spoken here alone.

Stricter than the RFC where a signature leaves room: what counts covers the From and the Subject, the whole body, and no field twice.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from itertools import islice

from bouncer.errors import OwnerFault, Problem

Resolve = Callable[[str], bytes | None]  # the one TXT record at a name; None where there is none, or the DNS does not answer

MIN_KEY = 1024  # bits; RFC 8301 section 3.2
_MOST = 2  # signatures of one message that are looked at; two over two megabytes cost a third of a second
_HEAD, _FIELDS, _FIELD, _RECORD = 100_000, 500, 3_000, 1_500  # bytes, fields, bytes of one signature, bytes of one key
_WORK = 20_000_000  # the sum of the squares of runs of white space: what canonicalising the body costs dkimpy
_ONCE = frozenset({  # fields that may occur once (RFC 5322 section 3.6, RFC 2045); of two, nobody knows which one is shown
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding", "auto-submitted",
})  # fmt: skip
_NAME = re.compile(rb"[!-9;-~]+")
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_LONG_RUN = re.compile(rb"[\t ]{50,}")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Signature:
    """One that could count, if its key says so; *place* is its number among all in the message."""

    place: int
    domain: str
    selector: str
    identity: str  # the domain of i=

    @property
    def name(self) -> str:
        """Where its key lies (RFC 6376 section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"


MISSING = "needs dkimpy: pip install 'bouncer-daemon[dkim]'"


def present(library: str = "dkim") -> bool:
    """Tell whether dkimpy is installed."""
    return importlib.util.find_spec(library) is not None


def demand(option: str, library: str = "dkim") -> None:
    """Raise OwnerFault where dkimpy is missing; *option* is the option that asks for it."""
    if not present(library):
        raise OwnerFault((Problem("configuration", 0, option, MISSING),))


def keys_for(data: bytes, resolve: Resolve) -> Mapping[str, bytes]:
    """Give the key records of the signatures in *data* that could count, by name; blocks while *resolve* does."""
    names = {signature.name for signature in _signatures(data)}
    return {name: record for name in sorted(names) if (record := resolve(name)) is not None}


def signers(data: bytes, keys: Mapping[str, bytes], at: datetime) -> tuple[str, ...]:
    """Give the domains (d=, lower case) whose signatures on the message *data* hold at *at* (aware), with *keys* from `keys_for`."""
    good = (s.domain for s in _signatures(data, at) if (key := _fit(keys.get(s.name, b""), s)) and _holds(data, s, key))
    return tuple(dict.fromkeys(good))


def _signatures(data: bytes, at: datetime | None = None) -> tuple[_Signature, ...]:
    fields = _fields(data)
    if fields is None or len(fields) > _FIELDS or sum(len(run[0]) ** 2 for run in _LONG_RUN.finditer(data)) > _WORK:
        return ()
    names = [name for name, _ in fields]
    if names.count("from") != 1 or any(names.count(name) > 1 for name in _ONCE):
        return ()
    try:
        sender = parseaddr(dict(fields)["from"])[1].rpartition("@")[2].lower()
    except (RecursionError, ValueError, IndexError, TypeError):  # a thousand open parentheses, among others
        return ()
    signed = enumerate(value for name, value in fields if name == "dkim-signature")
    found = (_signature(place, value, "subject" in names, at) for place, value in signed)
    near = (s for s in found if s is not None and s.domain.split(".")[-2:] == sender.split(".")[-2:])
    return tuple(islice(near, _MOST))


def _fields(data: bytes) -> list[tuple[str, str]] | None:
    """Give the fields of the head; None where it has not one plain reading, so that no two parsers can differ about it."""
    head, blank, _ = data[:_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")
    if not blank or b"\r" in head or b"\0" in head or data.count(b"\n") != data.count(b"\r\n"):
        return None
    fields: list[tuple[str, str]] = []
    for line in head.split(b"\n"):
        name, colon, value = line.partition(b":")
        text = value.decode("utf-8", "surrogateescape")
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + "\n" + line.decode("utf-8", "surrogateescape"))
        elif colon and _NAME.fullmatch(name):
            fields.append((name.decode("ascii").lower(), text))
        else:
            return None
    return fields


def _signature(place: int, value: str, subject: bool, at: datetime | None) -> _Signature | None:
    """Read one field; None where it could not count whatever its key says. *subject* tells that the message has one."""
    tags = _tags(value) if len(value) <= _FIELD and value.isascii() else None
    if tags is None or tags.get("v") != "1" or tags.get("a") != "rsa-sha256" or "l" in tags or tags.get("q", "dns/txt") != "dns/txt":
        return None  # l= leaves the end of the body to anybody (section 8.2); rsa-sha1 is broken (RFC 8301)
    covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
    domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
    if "from" not in covered or (subject and "subject" not in covered) or not _DOMAIN.fullmatch(f"{selector}.{domain}"):
        return None
    end = tags.get("x", "")
    if end and (not end.isdecimal() or len(end) > 12 or (at is not None and int(end) <= at.timestamp())):  # noqa: PLR2004 - section 3.5
        return None
    return _Signature(place, domain, selector, tags.get("i", domain).rpartition("@")[2].lower())


def _fit(record: bytes, signature: _Signature) -> str | None:
    """Give the p= of a key that may be used for this (section 3.6.1): no test key, no other service, RSA with SHA-256, i= where strict."""
    tags = _tags(record.decode("ascii")) if len(record) <= _RECORD and record.isascii() else None
    if tags is None:
        return None
    flags = set(_split(tags.get("t", "")))
    fit = (
        tags.get("v", "DKIM1") == "DKIM1"
        and tags.get("k", "rsa") == "rsa"
        and "y" not in flags
        and ("s" not in flags or signature.identity == signature.domain)
        and ("h" not in tags or "sha256" in _split(tags["h"]))
        and not {"*", "email"}.isdisjoint(_split(tags.get("s", "*")))
    )
    return tags.get("p") if fit else None  # an empty one is revoked


def _holds(data: bytes, signature: _Signature, key: str) -> bool:
    """Verify it; dkimpy raises whatever it stumbles over, and then it does not hold. It is given no more of the record than the *key*."""
    library, record = importlib.import_module("dkim"), f"v=DKIM1; k=rsa; p={key}".encode()
    try:
        return bool(library.DKIM(data, minkey=MIN_KEY).verify(signature.place, dnsfunc=lambda *_, **__: record))
    except Exception:  # noqa: BLE001 - a DKIMException, but as well ValueError, TypeError, KeyError, binascii.Error
        return False


def _tags(text: str) -> dict[str, str] | None:
    """Read a tag-list (section 3.2) without the white space in it; None where a tag is named twice or is none."""
    found: dict[str, str] = {}
    for spec in _specs(text):
        name, equals, value = spec.partition("=")
        name = name.strip()
        if not equals or not name or name in found:
            return None
        found[name] = _SPACE.sub("", value)
    return found


def _specs(text: str) -> Iterator[str]:
    parts = text.split(";")
    yield from parts[:-1] if not parts[-1].strip() else parts


def _split(text: str) -> list[str]:
    return [part for part in text.split(":") if part]
