"""What tuning gains: our engine with everything on "auto" against llama-bench with its defaults.

    python -m tests.benchmarks.prompting_tuned LLAMA-BENCH MODEL.gguf

On idle cores, the same file and as many threads as the machine has cores, in rounds one after the other, every second
one in the opposite order. Writing 64 tokens behind 0, 661 and 2,048 tokens of context; reading 512 tokens behind 0 and
2,048. Each figure is tokens per second, each ratio the median of the rounds' pairs. The model is measured first
(`core.models.llama.tuning`), as it is after a person's first answer; what that took and chose is printed.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-tuned-"))

from core.prompting.engine import Model, Settings, open_model
from core.runtime import machine
from tests.benchmarks.busy_cores import settle

WRITTEN, READ, ROUNDS = 64, 512, 5
CASES = [("writing", 0), ("writing", 661), ("writing", 2048), ("reading", 0), ("reading", 2048)]


def theirs(bench: str, path: str, kind: str, depth: int) -> float:
    amount = ["-p", "0", "-n", str(WRITTEN)] if kind == "writing" else ["-p", str(READ), "-n", "0"]
    told = subprocess.run(
        [bench, "-m", path, "-t", str(machine.physical_cores()), *amount, "-d", str(depth), "-r", "1", "-o", "json"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return float(json.loads(told)[0]["avg_ts"])


def ours(model: Model, kind: str, depth: int) -> float:
    chance = random.Random(5)
    before = [chance.randrange(1000, 30_000) for _ in range(max(depth, 1))]
    if kind == "writing":
        list(model.generate(before, Settings(temperature=0, max_tokens=WRITTEN), cold=True))
        return model.timings.generation_speed or 0.0
    list(model.generate(before, Settings(temperature=0, max_tokens=1), cold=True))
    list(
        model.generate(
            [*before, *(chance.randrange(1000, 30_000) for _ in range(READ))], Settings(temperature=0, max_tokens=1)
        )
    )
    return model.timings.prompt_speed or 0.0


def compare(model: Model, bench: str, path: str, kind: str, depth: int) -> None:
    rows = []
    for number in range(ROUNDS):
        ways = [lambda: ours(model, kind, depth), lambda: theirs(bench, path, kind, depth)]
        values = [way() for way in ways[:: -1 if number % 2 else 1]]
        rows.append(values[::-1] if number % 2 else values)
    ratio = statistics.median(mine / other for mine, other in rows)
    print(
        f"{kind} behind {depth:,} tokens: ours {statistics.median(row[0] for row in rows):.1f}, llama-bench "
        f"{statistics.median(row[1] for row in rows):.1f} tokens/s, ratio {ratio:.2f}",
        flush=True,
    )


def main() -> None:
    bench, path = sys.argv[1:3]
    model = open_model(path, n_ctx=4096)
    ours(model, "writing", 8)
    settle(model)
    print(model.tuning or "the machine was too busy to be measured", flush=True)
    for kind, depth in CASES:
        compare(model, bench, path, kind, depth)
    model.close()


if __name__ == "__main__":
    main()
