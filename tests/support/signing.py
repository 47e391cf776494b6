"""A signer of DKIM (RFC 6376) written beside the library that verifies, so that any tag can be set as no honest signer would."""

import base64
import hashlib
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo of PKCS #1 v1.5
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier
_FIELD = re.compile(r"^([^:\s]+):((?:.|\n[ \t])*)$", re.MULTILINE)
FROM_JANE = "Jane Doe <jane@acme.example>"


@dataclass(frozen=True)
class Key:
    """An RSA key."""

    modulus: int
    exponent: int
    private: int

    @property
    def record(self) -> bytes:
        """The TXT record that publishes it (RFC 6376 section 3.6.1)."""
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(self.public)

    @property
    def public(self) -> bytes:
        """The SubjectPublicKeyInfo (RFC 5280), in DER."""
        numbers = _der(0x30, _integer(self.modulus) + _integer(self.exponent))
        return _der(0x30, _RSA + _der(0x03, b"\0" + numbers))

    def sign(self, data: bytes) -> bytes:
        """Give the signature of *data*: RSASSA-PKCS1-v1_5 with SHA-256."""
        size = (self.modulus.bit_length() + 7) // 8
        info = _SHA256 + hashlib.sha256(data).digest()
        padded = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.private, self.modulus).to_bytes(size, "big")


@cache
def key(bits: int = 1024) -> Key:
    """Give the same key every time; no secret to anybody."""
    source = random.Random(bits)  # noqa: S311 - a test's
    p, q = _prime(bits // 2, source), _prime(bits // 2, source)
    return Key(p * q, 65537, pow(65537, -1, (p - 1) * (q - 1)))


def message(text: str = "Hello, all is well here.\r\n", *fields: tuple[str, str], sender: str = FROM_JANE) -> bytes:
    """Give an unsigned message with *fields* on top."""
    head = [*fields, ("From", sender), ("To", "olga@home.example"), ("Subject", "Re: Hello"), ("Date", "Wed, 04 Mar 2026 10:00:00 +0000")]
    return "".join(f"{name}: {value}\r\n" for name, value in head).encode() + b"\r\n" + text.encode()


def signed(data: bytes, made: Key | None = None, covers: Iterable[str] = ("from", "to", "subject", "date"), **tags: str) -> bytes:
    """Give *data* with a DKIM-Signature on top: relaxed headers, simple body; *tags* are set, or left out where empty."""
    head, _, body = data.partition(b"\r\n\r\n")
    tagged = {"v": "1", "a": "rsa-sha256", "c": "relaxed/simple", "d": "acme.example", "s": "s1", "h": ":".join(covers)} | tags
    body = body.rstrip(b"\r\n") + b"\r\n"
    covered = body[: int(tags["l"])] if tags.get("l", "").isdecimal() else body
    tagged = {name: value for name, value in tagged.items() if value} | {"bh": _b64(hashlib.sha256(covered).digest()), "b": ""}
    text = "; ".join(f"{name}={value}" for name, value in tagged.items())
    fields = [(name.lower(), value) for name, value in _FIELD.findall(head.decode().replace("\r\n", "\n"))]
    chosen = []
    for name in covers:
        below = [value for one, value in fields if one == name]
        chosen += [f"{name}:{' '.join(below[-1].split())}\r\n"] if below else []
    signature = (made or key()).sign(("".join(chosen) + f"dkim-signature:{text}").encode())
    return f"DKIM-Signature: {text}{_b64(signature)}\r\n".encode() + data


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes((size,)) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes((tag,)) + length + content


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _prime(bits: int, source: random.Random) -> int:
    while True:
        found = source.getrandbits(bits) | (3 << (bits - 2)) | 1
        if all(found % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and found % 65537 != 1 and _probable(found, source):
            return found


def _probable(number: int, source: random.Random) -> bool:
    """Miller and Rabin's test, twenty rounds."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(20):
        value = pow(source.randrange(2, number - 1), odd, number)
        if value in (1, number - 1):
            continue
        if not any((value := value * value % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True
