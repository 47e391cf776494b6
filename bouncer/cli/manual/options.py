"""The page of section 5: every option of the configuration, from its JSON Schema."""

from collections.abc import Iterator
from typing import Any

from bouncer import __version__
from bouncer.cli.manual import roff
from bouncer.config import schema
from bouncer.config.words import resolved

_BEGIN = (
    "The configuration of `bouncer`(1): YAML, in which every value is the text that you see. An option that is left out takes its default; "
    "paths are relative to the file. `bouncer init` writes one that names every option with a comment, and `bouncer check` says what is "
    "wrong in it, with the line."
)


def page(day: str) -> str:
    """Give the page `bouncer.yaml`; *day* is its date (ISO 8601), or empty."""
    made = schema()
    parts = [
        roff.title("bouncer.yaml", 5, day, __version__),
        roff.heading("NAME"),
        roff.name("bouncer.yaml", "the configuration of bouncer"),
        roff.heading("DESCRIPTION"),
        roff.paragraph(_BEGIN),
        roff.heading("OPTIONS"),
        roff.items(_options(made, made, "")),
        roff.heading("SEE ALSO"),
        roff.paragraph("bouncer(1), bouncer-init(1), bouncer-check(1)"),
    ]
    return "".join(parts)


def _options(known: Any, node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Give each option under *node* by its path with what it means, and those below it behind it."""
    for name, option in node["properties"].items():
        plain = resolved(known, option)
        where, entry = f"{path}{name}", resolved(known, plain["items"]) if "items" in plain else {}
        yield where, " ".join(filter(None, (option.get("description") or plain.get("description", ""), *_limits(plain), _default(option))))
        if "properties" in plain:
            yield from _options(known, plain, f"{where}.")
        elif "properties" in entry:
            yield from _options(known, entry, f"{where}[].")


def _limits(plain: Any) -> Iterator[str]:
    if "enum" in plain:
        yield f"One of {', '.join(map(str, plain['enum']))}."
    if "minimum" in plain:
        yield f"{plain['minimum']} to {plain['maximum']}." if "maximum" in plain else f"At least {plain['minimum']}."


def _default(option: Any) -> str:
    default = option.get("default")
    if default is None or isinstance(default, dict):
        return ""
    shown = (
        ", ".join(map(str, default)) if isinstance(default, list) else str(default).lower() if isinstance(default, bool) else str(default)
    )
    return f"Default: {shown}."
