"""Any other CSV: its columns are known by what they are called, or by what the owner says of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import get_args

from bouncer.edge.imports.columns import Columns, Kind, Role, roles, usual
from bouncer.edge.imports.table import Grid
from bouncer.errors import UsageError

_FIELDS: Mapping[str, Role] = {
    **{role: role for role in get_args(Role)},
    "emails": "email", "mail": "email", "also": "email", "phones": "phone", "tag": "tags", "position": "title", "url": "linkedin",
}  # fmt: skip


def _recognises(header: Sequence[str]) -> bool:
    found = roles(header)
    return "email" in found and not {"name", "given", "family"}.isdisjoint(found)


KIND = Kind("csv", _recognises, partial(usual, "csv"))


def wanted(texts: Iterable[str]) -> dict[str, list[str]]:
    """Give what `--map 'email=Mail,name=First+Last'` says: the columns by field. Raises UsageError for what cannot be understood."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name = ""
        for part in text.split(","):
            field, equals, columns = part.partition("=")
            if equals:
                name = field.strip().lower()
                found.setdefault(name, []).append(columns)
            elif name:
                found[name][-1] += f",{part}"  # the name of a column may hold a comma
            else:
                raise UsageError(f"--map {text!r} is not understood: write FIELD=COLUMN, as in 'email=Mail,name=First+Last'.")
    if unknown := [name for name in found if name not in _FIELDS]:
        raise UsageError(f"--map knows no field {unknown[0]!r}; the fields are {', '.join(sorted(_FIELDS))}.")
    return found


def mapped(tables: Iterable[Grid], mapping: Mapping[str, Sequence[str]]) -> Columns:
    """Give the table that has every column of *mapping*, by field a list of columns joined by `+`. Raises UsageError where none has."""
    best: tuple[int, str, Grid | None] = (0, "", None)
    for grid in tables:
        places = {name.strip().removeprefix("\ufeff").casefold(): place for place, name in reversed(list(enumerate(grid.header)))}
        names = [column.strip().casefold() for columns in mapping.values() for text in columns for column in _split(text, places)]
        missing = [name for name in names if name not in places]
        if not missing:
            return _columns(grid, mapping, places)
        if len(names) - len(missing) >= best[0]:
            best = len(names) - len(missing), missing[0], best[2] if len(names) - len(missing) == best[0] and best[2] else grid
    header = ", ".join(name.strip()[:30] for name in best[2].header) if best[2] else "nothing"
    raise UsageError(f"--map names the column {best[1]!r}, which is not there; there are: {header}.")


def _columns(grid: Grid, mapping: Mapping[str, Sequence[str]], places: Mapping[str, int]) -> Columns:
    by_role: dict[Role, tuple[int, ...]] = {}
    for field, columns in mapping.items():
        found = (places[column.strip().casefold()] for text in columns for column in _split(text, places))
        by_role[_FIELDS[field]] = (*by_role.get(_FIELDS[field], ()), *found)
    return Columns("csv", grid, by_role, joined=True)


def _split(text: str, places: Mapping[str, int]) -> list[str]:
    return [text] if text.strip().casefold() in places else text.split("+")
