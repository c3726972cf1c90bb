"""Searching by words, by meaning and by both: python -m tests.benchmarks.documents_search [passages ...]

For 300 passages and for 100,000 (or the numbers given): seconds to index and to reopen, milliseconds of an answer in
each mode (asked through the owner's process, as the page asks), ten sessions at once, and the peer: the same questions
answered by Milvus Lite itself. Passages are three sentences of the Lee news put together anew, so that words are as
frequent as in news; vectors are 384 numbers round 200 centres.
"""

from __future__ import annotations

import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.documents import corpus, search
from core.documents.retrieval import engines, milvus_lite_store
from core.documents.retrieval.store import Store
from core.runtime.worker import Worker

ASKED, SESSIONS = 60, 10


def material(count: int) -> tuple[list[str], np.ndarray, list[str], np.ndarray]:
    """(texts, vectors (N, 384), queries, their vectors), from a seed."""
    draw = np.random.default_rng(7)
    sentences = [one for text in corpus.load("lee").texts for one in re.split(r"(?<=[.!?]) +", text) if len(one) > 30]
    texts = [" ".join(sentences[place] for place in draw.integers(0, len(sentences), 3)) for _ in range(count)]
    centres = draw.standard_normal((200, 384))
    vectors = centres[draw.integers(0, 200, count)] + 1.2 * draw.standard_normal((count, 384))
    queries = [" ".join(draw.permutation(texts[place].split())[:7]) for place in draw.integers(0, count, ASKED)]
    asked = vectors[draw.integers(0, count, ASKED)] + draw.standard_normal((ASKED, 384))
    return texts, vectors.astype(np.float32), queries, asked.astype(np.float32)


def milliseconds(ask: Callable[[int], object], count: int = ASKED) -> str:
    ask(0)
    taken = []
    for number in range(count):
        started = time.perf_counter()
        ask(number)
        taken.append(1000 * (time.perf_counter() - started))
    return f"half {np.median(taken):.1f} ms, 95 % {np.percentile(taken, 95):.1f} ms, slowest {max(taken):.1f} ms"


def together(store: Store, queries: list[str], asked: np.ndarray) -> str:
    """Ten sessions, each asking ten times without a pause."""
    taken: list[float] = []
    failed: list[BaseException] = []

    def session(first: int) -> None:
        for number in range(10):
            started = time.perf_counter()
            try:
                store.search(queries[(first + number) % ASKED], asked[(first + number) % ASKED])
            except BaseException as problem:
                failed.append(problem)
            taken.append(time.perf_counter() - started)

    threads = [threading.Thread(target=session, args=(6 * number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"{len(failed)} errors, slowest answer {max(taken):.2f} s of {len(taken)}"


def measure(count: int, home: Path) -> None:
    texts, vectors, queries, asked = material(count)
    path = home / f"{count}.db"
    started = time.perf_counter()
    store = search.open_store(path, 384)
    opened = time.perf_counter() - started
    store.add(list(range(count)), texts, vectors)
    print(
        f"\n{count:,} passages: owner started in {opened:.1f} s, indexed in "
        f"{time.perf_counter() - started - opened:.1f} s"
    )
    store.close()
    started = time.perf_counter()
    store = search.open_store(path, 384)
    print(f"  reopened in {time.perf_counter() - started:.1f} s")
    for mode in search.MODES:
        print(f"  {mode:8}", milliseconds(lambda n, mode=mode: store.search(queries[n], asked[n], mode)))
    print(f"  {SESSIONS} sessions at once:", together(store, queries, asked))
    store.close()
    engine = search.SharedStore(str(path), 384)
    engine._owner.worker = Worker(
        search.WORKER,
        {"uri": str(path), "opener": engines.engine_of(str(path)).opener, "most_in_memory": 0},
        environment=search.ONE_THREAD,
    )
    print("  peer, Milvus Lite itself, both rankings:", milliseconds(lambda n: engine.search(queries[n], asked[n]), 10))
    engine.close()


def main() -> None:
    counts = [int(one) for one in sys.argv[1:] if one.isdigit()] or [300, 100_000]
    print(f"more than {milvus_lite_store.MOST_IN_MEMORY:,} passages would be answered by the engine itself")
    with tempfile.TemporaryDirectory(prefix="textlab-search-") as home:
        for count in counts:
            measure(count, Path(home))


if __name__ == "__main__":
    main()
