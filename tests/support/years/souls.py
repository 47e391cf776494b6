"""The people of the virtual years: where each can be reached, how each answers, and how the owner has them in the contact file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bouncer.demo.answers import Got

ZONES = ("Europe/London", "America/New_York", "Australia/Sydney")  # two change their clocks on other days, one in the other season
VACATIONS = ("vacation-weekly", "vacation-always", "vacation-subject", "vacation-marked", "vacation-dates")
MOVES = ("moves-tells", "moves-writes", "moves-bounces", "moves-left")
_MANNERS: Mapping[str, int] = {
    "silent": 28, "answers": 18, **dict.fromkeys(VACATIONS, 4), **dict.fromkeys(MOVES, 5), "gone": 4, "dead-letters": 3, "stops": 4,
    "full": 2, "slow": 2, "private": 2, "role": 1,
}  # fmt: skip
_EVERY = (("", 180), ("", 180), ("3 months", 91), ("6 months", 183), ("1 year", 365), ("60 days", 60), ("never", 100_000))
_FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hana", "Ivo", "Jona", "Kim", "Lars", "Mia", "Nils", "Olive", "Pat")
_LAST = ("Abel", "Brook", "Chan", "Dale", "Ek", "Fox", "Gold", "Hill", "Ito", "Jung", "Kaur", "Lind", "Moss", "North", "Oak", "Page")
_FIRMS = 120
PEER = "bea@peer.example"


@dataclass(slots=True)
class Soul:
    """One person: *address* is where they can be reached, *left* when they leave for *next*, *off* their absences."""

    number: int
    name: str
    address: str
    zone: str
    manner: str
    every: str
    days: int  # what `every` comes to
    left: datetime | None = None
    next: str = ""
    off: tuple[tuple[datetime, datetime], ...] = ()
    replied: datetime | None = None  # when their machine last answered
    last: Got | None = None  # the last letter of ours that they hold
    stopped: datetime | None = None  # when bouncer learned that they want no letter any more
    first: str = ""  # the address the file began with

    def gone(self, address: str, at: datetime) -> bool:
        """Tell whether they no longer sit at *address*."""
        return self.left is not None and at >= self.left and address == self.first

    def away(self, at: datetime) -> datetime | None:
        """Give when they are back, where they are away."""
        return next((end for start, end in self.off if start <= at < end), None)


@dataclass(slots=True)
class Crowd:
    """Everybody, and whose each address is, whatever became of it."""

    souls: Sequence[Soul]
    whose: dict[str, Soul] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know them by all their addresses."""
        for soul in self.souls:
            self.whose |= {soul.address: soul} | ({soul.next: soul} if soul.next else {})


def crowd(random: Random, number: int, start: datetime, days: int) -> Crowd:
    """Give *number* people; the last is somebody who runs a bouncer too."""
    souls = [_soul(random, n, start, days) for n in range(number - 1)]
    souls.append(Soul(number - 1, "Bea Peer", PEER, ZONES[0], "peer", "14 days", 14, first=PEER))
    return Crowd(souls)


def _soul(random: Random, number: int, start: datetime, days: int) -> Soul:
    manner = random.choices(tuple(_MANNERS), tuple(_MANNERS.values()))[0]
    first, last, firm = random.choice(_FIRST), random.choice(_LAST), random.randrange(_FIRMS)
    name, every = f"{first} {last}{number}", random.choice(_EVERY)
    local = "sales" if manner == "role" else f"{first}.{last}{number}".lower()
    address = f"{local}@firm{firm}.example" if manner != "role" else f"{local}@role{number}.example"
    soul = Soul(number, name, address, random.choice(ZONES), manner, *every, first=address)
    if manner in MOVES or manner in ("gone", "dead-letters"):
        soul.left = start + timedelta(days=random.uniform(-100, days))
        soul.next = f"{first}.{last}{number}@works{random.randrange(_FIRMS)}.example".lower() if manner in MOVES else ""
    if manner in VACATIONS:
        moments = [start + timedelta(days=random.uniform(0, days)) for _ in range(max(2, days // 60))]
        soul.off = tuple((moment, moment + timedelta(days=random.uniform(5, 40))) for moment in moments)
    return soul


def entry(soul: Soul, random: Random) -> str:
    """Give the owner's entry for *soul*, with comments and fields of her own, in one of several hands."""
    firm = soul.address.rpartition("@")[2].removesuffix(".example")
    quote = random.choice(("", "'", '"'))
    lines = [
        f"  - name: {soul.name}",
        f"    email: {quote}{soul.address}{quote}   # mine {soul.number}",
        f"    company: {firm.title()}",
        f"    timezone: {soul.zone}",
        *([f"    every: {soul.every}"] if soul.every else []),
        random.choice(("    tags: [it, london]", "    tags:\n      - it\n      # a tag of mine\n      - london", "    # no tags")),
        random.choice(
            (f"    note: met in {soul.number}", f"    note: |\n      two lines\n      of {soul.number}", f'    note: "n: {soul.number}"')
        ),
    ]
    return "\n".join(lines) + "\n"
