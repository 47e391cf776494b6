"""Finding a person in text, and taking them out of it: by every address of theirs, and by a name that is theirs alone."""

import json
import re
from typing import Any

from bouncer.model import Traces

STANDS_FOR = "(forgotten)"
_SHORTEST = 3  # letters of a name that is written without a space


class Mentions:
    """Where *traces* show in a text. Part of a longer address, or of a longer word, is somebody or something else."""

    def __init__(self, traces: Traces) -> None:
        """Make the pattern once."""
        names = tuple(name for name in traces.names if _telling(name))
        forms = [_address(a) for a in traces.addresses] + [_name(n) for n in names] + [re.escape(url) for url in traces.linkedin]
        self._pattern = re.compile("|".join(forms), re.IGNORECASE) if forms else None

    def found(self, text: str) -> bool:
        """Tell whether *text* names the person; in JSON, letters may be escaped."""
        if self._pattern is None:
            return False
        return self._pattern.search(text) is not None or ("\\u" in text and self._pattern.search(_unescaped(text)) is not None)

    def redacted(self, text: str) -> str:
        """Give *text* with STANDS_FOR wherever it names the person."""
        return self._pattern.sub(STANDS_FOR, text) if self._pattern else text

    def redacted_json(self, text: str) -> str:
        """Give JSON *text* with every string in it redacted; the same text where none names the person."""
        thing = json.loads(text)
        clean = self._clean(thing)
        return text if clean == thing else json.dumps(clean, separators=(",", ":"))

    def _clean(self, thing: Any) -> Any:
        if isinstance(thing, str):
            return self.redacted(thing)
        if isinstance(thing, list):
            return [self._clean(item) for item in thing]
        return {key: self._clean(value) for key, value in thing.items()} if isinstance(thing, dict) else thing


def _telling(name: str) -> bool:
    """Tell whether *name* says who is meant: a single word of an alphabet with capitals is as well that of others, or a word."""
    return len(name.split()) > 1 or (len(name) >= _SHORTEST and not any(map(_cased, name)))


def _address(address: str) -> str:
    return rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)"


def _name(name: str) -> str:
    """Give a pattern for *name* with any space in it; scripts without capitals write no space around it either."""
    words = name.split()
    before = r"(?<!\w)" if _cased(words[0][0]) else ""
    after = r"(?!\w)" if _cased(words[-1][-1]) else ""
    return before + r"\s+".join(map(re.escape, words)) + after


def _cased(char: str) -> bool:
    return char.lower() != char.upper()


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
