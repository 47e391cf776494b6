"""Every test of the port runs on a file and on the twin in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bouncer.edge.ledger import SqliteLedger


@pytest.fixture(params=["file", "memory"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteLedger]:
    """Give a new ledger."""
    made = SqliteLedger(tmp_path / "ledger.sqlite3" if request.param == "file" else ":memory:")
    yield made
    made.close()
