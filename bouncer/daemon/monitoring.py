"""Word to whoever watches over bouncer from outside: a file of metrics, and pings to a monitor; each only where the owner wants it."""

from dataclasses import dataclass, field

from bouncer.core.metrics import exposition
from bouncer.daemon.daemon import Daemon
from bouncer.edge.metrics_file import write_metrics
from bouncer.edge.pinger import Pinger
from bouncer.model import Health

EVERY = 300.0  # seconds between two pings
_FAREWELL = 2.0  # seconds that a last ping may keep a service from ending
_BY_DESIGN = ("monitor", "pace", "people", "login/", "sent/")  # troubles that keep bouncer from nothing


@dataclass(slots=True)
class Monitoring:
    """What one daemon tells of itself."""

    daemon: Daemon
    pinger: Pinger | None = field(init=False, default=None)
    lasting: frozenset[str] = frozenset()  # what was wrong at the last ping

    def __post_init__(self) -> None:
        """Ping where there is somebody to be pinged."""
        if self.daemon.settings.ping_url is not None:
            self.pinger = Pinger(self.daemon.settings.ping_url)

    def write(self, health: Health) -> None:
        """Leave *health* in the metrics file; where it cannot be written, that is a trouble and no more."""
        path, world = self.daemon.settings.metrics_file, self.daemon.world
        if path is not None:
            text = exposition(health, len(world.ledger.questions()), len(world.ledger.pending()), world.clock.now())
            self._say("metrics", write_metrics(path, text))

    def start(self) -> None:
        """Say that a run begins."""
        if self.pinger is not None:
            self.pinger.ping("/start")

    async def tick(self) -> None:
        """Say how it goes: badly where something has been wrong since the last time, for servers come and go."""
        if self.pinger is not None:
            self._say("monitor", self.pinger.trouble)
            wrong = frozenset(where for where in self.daemon.troubles.now if not where.startswith(_BY_DESIGN))
            self.pinger.ping("/fail" if wrong & self.lasting else "")
            self.lasting = wrong

    def end(self, *, well: bool, seconds: float = _FAREWELL) -> None:
        """Say how a run ended, and wait *seconds* at most for that; a service that is stopped says nothing unless it went wrong."""
        if self.pinger is not None:
            self.pinger.ping("" if well else "/fail")
            self.pinger.close(seconds)
            self._say("monitor", self.pinger.trouble)

    def _say(self, where: str, sentence: str | None) -> None:
        if sentence:
            self.daemon.troubles.note(where, sentence)
        else:
            self.daemon.troubles.clear(where)
