"""`bouncer run` and `once`: the daemon at work."""

import asyncio
import logging
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bouncer.cli.check import problems
from bouncer.cli.common import Config, config_path
from bouncer.cli.journal import faults_logged, log_to_stderr
from bouncer.config import load
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.wiring import build
from bouncer.daemon.world import told
from bouncer.edge.systemd import reloading
from bouncer.edge.worker import Worker
from bouncer.errors import BouncerError, MessageFault, OwnerFault, Problem
from bouncer.model import Settings

log = logging.getLogger("bouncer")

Debug = Annotated[bool, typer.Option("--debug", help="Log more.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Log one JSON object a line, with the keys of the usual lines.")]

Limit = Annotated[int | None, typer.Option(min=0, help="Send this many check-ins at most.")]


def run(config: Config = None, limit: Limit = None, debug: Debug = False, log_json: LogJson = False) -> None:
    """Watch, correct, write and sum up until stopped; SIGHUP reloads the configuration, SIGTERM finishes what is in hand."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # one that comes before its handler is there must wait, not end us
    log_to_stderr(debug=debug, as_json=log_json)
    with faults_logged(as_json=log_json):
        again = asyncio.run(_serve(_sound(config), config, limit))
    if again:  # -P: whatever lies in the present directory is none of our modules
        os.execv(sys.executable, [sys.executable, "-P", "-m", "bouncer", *sys.argv[1:]])  # noqa: S606 - this program, read anew


def once(
    config: Config = None,
    limit: Limit = None,
    debug: Debug = False,
    log_json: LogJson = False,
) -> None:
    """Go through receiving and sending once, for cron; the exit code says what went wrong first."""
    log_to_stderr(debug=debug, as_json=log_json)
    with faults_logged(as_json=log_json):
        fault = asyncio.run(_once(_sound(config), limit))
        if fault:
            raise fault


def _sound(config: Path | None) -> Settings:
    """Give the settings once every file of the owner's was looked at; raises OwnerFault with all that is wrong.

    Passwords are asked for at each login: one that cannot be had just now is no reason not to start.
    """
    path = config_path(config)
    looking: Worker[Path, tuple[Problem, ...]] = Worker(lambda: partial(problems, passwords=False), seconds=300, memory=1 << 30)
    try:  # in a process of its own, so that what looking takes is not held for years
        (wrong,) = looking.read_all([path])
    finally:
        looking.close()
    if isinstance(wrong, MessageFault):
        raise wrong
    if wrong:
        raise OwnerFault(wrong)
    return load(path)


async def _serve(settings: Settings, config: Path | None, limit: int | None) -> bool:
    """Run until a signal; True where it asked for a reload that the new configuration allows."""
    daemon = Daemon(settings, build(settings))
    service, again = Service(daemon, Outgoing(daemon, confirmed=False, most=limit)), asyncio.Event()
    reloads: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        wrong = await asyncio.to_thread(_wrong, config)  # may ask for passwords, which takes its time
        if not wrong:
            again.set()
            reloading()
            service.stop()
            return
        for problem in wrong:
            log.error("event=reload-refused problem=%r", told(str(problem)))
        daemon.troubles.note("configuration", f"Not reloaded, the configuration of before is still in use: {OwnerFault(wrong)}")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    loop.add_signal_handler(signal.SIGHUP, lambda: reloads.add(loop.create_task(reload())))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    try:
        daemon.world.ledger.hold()
        await service.run()
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # the loop takes its handlers with it
        await close(daemon)
    return again.is_set()


def _wrong(config: Path | None) -> tuple[Problem, ...]:
    try:
        return problems(config_path(config))
    except OwnerFault as fault:
        return fault.problems


async def close(daemon: Daemon) -> None:
    """Let go of everything, the ledger last."""
    for sender in daemon.world.senders.values():
        await sender.aclose()
    daemon.world.reader.close()
    daemon.world.ledger.close()


async def _once(settings: Settings, limit: int | None) -> BouncerError | None:
    daemon = Daemon(settings, build(settings))
    try:
        daemon.world.ledger.hold()
        return await Service(daemon, Outgoing(daemon, confirmed=False)).once(limit)
    finally:
        await close(daemon)
