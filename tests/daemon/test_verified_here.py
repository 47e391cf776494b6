"""An account whose provider vouches for nothing: DKIM is verified here, by the production reader, with a DNS of our own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.build import ACCOUNT, AT, JANE
from support.signing import key, message, signed
from support.trust import KEYS, known

from bouncer.core.correlate import correlate
from bouncer.daemon.wiring import WorkerReader, open_reader
from bouncer.edge import dkim
from bouncer.errors import OwnerFault
from bouncer.model import InboundKey, Level, RawMail

asked: list[str] = []
HERE = replace(ACCOUNT, authserv_id=None, verify_dkim=True)


def resolve(name: str) -> bytes | None:
    """Give Acme's key, and remember what was asked."""
    asked.append(name)
    return key().record if name == "s1._domainkey.acme.example" else None


@pytest.fixture(scope="module")
def reader() -> Iterator[WorkerReader]:
    """Give a reader that verifies for the account `main`."""
    made = open_reader(None, ["main"], resolve)
    yield made
    made.close()


def arrived(data: bytes, account: str = "main", **more: bool) -> RawMail:
    """Give *data* as a message of *account*."""
    return RawMail(data, "INBOX:1", InboundKey(account, "INBOX", 1, 1), AT, **more)


async def level(reader: WorkerReader, raw: RawMail) -> Level:
    """Read *raw* and say how far it is believed as Jane's."""
    return correlate(await reader.read(raw), known(JANE), HERE, KEYS, AT).trust.level


async def test_a_signed_message_of_a_contact_is_authenticated(reader: WorkerReader) -> None:
    """E2, as if the provider had vouched for it."""
    assert await level(reader, arrived(signed(message()))) is Level.E2


@pytest.mark.parametrize(
    "data",
    [
        message(),
        signed(message()).replace(b"all is well", b"all is lost"),
        signed(message(), d="evil.test"),
        signed(message(), key(2048)),
        signed(message(), l="5"),
    ],
    ids=["unsigned", "changed", "another domain", "another key", "in part"],
)
async def test_any_other_stays_a_mere_claim(reader: WorkerReader, data: bytes) -> None:
    """E1: a known From and nothing else."""
    assert await level(reader, arrived(data)) is Level.E1


async def test_no_dns_is_asked_for_an_account_that_does_not_want_it(reader: WorkerReader) -> None:
    """Nor for an unsigned message, one that the size gate cut, or one that came from no account."""
    asked.clear()
    for raw in (
        arrived(signed(message()), "other"),
        arrived(message()),
        arrived(signed(message()), truncated=True),
        RawMail(signed(message())),
    ):
        assert (await reader.read(raw)).signed == ()
    assert asked == []


async def test_what_is_too_dear_to_verify_is_read_all_the_same(reader: WorkerReader) -> None:
    """White space that would cost the library minutes."""
    bomb = signed(message(" " * 1_000_000 + "x\r\n"))
    assert (await reader.read(arrived(bomb))).signed == ()


def test_where_the_library_is_missing_the_option_says_so() -> None:
    """With the command that installs it."""
    dkim.demand("accounts.verify_dkim")
    with pytest.raises(OwnerFault, match="pip install"):
        dkim.demand("accounts.verify_dkim", "no_such_library")
    assert "pip install" in dkim.MISSING
