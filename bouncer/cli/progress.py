"""A bar for whatever takes longer than a second: on a terminal alone, and gone when the work is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

PATIENCE = 1.0  # seconds before there is anything to see

Step = Callable[[str], None]


@contextmanager
def at_work(steps: int, patience: float = PATIENCE) -> Iterator[Step]:
    """Give what is told the name of each of *steps* as it begins; where output or errors are piped it shows nothing."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield lambda _: None
        return
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
