"""The demo plays the production daemon against its people, and would notice if one of them ended up wrong."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console
from support.build import AT

from bouncer.demo.cast import CAST
from bouncer.demo.clock import VirtualClock
from bouncer.demo.files import contacts
from bouncer.demo.play import Ended, Play, check
from bouncer.edge.contacts import open_contacts
from bouncer.model import Because, Contact, Level, Question, Status

SCREEN = io.StringIO()


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Give the end of one performance."""
    return Play(tmp_path_factory.mktemp("demo"), Console(file=SCREEN, width=200)).perform()


def test_everybody_ends_as_they_must(ended: Ended) -> None:
    """Fifteen people, no wrong entry, and the owner is asked about just those she must be asked about."""
    assert ended.wrong == ()


def test_only_what_had_to_change_changed(ended: Ended) -> None:
    """Every line of the file before is in the file after, but for those that were corrected."""
    gone = set(ended.before.splitlines()) - set(ended.after.splitlines())
    assert {line.strip() for line in gone} == {
        "title: Engineer",
        "email: eva.ekberg@juniper.example",
        "company: Juniper Works",
        "email: jonas.jung@kessel.example",
        "company: Kessel GmbH",
    }
    assert "# since 2019" in ended.after


def test_both_weeks_were_summed_up_in_a_mail(ended: Ended) -> None:
    """One summary a week reached the owner's mailbox."""
    assert len(ended.summaries) == 2
    assert b"Eva Ekberg" in ended.summaries[0]


def test_the_screen_shows_what_went_out_and_what_came_in(ended: Ended) -> None:
    """A newcomer sees the check-in, the answer, and what was made of it."""
    assert ended.refused
    shown = SCREEN.getvalue()
    assert "→ Dan Dale      a check-in" in shown
    assert "← Dan Dale      auto-reply, E4" in shown
    assert "✗ Pat Page" in shown


def cast_file(tmp_path: Path) -> tuple[Contact, ...]:
    """Give the cast's entries as they are before the play."""
    (tmp_path / "contacts.yaml").write_text(contacts(CAST), encoding="utf-8")
    return open_contacts(tmp_path / "contacts.yaml", tmp_path / "history").load().contacts


def question(name: str) -> Question:
    """Give something about *name* that waits for the owner."""
    return Question(1, AT, None, name, (), Because("rule", "", "body"), "why", Level.E1, hold=False)


def test_a_play_in_which_nothing_happened_is_wrong(tmp_path: Path) -> None:
    """The check sees everybody who should have changed and did not."""
    wrong = list(check(cast_file(tmp_path), ()))
    assert {sentence.split(":")[0] for sentence in wrong} == {person.name for person in CAST if person.ends or person.asked}


@pytest.mark.parametrize("change", [{"status": Status.STOPPED}, {"email": "olive.oak@cash-quick.example"}, {"title": "Boss"}])
def test_a_changed_victim_is_wrong(tmp_path: Path, change: dict) -> None:
    """Whoever must stay as they are is checked in every field."""
    entries = [replace(entry, **change) if entry.name == "Olive Oak" else entry for entry in cast_file(tmp_path)]
    assert any(sentence.startswith("Olive Oak: ") for sentence in check(tuple(entries), (question("Olive Oak"),)))


def test_a_lost_entry_and_a_needless_question_are_wrong(tmp_path: Path) -> None:
    """Nobody may vanish, and the owner is not asked for nothing."""
    entries = tuple(entry for entry in cast_file(tmp_path) if entry.name != "Lars Lind")
    wrong = list(check(entries, (question("Ben Brook"),)))
    assert "Lars Lind is gone from the file." in wrong
    assert "Ben Brook: should not wait for the owner's decision." in wrong


async def test_the_clock_wakes_each_job_once_a_move_however_far() -> None:
    """Missed ticks become one, and a job that is not due sleeps on."""
    clock, woken = VirtualClock(AT), []

    async def hourly() -> None:
        woken.append(("hourly", clock.now()))

    async def daily() -> None:
        woken.append(("daily", clock.now()))

    clock.every(3600, "hourly", hourly)
    clock.every(86400, "daily", daily)
    await clock.advance(timedelta(0))
    await clock.advance(timedelta(minutes=30))
    await clock.advance(timedelta(hours=7))
    assert [name for name, _ in woken] == ["hourly", "daily", "hourly"]
    clock.stop()
    await clock.advance(timedelta(days=2))
    assert len(woken) == 3
