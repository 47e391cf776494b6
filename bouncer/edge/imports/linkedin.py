"""LinkedIn's `Connections.csv`: some lines of remarks, a header in the language of the account, and few e-mail addresses."""

from collections.abc import Sequence
from functools import partial

from bouncer.edge.imports.columns import Kind, roles, usual

_SIGNS = frozenset({"given", "family", "company", "title"})


def _recognises(header: Sequence[str]) -> bool:
    """Tell by the day of the connection, or the page, which older exports have not; nobody else has these and no telephone."""
    found = roles(header)
    return found >= _SIGNS and not {"connected", "linkedin"}.isdisjoint(found) and "phone" not in found


KIND = Kind("linkedin", _recognises, partial(usual, "linkedin"))
