"""What suits one model on this machine: flash attention or not, and how many threads. Measured, not assumed.

On a processor flash attention reads a long prompt quicker and writes behind it slower, so neither is right for both:
SmolLM2-135M on two cores of one machine wrote 28 tokens a second with it and 58 without behind 2,048 tokens, 112 and
102 behind none, and read 233 and 187. A trial of less than three seconds finds the two curves "seconds a token by
depth", and a context that knows them (`core.models.llama.tuned`) changes from one way to the other when it pays. Long
prompts are read with flash attention, as llama.cpp does it by itself: their speed depends on how many tokens are read
at once, and to measure that takes longer than three seconds. What was found is saved for the file, the
library and the processor.
"""

from __future__ import annotations

import bisect
import contextlib
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import Cancelled
from core.models.llama import cache_layout
from core.models.llama.context import Context
from core.models.llama.model import Model
from core.models.llama.safe_mode import Mode

BUDGET_S = 2.6
DEEP = 2048  # tokens behind which writing is tried too
SCRATCH_BYTES = 300_000_000  # for the keys and values of a trial's context; a large model is tried less deep
FIRST_DEPTH, MIDDLE_DEPTH = 32, 640  # between them llama.cpp changes its way of flash attention (from 512 cells on)
NEAR = 0.04  # of the time: two ways so near each other are taken as equal
BUSY = 0.85  # of the time on a core: with less, other programs had it and the trial says nothing


@dataclass(frozen=True)
class Curve:
    """Seconds for writing one token, `seconds[i]` behind `depths[i]` tokens; straight between, and beyond the last."""

    depths: tuple[int, ...] = (0,)
    seconds: tuple[float, ...] = (0.0,)

    def at(self, depth: int) -> float:
        place = min(max(1, bisect.bisect(self.depths, depth)), len(self.depths) - 1)
        if place < 1:
            return self.seconds[0]
        (low, high), (first, last) = self.depths[place - 1 : place + 1], self.seconds[place - 1 : place + 1]
        return first + (last - first) * (max(depth, self.depths[0]) - low) / max(high - low, 1)


@dataclass(frozen=True)
class Tuning:
    """What was measured of a model: writing a token with flash attention and without ("plain"), by depth, and what
    changing between the two takes (`switch_seconds` behind `switch_depth` tokens; in proportion behind others).

    `switchable` is False where the model's cache cannot be carried over; then everything is as llama.cpp chooses.
    """

    threads_writing: int
    threads_reading: int
    flash: Curve = Curve()
    plain: Curve = Curve()
    switch_seconds: float = 0.0
    switch_depth: int = 1
    switchable: bool = False
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Tuning:
        """What `as_dict` gave.

        Raises:
            ValueError, TypeError, KeyError: it is something else.
        """
        curves = {}
        for name in ("flash", "plain"):
            depths, seconds = tuple(map(int, facts[name]["depths"])), tuple(map(float, facts[name]["seconds"]))
            if not depths or len(depths) != len(seconds) or list(depths) != sorted(set(depths)):
                raise ValueError("a curve needs a number of seconds for each depth")
            curves[name] = Curve(depths, seconds)
        return cls(
            int(facts["threads_writing"]),
            int(facts["threads_reading"]),
            **curves,
            switch_seconds=float(facts["switch_seconds"]),
            switch_depth=max(1, int(facts["switch_depth"])),
            switchable=bool(facts["switchable"]),
            seconds=float(facts["seconds"]),
        )

    def switch_at(self, depth: int) -> float:
        """Seconds that changing takes behind so many tokens: a part for the context, the rest for what is in it."""
        return self.switch_seconds * (0.2 + 0.8 * depth / self.switch_depth)

    def lost_by_writing(self, flash: bool, depth: int) -> float:
        """Seconds that writing a token at that depth takes longer so than the other way; negative if it gains, and 0
        where the two are so close that the trial cannot tell which is faster."""
        mine, other = (self.flash, self.plain) if flash else (self.plain, self.flash)
        difference = mine.at(depth) - other.at(depth)
        return difference if abs(difference) > NEAR * other.at(depth) else 0.0

    def gain(self, depth: int) -> float:
        """How many times as fast writing at that depth is as with flash attention throughout, at least 1."""
        flash, plain = self.flash.at(depth), self.plain.at(depth)
        return flash / plain if self.switchable and plain > 0 and self.lost_by_writing(True, depth) > 0 else 1.0


