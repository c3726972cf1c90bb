"""Job workers with other ways to wait, on idle and on busy cores: python -m tests.benchmarks.busy_workers

For each task and each environment: how many times as fast it is as with the libraries' own waiting, the median of
paired rounds (A B, B A, ...), on idle cores and beside two processes that compute all the time. Above 1 is faster.

    python -m tests.benchmarks.busy_workers --tasks groups --environments lab "passive openmp" --rounds 8
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

from core.runtime.worker import Task, Worker

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "plain": {"OPENBLAS_THREAD_TIMEOUT": "26"},  # what OpenBLAS does by itself
    "lab": {},  # what core.runtime.worker sets for every worker
    "short openblas": {"OPENBLAS_THREAD_TIMEOUT": "4"},
    "passive openmp": {"OMP_WAIT_POLICY": "PASSIVE"},
    "bounded openmp": {"GOMP_SPINCOUNT": "10000", "KMP_BLOCKTIME": "1"},
}
BUSY = "import sys, time\nend = time.time() + float(sys.argv[1])\nwhile time.time() < end:\n    sum(range(20_000))"
MOST_SECONDS = 600.0  # after which a busy process ends by itself


class Drawn(Exception):
    """The threads' part of a map is done; the rest of it is one thread's."""


class Tasks:
    """What the worker does; each method gives the seconds that it took."""

    def __init__(self) -> None:
        if hasattr(os, "nice"):
            os.nice(2)  # as the job workers are
        self._texts: list[str] = []
        chance = np.random.default_rng(0)
        rows = chance.standard_normal((40, 384))[chance.integers(0, 40, 5000)] + chance.standard_normal((5000, 384))
        self._rows = np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
        self._near: Any = None
        self._encoder: Any = None

    def timed(self, task: Task, name: str) -> float:
        """The seconds of one run of that method; its first, which loads and compiles, is for nothing."""
        run = getattr(self, name)
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    def encode(self) -> None:
        """1,000 texts to vectors."""
        from core.documents import corpus, encoders

        if self._encoder is None:
            base = corpus.load("everyday").texts
            self._texts = [f"{number} {base[number % len(base)]}" for number in range(1000)]
            self._encoder = encoders.load("minilm")
        self._encoder.encode(self._texts)

    def encode_one(self) -> None:
        """Texts one at a time: every product is shared by all cores."""
        self.encode() if self._encoder is None else [self._encoder.encode([text]) for text in self._texts[:40]]

    def neighbours(self) -> None:
        """50 nearest of each of 5,000 rows of 384 numbers."""
        from core.documents.mapping import neighbours

        self._near = neighbours.find(self._rows, 50)

    def groups(self) -> None:
        """Groups of 5,000 rows at all levels."""
        from core.documents.mapping import clusters

        clusters.ward_levels(self._rows, clusters.levels_for(5000), lambda fraction, doing: None)

    def graph(self) -> None:
        """The map of 5,000 rows up to its first round: the graph and where its points begin, by all threads."""
        self._map(stop=True)

    def umap(self) -> None:
        """The whole map of 5,000 rows."""
        self._map(stop=False)

    def _map(self, stop: bool) -> None:
        from core.documents import projection

        if self._near is None:
            self.neighbours()

        def watch(fraction: float, doing: str) -> None:
            if stop and fraction > 0.3:
                raise Drawn

        with contextlib.suppress(Drawn):
            projection.project(self._rows, projection.ProjectionSettings(), self._near, watch)


@contextlib.contextmanager
def busy(count: int = 2) -> Iterator[None]:
    """So many processes beside this one that compute all the time."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY, str(MOST_SECONDS)]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def paired(one: Callable[[], float], other: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """(median of one / other, median seconds of one, of the other), in the order A B, B A ..."""
    ratios, seconds = [], []
    for number in range(rounds):
        first, second = (one, other) if number % 2 == 0 else (other, one)
        pair = (first(), second())
        mine, theirs = pair if number % 2 == 0 else pair[::-1]
        ratios.append(mine / theirs)
        seconds.append((mine, theirs))
    return median(ratios), median(mine for mine, _ in seconds), median(theirs for _, theirs in seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="*", default=["encode", "neighbours", "groups", "graph"])
    parser.add_argument("--environments", nargs="*", default=["lab"])
    parser.add_argument("--rounds", type=int, default=4)
    chosen = parser.parse_args()
    from core import storage

    compiled = {"NUMBA_CACHE_DIR": str(storage.folder("compiled"))}
    workers = {
        name: Worker("tests.benchmarks.busy_workers:Tasks", environment={**compiled, **ENVIRONMENTS[name]})
        for name in ("plain", *chosen.environments)
    }
    for task in chosen.tasks:
        for worker in workers.values():
            worker.call("timed", name=task)
        for load, beside in (("idle", contextlib.nullcontext), ("busy", busy)):
            with beside():
                for name in chosen.environments:
                    ratio, plain, mine = paired(
                        lambda task=task: workers["plain"].call("timed", name=task),
                        lambda task=task, name=name: workers[name].call("timed", name=task),
                        chosen.rounds,
                    )
                    print(
                        f"{task:12} {load}: {name} {ratio:.2f} times as fast as plain ({plain:.2f} and {mine:.2f} s)",
                        flush=True,
                    )
    for worker in workers.values():
        worker.close()


if __name__ == "__main__":
    main()
