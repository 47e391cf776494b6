"""A daemon at work while people are forgotten at the command line, and afterwards when they are back."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from support.build import AT, JANE, SETTINGS, raw
from support.household import Household

from bouncer.daemon.forgetting import forget, traces_of
from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import Busy
from bouncer.model import Book, Contact, Letter, Planned, Traces

BOB = Contact(name="Bob Best", email="bob@bolt.example", status=None)
HERS = Traces(None, (JANE.email,), (JANE.name,))


class Overtaken(SqliteLedger):
    """A ledger in which Jane is forgotten by another process right before or after a step."""

    def __init__(self, path: Path, step: str) -> None:
        """Have it happen at *step*."""
        super().__init__(path)
        self.path, self.step = path, step

    def overtake(self, step: str) -> None:
        """Forget her, if it is time."""
        if step == self.step:
            self.step = ""
            with closing(SqliteLedger(self.path)) as other:
                other.forget(replace(HERS, person=other.person(JANE.email)), AT)

    def due(self, at: datetime) -> tuple[tuple[int, Planned], ...]:
        """Tell what is due, and be overtaken."""
        rows = super().due(at)
        self.overtake("planned")
        return rows

    def ready(self, outbox: int, letter: Letter, at: datetime) -> None:
        """Keep the letter, and be overtaken."""
        super().ready(outbox, letter, at)
        self.overtake("ready")

    def arm(self, outbox: int, at: datetime) -> None:
        """Arm it, and be overtaken."""
        super().arm(outbox, at)
        self.overtake("armed")


@pytest.fixture
def made() -> Iterator[Callable[..., Household]]:
    """Give a maker of households, which are closed at the end."""
    all_of_them: list[Household] = []

    def make(**given: object) -> Household:
        all_of_them.append(Household(JANE, **given))  # type: ignore[arg-type]
        return all_of_them[-1]

    yield make
    for household in all_of_them:
        household.close()


@pytest.mark.parametrize(("step", "letters"), [("planned", 0), ("ready", 0), ("armed", 1), ("never", 1)])
async def test_forgotten_on_the_way_of_a_letter_it_goes_out_only_where_it_was_armed(
    made: Callable[..., Household], tmp_path: Path, step: str, letters: int
) -> None:
    """An armed one may be with the server already; whatever came of it is noted without her, and the round goes on."""
    home = made(ledger=Overtaken(tmp_path / "ledger.sqlite3", step))
    home.daemon.begin()
    await home.outgoing.round()
    assert len(home.onlooker.letters) == letters
    assert ("jane" in repr((home.ledger.events(), home.ledger.armed())).lower()) == (step == "never")
    await home.outgoing.round()
    assert len(home.onlooker.letters) == letters


async def test_brought_back_by_an_import_they_get_no_letter_and_their_mail_changes_nothing(made: Callable[..., Household]) -> None:
    """The owner is told by line; nothing about them comes into the ledger again."""
    home = made()
    home.daemon.begin()
    hers = traces_of(JANE, home.ledger.person(JANE.email), home.contacts.load(), home.ledger)
    forget(home.ledger, home.contacts, SETTINGS.state, hers, AT)
    home.contacts.save(replace(JANE, company="Import", line=3), BOB)
    home.daemon.redo()
    assert home.daemon.troubles.now["people"].startswith("Line 3 of the contact file has somebody whom you had bouncer forget")
    await home.outgoing.round()
    await home.daemon.take(raw("I have left Acme. My new address is jane@newco.example.\n", subject="I have moved"))
    assert [planned.address for planned, _, _ in home.onlooker.letters] == [BOB.email]
    assert home.contact().email == JANE.email
    assert "jane" not in repr((home.ledger.events(), home.ledger.questions(), home.ledger.pending())).lower()


def test_what_a_killed_command_left_is_done_at_the_start(made: Callable[..., Household]) -> None:
    """The entry goes, and it is at its end."""
    home = made()
    home.ledger.forget(HERS, AT)
    home.daemon.begin()
    assert home.contacts.load() == Book((), home.contacts.load().digest)
    assert home.ledger.forgetting() == ()


def test_what_a_living_command_has_in_hand_is_left_to_it_at_first(made: Callable[..., Household]) -> None:
    """Whoever is at it still a minute later is helped."""
    home = made()
    home.daemon.begin()
    home.ledger.forget(HERS, AT)
    home.daemon.redo()
    assert len(home.ledger.forgetting()) == 1
    home.daemon.redo()
    assert home.ledger.forgetting() == ()


def test_what_cannot_be_done_is_said_and_tried_again(made: Callable[..., Household]) -> None:
    """As where the file is open in an editor for a while."""
    home = made()
    home.ledger.forget(HERS, AT)
    home.contacts.jam = Busy("open in an editor")
    home.daemon.begin()
    assert home.daemon.troubles.now["forgetting"] == "open in an editor"
    home.contacts.jam = None
    home.daemon.redo()
    assert "forgetting" not in home.daemon.troubles.now
    assert home.ledger.forgetting() == ()
