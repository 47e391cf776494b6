"""A patch that changes somebody's address in a list of maintainers: the same name taken out with one address and put in with another."""

import re
from collections.abc import Iterator

from bouncer.core.extract.scene import Scene
from bouncer.model import Because, NewAddress

_LINE = re.compile(r"^([+-])(?![+-]{2})[^\n]*?\"?([^\W\d_][^\n<>\":]{2,60}?)\"? ?<([^\s<>@]+@[^\s<>@]+)>", re.MULTILINE)
_MOST = 6


def patched(scene: Scene) -> Iterator[NewAddress]:
    """Yield the new address of everybody whose old one the patch takes out; the sender's without `about`."""
    text = "\n".join(part for why, part in scene.own.cut if why == "patch")
    old: dict[str, set[str]] = {}
    new: dict[str, dict[str, str]] = {}
    for sign, name, address in _LINE.findall(text):
        key = " ".join(name.split()[-2:]).lower()
        if sign == "-":
            old.setdefault(key, set()).add(address.lower())
        else:
            new.setdefault(key, {}).setdefault(address, name.strip())
    for key in [key for key in new if key in old][:_MOST]:
        fresh = {address: name for address, name in new[key].items() if address.lower() not in old[key]}
        if len(fresh) == 1:
            ((address, name),) = fresh.items()
            because = Because("patch-of-maintainers", f"+{name} <{address}>", "body")
            yield NewAddress(because=because, about=None if scene.is_sender(name) else name, address=address, confidence=0.85)
