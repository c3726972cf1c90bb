"""100,000 passages of 30 words from file to map, and opened again: python -m tests.benchmarks.documents_scale [count]

Every step runs in the job processes, as in the app, on an empty home. Peak memory is that of each process, from /proc.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AGAIN = """
import sys, time; started = time.perf_counter()
from pathlib import Path
from core import storage
from core.documents import corpus, encoders, projection
from core.documents.pipeline import job_spec
made = corpus.load(sys.argv[1])
vectors = job_spec.encoding(made, sys.argv[1], encoders.load()).read()["vectors"]
points = storage.load_array(Path(job_spec.projecting(vectors, projection.ProjectionSettings()).read()["points"]))
labels = storage.load_array(Path(job_spec.grouping(sys.argv[1], vectors).read()["labels"]))
assert len(made.texts) == len(points) == len(labels) == len(storage.load_array(Path(vectors), check=False))
print(time.perf_counter() - started)
"""


def write_passages(path: Path, count: int) -> None:
    """Passages that are all different: 15 neighbouring words each from two places of one news article."""
    from core.documents import corpus

    articles = [text.split() for text in corpus.load("lee").texts]
    draw = random.Random(0)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            words = articles[number % len(articles)]
            first, second = (draw.randrange(len(words) - 15) for _ in range(2))
            file.write(json.dumps({"text": " ".join(words[first : first + 15] + words[second : second + 15])}) + "\n")


def peak_mb(pid: int | None) -> float:
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1000  # type: ignore[index]


def main(count: int = 100_000) -> None:
    os.environ["TEXTLAB_HOME"] = home = tempfile.mkdtemp(prefix="textlab-scale-")
    from core.documents import corpus, encoders, projection
    from core.documents.ingest import sources
    from core.documents.pipeline import job_spec
    from core.runtime.worker import Worker

    path = Path(home, "passages.jsonl")
    write_passages(path, count)
    compiled = {"NUMBA_CACHE_DIR": str(Path(home) / "compiled")}
    workers = {
        role: Worker("core.documents.pipeline.jobs:JobsWorker", {"role": role}, compiled, first="warm_up").start()
        for role in ("read", "encode", "map")
    }
    begun = time.perf_counter()
    told = {"last": 0.0}

    def watch(fraction: float, doing: str) -> None:
        if time.perf_counter() - told["last"] > 60:
            told["last"] = time.perf_counter()
            print(f"  {time.perf_counter() - begun:7.0f} s  {doing}; load {os.getloadavg()[0]:.1f}", flush=True)

    def take(name: str, role: str, method: str, /, **arguments: object) -> dict:
        started = time.perf_counter()
        answer = workers[role].call(method, on_progress=watch, **arguments)
        print(
            f"{name}: {time.perf_counter() - started:.1f} s; peak of its process {peak_mb(workers[role].pid):,.0f} "
            f"MB; load of the machine {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        return answer

    found = take(
        "reading",
        "read",
        "import_corpus",
        **job_spec.importing(sources.find(str(path)), sources.ImportOptions(most=count)).arguments,
    )
    made = corpus.load(found["key"])
    encoding = job_spec.encoding(made, found["key"], encoders.load())
    encoded = take("encoding", "encode", encoding.method, **encoding.arguments)
    drawing = job_spec.projecting(encoded["vectors"], projection.ProjectionSettings())
    take("neighbours and map", "map", drawing.method, **drawing.arguments)
    grouping = job_spec.grouping(found["key"], encoded["vectors"])
    take("groups", "map", grouping.method, **grouping.arguments)
    total = sum(peak_mb(worker.pid) for worker in workers.values()) + peak_mb(os.getpid())
    print(
        f"{count:,} passages end to end: {time.perf_counter() - begun:.0f} s; the peaks of all four processes "
        f"together {total:,.0f} MB (4,096 at most); precision {encoded['precision']}"
    )
    for worker in workers.values():
        worker.close()
    again = subprocess.check_output([sys.executable, "-c", AGAIN, found["key"]], text=True)
    print(f"opened again in a new process: {float(again):.2f} s (5 s at most)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
