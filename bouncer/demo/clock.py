"""A clock that stands still until it is moved, and then wakes whoever fell due; implements `ports.Clock`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Job:
    every: timedelta
    due: datetime
    wake: Callable[[], Awaitable[None]]


class VirtualClock:
    """Time as a play needs it: weeks pass in seconds, and every job sees the same moment."""

    def __init__(self, start: datetime) -> None:
        """Begin at *start*, aware."""
        self._now, self._passed = start, 0.0
        self._jobs: dict[str, _Job] = {}

    def now(self) -> datetime:
        """Give the moment the clock shows."""
        return self._now

    def steady(self) -> float:
        """Give the seconds that have passed."""
        return self._passed

    def jump(self, ahead: timedelta) -> None:
        """Be set to another moment, as when a machine learns the time; none has passed."""
        self._now += ahead

    def every(self, seconds: float, name: str, wake: Callable[[], Awaitable[None]]) -> None:
        """Wake *wake* at the next move of the clock, and then whenever *seconds* have passed on it."""
        self._jobs[name] = _Job(timedelta(seconds=seconds), self._now, wake)

    def stop(self) -> None:
        """Wake nobody any more."""
        self._jobs.clear()

    async def advance(self, ahead: timedelta) -> None:
        """Move the clock and run what fell due, each job once however many ticks were missed."""
        self._now += ahead
        self._passed += ahead.total_seconds()
        for job in tuple(self._jobs.values()):
            if job.due <= self._now:
                job.due = self._now + job.every
                await job.wake()
