"""The log on standard error: `key=value` lines for the journal, or one JSON object a line with the same keys."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer

from bouncer.cli.show import clean, json_line
from bouncer.daemon.world import told
from bouncer.errors import BouncerError, OwnerFault

log = logging.getLogger("bouncer")

_PAIR = re.compile(r"([a-z_]+)=(\S+)")
_NOISY = ("apscheduler", "imapclient", "aiosmtplib", "mailparser")


def log_to_stderr(*, debug: bool, as_json: bool) -> None:
    """Log to standard error, where systemd's journal and cron's mail pick it up."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    if as_json:
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    logging.getLogger("bouncer").setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One object for each record: `time` (UTC), `severity`, and the keys of the line, whose values are strings and whole numbers.

    A line that another library wrote has `logger` and `message` instead, addresses shortened.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give *record* as a line in which no control character stands as it is."""
        head = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname.lower(),
        }
        kind = record.exc_info[0] if record.exc_info else None  # alone: its words and its traceback may hold those of a mail
        return json_line(head | (_pairs(record) or _other(record)) | ({"exception": kind.__name__} if kind else {}))


def _pairs(record: logging.LogRecord) -> dict[str, object]:
    """Give the pairs of a line of our own with their values before they were written down; {} where it is of another kind."""
    template = str(record.msg)
    found = _PAIR.findall(template)
    if record.name != "bouncer" or " ".join(f"{key}={value}" for key, value in found) != template:
        return {}
    values = iter(record.args if isinstance(record.args, tuple) else ())
    return {key: _plain(next(values, None)) if value.startswith("%") else value for key, value in found}


def _plain(value: object) -> object:
    return value if isinstance(value, int) or value is None else str(value)


def _other(record: logging.LogRecord) -> dict[str, object]:
    return {"logger": record.name, "message": told(clean(record.getMessage()))}


@contextmanager
def faults_logged(*, as_json: bool) -> Iterator[None]:
    """Where the log is JSON, have what ends the command said there, one object a problem, instead of in a sentence beside it."""
    try:
        yield
    except BouncerError as fault:
        if not as_json:
            raise
        ended = fault
    else:
        return
    for problem in ended.problems if isinstance(ended, OwnerFault) else (ended,):
        log.error("event=ended problem=%r", told(str(problem)))
    raise typer.Exit(ended.exit_code)
