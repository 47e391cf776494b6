"""A household for each test, closed after it."""

from collections.abc import Callable, Iterator

import pytest
from support.household import Household


@pytest.fixture
def household() -> Iterator[Callable[..., Household]]:
    """Give a maker of households."""
    made: list[Household] = []

    def make(*contacts: object, **options: object) -> Household:
        made.append(Household(*contacts, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()
