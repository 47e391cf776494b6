"""The garbage collector held off while very many objects are made that all stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 5_000  # of fewer it takes no time worth saving


@contextmanager
def unhurried(number: int, many: int = _MANY) -> Iterator[None]:
    """Let the collector rest where *number* objects, people if nothing else, are *many*: it would walk them again and again for nothing."""
    if number < many or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
