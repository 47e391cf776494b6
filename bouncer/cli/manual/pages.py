"""The pages of section 1: one for `bouncer`, one for each of its commands."""

from collections.abc import Iterator
from typing import Any

import typer

from bouncer import __version__
from bouncer.cli.app import app
from bouncer.cli.help import TOPICS, explained
from bouncer.cli.manual import roff
from bouncer.errors import BouncerError

_BEGIN = (
    "Begin with `bouncer init`, which asks for your mail address and says what comes next; `bouncer demo` shows two weeks of it on this "
    "machine alone. `bouncer help` answers what people ask first."
)
_CONFIG = (
    ("./bouncer.yaml, $XDG_CONFIG_HOME/bouncer/bouncer.yaml, /etc/bouncer/bouncer.yaml", "The configuration; the first one there is."),
)
_ENVIRON = (
    ("NO_COLOR", "No colours, whatever the terminal can do."),
    ("STATE_DIRECTORY", "Where ledger, keys and history lie, where the configuration names no `state`; systemd sets it."),
    ("CREDENTIALS_DIRECTORY", "Where the passwords lie that the configuration names as `credential`; systemd sets it."),
)


def pages(day: str) -> Iterator[tuple[str, str]]:
    """Give each page with its name, such as `bouncer-plan`; *day* is its date (ISO 8601), or empty."""
    root: Any = typer.main.get_command(app)
    yield from _with_commands("bouncer", root, day)


def _with_commands(name: str, command: Any, day: str) -> Iterator[tuple[str, str]]:
    yield name.replace(" ", "-"), _page(name, command, day)
    for word, below in getattr(command, "commands", {}).items():
        yield from _with_commands(f"{name} {word}", below, day)


def _page(name: str, command: Any, day: str) -> str:
    said = " ".join(command.help.split())
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option"]
    below = {f"{name.replace(' ', '-')}-{word}(1)": one.help for word, one in getattr(command, "commands", {}).items()}
    parts = [
        roff.title(name.replace(" ", "-"), 1, day, __version__),
        roff.heading("NAME"),
        roff.name(name.replace(" ", "-"), _first(said)),
        roff.heading("SYNOPSIS"),
        _synopsis(name, arguments, options, has_commands=bool(below)),
        roff.heading("DESCRIPTION"),
        roff.paragraph(said),
    ]
    if name == "bouncer":
        parts += [roff.paragraph(_BEGIN, first=False)]
    if below:
        parts += [roff.heading("COMMANDS"), roff.items(below.items())]
    if arguments:
        parts += [roff.heading("ARGUMENTS"), roff.items((_metavar(param), _meaning(param)) for param in arguments)]
    parts += [roff.heading("OPTIONS"), roff.items([*((_option(param), _meaning(param)) for param in options), ("--help", "Say this.")])]
    if name == "bouncer help":
        parts += [part for topic in TOPICS for part in _topic(topic)]
    if name == "bouncer":
        parts += [roff.heading("EXIT STATUS"), roff.items(_exits())]
        parts += [roff.heading("FILES"), roff.items(_CONFIG), roff.heading("ENVIRONMENT"), roff.items(_ENVIRON)]
    parts += [roff.heading("SEE ALSO"), roff.paragraph(_also(name))]
    return "".join(parts)


def _also(name: str) -> str:
    above = name.rpartition(" ")[0].replace(" ", "-")
    return ", ".join(filter(None, (f"{above}(1)" if above else "", "bouncer-help(1)" if name != "bouncer help" else "", "bouncer.yaml(5)")))


def _first(said: str) -> str:
    """Give the part of *said* up to its first stop, as whatis(1) shows it."""
    ends = [at for at in (said.find(sign) for sign in (". ", "; ", ": ")) if at > 0]
    return said[: min(ends, default=len(said))].rstrip(".")


def _synopsis(name: str, arguments: list[Any], options: list[Any], *, has_commands: bool) -> str:
    words = ["[OPTIONS]"] if options else []
    words += [_metavar(param) if param.required else f"[{_metavar(param)}]" for param in arguments]
    words += ["COMMAND [ARGS]..."] if has_commands else []
    return f"\\fB{roff.text(name)}\\fR {roff.text(' '.join(words))}\n"


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.upper()) + ("..." if param.nargs == -1 else "")


def _option(param: Any) -> str:
    names = [*param.opts, *param.secondary_opts]
    value = "" if param.is_flag else f" {param.metavar or param.name.upper()}"
    return ", ".join(names) + value


def _meaning(param: Any) -> str:
    default = param.default
    plain = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return f"{param.help or ''} Default: {default}." if plain else str(param.help or "")


def _topic(topic: str) -> Iterator[str]:
    head, *lines = explained(topic).rstrip().splitlines()
    yield roff.heading(roff.text(f'"{topic.upper()}: {head}"'))
    yield roff.as_typed(lines)


def _exits() -> list[tuple[str, str]]:
    """Give each exit code with what it means, from the exceptions themselves."""
    meant: dict[int, list[str]] = {0: ["All well."]}
    waiting: list[type[BouncerError]] = [BouncerError]
    while waiting:
        kind = waiting.pop(0)
        waiting += kind.__subclasses__()
        if "exit_code" in vars(kind):
            meant.setdefault(kind.exit_code, []).append(str(kind.__doc__).partition("\n")[0].partition("; *")[0].rstrip(".") + ".")
    return [(str(code), " ".join(sentences)) for code, sentences in sorted(meant.items())]
