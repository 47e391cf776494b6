"""What is wrong with a value, in plain words: pydantic's errors translated, with the option that was probably meant."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from bouncer.config.document import Loc

Schema = Mapping[str, Any]


def resolved(schema: Schema, node: Schema) -> Schema:
    """Give the JSON Schema *node* with its reference followed and `or null` taken off."""
    if "anyOf" in node:
        node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def step(schema: Schema, node: Schema, name: str | int) -> Schema:
    """Give what stands at *name* under the resolved *node*; {} where nothing may."""
    if isinstance(name, int):
        entries: Sequence[Schema] = node.get("prefixItems", ())
        below = entries[name] if name < len(entries) else node.get("items", {})
    else:
        below = node.get("properties", {}).get(name) or node.get("additionalProperties") or {}
    return resolved(schema, below)


def at(schema: Schema, loc: Loc) -> Schema:
    """Give the resolved node of *schema* at *loc*; {} where nothing may stand there."""
    node = schema
    for name in loc:
        node = step(schema, node, name)
    return node


def nearest(word: str, known: Sequence[str]) -> str:
    """Give `; did you mean ...?` where one of *known* looks like *word*, else nothing."""
    by_lower = {name.lower(): name for name in reversed(known)}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return f"; did you mean `{by_lower[close[0]]}`?" if close else ""


_SAID = {  # pydantic's type of error -> what is wrong; the slots are those of `_slots`
    "missing": "is missing{meaning}",
    "int_parsing": "must be a whole number{given}",
    "int_parsing_size": "must be a whole number{given}",
    "int_from_float": "must be a whole number{given}",
    "int_type": "must be a whole number{given}",
    "bool_parsing": "must be true or false{given}",
    "bool_type": "must be true or false{given}",
    "literal_error": "must be {choice}{given}{near}",
    "greater_than_equal": "must be at least {ge}{given}",
    "less_than_equal": "must be at most {le}{given}",
    "too_short": "must have at least one entry",
    "too_long": "must have {max_length} entries, not {actual_length}",
    "tuple_type": "must be a list: `[one, two]`, or one a line after `- `",
    "dataclass_type": "must hold options of its own{options}",
    "dict_type": "must hold options of its own{options}",
    "string_type": "must be a single text",
    "path_type": "must be a single text",
}


def in_plain_words(error: ErrorDetails, schema: Schema) -> tuple[Loc, str] | None:
    """Give where *error* is and what it is; None where it only follows from another. Never shows a value from under a secret."""
    kind, loc = error["type"], error["loc"]
    if kind == "unexpected_keyword_argument":
        return _unknown(loc, schema)
    if kind == "too_short" and error["input"]:
        return None  # pydantic counts the entries that are right: the wrong one among them is to blame
    return loc, _SAID.get(kind, "is not what can stand here").format_map(_slots(error, schema))


def _slots(error: ErrorDetails, schema: Schema) -> Mapping[str, object]:
    loc, given = error["loc"], error["input"]
    node = at(schema, loc)
    meaning = at(schema, loc[:-1]).get("properties", {}).get(str(loc[-1]), {}).get("description") if loc else None
    return {
        **error.get("ctx", {}),
        "meaning": f": {meaning}" if meaning else "",
        "given": f", not `{given[:40]}`" if isinstance(given, str) and not _hidden(loc) else "",
        "choice": _choice(node.get("enum", ())),
        "near": nearest(str(given), node.get("enum", ())),
        "options": _options(node),
    }


def _hidden(loc: Loc) -> bool:
    """Tell whether what stands at *loc* may be a password."""
    return not {"secret", "client_secret"}.isdisjoint(loc)


def _unknown(loc: Loc, schema: Schema) -> tuple[Loc, str]:
    parent = at(schema, loc[:-1])
    known = tuple(parent.get("properties", ()))
    if _hidden(loc):  # a password in the wrong place may have been taken for the name of an option
        return loc[:-1], f"holds an unknown option{_options(parent)}"
    if hint := nearest(str(loc[-1]), known):
        return loc, f"is no option{hint}"
    homes = [home for home in _homes(schema, schema, str(loc[-1])) if home]
    return loc, f"is no option here; it belongs under {_choice(homes)}" if homes else f"is no option{_options(parent)}"


def _homes(schema: Schema, node: Schema, name: str, path: str = "") -> list[str]:
    """Give where in the configuration an option called *name* stands."""
    node = resolved(schema, node)
    if "items" in node:
        return _homes(schema, node["items"], name, f"{path}[]")
    below: Mapping[str, Schema] = node.get("properties", {})
    here = [f"`{path}`"] if name in below else []
    return here + [home for key, inner in below.items() for home in _homes(schema, inner, name, f"{path}.{key}".removeprefix("."))]


def _options(node: Schema) -> str:
    return f"; there are {', '.join(f'`{name}`' for name in node['properties'])}" if node.get("properties") else ""


def _choice(known: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(known[:-1]), *known[-1:])))
