"""The twins of the two wires keep the promises of the ports."""

from datetime import datetime

import pytest
from support.mailbox_conformance import LIMIT, T0, T1, MailboxConformance, World, letter, watching

from bouncer.edge.memory_mail import MemoryMailbox, MemorySender
from bouncer.errors import ServerFault
from bouncer.model import Delivery, OutboxState


class MemoryWorld(World):
    """The mailbox in memory."""

    def __init__(self) -> None:
        """Be empty."""
        self.box = self.twin = MemoryMailbox(max_message_bytes=LIMIT)

    def put(self, data: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put it in."""
        self.twin.put(data, folder, at)

    def renumber(self) -> None:
        """Have the Inbox numbered anew."""
        self.twin.renumber()


class TestMemoryMailbox(MailboxConformance):
    """The suite on the twin."""

    @pytest.fixture
    def world(self) -> MemoryWorld:
        """Give an empty mailbox."""
        return MemoryWorld()

    def test_a_fault_is_met_by_every_call(self, world: MemoryWorld) -> None:
        """Until it is over; a watch reports it and goes on."""
        world.twin.fault = ServerFault("out of order")
        world.put(b"S: 1\r\n\r\n", T1)
        with pytest.raises(ServerFault):
            list(world.box.fetch({}, T0))
        with pytest.raises(ServerFault):
            world.box.append_sent(letter(1), T1)
        with watching(world.box) as watch:
            assert watch.said.get(timeout=20) == ("INBOX", "out of order")
            world.twin.fault = None
            assert watch.came.get(timeout=20).data == b"S: 1\r\n\r\n"


async def test_a_letter_is_kept_and_armed_once() -> None:
    """As if a server had taken it."""
    sender, armed = MemorySender(), []
    assert (await sender.send(letter(1), lambda: armed.append(1))).state is OutboxState.SENT
    assert (len(sender.sent), armed) == (1, [1])


async def test_a_refused_recipient_is_never_armed() -> None:
    """The refusal comes before DATA, and nothing is kept."""
    sender, armed = MemorySender(lambda _: Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "no such user")), []
    assert (await sender.send(letter(1), lambda: armed.append(1))).state is OutboxState.REFUSED
    assert (sender.sent, armed) == ([], [])
