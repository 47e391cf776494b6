"""The submission server of the virtual years: it takes, refuses, puts off, breaks off, is down, and every letter is judged as it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bouncer.demo.answers import Got
from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Delivery, Letter, OutboxState
from support.years.letters import refusal
from support.years.promises import Promises
from support.years.souls import Crowd

_SENT = Delivery(OutboxState.SENT, "final", 250, "2.0.0", "2.0.0 Ok")
_LATER = Delivery(OutboxState.READY, "rcpt", 450, "4.2.0", "4.2.0 Greylisted, please try again")
_DOWN = Delivery(OutboxState.READY, "connect", trouble="smtp.home.example: connection refused; bouncer tries again.")
_BROKEN_OFF = Delivery(OutboxState.UNKNOWN, "final", text="the connection was lost after the message")
_GREY, _BREAKS = 0.02, 0.01  # how often


@dataclass(slots=True)
class Wire:
    """The port Sender; *deliver* is given each letter that a server took, *point* is where a kill may strike."""

    crowd: Crowd
    promises: Promises
    random: Random
    now: Callable[[], datetime]
    ledger: Callable[[], SqliteLedger]
    deliver: Callable[[Letter, Got], None]
    point: Callable[[str], None]
    down: bool = False
    blocked: Callable[[str], bool] = lambda _: False  # domains that refuse us
    tries: list[str] = field(default_factory=list)

    async def send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        """Submit one letter."""
        at, delivery = self.now(), self._outcome(letter)
        self.promises.tally[delivery.phase + " " + delivery.state] += 1
        if delivery.state is OutboxState.READY:
            return delivery
        self.point("before arming")
        if delivery.state is OutboxState.REFUSED:
            self.promises.leaving(letter, at, self.ledger())
            self.point("refused")
        else:
            arm()
            self.point("armed")
            self.promises.leaving(letter, at, self.ledger())
            if delivery is not _BROKEN_OFF or self.random.random() < 0.5:  # the server may have it or not
                self.promises.handed_over(letter, at)
                self.deliver(letter, Got(letter.to.address, letter.data, at))
        self.promises.ended(letter, delivery, at)
        if delivery.state is not OutboxState.REFUSED:  # of one that nobody took, a bouncer killed here knows nothing, and tries again
            self.point("handed over")
        return delivery

    async def aclose(self) -> None:
        """Nothing is open."""

    def _outcome(self, letter: Letter) -> Delivery:
        if self.down:
            return _DOWN
        soul = self.crowd.whose.get(letter.to.address.lower())
        if soul and (refused := refusal(soul, letter.to.address.lower(), self.now(), blocked=self.blocked(letter.to.domain))):
            return refused
        chance = self.random.random()
        return _LATER if chance < _GREY else _BROKEN_OFF if chance < _GREY + _BREAKS else _SENT
