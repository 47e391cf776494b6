"""An address that bears the sender's own name, at another house, in a message that speaks of a change: theirs, however that is worded.

Only where no phrase of a pack has read a new address. It is a proposal: the name says whose the address is, not that it lasts.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.letters import holds_name, letters
from bouncer.core.extract.scene import Scene, is_role
from bouncer.model import Because, NewAddress

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_STOP = re.compile(r"[.!?;](?=\s)|\u3002|\n[ ]*\n")
_FAR = re.compile("[\u2e80-\ua4cf\uac00-\ud7af]")  # scripts in which words touch each other
_REACH = 200  # characters of a sentence that count
_NEAR = 4  # words before an address that say of it that it was
_TELLING = 4  # letters
_CONFIDENCE = 0.6
_MOVED = ("left", "joined", "retired", "renamed", "moved-domain", "unmonitored")


def renewed(scene: Scene) -> NewAddress | None:
    """Give the one address in the text that is the sender's by its name, and new by what is said beside it or of their work."""
    if scene.find("away") and not _moved(scene):
        return None  # it may be for these two weeks
    found = {match[0].lower(): match for match in WRITTEN.finditer(scene.own.body) if _is_theirs(scene, match[0])}
    places = [match for match in found.values() if not _former(scene, match)]
    if len(places) != 1:
        return None
    before, after = around(scene.own.body, places[0])
    if not (_moved(scene) or _says(f"{before} {after}", scene.wording.known("change-words"))):
        return None
    quote = f"{before[-_REACH // 2 :]}{places[0][0]}"
    return NewAddress(because=Because("own-name-in-address", " ".join(quote.split()), "body"), address=places[0][0], confidence=_CONFIDENCE)


def is_former(scene: Scene, address: str) -> bool:
    """Tell whether the text says of *address*, wherever it stands there, that it is an old one or ends."""
    places = [match for match in WRITTEN.finditer(scene.own.body) if match[0].lower() == address.lower()]
    return bool(places) and all(_former(scene, match) for match in places)


def _moved(scene: Scene) -> bool:
    return any(scene.about(hit) is None for means in _MOVED for hit in scene.find(means))


def _is_theirs(scene: Scene, address: str) -> bool:
    """Tell whether *address* bears the whole of the sender's name, or given name and surname as an initial, and is not where they are."""
    local, domain = (part.lower() for part in address.rpartition("@")[::2])
    named = [word for word in map(letters, scene.called) if word.isascii()]
    bare, house = letters(local), letters(domain.rpartition(".")[0])
    if domain == scene.sender.domain or is_role(address) or len(named) < 2:  # noqa: PLR2004 - who has one name shares it with many
        return False
    return (
        holds_name(bare, named)
        or any(one in bare and len(other) >= _TELLING and other in house for one in named for other in named if one is not other)
        or (local == scene.sender.local.lower() and any(len(word) >= _TELLING and word in bare for word in named))
    )


def around(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Give the rest of the sentence of *match* in *text*, before it and behind, as far as it counts."""
    before = text[max(0, match.start() - _REACH) : match.start()]
    stops = [stop.end() for stop in _STOP.finditer(before)]
    after = text[match.end() : match.end() + _REACH]
    stop = _STOP.search(after)
    return before[stops[-1] if stops else 0 :], after[: stop.start()] if stop else after


def _former(scene: Scene, match: re.Match[str]) -> bool:
    """Tell whether the words beside *match* say of the address that it is the old one, or that it ends."""
    before, after = around(scene.own.body, match)
    near = " ".join(_WORD.findall(before)[-_NEAR:])
    return _says(near, scene.wording.known("former-words")) or _says(after, scene.wording.known("ended-words"))


def _says(text: str, words: frozenset[str]) -> bool:
    whole, stems, anywhere = _sorted(words)
    said = _WORD.findall(text.lower())
    return any(word in whole or word.startswith(stems) for word in said) or any(one in text for one in anywhere)


@lru_cache(maxsize=8)
def _sorted(words: Collection[str]) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Give the words that stand alone, the beginnings that any ending follows, and what is looked for anywhere."""
    anywhere = tuple(word for word in words if _FAR.search(word))
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    return frozenset(words).difference(anywhere), stems, anywhere
