"""What was worked out of the shipped packs' phrases, kept between starts where Python keeps what it has compiled: in `__pycache__` there.

Who may write there may change the packs as well, so it needs no trust of its own. Where it cannot be written, the next start works it out
again; where it is of other packs, of other code or damaged, it is as if it was not there.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from bouncer.edge.beside import beside
from bouncer.edge.shipped import directory
from bouncer.model import Pack, PackAnalysis, PhraseAnalysis

CODE = ("analysis", "needs", "phrases", "slots")  # of bouncer.core; what it says of a phrase hangs on these
_READABLE = 0o644  # for every user of this installation, as Python's own
_NOTHING = PackAnalysis()


class Analyses:
    """What is kept of the packs in *rules*, by default the shipped ones."""

    def __init__(self, rules: Path | None = None) -> None:
        """Read it, if there is one of these very packs."""
        self._rules = rules or directory("rules")
        self._file = Path(cache_from_source(str(self._rules / "phrases.py"))).with_suffix(".json")
        self._of = _digest(self._rules)
        self._kept = self._read()

    def known(self, packs: Sequence[Pack]) -> tuple[PackAnalysis, ...]:
        """Give for each of *packs* what is known of it; nothing of packs that lie elsewhere."""
        return tuple(self._kept.get(self._name(pack), _NOTHING) for pack in packs)

    def keep(self, packs: Sequence[Pack], made: Sequence[PackAnalysis]) -> None:
        """Keep what was *made* of each of *packs*, if anything of it is new and the place can be written."""
        new = dict(self._kept)
        for pack, analysis in zip(packs, made, strict=True):
            if name := self._name(pack):
                before = new.get(name, _NOTHING)  # an owner's rule in the place of a shipped one: that one's phrases are not in *made*
                new[name] = PackAnalysis({**before.phrases, **analysis.phrases}, {**before.vetoes, **analysis.vetoes})
        if new != self._kept:
            self._kept = new
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                beside(self._file, self._written(), _READABLE).replace(self._file)

    def _name(self, pack: Pack) -> str:
        """Give the path of *pack* below the directory; "" where it lies elsewhere."""
        file = Path(pack.file)
        return file.relative_to(self._rules).as_posix() if pack.file and file.is_relative_to(self._rules) else ""

    def _written(self) -> bytes:
        packs = {name: (_plain(pack), pack.vetoes) for name, pack in self._kept.items()}
        return json.dumps({"of": self._of, "packs": packs}, ensure_ascii=False, separators=(",", ":")).encode()

    def _read(self) -> Mapping[str, PackAnalysis]:
        try:
            held = json.loads(self._file.read_bytes())
            return {name: _pack(*pack) for name, pack in held["packs"].items()} if held["of"] == self._of else {}
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return {}


def _plain(pack: PackAnalysis) -> dict[str, tuple[str, list[list[str]], str]]:
    return {text: (one.flat, [sorted(need) for need in one.needs], one.probe) for text, one in pack.phrases.items()}


def _pack(phrases: Mapping[str, Any], vetoes: Mapping[str, str]) -> PackAnalysis:
    shared: dict[frozenset[str], frozenset[str]] = {}  # many phrases begin with the same words
    made = {}
    for text, (flat, needs, probe) in phrases.items():
        sets = map(frozenset[str], needs)
        made[text] = PhraseAnalysis(flat, tuple(shared.setdefault(one, one) for one in sets), probe)
    return PackAnalysis(made, dict(vetoes))


def _digest(rules: Path) -> str:
    """Tell these packs, this code and this RE2 from all others."""
    core = directory("rules").parent / "core"
    seen = sha256(f"{version('google-re2')} {sys.version}".encode())
    for path in (*(core / f"{name}.py" for name in CODE), *sorted(rules.rglob("*.yaml"))):
        seen.update(os.fsencode(path.name) + sha256(path.read_bytes()).digest())
    return seen.hexdigest()
