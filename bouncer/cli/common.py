"""What the commands share: which configuration is meant, and what it says."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bouncer.config import load
from bouncer.errors import OwnerFault, Problem, StorageFault, UsageError
from bouncer.model import Settings

NAME = "bouncer.yaml"
EVER = timedelta(days=36_500)  # whatever lies in the outbox, whenever it may go

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help=f"The configuration: ./{NAME}, $XDG_CONFIG_HOME/bouncer/{NAME} or /etc/bouncer/{NAME} if absent.",
    ),
]


def config_path(given: Path | None, environ: Mapping[str, str] = os.environ, etc: Path = Path("/etc")) -> Path:
    """Give the configuration that is meant: *given*, else the first there is of the present directory, the user's, and *etc*.

    Raises OwnerFault naming the places where there is none.
    """
    if given is not None:
        return given
    xdg, home = environ.get("XDG_CONFIG_HOME", ""), environ.get("HOME")
    user = Path(xdg) if xdg.startswith("/") else Path(home) / ".config" if home else None  # XDG Base Directory: a relative one is ignored
    places = [Path(NAME), *([user / "bouncer" / NAME] if user else []), etc / "bouncer" / NAME]
    found = next(filter(_is_readable, places), None)
    if found is None:
        said = (
            f"there is no configuration in any of {', '.join(map(str, places))}; name it with --config FILE, or begin with `bouncer init`"
        )
        raise OwnerFault((Problem(NAME, 0, "", said),))
    return found


def _is_readable(place: Path) -> bool:
    """Tell whether there is a file; another user's directory (as of a HOME that sudo has left) is passed over."""
    try:
        return place.is_file()
    except OSError:
        return False


def settings_of(given: Path | None) -> Settings:
    """Give the settings of the configuration that is meant; raises OwnerFault with every problem."""
    return load(config_path(given))


def write_new(path: Path, text: str) -> None:
    """Write a file that only the owner can read. Raises UsageError where there is one already, StorageFault where the disk fails."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - for the mode
            file.write(text)
    except FileExistsError as fault:
        raise UsageError(f"{path} is there already; name a new file.") from fault
    except OSError as fault:
        raise StorageFault(f"{path}: {fault.strerror or fault}") from fault
