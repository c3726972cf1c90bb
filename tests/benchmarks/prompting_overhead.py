"""Where a token's time goes: inside llama_decode, and outside it by part.

    python -m tests.benchmarks.prompting_overhead MODEL.gguf [TOKENS OF CONTEXT]

In one process and one run, so that a busy machine slows both sides alike: the share outside is what our loop adds to
what llama-bench measures, which draws no tokens and keeps no text.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from typing import Any

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-overhead-"))
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

from core.models.llama.context import Context
from core.prompting.decoding.decode_loop import DecodeLoop, Scale
from core.prompting.decoding.generation import ModelWorker
from core.prompting.decoding.sampler import Sampler
from core.runtime.worker_process import Task

WRITTEN, ROUNDS = 64, 8
PARTS: dict[str, tuple[type, str]] = {
    "llama_decode": (Context, "_decode"),
    "drawing": (Sampler, "draw"),
    "scores": (Context, "logits"),
    "drawing, scores and their copy": (DecodeLoop, "_draw"),
    "sums of probabilities": (Scale, "_sums"),
    "text and probabilities": (DecodeLoop, "_described"),
    "packing": (DecodeLoop, "_packed"),
}


class Quiet(Task):
    """A task that nobody listens to."""

    def __init__(self) -> None:
        self.on_cancel = None

    def check(self) -> None: ...

    def progress(self, *_: Any, **__: Any) -> None: ...

    def note(self, **_: Any) -> None: ...


def main() -> None:
    path, depth = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    worker, task, spent = ModelWorker(path, n_ctx=4096), Quiet(), dict.fromkeys(PARTS, 0.0)
    context, _ = worker._context(task)
    for part, (owner, name) in PARTS.items():
        holder = context if name == "_decode" else owner
        setattr(holder, name, _timed(getattr(holder, name), part, spent))
    chance = random.Random(5)
    prompt = [chance.randrange(1000, 30_000) for _ in range(max(depth, 1))]
    settings = {"temperature": 0, "max_tokens": WRITTEN}
    rows = []
    for _ in range(ROUNDS + 1):
        timings: dict[str, Any] = {}
        for message in worker.generate(task, prompt=prompt, settings=settings):
            timings |= message.get("timings", {})
            if "generated_tokens" not in timings:
                spent.update(dict.fromkeys(PARTS, 0.0))  # the prompt is not counted
        rows.append((timings["generation_seconds"], dict(spent)))
    _report(rows[1:])


def _timed(function: Any, part: str, spent: dict[str, float]) -> Any:
    def timed(*arguments: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments, **more)
        finally:
            spent[part] += time.perf_counter() - began

    return timed


def _report(rows: list[tuple[float, dict[str, float]]]) -> None:
    steps = WRITTEN - 1
    whole = statistics.median(seconds for seconds, _ in rows) / steps * 1e6
    for part in PARTS:
        print(f"{part}: {statistics.median(spent[part] for _, spent in rows) / steps * 1e6:,.0f} us a token")
    outside = statistics.median((seconds - spent["llama_decode"]) / seconds for seconds, spent in rows)
    print(f"in all {whole:,.0f} us a token; outside llama_decode {100 * outside:.1f} %")


if __name__ == "__main__":
    main()
