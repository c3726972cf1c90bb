"""The first map of 300 articles with nothing cached, and from the cache: python -m tests.benchmarks.documents_first_map

Starts the two job processes as the app does, on an empty home (numba's compiled code included), and takes the seconds
until vectors, groups and map are there; then, in a new process, the seconds to find them again. Also the processor
seconds that the two processes used, which say more on a machine that is busy with other things.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AGAIN = """
import time; started = time.perf_counter()
from core import storage
from core.documents import corpus, encoders, projection
from core.documents.pipeline import job_spec
from pathlib import Path
texts = corpus.load("lee")
vectors = job_spec.encoding(texts, "lee", encoders.load()).read()["vectors"]
grouped = job_spec.grouping("lee", vectors).read()
points = storage.load_array(Path(job_spec.projecting(vectors, projection.ProjectionSettings()).read()["points"]))
assert points.shape == (300, 2) and storage.load_array(Path(vectors)).shape == (300, 384) and grouped
print(time.perf_counter() - started)
"""


def processor_seconds(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    os.environ["TEXTLAB_HOME"] = home = tempfile.mkdtemp(prefix="textlab-first-map-")
    from core.documents import corpus, encoders, projection
    from core.documents.pipeline import job_spec
    from core.runtime.worker import Worker

    started = time.perf_counter()
    compiled = {"NUMBA_CACHE_DIR": str(Path(home) / "compiled")}
    encoding, mapping = (
        Worker("core.documents.pipeline.jobs:JobsWorker", {"role": role}, compiled, first="warm_up").start()
        for role in ("encode", "map")
    )

    def answer(worker: Worker, step: job_spec.JobSpec) -> dict:
        return worker.call(step.method, **step.arguments)

    encoded = answer(encoding, job_spec.encoding(corpus.load("lee"), "lee", encoders.load()))
    after_vectors = time.perf_counter() - started
    answer(mapping, job_spec.grouping("lee", encoded["vectors"]))
    answer(mapping, job_spec.projecting(encoded["vectors"], projection.ProjectionSettings()))
    total = time.perf_counter() - started
    print(
        f"nothing cached: vectors after {after_vectors:.1f} s, first map after {total:.1f} s (25 s at most); "
        f"load of the machine {os.getloadavg()[0]:.1f}"
    )
    if sys.platform == "linux":
        print(
            f"processor seconds: encoding {processor_seconds(encoding.pid):.1f}, "
            f"mapping {processor_seconds(mapping.pid):.1f}; precision {encoded['precision']}"
        )
    encoding.close()
    mapping.close()
    again = subprocess.check_output([sys.executable, "-c", AGAIN], text=True)
    print(f"from the cache in a new process: {float(again):.2f} s (1 s at most)")


if __name__ == "__main__":
    main()
