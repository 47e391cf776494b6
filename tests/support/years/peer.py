"""Somebody of the book who runs a bouncer too, with the owner in her own book: two of them face each other for two years."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.world import World
from bouncer.demo.answers import authenticated
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.memory import MemoryContacts
from bouncer.edge.memory_mail import MemoryMailbox, MemorySender
from bouncer.model import Account, Contact, InboundKey, Keys, Letter, Owner, Pace, RawMail, Settings
from support.build import ACCOUNT, OWNER
from support.household import Memory, Reader
from support.years.play import START, Play, templates
from support.years.souls import PEER


class Peer:
    """The other bouncer, in memory, wound up by the same clock."""

    def __init__(self, play: Play, random: Random) -> None:
        """Write as often as one may."""
        account: Account = replace(ACCOUNT, address=PEER, sent_copy="server")
        settings = Settings(
            owner=Owner(name="Bea Peer", address="bea.private@peer.example", timezone="Europe/London"),
            accounts=(account,), live=True, pace=Pace(per_person_days=14),
        )  # fmt: skip
        self.play, self.number = play, 0
        world = World(
            ledger=SqliteLedger(":memory:", lambda: random.randbytes(6).hex()),
            contacts=MemoryContacts([Contact(name=OWNER.name, email=OWNER.address, every="14 days")]),
            senders={"main": MemorySender()},
            mailboxes={"main": MemoryMailbox()},
            reader=Reader(),
            clock=play.clock,
            keys=Keys(b"p" * 32),
            templates=templates(),
            random=random.random,
            onlooker=self.Ear(self),
            entropy=random.randbytes,
        )
        self.daemon = Daemon(settings, world)
        self.outgoing = Outgoing(self.daemon)
        self.got: list[bytes] = []

    class Ear(Memory):
        """Hears what she sends."""

        def __init__(self, peer: "Peer") -> None:
            """Belong to *peer*."""
            super().__init__()
            self.peer = peer

        def sent(self, planned: object, letter: Letter, delivery: object) -> None:  # noqa: ARG002 - the port's word
            """Bring it to the owner of the other one."""
            if letter.purpose != "summary":
                self.peer.play.promises.tally["letters of the other bouncer"] += 1
                head = f"Authentication-Results: {authenticated(PEER)}\r\nReceived: from mx.peer.example by mx.home.example; x\r\n"
                self.peer.play.put(head.encode() + letter.data)

    def work(self) -> None:
        """Take in what came and send what is due."""
        at = self.play.clock.now()

        async def once() -> None:
            while self.got:
                data = self.got.pop(0)
                self.number += 1
                head = f"Authentication-Results: {authenticated(OWNER.address)}\r\nReceived: from mx.home.example by mx.peer.example; x\r\n"
                await self.daemon.take(RawMail(head.encode() + data, "-", InboundKey("main", "INBOX", 1, self.number), at))
            await self.outgoing.round()

        self.play.aside.append(once)


def settle_in(play: Play, random: Random) -> None:
    """Have the other bouncer run beside; it is woken once a day, and a missed tick is harmless to it too."""
    peer = Peer(play, random)

    def letter(sent: Letter) -> None:
        play.promises.tally["letters to the other bouncer"] += 1
        peer.got.append(sent.data)

    play.peers_letter = letter
    for day in range(play.scenario.days):
        play.at(START + timedelta(days=day, hours=5 + day % 8), peer.work)
    play.closing.append(peer.daemon.world.ledger.close)
