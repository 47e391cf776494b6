"""What the daemon and its owner are doing when they are killed: each scenario has a past, a deed, and nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bouncer.demo.answers import Got, automatic, human, notice
from bouncer.errors import UsageError
from bouncer.model import ENTRY, Because, Change, Contact, EventKind, Settings
from support.build import AT, SETTINGS
from support.killing import Honest, House, Steps

CONTACTS = """\
# mine
contacts:
  - name: Jane Doe
    email: jane@acme.example   # at work
    company: Acme
    # and a comment
  - name: Bob Ray
    email: bob@corp.example
    every: never
  - name: Cy Dee
    email: cy@dell.example
    every: never
"""
MOVED = "I have left Acme. My new email address is jane@newco.example.\nThis mailbox is no longer read.\n\nJane"
NUMBER = "Hi Olga,\n\nanswering from home.\n\nJane"
ANN = Contact(name="Ann Lee", email="ann@new.example", company="New: Co", every="never")
BY_HAND = Because("by-hand", "", "header")
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One deed: *past* is how many messages of *inbox* were taken in before; *deed* is what the owner does besides, if she is let."""

    name: str
    inbox: Callable[[Got], tuple[bytes, ...]] = lambda _: ()
    past: int = 0
    at: datetime = AT + DAY
    deed: Callable[[House], None] = lambda _: None
    awake: bool = False  # Bob and Cy are due
    refuses: tuple[str, ...] = ()
    meddled: bool = False

    @property
    def settings(self) -> Settings:
        """Give the configuration; nothing else is due but what the scenario is about."""
        return replace(SETTINGS, catch_up_days=3650)

    def prepare(self, root: Path) -> None:
        """Have the past happen: Jane was written to, and some of what came back was taken in."""
        (root / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
        house = House(root, replace(self.settings, state=root / "state"), AT)
        asyncio.run(house.service.once())
        house.close()
        letter = next((root / "sent").iterdir()).read_bytes()
        (root / "letter").write_bytes(letter)
        if self.past:
            earlier = House(root, replace(self.settings, state=root / "state"), AT + DAY / 2, self.inbox(self.got(root))[: self.past])
            asyncio.run(earlier.service.once())
            earlier.close()
        if self.awake:
            text = (root / "contacts.yaml").read_text(encoding="utf-8")
            (root / "contacts.yaml").write_text(text.replace("    every: never\n", ""), encoding="utf-8")

    def got(self, root: Path) -> Got:
        """Give the letter that Jane got."""
        return Got("jane@acme.example", (root / "letter").read_bytes(), AT + DAY / 4)

    def run(self, root: Path, step: Steps, kind: type[Honest] = Honest) -> House:
        """Do all there is to do, whatever was done before: a start of the daemon, and the owner's word. Gives the house, closed."""
        house = self.house(root, step, kind)
        try:
            asyncio.run(house.service.once())
            self.deed(house)
        finally:
            house.close()
        return house

    def house(self, root: Path, step: Steps, kind: type[Honest] = Honest) -> House:
        """Give the daemon on the day of the deed, not yet started."""
        settings = replace(self.settings, state=root / "state")
        meddle = partial(save, root) if self.meddled else None
        return House(root, settings, self.at, self.inbox(self.got(root)), self.refuses, meddle, kind, step)


def save(root: Path) -> None:
    """Have the owner correct the address that bouncer is about to change, once."""
    path = root / "contacts.yaml"
    text = path.read_text(encoding="utf-8")
    if "jane@acme.example   # at work" in text and "jane.doe@" not in text:
        draft = root / "draft"
        draft.write_text(text.replace("email: jane@acme.example ", "email: jane.doe@other.example "), encoding="utf-8")
        draft.replace(path)


def undo(house: House) -> None:
    """Undo the new address; the owner who says it again is told so."""
    events = house.ledger.events()
    event = next(e for e in events if e.kind is EventKind.CHANGED and e.change and e.change.field == "email")
    try:
        house.daemon.write(house.ledger.undo(event.id, house.at), house.at)
    except UsageError:
        return


def accept(house: House) -> None:
    """Say yes to whatever waits."""
    for question in house.ledger.questions():
        house.daemon.write(house.ledger.answer(question.id, accept=True, at=house.at), house.at)


def add(house: House) -> None:
    """Add Ann, unless she is there already, and have the daemon look at the file."""
    if ANN.email not in house.daemon.world.contacts.load().by_address:
        house.daemon.write(house.ledger.commit([Change.adding(ANN, BY_HAND)], "you added them by hand", house.at), house.at)
    house.daemon.book(house.at)


def take_out(house: House) -> None:
    """Undo that Ann was added in the deed itself; the owner who says it again is told so."""
    if not any(event.change and event.change.field == ENTRY for event in house.ledger.events()):
        add(house)
    event = next(e for e in house.ledger.events() if e.kind is EventKind.CHANGED and e.change and e.change.field == ENTRY)
    try:
        house.daemon.write(house.ledger.undo(event.id, house.at, whole=True), house.at)
    except UsageError:
        return
    house.daemon.book(house.at)


def _gone(got: Got) -> tuple[bytes, ...]:
    return (notice(got, "failed", "5.1.1", "550 5.1.1 Recipient address rejected: User unknown in local recipient table"),)


def _moved(got: Got) -> tuple[bytes, ...]:
    return (automatic(got, "Jane Doe", "Automatic reply: Hello", MOVED),)


def _from_home(got: Got) -> tuple[bytes, ...]:
    return (human(got, "Jane Doe", NUMBER, "jane@homely.example"),)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("send", awake=True),
    Scenario("refused", awake=True, refuses=("bob@corp.example",)),
    Scenario("bounce", _gone),
    Scenario("reply", _moved),
    Scenario("conflict", _moved, meddled=True),
    Scenario("review", _from_home, past=1, deed=accept),
    Scenario("undo", _moved, past=1, deed=undo),
    Scenario("add", deed=add),
    Scenario("take out", deed=take_out),
    Scenario("summary", _gone, past=1, at=MONDAY),
)
