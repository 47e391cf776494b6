"""From the server's push to the corrected file on disk, and what the daemon costs while nothing happens; with 1,000 contacts.

usage: python tests/bench/bench_daemon.py [--messages N] [--idle SECONDS]

The IMAP server is the demo's (pymap, in this process), so the figure holds its few milliseconds as well. The first message finds
the reading child not yet started and is printed apart.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import psutil

from bouncer.config import load
from bouncer.core.tokens import mint
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.outgoing import Outgoing
from bouncer.daemon.service import Service
from bouncer.daemon.wiring import build
from bouncer.daemon.world import Journal
from bouncer.demo.answers import Got, automatic
from bouncer.demo.cast import Person
from bouncer.demo.clock import VirtualClock
from bouncer.demo.files import write_files
from bouncer.demo.mailworld import MailWorld
from bouncer.model import Receipt

CONTACTS = 1000
GOAL_MS, GOAL_MB, GOAL_CPU = 100, 120, 0.5


class Watch(Journal):
    """An onlooker that notes when the file was written."""

    def __init__(self) -> None:
        """Nothing has been written yet."""
        self.written = asyncio.Event()

    def wrote(self, receipt: Receipt) -> None:
        """Note it."""
        assert receipt.applied, receipt.refused
        self.written.set()


def people() -> list[Person]:
    """Give invented people, each at a company of a few."""
    return [Person(f"Person{n} Sample", f"person{n}@company{n // 5}.example", f"Company {n // 5}", "") for n in range(CONTACTS)]


async def latencies(messages: int, directory: Path) -> list[float]:
    """Give the seconds from handing each message to the IMAP server until the contact file was renamed into place."""

    async def receive(_to: str, _data: bytes) -> None:
        return None

    clock = VirtualClock(datetime.now(UTC))
    mail = MailWorld(lambda _address: None, receive, clock.now)
    settings = load(write_files(directory, mail.imap_port, mail.smtp_port, people()))
    watch = Watch()
    world = build(settings, watch, clock)
    daemon = Daemon(settings, world)
    service = Service(daemon, Outgoing(daemon))
    found = []
    async with mail:
        running = asyncio.create_task(service.run())
        await asyncio.sleep(1)
        for number in range(messages):
            address = f"person{number}@company{number // 5}.example"
            person = world.ledger.person(address)
            assert person is not None
            token = mint(world.keys, "checkin", person, address, clock.now().date(), token_bytes(4))
            letter = f"Message-ID: <b.{token}@home.example>\r\nSubject: Hello\r\n\r\nHello\r\n".encode()
            words = f"I have left. My new email address is person{number}@new{number}.example. Please update your address book."
            data = automatic(Got(address, letter, clock.now()), f"Person{number} Sample", "Automatic reply: Hello", words)
            await asyncio.sleep(0.2)
            watch.written.clear()
            start = time.perf_counter()
            await mail.put(data)
            await asyncio.wait_for(watch.written.wait(), 20)
            found.append(time.perf_counter() - start)
        service.stop()
        await running
    for sender in world.senders.values():
        await sender.aclose()
    world.reader.close()
    world.ledger.close()
    return found


def idle(seconds: float, directory: Path) -> tuple[float, float, float]:
    """Give resident MB of the daemon, MB that it and its reading process hold together (PSS), and its share of a core in percent."""
    write_files(directory, 9, 9, people())  # nobody listens there: the daemon tries again and again, which is the dearer idleness
    run = subprocess.Popen([sys.executable, "-m", "bouncer", "run", "--config", str(directory / "bouncer.yaml")], stderr=subprocess.DEVNULL)
    try:
        time.sleep(12)
        process = psutil.Process(run.pid)
        family = [process, *process.children(recursive=True)]
        before = sum(sum(p.cpu_times()[:2]) for p in family)
        time.sleep(seconds)
        spent = sum(sum(p.cpu_times()[:2]) for p in family) - before
        pss = sum(p.memory_full_info().pss for p in family)
        return process.memory_info().rss / 1e6, pss / 1e6, 100 * spent / seconds
    finally:
        run.terminate()
        run.wait(60)


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--messages", type=int, default=20, help="20 at most: more new addresses in a week are held for the owner")
    ask.add_argument("--idle", type=float, default=60)
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        first, *rest = (1000 * seconds for seconds in asyncio.run(latencies(args.messages, Path(directory))))
    print(f"push to corrected file, {CONTACTS} contacts, {len(rest)} messages (goal: median at most {GOAL_MS} ms)")
    print(f"  first {first:.0f} ms, median {statistics.median(rest):.0f} ms, 90 % {statistics.quantiles(rest, n=10)[-1]:.0f} ms")
    with tempfile.TemporaryDirectory() as directory:
        rss, pss, cpu = idle(args.idle, Path(directory))
    print(f"idle daemon, {CONTACTS} contacts, {args.idle:g} s (goal: at most {GOAL_MB} MB, under {GOAL_CPU} % of a core)")
    print(f"  resident {rss:.0f} MB; with its reading process {pss:.0f} MB (shared pages counted once); {cpu:.2f} % of a core")


if __name__ == "__main__":
    main()
