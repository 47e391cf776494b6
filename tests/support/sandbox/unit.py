"""The [Service] section of a unit and its drop-ins, as systemd puts them together (systemd.unit, systemd.syntax)."""

import shlex
from collections.abc import Iterable

Service = dict[str, tuple[str, ...]]  # each key with its values in order; an empty assignment has taken back those before it


def service(texts: Iterable[str]) -> Service:
    """Give what the *texts*, of a unit and then of its drop-ins, say of the service."""
    found: dict[str, list[str]] = {}
    for text in texts:
        section = ""
        for line in text.splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif section == "Service" and "=" in line and not line.startswith(("#", ";")):
                key, _, value = line.partition("=")
                found[key] = [*found.get(key, []), value.strip()] if value.strip() else []
    return {key: tuple(values) for key, values in found.items()}


def words(value: str) -> list[str]:
    """Give the words of a value, without quotes, doubled specifiers and doubled dollars."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(value)]
