"""The running daemon's word to `bouncer status`: one small JSON file in the state directory."""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bouncer.model import Health

NAME = "status.json"


def write_status(state: Path, health: Health, at: datetime) -> None:
    """Leave *health* as of *at* in the directory *state*; a disk that refuses is no reason to stop, for it is said elsewhere."""
    held = asdict(health)
    held["last_watch"] = {where: moment.isoformat() for where, moment in health.last_watch.items()}
    held["started"] = health.started.isoformat() if health.started else None
    text = json.dumps({"at": at.isoformat(), "pid": os.getpid(), **held}, indent=2)
    with suppress(OSError):
        scratch = state / f".{NAME}.new"
        scratch.write_text(text + "\n", encoding="utf-8")
        scratch.replace(state / NAME)


def read_status(state: Path) -> tuple[datetime, int, Health] | None:
    """Give when the daemon last left word, its process id and its health; None where it never did."""
    try:
        held = json.loads((state / NAME).read_text(encoding="utf-8"))
        at, pid = datetime.fromisoformat(held.pop("at")), int(held.pop("pid"))
        held["last_watch"] = {where: datetime.fromisoformat(moment) for where, moment in held["last_watch"].items()}
        held["started"] = datetime.fromisoformat(held["started"]) if held["started"] else None
        held["troubles"] = tuple(held["troubles"])
        return at, pid, Health(**held)
    except (OSError, ValueError, KeyError, TypeError):
        return None
