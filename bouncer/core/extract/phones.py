"""Telephone numbers that the text itself calls the sender's; those of a signature are read with its card."""

import re
from collections.abc import Iterator

from bouncer.core.extract.card import e164
from bouncer.core.extract.scene import Scene
from bouncer.core.wording import Hit
from bouncer.model import Phone

_DIGITS = re.compile(r"[0-9]")
_FEWEST_DIGITS = 7


def phones(scene: Scene) -> Iterator[Phone]:
    """Yield the numbers that the text itself calls the sender's."""
    for hit in scene.find("phone"):
        for slot in ("phone", "phone_2"):
            number = _in_brackets(scene, hit, slot)
            if len(_DIGITS.findall(number)) >= _FEWEST_DIGITS:
                kind, because = hit.rule.options.get("kind"), scene.because(hit)
                yield Phone(because=because, number=number.strip(), e164=e164(number), kind=kind, confidence=hit.rule.confidence)


def _in_brackets(scene: Scene, hit: Hit, slot: str) -> str:
    """Give the number in *slot*, with the bracket that a phrase has taken from before it: "(212) 555-0143"."""
    number = hit.slots.get(slot, "")
    if number.count("(") > number.count(")"):
        return number.replace("(", "", 1)
    text, begin = scene.own.body, hit.spans[slot][0] if slot in hit.spans else 0
    return (
        f"({number}" if number.count(")") > number.count("(") and hit.rule.within == "body" and text[begin - 1 : begin] == "(" else number
    )
