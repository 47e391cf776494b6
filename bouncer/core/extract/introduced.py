"""People who are named beside an address that bears their name: "Ann Lee (ann.lee@acme.example) will help you".

Whatever the words around them, an automatic answer or a farewell names nobody so but whom to ask instead. What names no person is left
to the packs.
"""

import re
from collections.abc import Iterator

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.letters import bears_name
from bouncer.core.extract.people import HONORIFICS, Somebody, words_of
from bouncer.core.extract.scene import Scene, is_role

_WORD = r"[A-Z\u00c0-\u00de][^\W\d_]*\.?(?:['-][^\W\d_]+)*"
_NAME = rf"{_WORD}(?: (?:(?:v[ao]n|de[nrl]?|d[aiou]s?|l[ae]|te[nr]|z[uo]|av|af|el|al|bin) )*{_WORD})"
_ASIDE = r"(?: ?\([^()@\n]{2,40}\))?"
_AT = r"[ ,:;(<\[|*-]*(?:\n ?)?(?:[^\W\d_.-]{1,6}[:.]? )?[<(\[]?"  # "(", "at", "Mail:"
_BEFORE = re.compile(rf"({_NAME}{{0,5}}){_ASIDE}{_AT}$")
_BEHIND = re.compile(rf" ?[(,-] ?({_NAME}{{1,3}})(?=[),.\n]|$)")
_REACH = 90  # characters before an address
_MOST = 6
_KNOWN = ("away", "left", "retired", "deceased", "new-address")  # what a note may say of a third person


def introduced(scene: Scene) -> Iterator[Somebody]:
    """Yield everybody in the text whose name stands beside their address; nobody of whom the message says something else."""
    text = scene.own.body
    told = {value for means in _KNOWN for hit in scene.find(means) for slot, value in hit.slots.items() if slot.startswith("person")}
    words = words_of(scene.wording, next((hit.language for hit in scene.hits if hit.language), None))
    common = words.not_names | words.honorifics | HONORIFICS
    for match in list(WRITTEN.finditer(text))[:_MOST]:
        places = (_BEFORE.search(text[max(0, match.start() - _REACH) : match.start()]), _BEHIND.match(text, match.end()))
        names = (_name(place[1], common) for place in places if place)
        name = next((name for name in names if bears_name(match[0], name) and not scene.is_sender(name) and name not in told), None)
        if name and not is_role(match[0]):
            yield Somebody(name, match[0], None, match.start(), match.end(), certain=True)


def address_of(scene: Scene, name: str) -> str | None:
    """Give the one address in the text that bears *name*, wherever it stands; None where there are several, or where it is a desk's."""
    found = {address for address in WRITTEN.findall(scene.own.body) if bears_name(address, name) and not is_role(address)}
    return found.pop() if len(found) == 1 else None


def _name(words: str, common: frozenset[str]) -> str:
    """Give *words* without those at both ends that are nobody's name: "Kollegin", "Please"."""
    kept = words.split()
    while kept and kept[0].lower().strip(".") in common:
        kept.pop(0)
    while kept and kept[-1].lower().strip(".") in common:
        kept.pop()
    return " ".join(kept)
