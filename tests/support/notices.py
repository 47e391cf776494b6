"""The sample notices, the packs that read them, and ways to damage them."""

import random
from functools import cache
from pathlib import Path

from bouncer.core.bounces import read_notice
from bouncer.core.handles import handles
from bouncer.core.parse import parse
from bouncer.core.wording import Wording
from bouncer.daemon.compiling import compiled
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory
from bouncer.model import Notice, RawMail

CORPUS = Path(__file__).parent.parent / "corpus" / "bounces"
_WORDS = (
    b"\n\n",
    b"\r\n",
    b"=?utf-8?q?",
    b"--",
    b"<",
    b">",
    b"@",
    b"(",
    b'"',
    b"\xff",
    b"\x00",
    b"550 5.1.1 ",
    b"Final-Recipient: ",
    b"Content-Type: ",
)


@cache
def wording() -> Wording:
    """Give the shipped packs, compiled once."""
    return compiled(load_packs(directory("rules")))


@cache
def samples() -> tuple[bytes, ...]:
    """Give the bytes of every sample."""
    return tuple(path.read_bytes() for path in sorted(CORPUS.glob("*.eml")))


def read(data: bytes) -> Notice | None:
    """Read *data* as the daemon would, handles included."""
    mail = parse(RawMail(data))
    handles(mail)
    return read_notice(mail, wording())


def mutated(seed: int) -> bytes:
    """Give a sample damaged in one to six places; the same for the same *seed*."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(chance.choice(samples()))
    for _ in range(chance.randint(1, 6)):
        place, length = chance.randrange(len(data) + 1), chance.randint(1, 200)
        match chance.randrange(6):
            case 0:
                del data[place : place + length]
            case 1:
                data[place:place] = data[place : place + length] * chance.randint(1, 20)
            case 2:
                data[place:place] = chance.choice(_WORDS) * chance.choice((1, 1, 1, 50, 2000))
            case 3:
                data[place : place + 1] = bytes((chance.randrange(256),))
            case 4:
                other = chance.choice(samples())
                data[place:] = other[chance.randrange(len(other)) :]
            case _:
                del data[place:]
    return bytes(data)
