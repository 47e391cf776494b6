"""A telephone number right behind an address is whose the address is: "ann.lee@acme.example or 030 1234567", in whatever words.

Only a few small words may stand between: a name would be somebody else's, and a number of a fax machine is nobody's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bouncer.core.extract.card import e164
from bouncer.core.extract.scene import Scene
from bouncer.core.wording import alike
from bouncer.model import Ask, Because, Finding, NewAddress, Phone

_BEHIND = re.compile(
    r"[)>\]]*(?:[ ,/|-]|\n(?!\n))*(?:[a-z\u00df-\u024f][^\W\d]*+[.:]*+ ?){0,4}?(?:Tel|Mob|Mobil|Telefon|GSM|T|M|P)?[.:]* ?"
    r"((?:\+ ?|\(|00)?[0-9][0-9 ()./-]{5,20}[0-9])(?![0-9@])"
)
_DIGITS = re.compile(r"[0-9]")
_FEWEST, _MOST = 7, 15  # digits
_DATE = re.compile(r"[0-9]{1,2}[./-] ?[0-9]{1,2}[./-] ?[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONFIDENCE = 0.85


def numbered(scene: Scene, findings: Sequence[Finding]) -> list[Finding]:
    """Give *findings* with the numbers behind the addresses of those to ask and behind the sender's new one.

    A number of somebody to ask is not the sender's, whatever phrase has read it.
    """
    made = [_with_number(scene, one) if isinstance(one, Ask) else one for one in findings]
    theirs = {_digits(one.phone) for one in made if isinstance(one, Ask) and one.phone}
    kept = [one for one in made if not (isinstance(one, Phone) and one.about is None and _digits(one.number) in theirs)]
    known = {*theirs, *(_digits(one.number) for one in kept if isinstance(one, Phone))}
    return [*kept, *(one for one in _own(scene, kept) if _digits(one.number) not in known)]


def _with_number(scene: Scene, ask: Ask) -> Ask:
    number = None if ask.phone or not ask.address else _behind(scene, ask.address)
    return replace(ask, phone=number) if number else ask


def _own(scene: Scene, findings: Sequence[Finding]) -> Iterator[Phone]:
    for one in findings:
        if isinstance(one, NewAddress) and one.about is None and (number := _behind(scene, one.address)):
            because = Because("number-beside-new-address", f"{one.address} {number}", "body")
            yield Phone(because=because, number=number, e164=e164(number), confidence=_CONFIDENCE)


def _behind(scene: Scene, address: str) -> str | None:
    """Give the number behind *address* in the text, None where none is or where another thing is said of it."""
    text = alike(scene.own.body)
    place = text.lower().find(address.lower())
    match = _BEHIND.match(text, place + len(address)) if place >= 0 else None
    if match is None or "fax" in match[0].lower() or _DATE.fullmatch(match[1]):
        return None
    return match[1].strip() if _FEWEST <= len(_digits(match[1])) <= _MOST else None


def _digits(number: str) -> str:
    return "".join(_DIGITS.findall(number))
