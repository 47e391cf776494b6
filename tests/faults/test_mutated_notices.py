"""Damaged notices break nothing; `bench_fuzz.py` runs many more of them by hand."""

import pytest
from support.notices import mutated, read


@pytest.mark.parametrize("block", range(10))
def test_a_damaged_notice_is_read_or_left_alone_but_never_raises(block: int) -> None:
    """Forty a block, the same on every run."""
    for seed in range(block * 40, block * 40 + 40):
        read(mutated(seed))
