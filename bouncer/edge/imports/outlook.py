"""Outlook's CSV: a hundred columns in the language of the program, in the encoding of the system it ran on."""

from collections.abc import Sequence
from functools import partial

from bouncer.edge.imports.columns import Kind, folded, roles, usual

_WIDE = 8  # columns; a list that somebody typed has fewer
_SIGNS = frozenset({
    "e mail type", "e mail display name", "e mail typ", "e mail angezeigter name", "type de messagerie", "tipo de correo electrónico",
    "nom complet de l'adresse de messagerie", "tipo posta elettronica", "e mailtype", "business phone", "telefon geschäftlich",
    "job title", "home street", "business street", "weitere vornamen",
})  # fmt: skip


def _recognises(header: Sequence[str]) -> bool:
    found = roles(header)
    return len(header) >= _WIDE and {"given", "family", "email"} <= found and not _SIGNS.isdisjoint(map(folded, header))


KIND = Kind("outlook", _recognises, partial(usual, "outlook"))
