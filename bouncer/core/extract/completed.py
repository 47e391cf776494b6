"""Who is to be asked, and an address of theirs further on in the sentence: "drop Ann Lee a line if it cannot wait (ann.lee@acme.example)".

The name that the address bears ties them together, whatever stands between. What leaves a doubt is left alone. Numbers are read with them:
see `core.extract.numbered`.
"""

import re
from collections.abc import Iterator, Sequence

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.letters import holds_name, letters
from bouncer.core.extract.numbered import numbered
from bouncer.core.extract.people import words_of
from bouncer.core.extract.renewed import around
from bouncer.core.extract.scene import Scene, is_role
from bouncer.model import Ask, Because, Finding

_NAME = re.compile(r"(?<![\w@.-])[A-Z\u00c0-\u00de][^\W\d_]+(?:[ -][A-Z\u00c0-\u00de][^\W\d_]+){1,3}(?![\w@])")
_MOST = 6  # addresses
_GONE = ("away", "left", "retired", "deceased", "unmonitored")


def completed(scene: Scene, findings: Sequence[Finding]) -> list[Finding]:
    """Give *findings* with those to ask whom no phrase has read."""
    told = {address.lower() for one in findings if (address := getattr(one, "address", None))}
    named = {(one.name or "").lower() for one in findings if isinstance(one, Ask)}
    free = [match for match in list(WRITTEN.finditer(scene.own.body))[:_MOST] if _may_be_asked(scene, match[0], told)]
    return numbered(scene, [*findings, *(ask for ask in _mentioned(scene, free) if (ask.name or "").lower() not in named)])


def _may_be_asked(scene: Scene, address: str, told: set[str]) -> bool:
    here = address.lower()
    return here not in told and here not in scene.ours and here != scene.sender.address.lower() and not is_role(address)


def _mentioned(scene: Scene, free: Sequence[re.Match[str]]) -> Iterator[Ask]:
    """Yield whom an automatic answer names in one sentence with an address that bears the whole of the name."""
    said = next((hit for means in _GONE for hit in scene.find(means)), None)
    if scene.kind.value != "auto-reply" or said is None:
        return
    common = words_of(scene.wording, said.language).not_names
    for match in free:
        names = [_bare(name, common) for name in _NAME.findall(around(scene.own.body, match)[0])]
        name = next((one for one in names if " " in one and _bears_whole(match[0], one) and not scene.is_sender(one)), None)
        if name:
            because = Because("named-with-address", f"{name} {match[0]}", "body")
            yield Ask(because=because, name=name, address=match[0], scope="cover" if scene.find("away") else "successor")


def _bare(name: str, common: frozenset[str]) -> str:
    """Give *name* without the words before it that are none: "Kollegin", "Please"."""
    words = name.split()
    while words and words[0].lower() in common:
        words.pop(0)
    return " ".join(words)


def _bears_whole(address: str, name: str) -> bool:
    return holds_name(letters(address.rpartition("@")[0]), [letters(word) for word in re.split(r"[ -]", name)])
