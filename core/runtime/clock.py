"""When a request has had its time: by the clock on the wall, but not where the machine was busy with other things."""

from __future__ import annotations

import time

from core.runtime import limits

_START_SECONDS = 60.0  # an interpreter and numpy from a slow disk
_PATIENCE = 1.35  # times the limit, for a process that waits for its turn: a person waits too, 10 s at most


class Clock:
    """The time of one request in the process `pid`: `seconds` from its start, or from its last sign of progress.

    On a machine with more to do than processors, a sound file takes longer than it should; as long as its process wants
    to run and has not had that much processor time, it gets a third more. One that sleeps does not. Where
    the system does not say how it is (it is Linux that does), only the clock counts.
    """

    def __init__(self, seconds: float, pid: int) -> None:
        self._seconds, self._pid = seconds, pid
        self._since, self._used, self._seen, self._started = time.monotonic(), 0.0, (0.0, ""), False

    def is_over(self, started_at: float | None, sign: tuple[float, str]) -> bool:
        """`started_at`: when the process took the request up, if it has; `sign`: its last sign of progress."""
        now = time.monotonic()
        if started_at is not None and (not self._started or sign != self._seen):
            self._since = now if self._started else started_at
            self._started, self._seen, self._used = True, sign, limits.cpu_seconds(self._pid) or 0.0
        passed = now - self._since
        if not self._started:
            return passed > _START_SECONDS
        if passed <= self._seconds:
            return False
        used = limits.cpu_seconds(self._pid)
        starved = used is not None and used - self._used < self._seconds * 0.9 and limits.wants_to_run(self._pid)
        return not starved or passed > _PATIENCE * self._seconds
