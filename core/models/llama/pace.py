"""How many threads the next computation gets: all of them on idle cores, fewer while other programs run.

llama.cpp's threads wait for each other after every step of a computation, some hundred times a token. Where another
program holds a core, each of these waits lasts until that core is given back, and two threads can be thirty times
slower than one. How busy a machine is changes by the second, so this is decided while tokens are computed. The sign is
how much of the time the computing thread really had a core: all of it on idle cores, half beside one busy program.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from core.runtime.machine import IdleCores, usable_cores, waiting_programs

HELD_UP = 0.85  # of the time on a core: less means that somebody else had it
WINDOW_S = 0.2 if os.name == "nt" else 0.025  # Windows counts a thread's time in steps of 15.6 ms
FREE_CORES = 0.7  # as much must be idle before another thread is tried
FIRST_RETRY_S, LAST_RETRY_S = 0.4, 6.0


class Pace:
    """The number of threads for one kind of computation (writing a token, reading a batch).

    Tell it of each computation with `took`; `threads` is then what the next one should use.
    """

    def __init__(
        self,
        most: int,
        idle: IdleCores | None = None,
        clock: Callable[[], float] = time.monotonic,
        others: Callable[[], int | None] = waiting_programs,
    ) -> None:
        self._choices = sorted({1, (most + 1) // 2, max(1, most - 1), most})
        self.most = self.threads = most
        self._idle, self._clock, self._others = idle or IdleCores(), clock, others
        self._wall = self._on_core = 0.0
        self._held_up = 0
        self._tried_more = False
        self._retry_s, self._retry_at = FIRST_RETRY_S, 0.0

    def begin(self) -> None:
        """A question is about to be computed: start with as many threads as there are cores that nobody else uses.

        The first computation of a question can be a whole prompt; what it is like is known only when it has ended. Both
        signs must say so: idle time since the last look, and who wants a core just now. The first alone would count a
        program that has ended meanwhile, the second one that only draws a page.
        """
        free, others = self._idle.since_last(), self._others()
        if free is not None and others is not None:
            least = max(free, usable_cores() - others)
            self.threads = max([1, *(count for count in self._choices if count <= least + 0.4)])
            self._held_up, self._tried_more = 0, False
            self._retry_at = self._clock() + FIRST_RETRY_S / 2

    def took(self, seconds: float, on_core: float) -> None:
        """A computation took so long, and its calling thread had a core for `on_core` seconds of it."""
        self._wall, self._on_core = self._wall + seconds, self._on_core + on_core
        if self._wall < WINDOW_S:
            return
        share, self._wall, self._on_core = self._on_core / self._wall, 0.0, 0.0
        self._held_up = self._held_up + 1 if share < HELD_UP else 0
        if self.threads > 1 and self._held_up >= (1 if self._tried_more else 2):
            self._fewer()
        elif not self._held_up:
            if self._tried_more:  # one more thread serves
                self._tried_more, self._retry_s = False, FIRST_RETRY_S
            if self.threads < self.most and self._clock() >= self._retry_at:
                self._perhaps_more()

    def _fewer(self) -> None:
        if self._tried_more:
            self._retry_s = min(LAST_RETRY_S, 2 * self._retry_s)
        self.threads = self._choices[self._choices.index(self.threads) - 1]
        self._held_up, self._tried_more = 0, False
        self._wait()

    def _perhaps_more(self) -> None:
        free = self._idle.since_last()
        if free is not None and free < FREE_CORES:
            return self._wait()
        self.threads = self._choices[self._choices.index(self.threads) + 1]
        self._tried_more = True

    def _wait(self) -> None:
        self._idle.since_last()
        self._retry_at = self._clock() + self._retry_s
