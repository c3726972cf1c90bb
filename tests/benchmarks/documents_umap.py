"""10,000 x 384 drawn, against plain umap-learn warm and in a cold process: python -m tests.benchmarks.documents_umap

Ours is the job process as the app has it: warmed up at start, numba's compiled code kept between starts. Neighbours are
searched for in both. Quality is the share of true neighbours that a map keeps, so that speed is not bought with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PLAIN = """
import sys, time; started = time.perf_counter()
import warnings; warnings.simplefilter("ignore")
import numpy as np, umap
vectors = np.load(sys.argv[1])
seconds = []
for _ in range(2):
    begun = time.perf_counter() if seconds else started
    points = umap.UMAP(n_neighbors=15, min_dist=0.1, metric="cosine", random_state=42, n_jobs=1).fit_transform(vectors)
    seconds.append(time.perf_counter() - begun)
np.save(sys.argv[2], points)
print(*seconds)
"""


def kept(vectors: np.ndarray, points: np.ndarray, count: int = 10) -> float:
    from core.documents import trust

    return trust.measure(vectors, points, count).overlap


def main(count: int = 10_000) -> None:
    os.environ["TEXTLAB_HOME"] = home = tempfile.mkdtemp(prefix="textlab-umap-")
    from core import storage
    from core.documents.projection import ProjectionSettings
    from core.documents.steps import projecting
    from core.worker import Worker

    random = np.random.default_rng(0)
    centres = random.standard_normal((60, 384)) * 1.2
    vectors = (centres[random.integers(0, 60, count)] + random.standard_normal((count, 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = storage.folder("matrices") / "some.npy"
    storage.save_array(path, vectors)
    compiled = {"NUMBA_CACHE_DIR": str(Path(home) / "compiled")}
    worker = Worker("core.documents.jobs:Jobs", {"role": "map"}, compiled, first="warm_up").start()
    worker.call("project", **projecting(str(path), ProjectionSettings(dimensions=3, n_neighbors=5)).arguments)
    worker.close()
    (storage.folder("neighbours") / "nothing").touch()
    for old in [*storage.folder("neighbours").iterdir(), *storage.folder("records").iterdir()]:
        old.unlink()
    started = time.perf_counter()  # a start of the app when numba's code is there
    worker = Worker("core.documents.jobs:Jobs", {"role": "map"}, compiled, first="warm_up").start()
    step = projecting(str(path), ProjectionSettings())
    worker.submit("warm_up").result()
    warmed = time.perf_counter()
    ours = worker.call("project", **step.arguments)
    warm, cold = time.perf_counter() - warmed, time.perf_counter() - started
    niced = ["nice", "-n", "2"] if sys.platform != "win32" else []  # as the job processes are
    told = subprocess.check_output([*niced, sys.executable, "-c", PLAIN, str(path), str(Path(home, "theirs.npy"))],
                                   text=True, env={**os.environ, **compiled})
    plain_cold, plain_warm = map(float, told.split())
    print(f"warm: {warm:.1f} s against {plain_warm:.1f} s of plain umap-learn ({plain_warm / warm:.1f} times as fast); "
          f"from the start of the process: {cold:.1f} s against {plain_cold:.1f} s, {plain_cold - cold:.0f} s sooner "
          f"(30 at least); load of the machine {os.getloadavg()[0]:.1f}")
    print(f"neighbours kept: {kept(vectors, np.array(storage.load_array(Path(ours['points'])))):.3f} against "
          f"{kept(vectors, np.load(Path(home, 'theirs.npy'))):.3f}")
    worker.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
