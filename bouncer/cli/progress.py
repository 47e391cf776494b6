"""A bar for whatever takes longer than a second: on a terminal alone, and gone when the work is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer

from bouncer.daemon.wiring import HISTORY
from bouncer.edge.contacts import open_contacts
from bouncer.model import Book, Settings

PATIENCE = 1.0  # seconds before there is anything to see

Step = Callable[[str], None]
_shown = Lock()  # held by the one bar there is


@contextmanager
def at_work(steps: int, patience: float = PATIENCE) -> Iterator[Step]:
    """Give what is told the name of each of *steps* as it begins; where output or errors are piped it shows nothing.

    Inside another bar there is no second one. Nothing may be printed or asked meanwhile.
    """
    if not (sys.stderr.isatty() and sys.stdout.isatty()) or not _shown.acquire(blocking=False):
        yield lambda _: None
        return
    try:
        yield from _bar(steps, patience)
    finally:
        _shown.release()


def read_book(settings: Settings) -> Book:
    """Give the contact file, with a bar where it is large. Raises OwnerFault and StorageFault."""
    with at_work(1) as step:
        step("reading your contact file")
        return open_contacts(settings.contacts, settings.state / HISTORY).load()


def _bar(steps: int, patience: float) -> Iterator[Step]:
    from rich.console import Console  # noqa: PLC0415 - most commands are done before it is loaded
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    task = bar.add_task("", total=steps)
    begun = 0

    def step(name: str) -> None:
        nonlocal begun
        bar.update(task, completed=begun, description=name)
        begun += 1

    timer = Timer(patience, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield step
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
