"""How soon a stop ends an answer: python -m tests.benchmarks.prompting_stop

On a llama of 134 million parameters with random weights (float16) and one thread, ten times each: while its process
starts and loads, while it reads a prompt of 7,000 tokens, while it writes, and in the queue behind another answer.
Prints the median and the longest time from the stop to the end of the answer, in milliseconds (300 at most), and says
whether the model answers afterwards as before. Ends with 1 if one stop took longer.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-stop-"))

from core.prompting.engine import Model, Settings, open_model
from core.prompting.runs import Run
from tests.benchmarks.prompting_speed import LARGE
from tests.support.gguf_files import random_model

TRIES, AT_MOST_MS = 10, 300
GREEDY = Settings(temperature=0, max_tokens=12)
LONG = [300, 301, 302] * 2400


def stopped(run: Run, ready: Callable[[], bool]) -> float:
    """Milliseconds from the stop to the end, once `ready` holds."""
    while not ready():
        assert not run.done, "it ended before it could be stopped"
        run.look(0.002)
    asked = time.perf_counter()
    run.stop()
    run.finish(60)
    assert run.ended_by == "stopped" and not run.error, (run.ended_by, run.error)
    return (time.perf_counter() - asked) * 1000


def while_loading(path: Path, number: int) -> float:
    model = open_model(path, threads=1, n_ctx=8192)
    began = time.perf_counter()
    run = Run(lambda: model.ask("w1", Settings(max_tokens=200)))
    took = stopped(run, lambda: time.perf_counter() - began > 0.06 * number)
    model.close()
    return took


def while_reading(model: Model) -> float:
    answer = model.ask(LONG, GREEDY, cold=True)
    run = Run(lambda: answer)
    return stopped(run, lambda: answer.timings.evaluated_tokens > 0)


def while_writing(model: Model) -> float:
    run = Run(lambda: model.ask("w1 w2", Settings(max_tokens=2000)))
    return stopped(run, lambda: len(run.text) > 20)


def in_the_queue(model: Model) -> float:
    first = Run(lambda: model.ask("w1 w2", Settings(max_tokens=2000)))
    second = Run(lambda: model.ask("w3", GREEDY))
    took = stopped(second, lambda: bool(first.text))
    first.stop()
    first.finish(60)
    return took


def main() -> None:
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = random_model(Path(folder) / "large.gguf", shape=LARGE)
        model = open_model(path, threads=1, n_ctx=8192)
        before = "".join(step.text for step in model.generate("w1 w2", GREEDY, cold=True))
        for name, once in (
            ("loading", lambda number: while_loading(path, number)),
            ("reading the prompt", lambda number: while_reading(model)),
            ("writing", lambda number: while_writing(model)),
            ("waiting in the queue", lambda number: in_the_queue(model)),
        ):
            times = [once(number) for number in range(TRIES)]
            worst = max(worst, *times)
            print(f"{name}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms", flush=True)
        after = "".join(step.text for step in model.generate("w1 w2", GREEDY, cold=True))
        print("afterwards the same greedy answer" if after == before else "AFTERWARDS ANOTHER ANSWER")
        model.close()
    sys.exit(worst > AT_MOST_MS or after != before)


if __name__ == "__main__":
    main()
