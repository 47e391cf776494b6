"""Values filled into a configuration's text, one line each; every comment and every other line stays as it is."""

import re
from collections.abc import Mapping

from bouncer.config.document import Document, Loc, parse, value_at

_LINE = re.compile(r"(?P<before>\s*(?:- )?[a-z_]+:)(?:[ ]+(?P<value>[^#]*?))?(?P<after>[ ]+#.*)?")
_PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9/@_.+=\\-]*(?: [A-Za-z0-9/@_.+=\\-]+)*")
_NULLS = ("null", "~")


def filled(text: str, values: Mapping[Loc, str | bool]) -> str:
    """Give *text* with each option of *values*, such as `("accounts", 0, "address")`, set to its value; "" leaves it empty.

    The option must stand on a line of its own with a value of one line. Raises ValueError where it does not, or where anything else in the
    text would come to say something else.
    """
    before = _read(text)
    lines = text.split("\n")
    for loc, value in values.items():
        number = before.lines.get(loc, 0)
        found = _LINE.fullmatch(lines[number - 1]) if number and isinstance(value_at(before.value, loc), str | None) else None
        if found is None:
            raise ValueError(f"{loc} has no value on a line of its own")
        written = str(value).lower() if isinstance(value, bool) else _scalar(value)
        lines[number - 1] = f"{found['before']}{' ' if written else ''}{written}{found['after'] or ''}"
    made = "\n".join(lines)
    after = _read(made)
    for loc in after.lines.keys() | before.lines.keys():
        wanted = values.get(loc, value_at(before.value, loc))
        if isinstance(value_at(before.value, loc), str | None) and value_at(after.value, loc) != (
            str(wanted).lower() if isinstance(wanted, bool) else wanted or None
        ):
            raise ValueError(f"{loc} cannot be set")
    return made


def _read(text: str) -> Document:
    document, problems = parse("", text)
    if document is None or problems:
        raise ValueError("; ".join(map(str, problems)))
    return document


def _scalar(value: str) -> str:
    """Write *value* plain where YAML reads it back as it is, else in quotes."""
    if not value or (_PLAIN.fullmatch(value) and value not in _NULLS):
        return value
    return "'" + value.replace("'", "''") + "'"
