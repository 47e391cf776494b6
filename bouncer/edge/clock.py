"""Time, and being woken: APScheduler is spoken here and nowhere else."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bouncer.errors import arose

log = logging.getLogger("bouncer")


class SchedulerClock:
    """The system's clock and an APScheduler that only wakes; implements `ports.Clock`.

    A tick that comes late is still run and several missed ones are one (`misfire_grace_time=None`, `coalesce`), because
    the scheduler's own grace of one second makes late jobs vanish. It goes by the clock, and would wait for a day where that
    is set back by one; so every *look* seconds a job that is due later than its interval from now is made due.
    """

    def __init__(self, look: float = 5) -> None:
        """Make a clock whose scheduler starts with the first job, in the loop that is then running."""
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._stopped, self._every = False, look

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Give the seconds of a clock that nobody sets."""
        return time.monotonic()

    def every(self, seconds: float, name: str, wake: Callable[[], Awaitable[None]]) -> None:
        """Wake *wake* about every *seconds*, for the first time at once; what it raises is logged, and the next tick comes.

        With its traceback at debug level alone; the words of an exception may be those of a mail, so the log has its kind and place.
        """

        async def tick() -> None:
            try:
                await wake()
            except asyncio.CancelledError:
                if not self._stopped:  # at the end the scheduler cancels what runs, and would log it as a failure
                    raise
            except Exception as fault:  # a job that fails once must not be dropped for good
                why = f"a fault of bouncer's own, {type(fault).__name__}; it is tried again, and --debug shows the whole of it"
                whole = log.isEnabledFor(logging.DEBUG)
                log.error("event=tick-failed job=%s why=%r at=%s", name, why, arose(fault), exc_info=whole)  # noqa: TRY400

        if not self._scheduler.running:
            self._scheduler.start()
            asyncio.get_running_loop().call_later(self._every, self._look)
        self._scheduler.add_job(
            tick, "interval", seconds=seconds, id=name, name=name, replace_existing=True,
            coalesce=True, max_instances=1, misfire_grace_time=None, next_run_time=datetime.now(UTC),
        )  # fmt: skip

    def _look(self) -> None:
        """Have what fell behind a clock that was set back be due now."""
        if not self._stopped:
            now = self.now()
            for job in self._scheduler.get_jobs():
                if job.next_run_time - now > job.trigger.interval:
                    job.modify(next_run_time=now)
            asyncio.get_running_loop().call_later(self._every, self._look)

    def stop(self) -> None:
        """Wake nobody any more; a job that is running is the caller's to wait for (shutdown with wait would cancel it)."""
        self._stopped = True
        if self._scheduler.running:
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)
