"""The garbage collector held off while very many objects are made that all stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 5_000  # people; of fewer it takes no time worth saving


@contextmanager
def unhurried(people: int) -> Iterator[None]:
    """Let the collector rest where there are many *people*: it would walk all of them again and again, and find nothing."""
    if people < _MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
