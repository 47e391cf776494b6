"""`bouncer` at a clock that a test sets: `python -m support.skewed FILE COMMAND…`, where FILE says by how many seconds."""

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.schedulers.base

import bouncer.edge.clock
from bouncer.cli.app import main

OFFSET = Path(sys.argv.pop(1))


class Skewed(datetime):
    """The system's clock, so many seconds off."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Give the moment that it shows."""
        return datetime.now(tz) + timedelta(seconds=float(OFFSET.read_text(encoding="ascii")))


if __name__ == "__main__":
    vars(bouncer.edge.clock)["datetime"] = vars(apscheduler.schedulers.base)["datetime"] = Skewed
    main()
