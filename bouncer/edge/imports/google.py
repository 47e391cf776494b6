"""Google Contacts' CSV, as it is written now (`Organization Name`, `Labels`) and as it was (`Given Name`, `Organization 1 - Name`)."""

import re
from collections.abc import Sequence
from functools import partial

from bouncer.edge.imports.columns import Kind, usual

_ADDRESS = re.compile(r"e-?mail \d+ - value", re.IGNORECASE)
_SIGNS = ({"First Name", "Labels"}, {"Organization Name", "Labels"}, {"Given Name", "Group Membership"})


def _recognises(header: Sequence[str]) -> bool:
    names = {name.strip().removeprefix("\ufeff") for name in header}
    return any(_ADDRESS.fullmatch(name) for name in names) or any(signs <= names for signs in _SIGNS)


KIND = Kind("google", _recognises, partial(usual, "google"))
