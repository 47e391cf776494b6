"""The clock wakes, and a tick that fails or comes late is not the last."""

import asyncio
import logging
import re
from datetime import UTC, timedelta

import pytest

from bouncer.edge.clock import SchedulerClock


async def test_a_job_is_woken_at_once_and_again() -> None:
    """The first tick comes with the start, the next after the interval."""
    clock, ticks = SchedulerClock(), asyncio.Semaphore(0)

    async def wake() -> None:
        ticks.release()

    clock.every(0.05, "tick", wake)
    async with asyncio.timeout(5):
        for _ in range(3):
            await ticks.acquire()
    clock.stop()


@pytest.mark.parametrize(("level", "whole"), [(logging.INFO, False), (logging.DEBUG, True)])
async def test_a_failing_tick_is_one_sentence_and_followed_by_the_next(caplog: pytest.LogCaptureFixture, level: int, whole: bool) -> None:
    """An exception ends the tick, not the job; its words may be a mail's, so only who debugs sees them and the traceback."""
    clock, calls, twice = SchedulerClock(), [], asyncio.Event()

    async def wake() -> None:
        calls.append(1)
        if len(calls) == 2:
            twice.set()
        raise ValueError("spoilt")

    with caplog.at_level(level, "bouncer"):
        clock.every(0.05, "spoilt", wake)
        async with asyncio.timeout(5):
            await twice.wait()
    clock.stop()
    said = r"event=tick-failed job=spoilt why=\"a fault of bouncer's own, ValueError; it is tried .*\" at=test_clock\.py:\d+,clock\.py:\d+"
    assert re.fullmatch(said, caplog.messages[0])
    assert ("Traceback" in caplog.text, 'ValueError("spoilt")' in caplog.text) == (whole, whole)


async def test_a_clock_that_is_set_back_keeps_no_job_waiting() -> None:
    """To the scheduler, whose jobs are due by the clock, they are then due in a day."""
    clock, ticks = SchedulerClock(look=0.05), asyncio.Semaphore(0)

    async def wake() -> None:
        ticks.release()

    clock.every(60, "tick", wake)
    async with asyncio.timeout(5):
        await ticks.acquire()
        clock._scheduler.modify_job("tick", next_run_time=clock.now() + timedelta(days=1))
        await ticks.acquire()
    await asyncio.sleep(0.2)
    assert ticks.locked()  # the next one comes a minute later
    clock.stop()


async def test_a_slow_job_never_runs_twice_at_once() -> None:
    """Ticks that fall due meanwhile become one."""
    clock, running, most, rounds = SchedulerClock(), 0, 0, 0
    done = asyncio.Event()

    async def wake() -> None:
        nonlocal running, most, rounds
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.15)
        running -= 1
        rounds += 1
        if rounds == 2:
            done.set()

    clock.every(0.05, "slow", wake)
    async with asyncio.timeout(5):
        await done.wait()
    clock.stop()
    assert most == 1


async def test_a_stopped_clock_wakes_nobody_and_stopping_twice_is_harmless() -> None:
    """After stop no tick comes."""
    clock, calls = SchedulerClock(), []

    async def wake() -> None:
        calls.append(1)

    clock.every(0.03, "tick", wake)
    await asyncio.sleep(0.1)
    clock.stop()
    clock.stop()
    before = len(calls)
    await asyncio.sleep(0.15)
    assert len(calls) == before >= 1


def test_the_system_clock_is_aware_and_in_utc() -> None:
    """No naive time enters the daemon."""
    assert SchedulerClock().now().tzinfo is UTC


async def test_a_job_that_the_end_cuts_off_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """The scheduler cancels what runs when it is shut down; nobody needs a traceback of that."""
    clock, running, ended = SchedulerClock(), asyncio.Event(), asyncio.Event()

    async def wake() -> None:
        running.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    clock.every(60, "slow", wake)
    async with asyncio.timeout(5):
        await running.wait()
        clock.stop()
        await ended.wait()
        await asyncio.sleep(0.05)
    assert caplog.text == ""
