"""10,000 x 384 drawn, against plain umap-learn warm and in a cold process: python -m tests.benchmarks.documents_umap

Ours is the job process as the app has it: warmed up at start, numba's compiled code kept between starts. Neighbours are
searched for in both. Quality is the share of true neighbours that a map keeps, so that speed is not bought with it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROUNDS = 4
PLAIN = """
import sys, time; started = time.perf_counter()
import warnings; warnings.simplefilter("ignore")
import numpy as np, umap
vectors = np.load(sys.argv[1])
for line in sys.stdin:
    begun, started = started or time.perf_counter(), None
    points = umap.UMAP(n_neighbors=15, min_dist=0.1, metric="cosine", random_state=42, n_jobs=1).fit_transform(vectors)
    print(time.perf_counter() - begun, flush=True)
np.save(sys.argv[2], points)
"""


class Plain:
    """umap-learn as it is, in a process of its own: the first drawing includes its start."""

    def __init__(self, *paths: object, environment: dict[str, str]) -> None:
        niced = ["nice", "-n", "2"] if sys.platform != "win32" else []  # as the job processes are
        self._process = subprocess.Popen(
            [*niced, sys.executable, "-c", PLAIN, *map(str, paths)],
            text=True,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def seconds(self) -> float:
        self._process.stdin.write("again\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        return float(self._process.stdout.readline())  # type: ignore[union-attr]

    def close(self) -> None:
        self._process.communicate()


def kept(vectors: np.ndarray, points: np.ndarray, count: int = 10) -> float:
    from core.documents.mapping import trust

    return trust.measure(vectors, points, count).overlap


def forget() -> None:
    """Neighbours and maps that are kept."""
    from core import storage

    for old in [*storage.folder("neighbours").iterdir(), *storage.folder("records").iterdir()]:
        old.unlink()


def main(count: int = 10_000) -> None:
    os.environ["TEXTLAB_HOME"] = home = tempfile.mkdtemp(prefix="textlab-umap-")
    from core import storage
    from core.documents.pipeline.job_spec import projecting
    from core.documents.projection import ProjectionSettings
    from core.runtime.worker import Worker

    random = np.random.default_rng(0)
    centres = random.standard_normal((60, 384)) * 1.2
    vectors = (centres[random.integers(0, 60, count)] + random.standard_normal((count, 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = storage.folder("matrices") / "some.npy"
    storage.save_array(path, vectors)
    compiled = {"NUMBA_CACHE_DIR": str(Path(home) / "compiled")}
    worker = Worker("core.documents.pipeline.jobs:JobsWorker", {"role": "map"}, compiled, first="warm_up").start()
    worker.call("project", **projecting(str(path), ProjectionSettings(dimensions=3, n_neighbors=5)).arguments)
    worker.close()
    forget()
    started = time.perf_counter()  # a start of the app when numba's code is there
    worker = Worker("core.documents.pipeline.jobs:JobsWorker", {"role": "map"}, compiled, first="warm_up").start()
    step = projecting(str(path), ProjectionSettings())
    ours = worker.call("project", **step.arguments)
    cold = time.perf_counter() - started
    plain = Plain(path, Path(home, "theirs.npy"), environment={**os.environ, **compiled})
    plain_cold = plain.seconds()
    rounds = []
    for _ in range(ROUNDS):
        forget()
        begun = time.perf_counter()
        worker.call("project", **step.arguments)
        rounds.append((time.perf_counter() - begun, plain.seconds()))
        print(f"  {rounds[-1][0]:.2f} s against {rounds[-1][1]:.2f} s", flush=True)
    plain.close()
    warm, plain_warm = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in rounds)
    print(
        f"warm: {warm:.2f} s against {plain_warm:.2f} s of plain umap-learn ({ratio:.3f} of its time, median of "
        f"{ROUNDS} rounds, 1 at most); from the start of the process: {cold:.1f} s against {plain_cold:.1f} s, "
        f"{plain_cold - cold:.0f} s sooner (30 at least); load of the machine {os.getloadavg()[0]:.1f}"
    )
    print(
        f"neighbours kept: {kept(vectors, np.array(storage.load_array(Path(ours['points'])))):.3f} against "
        f"{kept(vectors, np.load(Path(home, 'theirs.npy'))):.3f}"
    )
    worker.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
