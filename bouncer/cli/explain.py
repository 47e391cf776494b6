"""`bouncer explain`: what bouncer reads in any message, and with `--config` what `run` would do with it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from bouncer.cli.foretell import Oracle
from bouncer.cli.progress import at_work
from bouncer.cli.show import json_line, show_reading
from bouncer.config import load
from bouncer.core.present import as_json
from bouncer.daemon.wiring import open_reader
from bouncer.edge.messages import DEFAULT_LIMIT, from_stream, messages
from bouncer.errors import MessageFault
from bouncer.model import Decision, RawMail, Reading

BATCH = 50  # messages a child reads before the next one is forked


def explain(
    paths: Annotated[list[str], typer.Argument(metavar="FILE|DIR|MBOX|-", help="Messages to read; - is standard input.")],
    as_json_: Annotated[bool, typer.Option("--json", help="One JSON object a message and line.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Also say what `bouncer run` with this configuration would do.")
    ] = None,
) -> None:
    """Say what a message says: bounce or answer, whose address failed, new addresses, job changes, and by which words."""
    settings = load(config) if config else None
    reader = open_reader(settings.rules if settings else None)
    oracle = Oracle(settings) if settings else None
    any_there = False
    try:
        read = _read(reader.read_all, _all(paths, settings.max_message_bytes if settings else DEFAULT_LIMIT))
        first = () if "-" in paths else _begun(read)
        for raw, result in chain(first, read):
            if any_there and not as_json_:
                typer.echo()  # a line between two messages
            if isinstance(result, MessageFault):
                _unread(raw, result, as_json_)
            else:
                _print(result, oracle.would(raw, result) if oracle else None, as_json_)
            any_there = True
    finally:
        reader.close()
        if oracle:
            oracle.close()
    if not any_there:
        typer.echo(f"There is no message in {', '.join(paths)}.", err=True)


def _all(paths: list[str], limit: int) -> Iterator[RawMail]:
    for path in paths:
        if path == "-":
            yield from_stream(sys.stdin.buffer, limit)
        else:
            yield from messages(Path(path), limit)


def _read(
    read_all: Callable[[Sequence[RawMail]], Iterator[Reading | MessageFault]], raws: Iterator[RawMail]
) -> Iterator[tuple[RawMail, Reading | MessageFault]]:
    while batch := list(islice(raws, BATCH)):
        yield from zip(batch, read_all(batch), strict=True)


def _begun(read: Iterator[tuple[RawMail, Reading | MessageFault]]) -> tuple[tuple[RawMail, Reading | MessageFault], ...]:
    """Give the first message there is; from then on what is shown tells that it goes on."""
    with at_work(1) as step:
        step("beginning to read")
        return tuple(islice(read, 1))


def _print(reading: Reading, would: tuple[Decision, ...] | None, plain: bool) -> None:
    if plain:
        typer.echo(json_line(as_json(reading, would)))
    else:
        show_reading(reading, would)


def _unread(raw: RawMail, fault: MessageFault, plain: bool) -> None:
    """Say of a message that broke the reader what `run` would do: set it aside as other, with the defect."""
    if plain:
        because = {"rule": "unreadable", "quote": "", "where": "header"}
        typer.echo(
            json_line(
                {"source": raw.source, "kind": "other", "because": because, "recipients": [], "findings": [], "defects": [str(fault)]}
            )
        )
    else:
        typer.echo(f"{raw.source}: not read: {fault}", err=True)
