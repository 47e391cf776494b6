"""Whatever a mail server does, at whatever step: each talk ends in time, in the right state, at rest, and without the password in clear.

A sample; `python tests/faults/wire_faults.py` lives through the whole grid, and `BOUNCER_SEED` chooses the sample.
"""

import asyncio
import os
import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from support.wires import Authority, Cell, Outcome, all_cells, imap, smtp

from bouncer.edge.imap import ImapMailbox
from bouncer.edge.imap.session import Mark
from bouncer.edge.smtp import SmtpSender
from bouncer.model import Delivery, OutboxState

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
SAMPLE = 48  # cells of each wire


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give the certificates."""
    return Authority(tmp_path_factory.mktemp("authority") / "tls")


def sample(cells: list[Cell]) -> list[Cell]:
    """Choose some."""
    return random.Random(SEED).sample(cells, SAMPLE)  # noqa: S311 - a sample


def wrong(outcomes: list[Outcome]) -> list[str]:
    """Give what ended wrong, by cell."""
    return [f"{outcome.cell}: {'; '.join(outcome.wrong)}" for outcome in outcomes if outcome.wrong]


def test_the_grid_is_as_large_as_it_is_said_to_be() -> None:
    """At least 250 cells, none twice; every step of both conversations, every fault of both lists, TLS both ways."""
    cells = {("SMTP", *cell) for cell in smtp.grid()} | {("IMAP", *cell) for cell in imap.grid()}
    assert len(cells) == len(smtp.grid()) + len(imap.grid())
    assert len(cells) >= 250
    assert {step for wire, _, step, _ in cells if wire == "SMTP"} == set(smtp.PHASES)
    assert {step for wire, _, step, _ in cells if wire == "IMAP"} == {*imap.PHASES, *imap.FILING, "STARTTLS", "connect", "LOGOUT"}
    assert {fault for _, _, _, fault in cells} >= {*smtp.FAULTS, *smtp.TLS, *imap.FAULTS, *imap.TLS, imap.RENUMBERED}
    assert {way for _, way, _, _ in cells} == {"loopback-none", "starttls", "implicit"}


@pytest.mark.parametrize("wire", [smtp, imap], ids=["SMTP", "IMAP"])
def test_a_sample_of_the_grid_ends_well(authority: Authority, wire: Any) -> None:
    """The first cells of another seed are another sample."""
    outcomes = all_cells(partial(wire.run, authority=authority), sample(wire.grid()))
    assert wrong(outcomes) == [], f"seed {SEED}"
    assert len(outcomes) == SAMPLE


@pytest.mark.parametrize("cell", [("loopback-none", "FETCH", fault) for fault in ("no", "bad", "endless line", "drip", "half")], ids=str)
def test_no_message_is_lost_to_a_fetch_that_fails_for_once(authority: Authority, cell: Cell) -> None:
    """What the server would not give, or broke off, comes on the next connection."""
    assert imap.run(cell, authority).wrong == []


class Hopeful(SmtpSender):
    """Takes a connection lost after the text for one lost before it."""

    async def send(self, letter: Any, arm: Any) -> Delivery:
        """Send a letter."""
        delivery = await super().send(letter, arm)
        return Delivery(OutboxState.READY, "data") if delivery.state is OutboxState.UNKNOWN else delivery


class Opportunist(SmtpSender):
    """Goes on in clear where TLS fails."""

    async def send(self, letter: Any, arm: Any) -> Delivery:
        """Send a letter."""
        delivery = await super().send(letter, arm)
        if delivery.phase == "connect":
            account = self._place.account
            clear = replace(account, smtp=replace(account.smtp, tls="loopback-none"))
            other = SmtpSender(clear, self._password, waits=self._waits)
            try:
                return await other.send(letter, arm)
            finally:
                await other.aclose()
        return delivery


class Busy(SmtpSender):
    """Looks again and again instead of waiting."""

    async def send(self, letter: Any, arm: Any) -> Delivery:
        """Send a letter."""
        work = asyncio.ensure_future(super().send(letter, arm))
        while not work.done():  # noqa: ASYNC110 - the fault itself
            await asyncio.sleep(0)
        return work.result()


@pytest.mark.parametrize(
    ("kind", "cell", "words"),
    [
        (Hopeful, ("loopback-none", "text", "drop"), "ready, not unknown"),
        (Opportunist, ("starttls", "connect", "stripped"), "password in clear"),
        (Busy, ("loopback-none", "MAIL", "silence"), "of a core while waiting"),
    ],
)
def test_a_sender_that_is_wrong_is_found_out(authority: Authority, kind: type[SmtpSender], cell: Cell, words: str) -> None:
    """One that would send twice, one that gives the password away, one that spins."""
    assert words in "; ".join(smtp.run(cell, authority, kind).wrong)


class Forgetful(ImapMailbox):
    """Begins at the beginning on every connection."""

    def _follow(self, wire: Any, mark: Mark, *rest: Any) -> None:
        mark.uid = 1
        super()._follow(wire, mark, *rest)


class Hasty(ImapMailbox):
    """Passes over what the server would not give at the first try."""

    def _follow(self, wire: Any, mark: Mark, *rest: Any) -> None:
        mark.tries = 1
        super()._follow(wire, mark, *rest)


@pytest.mark.parametrize(("kind", "step", "fault"), [(Forgetful, "DONE", "drop"), (Hasty, "FETCH", "no")])
def test_a_mailbox_that_is_wrong_is_found_out(authority: Authority, kind: type[ImapMailbox], step: str, fault: str) -> None:
    """One that delivers twice, one that loses."""
    found = imap.run(("loopback-none", step, fault), authority, kind).wrong
    assert any(words.startswith("came [") for words in found)


@pytest.mark.parametrize("wire", [smtp, imap], ids=["SMTP", "IMAP"])
def test_a_good_server_is_served_well(authority: Authority, wire: Any) -> None:
    """The control: a fault at a step that never comes is none."""
    outcome = wire.run(("implicit", "never", "delay"), authority)
    assert outcome.wrong == []
