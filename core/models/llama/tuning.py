"""What suits one model on this machine: flash attention or not, and how many threads. Measured, not assumed.

On a processor flash attention reads a long prompt quicker and writes behind it slower, so neither is right for both:
SmolLM2-135M on two cores wrote 28 tokens a second with it and 58 without behind 2,048 tokens, and read 233 and 187. A
trial of less than three seconds finds the two lines "seconds a token by depth", and a context that knows them
(`core.models.llama.tuned`) changes from one way to the other when it pays. What was found is kept for the file, the
library and the processor.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import Cancelled
from core.llama import Model
from core.llama_context import Context
from core.models.llama import cache_layout
from core.models.llama.safe_mode import Mode

BUDGET_S = 2.6
DEEP = 2048                    # tokens behind which writing is tried too
SCRATCH_BYTES = 300_000_000    # for the keys and values of a trial's context; a large model is tried less deep
READ_AT_ONCE = 64              # llama.cpp has another way with flash attention from so many tokens on
BUSY = 0.85                    # of the time on a core: with less, other programs had it and the trial says nothing


@dataclass(frozen=True)
class Line:
    """Seconds for one token: `start` behind an empty context, and `slope` more for each token of depth."""

    start: float
    slope: float

    def at(self, depth: int) -> float:
        return self.start + self.slope * depth


@dataclass(frozen=True)
class Tuning:
    """What was measured of a model. Lines are for writing a token and for reading one (of many at once), with flash
    attention and without ("plain"); `switch` is what changing between the two takes.

    `switchable` is False where the model's cache cannot be carried over; then everything is as llama.cpp chooses.
    """

    threads_writing: int
    threads_reading: int
    write_flash: Line = Line(0, 0)
    write_plain: Line = Line(0, 0)
    read_flash: Line = Line(0, 0)
    read_plain: Line = Line(0, 0)
    switch: Line = Line(0, 0)
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
        lines = {name: Line(float(facts[name]["start"]), float(facts[name]["slope"]))
                 for name in ("write_flash", "write_plain", "read_flash", "read_plain", "switch")}
        return cls(int(facts["threads_writing"]), int(facts["threads_reading"]), **lines,
                   switchable=bool(facts["switchable"]), seconds=float(facts["seconds"]))

    def lost_by_writing(self, flash: bool, depth: int) -> float:
        """Seconds that writing a token at that depth takes longer so than the other way; negative if it gains."""
        difference = self.write_flash.at(depth) - self.write_plain.at(depth)
        return difference if flash else -difference

    def lost_by_reading(self, flash: bool, depth: int, count: int) -> float:
        """The same for reading `count` tokens."""
        middle = depth + count // 2
        difference = count * (self.read_flash.at(middle) - self.read_plain.at(middle))
        return difference if flash else -difference

    def gain(self, depth: int) -> float:
        """How many times as fast writing at that depth is as with flash attention throughout, at least 1."""
        flash, plain = self.write_flash.at(depth), self.write_plain.at(depth)
        return max(1.0, flash / plain) if self.switchable and plain > 0 else 1.0


def measure(model: Model, size: int, threads: int, mode: Mode, bytes_per_token: int,
            check: Callable[[], None] = lambda: None, open_context: Callable[..., Context] = Context) -> Tuning | None:
    """Try the ways for this model; None where the machine was too busy to tell. `size`: tokens of context in use.

    `bytes_per_token`: what the keys and values of one token take. `check` is called between computations; an exception
    from it ends the trial.
    """
    began = time.perf_counter()
    deep = max(0, min(DEEP, size - READ_AT_ONCE - 64, SCRATCH_BYTES // max(2 * bytes_per_token, 1)))
    room = min(size, deep + READ_AT_ONCE + 64)
    ways: dict[bool, Context] = {}
    try:
        with contextlib.ExitStack() as stack:
            for flash in (True, False):
                ways[flash] = open_context(model, room, threads, READ_AT_ONCE, flash=flash, mode=mode)
                stack.callback(ways[flash].close)
            return _tried(ways, deep, threads, check, began)
    except Cancelled:
        raise
    except Exception:  # a model that cannot be had both ways, no memory for a second context: all stays as it is
        return Tuning(threads, threads, seconds=time.perf_counter() - began)


def _tried(ways: dict[bool, Context], deep: int, threads: int, check: Callable[[], None],
           began: float) -> Tuning | None:
    tokens = list(range(2, 2 + READ_AT_ONCE))
    ways[True].decode(tokens)
    first = ways[True].save()
    on_core = time.thread_time()
    rounds = _Rounds(ways, check, began)
    write_start = rounds.of([7], len(tokens), first, 0.25, 6)
    deep_state = cache_layout.repeated(first, max(deep, len(tokens)), transposed=False)
    write_deep = rounds.of([7], deep, deep_state, 0.5, 6)
    started = time.perf_counter()
    if not ways[True].use_flash(False) or not ways[True].use_flash(True):
        raise ValueError("the cache cannot be carried over")
    switch_s = (time.perf_counter() - started) / 2
    read_deep = {flash: seconds / len(tokens) for flash, seconds in rounds.of(tokens, deep, None, 0.8, 1).items()}
    best = rounds.best_threads(threads)
    if (time.thread_time() - on_core) / (time.perf_counter() - rounds.began_computing) < BUSY:
        return None
    span = max(deep - len(tokens), 1)
    lines = {name: Line(at_start, max(0.0, (at_deep - at_start) / span)) for name, at_start, at_deep in (
        ("write_flash", write_start[True], write_deep[True]), ("write_plain", write_start[False], write_deep[False]))}
    start = min(read_deep.values())  # behind nothing there is no attention to speak of: the ways differ by depth
    reads = {name: Line(start, max(0.0, read_deep[flash] - start) / span)
             for name, flash in (("read_flash", True), ("read_plain", False))}
    return Tuning(best, threads, **lines, **reads, switch=Line(switch_s * 0.2, switch_s * 0.8 / max(deep, 1)),
                  switchable=True, seconds=time.perf_counter() - began)


class _Rounds:
    """Paired rounds of the two ways, within a share of the budget each."""

    def __init__(self, ways: dict[bool, Context], check: Callable[[], None], began: float) -> None:
        self.ways, self.check, self.began = ways, check, began
        self.began_computing = time.perf_counter()

    def of(self, tokens: list[int], depth: int, state: cache_layout.Buffer | None, until: float,
           most: int) -> dict[bool, float]:
        """Median seconds of computing `tokens` behind `state` (None: what is there), by turns until the time is used.

        Raises:
            ValueError: a context refuses the state.
        """
        rows: dict[bool, list[float]] = {True: [], False: []}
        for way in self.ways.values():
            if state is not None and not way.restore(state):
                raise ValueError("the state was refused")
        for number in range(most):
            for flash in (True, False)[::1 if number % 2 else -1]:
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
            for count in (most, most - 1)[::1 if number % 2 else -1]:
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
