"""What this machine knows of the person at it, and files that are made where there are none."""

import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bouncer.edge.beside import beside
from bouncer.errors import StorageFault

_ZONES = "zoneinfo/"


def time_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """Give the IANA time zone of this machine as *localtime* is a link to it; "" where it is none."""
    with suppress(OSError):
        return str(localtime.resolve(strict=True)).partition(_ZONES)[2]
    return ""


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Give the language of the person at it, two or three letters; "" where *environ* does not say."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    primary = spoken.partition(".")[0].partition("_")[0].lower()
    return primary if primary.isalpha() and len(primary) in (2, 3) else ""


def full_name() -> str:
    """Give the person's name as the user database has it; "" where it has none, or root's."""
    with suppress(KeyError):
        user = pwd.getpwuid(os.getuid())
        return user.pw_gecos.partition(",")[0].strip() if user.pw_uid else ""
    return ""


def create(path: Path, text: str, mode: int = 0o644) -> bool:
    """Make the file *path*, whole or not at all; False where there is one already, which is left alone.

    Raises StorageFault where the disk or the directory will not have it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(path):
            return False
        new = beside(path, text.encode(), mode)
        try:
            new.chmod(mode)  # whatever the umask takes away
            with suppress(FileExistsError):  # somebody was quicker
                path.hardlink_to(new)
                return True
        finally:
            with suppress(OSError):
                new.unlink()
    except OSError as fault:
        raise StorageFault(f"{path} cannot be written: {fault.strerror or fault}") from None
    return False
