"""What the world does to bouncer in two years, family by family; each draws from a chance of its own, so that one can be left out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.parser import BytesParser
from random import Random

from support.years import owner, peer
from support.years.letters import forgeries, moved, posted
from support.years.play import POISON, START, Play, trouble

_KILLS = ("before arming", "armed", "handed over", "refused", "before the file", "after the file", "before a message")


def moments(play: Play, random: Random, every: float) -> Iterator[datetime]:
    """Give moments at random, about one in *every* days, and one at least."""
    for _ in range(max(1, round(play.scenario.days / every))):
        yield START + timedelta(days=random.uniform(1, play.scenario.days - 1))


def outages(play: Play, random: Random) -> None:
    """Have the submission server, the mailbox or both be down for hours or days."""
    for at in moments(play, random, 35):
        hours = random.choice((1, 5, 20, 60))
        smtp, imap = random.choice(((True, False), (False, True), (True, True)))

        def down(smtp: bool = smtp, imap: bool = imap) -> None:
            play.wire.down, play.mailbox.fault = smtp or play.wire.down, trouble() if imap else play.mailbox.fault
            play.promises.tally["outages"] += 1

        def again(smtp: bool = smtp, imap: bool = imap) -> None:
            play.wire.down, play.mailbox.fault = play.wire.down and not smtp, None if imap else play.mailbox.fault
            play.news = True

        play.at(at, down)
        play.at(at + timedelta(hours=hours), again)


def kills(play: Play, random: Random) -> None:
    """Have the daemon be killed at one of its points."""
    for at in moments(play, random, 12):

        def arm(where: str = random.choice(_KILLS)) -> None:
            play.deadly = where

        play.at(at, arm)


def restarts(play: Play, random: Random) -> None:
    """Have the daemon be stopped for minutes or days."""
    for at in moments(play, random, 30):

        def stop(hours: float = random.choice((0.1, 0.1, 3, 30, 220))) -> None:
            if play.up:
                play.fall(play.clock.now() + timedelta(hours=hours))
                play.promises.tally["restarts"] += 1

        play.at(at, stop)


def edits(play: Play, random: Random) -> None:
    """Have the owner edit the contact file, as people do."""
    for at in moments(play, random, 5):
        play.at(at, lambda: owner.edit(play, random))


def races(play: Play, random: Random) -> None:
    """Have the owner save just before bouncer writes."""
    for at in moments(play, random, 20):

        def lurk() -> None:
            def save() -> None:
                play.race = lambda: None
                owner.note(play, random)
                play.promises.tally["races"] += 1

            play.race = save

        play.at(at, lurk)


def block(play: Play, random: Random) -> None:
    """Have a provider of many domains refuse us for days."""
    for at in moments(play, random, 250):

        def begin(rest: int = random.randrange(3)) -> None:
            play.wire.blocked = lambda domain: sum(domain.encode()) % 3 == rest

        def end() -> None:
            play.wire.blocked = lambda _: False

        play.at(at, begin)
        play.at(at + timedelta(days=random.uniform(4, 14)), end)


def mass(play: Play, random: Random) -> None:
    """Have many people say within two days that their firm has moved."""
    for at in moments(play, random, 300):
        for n in range(30):

            def say(n: int = n) -> None:
                holders = [soul for soul in play.crowd.souls if soul.last and not soul.stopped and soul.manner not in ("role", "peer")]
                if holders:
                    soul = random.choice(holders)
                    new = f"p{soul.number}.{n}@moved{random.randrange(40)}.example"
                    play.crowd.whose[new] = soul
                    play.put(moved(soul, play.clock.now(), new))
                    play.promises.tally["mass moves"] += 1

            play.at(at + timedelta(hours=random.uniform(0, 48)), say)


def lists(play: Play, random: Random) -> None:
    """Have people of the book write to mailing lists that the owner reads."""
    for at in moments(play, random, 9):

        def post() -> None:
            play.put(posted(random.choice(play.crowd.souls), play.clock.now(), random))
            play.promises.tally["list posts"] += 1

        play.at(at, post)


def forge(play: Play, random: Random) -> None:
    """Have strangers write in the name of people of the book."""
    for at in moments(play, random, 6):

        def write() -> None:
            soul = random.choice(play.crowd.souls)
            data, planted = forgeries(soul, play.clock.now(), random)
            play.promises.forged.add(str(BytesParser().parsebytes(data, headersonly=True)["Message-ID"]))
            play.promises.tally["forgeries"] += 1
            if planted:
                play.crowd.whose[planted] = soul
            play.put(data)

        play.at(at, write)


def loss(play: Play, random: Random) -> None:
    """Have the owner lose forty people of the file by a slip, and put them back after a day or two."""
    for at in moments(play, random, 330):
        play.at(at, lambda: owner.slip(play, random))


def chores(play: Play, random: Random) -> None:
    """Have the owner do her part every other evening: answer people and questions, look at what has stopped, undo something."""
    for day in range(2, play.scenario.days, 2):
        play.at(START + timedelta(days=day, hours=random.uniform(13, 16)), lambda: owner.evening(play, random))


def poison(play: Play, random: Random) -> None:
    """Have messages come that cannot be read."""
    for at in moments(play, random, 120):

        def come() -> None:
            play.put(POISON + b"\r\nFrom: x@strange.example\r\nSubject: " + str(random.random()).encode() + b"\r\n\r\n(((\r\n")
            play.promises.tally["poison"] += 1

        play.at(at, come)


def uids(play: Play, random: Random) -> None:
    """Have the server give all messages other numbers."""
    for at in moments(play, random, 300):

        def renumber() -> None:
            play.mailbox.renumber()
            play.news = True
            play.promises.tally["renumbered"] += 1

        play.at(at, renumber)


_FAMILIES: Mapping[str, Callable[[Play, Random], None]] = {
    "outages": outages, "kills": kills, "restarts": restarts, "edits": edits, "races": races, "block": block, "mass": mass,
    "lists": lists, "forgeries": forge, "peer": peer.settle_in, "loss": loss, "chores": chores, "poison": poison, "uids": uids,
}  # fmt: skip


def happen(play: Play) -> None:
    """Put into the play whatever its scenario names."""
    for family in sorted(play.scenario.families):
        _FAMILIES[family](play, play.scenario.random(family))