def measure(
    model: Model,
    size: int,
    threads: int,
    mode: Mode,
    bytes_per_token: int,
    check: Callable[[], None] = lambda: None,
    open_context: Callable[..., Context] = Context,
) -> Tuning | None:
    """Try the ways for this model; None where the machine was too busy to tell. `size`: tokens of context in use.

    `bytes_per_token`: what the keys and values of one token take. `check` is called between computations; an exception
    from it ends the trial.
    """
    began = time.perf_counter()
    deep = max(0, min(DEEP, size - 64, SCRATCH_BYTES // max(2 * bytes_per_token, 1)))
    room = min(size, max(deep, FIRST_DEPTH) + 64)
    ways: dict[bool, Context] = {}
    try:
        with contextlib.ExitStack() as stack:
            for flash in (True, False):
                ways[flash] = open_context(model, room, threads, FIRST_DEPTH, flash=flash, mode=mode)
                stack.callback(ways[flash].close)
            return _tried(ways, deep, threads, check, began)
    except Cancelled:
        raise
    except Exception:  # a model that cannot be had both ways, no memory for a second context: all stays as it is
        return Tuning(threads, threads, seconds=time.perf_counter() - began)


def _tried(
    ways: dict[bool, Context], deep: int, threads: int, check: Callable[[], None], began: float
) -> Tuning | None:
    ways[True].decode(list(range(2, 2 + FIRST_DEPTH)))
    state: cache_layout.Buffer = ways[True].save()
    on_core = time.thread_time()
    rounds = _Rounds(ways, check, began)
    depths = sorted({FIRST_DEPTH, *(depth for depth in (MIDDLE_DEPTH, deep) if depth > FIRST_DEPTH)})
    found: dict[bool, list[float]] = {True: [], False: []}
    for number, depth in enumerate(depths):
        there = cache_layout.repeated(state, depth, transposed=False)
        seconds = rounds.of([7], depth, there, (number + 1) / (len(depths) + 1), 6)
        for flash, value in seconds.items():
            found[flash].append(value)
    started = time.perf_counter()
    if not ways[True].use_flash(False) or not ways[True].use_flash(True):
        raise ValueError("the cache cannot be carried over")
    switch_s = (time.perf_counter() - started) / 2
    best = rounds.best_threads(threads)
    if (time.thread_time() - on_core) / (time.perf_counter() - rounds.began_computing) < BUSY:
        return None
    return Tuning(
        best,
        threads,
        Curve(tuple(depths), tuple(found[True])),
        Curve(tuple(depths), tuple(found[False])),
        switch_s,
        depths[-1],
        switchable=True,
        seconds=time.perf_counter() - began,
    )


class _Rounds:
    """Paired rounds of the two ways, within a share of the budget each."""

    def __init__(self, ways: dict[bool, Context], check: Callable[[], None], began: float) -> None:
        self.ways, self.check, self.began = ways, check, began
        self.began_computing = time.perf_counter()

    def of(
        self, tokens: list[int], depth: int, state: cache_layout.Buffer | None, until: float, most: int
    ) -> dict[bool, float]:
        """Median seconds of computing `tokens` behind `state` (None: what is there), by turns until the time is used.

        Raises:
            ValueError: a context refuses the state.
        """
        rows: dict[bool, list[float]] = {True: [], False: []}
        for way in self.ways.values():
            if state is not None and not way.restore(state):
                raise ValueError("the state was refused")
        for number in range(most):
            for flash in (True, False)[:: 1 if number % 2 else -1]:
                way = self.ways[flash]
                rows[flash].append(_timed(lambda way=way: way.decode(tokens)))  # type: ignore[misc]
                way.keep(depth)
                self.check()
            if number and time.perf_counter() - self.began > until * BUDGET_S:
                break
        return {flash: statistics.median(seconds) for flash, seconds in rows.items()}

    def best_threads(self, most: int) -> int:
        """How many threads write quickest, of all and of one less."""
        if most < 2:
            return most
        way = self.ways[False]
        rows: dict[int, list[float]] = {most: [], most - 1: []}
        for number in range(4):
            for count in (most, most - 1)[:: 1 if number % 2 else -1]:
                way.use_threads(count, most)
                rows[count].append(_timed(lambda: way.decode([7])))
                self.check()
            if number and time.perf_counter() - self.began > BUDGET_S:
                break
        way.use_threads(most, most)
        ratios = [fewer / all_of_them for fewer, all_of_them in zip(rows[most - 1], rows[most], strict=True)]
        return most - 1 if statistics.median(ratios) < 0.95 else most


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
