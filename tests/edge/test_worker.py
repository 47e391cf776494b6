"""A message can cost a second and 256 MB, and never the daemon."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bouncer.edge.worker import Worker
from bouncer.errors import BouncerError, MessageFault, OwnerFault, Problem


def behave(given: str) -> str:
    """Do what *given* says, as a hostile message would."""
    match given:
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "hoard":
            return "x" * len(bytearray(2_000_000_000))
        case "raise":
            raise KeyError(given)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
    return given.upper()


@contextmanager
def working(seconds: float = 0.3, function: Callable[[str], str] = behave) -> Iterator[Worker[str, str]]:
    """Give a worker and end it."""
    worker = Worker(lambda: function, seconds=seconds)
    try:
        yield worker
    finally:
        worker.close()


async def test_a_harmless_input_gives_its_result() -> None:
    """What goes in comes out, again and again."""
    with working() as worker:
        assert [await worker.read(word) for word in ("one", "two")] == ["ONE", "TWO"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("spin", "more than 0.3 s"),
        ("sleep", "more than 0.3 s"),
        ("hoard", "more than 256 MB"),
        ("raise", "KeyError"),
        ("die", "died on it"),
    ],
)
async def test_a_hostile_input_is_its_own_fault_and_the_next_is_read(given: str, why: str) -> None:
    """Time, memory, an exception or a crash cost the message that caused them, and nothing else."""
    with working() as worker:
        with pytest.raises(MessageFault, match=why):
            await worker.read(given)
        assert await worker.read("after") == "AFTER"


async def test_waiting_is_not_working() -> None:
    """Only processor time counts against an input, within ten times as much on the wall."""
    with working(function=lambda given: (time.sleep(0.6), given)[1]) as worker:
        assert await worker.read("slow") == "slow"


def test_what_the_nursery_warmed_up_every_child_has() -> None:
    """A table that is dear to build is built once."""

    def prepare() -> Callable[[str], str]:
        built = os.getpid()
        return lambda given: f"{given} {built == os.getppid()} {built == here}"

    here = os.getpid()
    worker = Worker(prepare)
    try:
        assert list(worker.read_all(["one"])) == ["one True False"]
    finally:
        worker.close()


def test_a_batch_gives_a_result_for_every_input_in_order() -> None:
    """The bad ones of a batch stand in their own places."""
    with working() as worker:
        results = list(worker.read_all(["a", "spin", "b", "die", "raise", "c"]))
    assert [r if isinstance(r, str) else type(r).__name__ for r in results] == [
        "A",
        "MessageFault",
        "B",
        "MessageFault",
        "MessageFault",
        "C",
    ]


def test_an_empty_batch_gives_nothing() -> None:
    """No input, no child."""
    with working() as worker:
        assert list(worker.read_all([])) == []


def test_memory_that_earlier_inputs_kept_is_not_held_against_the_next() -> None:
    """A child that is full is followed by a fresh one, and the input is tried there."""
    kept: list[bytearray] = []

    def keep(given: str) -> str:
        kept.append(bytearray(100_000_000))
        return f"{given} {len(kept)}"

    worker = Worker(lambda: keep)
    try:
        assert list(worker.read_all(["a", "b", "c", "d"])) == ["a 1", "b 2", "c 1", "d 2"]
    finally:
        worker.close()


def test_what_keeps_the_nursery_from_getting_ready_is_the_caller_s_to_hear() -> None:
    """A wrong rule pack is named with all its problems, as if it had been read here."""

    def prepare() -> Callable[[str], str]:
        raise OwnerFault((Problem("mine.yaml", 3, "rule", "is wrong"), Problem("mine.yaml", 7, "rule", "is wrong, too")))

    with pytest.raises(OwnerFault) as caught:
        Worker(prepare)
    assert [problem.line for problem in caught.value.problems] == [3, 7]


def test_the_nursery_outlives_the_signals_that_drain_the_daemon() -> None:
    """SIGTERM to the whole group must not take the reader away before the last message is read."""
    with working() as worker:
        os.kill(worker._pid, signal.SIGTERM)
        assert list(worker.read_all(["still here"])) == ["STILL HERE"]


def test_a_lost_nursery_is_said_in_a_sentence() -> None:
    """The daemon ends on it, and systemd starts it anew."""
    with working() as worker:
        os.kill(worker._pid, signal.SIGKILL)
        os.waitpid(worker._pid, 0)
        with pytest.raises(BouncerError, match="reading process is gone"):
            list(worker.read_all(["anybody?"]))
