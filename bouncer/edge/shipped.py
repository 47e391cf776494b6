"""Where the files lie that come with bouncer: in the installed package, or in the repository it runs from."""

from pathlib import Path
from typing import Literal

import bouncer

_PACKAGE = Path(bouncer.__file__).parent


def directory(name: Literal["config", "systemd", "rules"], package: Path = _PACKAGE) -> Path:
    """Give the directory `config`, `systemd` or `rules` as shipped with the *package*.

    A wheel carries the first two under `bouncer/share/`; an editable install has them beside the package. `bouncer/config` is code.
    Raises FileNotFoundError where the installation lost it.
    """
    places = (package / name,) if name == "rules" else (package / "share" / name, package.parent / name)
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise FileNotFoundError(f"bouncer's own files are missing: {places[0]}; install it again")
    return found
