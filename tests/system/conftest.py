"""The real mail system, started once for all tests that need it."""

from collections.abc import Iterator

import pytest
from support.mailstack import MailStack, need_mail_servers


@pytest.fixture(scope="session")
def mailstack() -> Iterator[MailStack]:
    """Give the running mail system."""
    need_mail_servers()
    with MailStack() as stack:
        yield stack
