"""The daemon at work: once through for cron, or for years as a service."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bouncer.daemon.daemon import Daemon
from bouncer.daemon.monitoring import EVERY, Monitoring
from bouncer.daemon.outgoing import Outgoing
from bouncer.edge.oauth import ending
from bouncer.edge.status import write_status
from bouncer.edge.systemd import notify, watchdog_seconds
from bouncer.errors import BouncerError, Busy, OwnerFault, SecretMissing, ServerFault, StorageFault
from bouncer.model import Account, RawMail

log = logging.getLogger("bouncer")

_WAIT = 30.0  # seconds before a message is taken again whose effects could not be kept
_DEAF = timedelta(minutes=20)  # a watcher silent for longer is stuck: the watchdog is not fed
_TRYING = timedelta(minutes=45)  # one that said what keeps it: a refused login is tried again after half an hour
_QUEUE = 100  # messages read ahead
_LAST_PING = 15.0  # seconds that a monitor may keep `once` from ending


@dataclass(slots=True)
class Service:
    """Watchers in their threads, one queue, one loop."""

    daemon: Daemon
    outgoing: Outgoing
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    queue: "asyncio.Queue[RawMail]" = field(default_factory=lambda: asyncio.Queue(_QUEUE))
    threads: list[threading.Thread] = field(default_factory=list)
    monitoring: Monitoring = field(init=False)
    heard: dict[str, float] = field(default_factory=dict)  # "account/folder" -> when it last showed a sign of life, steadily

    def __post_init__(self) -> None:
        """Tell of the daemon to whom the owner wants it told."""
        self.monitoring = Monitoring(self.daemon)

    async def once(self, limit: int | None = None) -> BouncerError | None:
        """Go once through receiving and sending; gives the first thing that went wrong, the rest is done all the same."""
        self.monitoring.start()
        well = False
        try:
            fault = await self.through(limit)
            well = fault is None
        finally:
            self.monitoring.end(well=well, seconds=_LAST_PING)
        return fault

    async def through(self, limit: int | None) -> BouncerError | None:
        """Receive and send once."""
        self.outgoing.started = self.daemon.world.clock.now()
        self.daemon.begin()
        self.look_at_logins()
        for account in self.daemon.settings.accounts:
            try:
                await self.daemon.look(account)
            except (ServerFault, SecretMissing) as fault:
                self.daemon.troubles.note(f"imap/{account.name}", fault)
        await self.outgoing.round(limit)
        self.tell_status()
        return next(iter(self.daemon.troubles.faults.values()), None)

    async def run(self) -> None:
        """Work until `stop`; servers that cannot be reached are tried for ever."""
        self.monitoring.start()
        try:
            await self.work()
        except Exception:
            self.monitoring.end(well=False)
            raise

    async def work(self) -> None:
        """Watch, send and tell until `stop`."""
        self.outgoing.started = self.daemon.world.clock.now()
        self.daemon.begin()
        loop = asyncio.get_running_loop()
        for account in self.daemon.settings.accounts:
            for folder in account.folders:
                self.watch(account, folder, loop)
        self.look_at_logins()
        self.wake()
        notify("READY=1", self.status_line())
        consumer = asyncio.create_task(self.consume())
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({consumer, stopped}, return_when=asyncio.FIRST_COMPLETED)
        notify("STOPPING=1")
        await self.drain(consumer)
        stopped.cancel()
        self.tell_status()

    def stop(self) -> None:
        """Ask `run` to finish what it is doing and return."""
        self.outgoing.enough = True
        self.stopping.set()

    def watch(self, account: Account, folder: str, loop: asyncio.AbstractEventLoop) -> None:
        """Start the thread of one folder's connection; all it does is put messages into the queue."""
        mailbox, since = self.daemon.world.mailboxes[account.name], self.daemon.since()
        seen = self.daemon.world.ledger.seen(account.name).get(folder)

        def deliver(raw: RawMail) -> None:
            asyncio.run_coroutine_threadsafe(self.queue.put(raw), loop).result()

        def report(name: str, trouble: str | None) -> None:
            loop.call_soon_threadsafe(self.alive, f"{account.name}/{name}", trouble)

        thread = threading.Thread(
            target=partial(mailbox.watch, folder, seen, since, deliver, report), name=f"{account.name}/{folder}", daemon=True
        )
        self.hear(thread.name)
        self.threads.append(thread)
        thread.start()

    def alive(self, where: str, trouble: str | None) -> None:
        """Note a watcher's sign of life, and what is wrong where something is; `bouncer status` need not wait for news of that."""
        self.hear(where)
        before = self.daemon.troubles.now.get(f"imap/{where}")
        if trouble:
            self.daemon.troubles.note(f"imap/{where}", trouble)
        else:
            self.daemon.troubles.clear(f"imap/{where}")
        if trouble != before:
            with self.told():
                self.tell_status()

    def hear(self, where: str) -> None:
        """Note a watcher's sign of life: for people by the clock, which may be set, and for the watchdog by what passes steadily."""
        self.outgoing.last_watch[where], self.heard[where] = self.daemon.world.clock.now(), self.daemon.world.clock.steady()

    def wake(self) -> None:
        """Have the clock wake what depends on time; each asks the ledger what is due, so a tick more or less is harmless."""
        clock, seconds = self.daemon.world.clock, self.daemon.settings.poll_minutes * 60
        clock.every(60, "send", self.send)
        clock.every(60, "redo", self.redo)
        clock.every(seconds, "sent-folder", self.look_at_sent)
        clock.every(watchdog_seconds() or 60, "watchdog", self.feed)
        clock.every(3600, "logins", self.look_again_at_logins)
        clock.every(EVERY, "monitor", self.monitoring.tick)

    async def send(self) -> None:
        """Send what is due; a broken contact file or a full disk is said, and stops sending until it is mended."""
        if not self.stopping.is_set():
            with self.told():
                if await self.outgoing.round():
                    self.tell_status()

    async def redo(self) -> None:
        """Come back to what a fault of file or disk held up."""
        with self.told():
            self.daemon.redo()
            self.daemon.troubles.clear("disk")
            if not self.daemon.world.ledger.pending():
                self.daemon.troubles.clear("contacts")

    async def look_at_sent(self) -> None:
        """Look into the Sent folders."""
        for account in self.daemon.settings.accounts:
            with self.told():
                try:
                    await self.daemon.look_at_sent(account)
                except (ServerFault, SecretMissing) as fault:
                    self.daemon.troubles.note(f"sent-folder/{account.name}", fault)
                else:
                    self.daemon.troubles.clear(f"sent-folder/{account.name}")

    async def look_again_at_logins(self) -> None:
        """Look at the logins, as the clock wants it."""
        self.look_at_logins()

    def look_at_logins(self) -> None:
        """Say which login is about to end, so that the summary and `bouncer status` tell before it does."""
        for account in self.daemon.settings.accounts:
            soon = ending(account, self.daemon.settings.state, self.daemon.world.clock.now())
            if soon:
                self.daemon.troubles.note(f"login/{account.name}", soon)
            else:
                self.daemon.troubles.clear(f"login/{account.name}")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Note what the owner's file or the disk is to blame for: nothing is sent until `redo` finds it mended."""
        try:
            yield
        except (OwnerFault, StorageFault, Busy) as fault:
            self.daemon.troubles.note("contacts" if isinstance(fault, OwnerFault) else "disk", fault)

    async def consume(self) -> None:
        """Take one message after the other; one whose effects cannot be kept is waited with, never passed over."""
        while True:
            raw = await self.queue.get()
            taken = False
            while not (taken or self.stopping.is_set()):
                with self.told():
                    await self.daemon.take(raw)
                    taken = True
                if not taken:
                    await self.pause()

    async def pause(self) -> None:
        """Wait before the next try, or until `stop`."""
        try:
            await asyncio.wait_for(self.stopping.wait(), _WAIT)
        except TimeoutError:
            return

    async def feed(self) -> None:
        """Feed the watchdog while every watcher shows signs of life, and say how things are."""
        with self.told():
            if all(thread.is_alive() for thread in self.threads) and not any(map(self.deaf, self.heard)):
                notify("WATCHDOG=1", self.status_line())
            self.tell_status()

    def deaf(self, where: str) -> bool:
        """Tell whether the watcher of *where* has given no sign of life for too long."""
        patience = _TRYING if f"imap/{where}" in self.daemon.troubles.now else _DEAF
        return self.daemon.world.clock.steady() - self.heard[where] > patience.total_seconds()

    def status_line(self) -> str:
        """Give the STATUS= line with its counts."""
        health = self.outgoing.health()
        state = "live" if health.live else "dry run"
        questions = len(self.daemon.world.ledger.questions())
        return f"STATUS={state}; {len(self.threads)} folders watched; {questions} decisions wanted; {len(health.troubles)} troubles"

    def tell_status(self) -> None:
        """Leave word for `bouncer status` and the metrics; a disk that will not take it has been said elsewhere."""
        health = self.outgoing.health()
        write_status(self.daemon.settings.state, health, self.daemon.world.clock.now())
        self.monitoring.write(health)

    async def drain(self, consumer: "asyncio.Task[None]") -> None:
        """Stop watching, let the message and the letter in hand finish, and leave the rest on the server."""
        for mailbox in self.daemon.world.mailboxes.values():
            mailbox.stop()
        await self.outgoing.turn.acquire()
        self.daemon.world.clock.stop()  # only now: it cancels the tick that is running, and with it a letter on its way
        while any(thread.is_alive() for thread in self.threads):
            while not self.queue.empty():
                self.queue.get_nowait()
            await asyncio.sleep(0.02)
        consumer.cancel()
        (ended,) = await asyncio.gather(consumer, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
