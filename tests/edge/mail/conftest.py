"""Certificates for the scripted servers."""

import pytest
from support.scripted import Certificates


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Give an authority of our own."""
    return Certificates(tmp_path_factory.mktemp("tls"))
