"""Reading 400,000 x 50 vectors written as text: python -m tests.benchmarks.words_reading [words] [dimensions]

Ours into the store (memory-mapped, with lengths and checks), gensim's load_word2vec_format and numpy's loadtxt read the
same file in turn, each in this process, so that other work on the machine meets all alike. numpy reads numbers only,
from a copy without words. The best of three runs is printed, and whether the numbers are the same. The load of the
machine is printed first: figures of a busy machine are figures of a busy machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HOME = tempfile.mkdtemp(prefix="textlab-words-reading-")
os.environ["TEXTLAB_HOME"] = HOME


def written(count: int, dimension: int) -> tuple[Path, Path, Path]:
    """The file for us, for gensim (with a header) and for numpy (numbers only)."""
    rng = np.random.default_rng(1)
    ours, gensims, numpys = (Path(HOME) / name for name in ("vectors.txt", "vectors.vec", "numbers.txt"))
    with open(ours, "w") as one, open(gensims, "w") as two, open(numpys, "w") as three:
        two.write(f"{count} {dimension}\n")
        for i in range(count):
            numbers = " ".join(f"{value:.5f}" for value in rng.normal(size=dimension))
            one.write(f"word{i} {numbers}\n")
            two.write(f"word{i} {numbers}\n")
            three.write(numbers + "\n")
    return ours, gensims, numpys


def best_of(times: int, read: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds of the fastest run, its result)"""
    found: list[tuple[float, Any]] = []
    for _ in range(times):
        started = time.perf_counter()
        result = read()
        found.append((time.perf_counter() - started, result))
    return min(found, key=lambda item: item[0])


def main(count: int, dimension: int) -> None:
    import pandas  # noqa: F401  loaded before the clock starts, as gensim is
    from gensim.models import KeyedVectors

    from core.words.files import store
    from core.words.files.formats import read

    ours, gensims, numpys = written(count, dimension)
    print(f"{count:,} x {dimension}, {ours.stat().st_size / 1e6:,.0f} MB; load average {os.getloadavg()[0]:.1f}")

    def into_the_store() -> Any:
        for item in store.stored():
            store.remove(item.key)
        return store.open_stored(store.import_file(ours).key)

    stored_s, stored = best_of(3, into_the_store)
    memory_s, content = best_of(3, lambda: read(ours))
    gensim_s, theirs = best_of(1, lambda: KeyedVectors.load_word2vec_format(str(gensims), binary=False))
    numpy_s, numbers = best_of(1, lambda: np.loadtxt(numpys, dtype=np.float32))
    same = np.array_equal(stored.matrix, theirs.vectors) and np.allclose(content.matrix, numbers, atol=1e-6)
    print(
        f"ours into the store {stored_s:.2f} s, into memory {memory_s:.2f} s; gensim {gensim_s:.2f} s; "
        f"numpy (numbers only) {numpy_s:.2f} s; ratio to gensim {stored_s / gensim_s:.2f}; the same numbers: {same}"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in (*sys.argv[1:], 400_000, 50)[:2]))
