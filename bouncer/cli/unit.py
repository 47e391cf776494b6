"""The systemd drop-in of one owner: their user, their paths."""

import os
import pwd
import re
import sys
from pathlib import Path

from bouncer.edge.shipped import directory
from bouncer.model import Settings

_PLAIN = re.compile(r"[A-Za-z0-9/._@+,-]+")
_HIDDEN = ("/home", "/root", "/run/user")  # absent for the service (ProtectHome=tmpfs) but for what is bound


def user_of(home: Path) -> str:
    """Give whom the service shall run as: whoever asks, and for root (as by sudo) the owner of *home*; a number where it has no name."""
    number = home.stat().st_uid if os.getuid() == 0 and home.exists() else os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def drop_in(home: Path, user: str, settings: Settings | None = None) -> str:
    """Give a drop-in for the shipped unit that runs as *user* with the configuration in *home* (absolute), its head says how to use it.

    *settings* say what else is written to; the state stays where the other commands look for it, for there is what happened so far.
    """
    prefix = Path(sys.prefix)
    places = dict.fromkeys((home, *((settings.contacts.parent, settings.state) if settings else ())))
    bound = [
        f"{'BindPaths' if _hidden(place) else 'ReadWritePaths'}={_path(place)}"
        for place in places
        if place == home or not place.is_relative_to(home)
    ]
    base = Path(sys.base_prefix)
    bound += [
        f"BindReadOnlyPaths={_path(place)}" for place in dict.fromkeys((prefix, base)) if _hidden(place) and not place.is_relative_to(home)
    ]
    words = (str(prefix / "bin" / "bouncer"), "run", "--config", str(home / "bouncer.yaml"))
    return "\n".join((
        "# bouncer as a service. Once:",
        f"#   sudo cp {directory('systemd') / 'bouncer.service'} /etc/systemd/system/",
        "#   sudo mkdir -p /etc/systemd/system/bouncer.service.d",
        f"#   bouncer init --systemd {home} | sudo tee /etc/systemd/system/bouncer.service.d/override.conf",
        "#   sudo systemctl daemon-reload && sudo systemctl enable --now bouncer",
        "# How it is: systemctl status bouncer, journalctl -u bouncer, bouncer status",
        "[Service]",
        f"User={user}",
        "StateDirectory=",
        "ExecStart=",
        f"ExecStart={' '.join(_quoted(word).replace('$', '$$') for word in words)}",
        *bound,
    ))  # fmt: skip


def _hidden(place: Path) -> bool:
    return any(place.is_relative_to(above) for above in _HIDDEN)


def _path(place: Path) -> str:
    return _quoted(str(place).replace(":", "\\:"))


def _quoted(word: str) -> str:
    """Write *word* as one of a unit's (systemd.syntax): a specifier is doubled, and what is not plain stands in quotes."""
    word = word.replace("%", "%%")
    return word if _PLAIN.fullmatch(word) else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
