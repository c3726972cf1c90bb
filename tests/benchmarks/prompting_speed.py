"""Our generation loop against llama.cpp's own llama-bench: python -m tests.benchmarks.prompting_speed [llama-bench]

On a llama of 134 million parameters with random weights (float16), one thread, 128 tokens, the same file, in rounds one
after the other, every second round in the opposite order, so that a machine that warms up or is disturbed favours
nobody: llama-bench, our loop, our loop with ten alternatives for every token. llama-bench draws no tokens and
keeps no text; ours does both. Reports the median of the pairs' ratios, our own time per token at token 2,000 on a tiny
model (time per token there less the library's own), the memory that the heatmap takes, the size of a saved state, and
the time to divide a long prompt among its turns. Build llama-bench from the source archive of the pinned version
(cmake --build ... --target llama-bench) and give its path; without it that part is left out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-speed-"))

from core.prompting.context_map import pieces
from core.prompting.decoding.generation import ModelWorker
from core.prompting.engine import Model, Settings, open_model
from core.runtime.worker_process import Task
from tests.support.gguf_files import Shape, random_model

LARGE = Shape(width=768, layers=12, heads=12, hidden=2048, vocabulary=32_000, context=32_768)
TOKENS, ROUNDS = 128, 12


def native(bench: str, path: Path) -> float:
    """Tokens per second by llama-bench."""
    told = subprocess.run(
        [bench, "-m", str(path), "-t", "1", "-p", "0", "-n", str(TOKENS), "-r", "1", "-o", "json"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return float(json.loads(told)[0]["avg_ts"])


def ours(model: Model, alternatives: int = 0) -> float:
    """Tokens per second of our loop: all tokens by the time from the first to the last."""
    list(model.generate("w1", Settings(temperature=0, max_tokens=TOKENS, alternatives=alternatives), cold=True))
    assert model.timings.generated_tokens == TOKENS, "the random model ended early"
    return model.timings.generation_speed or 0.0


def report_speed(path: Path, bench: str | None) -> None:
    model = open_model(path, threads=1, n_ctx=TOKENS + 8)  # llama-bench makes its context as long as the answer
    ours(model)
    ways = {
        "llama-bench": lambda: native(bench, path) if bench else float("nan"),
        "ours": lambda: ours(model),
        "ours with alternatives": lambda: ours(model, 10),
    }
    rows: list[dict[str, float]] = []
    for number in range(ROUNDS):
        order = list(ways)[:: -1 if number % 2 else 1]
        rows.append({name: ways[name]() for name in order})
        print(", ".join(f"{name} {rows[-1][name]:.1f}" for name in ways), "tokens/s", flush=True)
    for what, name, against in (
        ("ours / llama-bench", "ours", "llama-bench"),
        ("with ten alternatives / without", "ours with alternatives", "ours"),
    ):
        ratios = sorted(row[name] / row[against] for row in rows)
        best = max(row[name] for row in rows) / max(row[against] for row in rows)
        print(
            f"{what}: {statistics.median(ratios):.3f} (median of {ROUNDS} rounds, quartiles "
            f"{ratios[ROUNDS // 4]:.3f} to {ratios[3 * ROUNDS // 4]:.3f}), {best:.3f} (best against best)"
        )
    model.close()


def report_processor_time(path: Path, bench: str) -> None:
    """The same ratio by processor time: what other programs do to the machine meanwhile hardly counts.

    llama-bench's time per token is that of 384 tokens less that of 128 (loading and its warm-up run are in both); ours
    is the model's whole process for as many tokens. Resolution: a hundredth of a second in two.
    """
    model = open_model(path, threads=1, n_ctx=3 * TOKENS + 8)
    settings = Settings(temperature=0, max_tokens=3 * TOKENS)

    def theirs() -> float:
        def used(tokens: int) -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [bench, "-m", str(path), "-t", "1", "-p", "0", "-n", str(tokens), "-r", "1"],
                capture_output=True,
                check=True,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        return (used(3 * TOKENS) - used(TOKENS)) / (2 * TOKENS)

    def mine(alternatives: int) -> float:
        def used(tokens: int) -> float:
            before = processor_seconds(model.pid or 0)
            list(
                model.generate(
                    "w1", dataclasses.replace(settings, max_tokens=tokens, alternatives=alternatives), cold=True
                )
            )
            return processor_seconds(model.pid or 0) - before

        return (used(3 * TOKENS) - used(TOKENS)) / (2 * TOKENS)

    list(model.generate("w1", settings))
    rows = []
    for number in range(8):
        ways = [theirs, lambda: mine(0), lambda: mine(10)]
        values = [way() for way in ways[:: -1 if number % 2 else 1]]
        rows.append(values[::-1] if number % 2 else values)
        print(
            "ms of processor time per token: llama-bench {:.2f}, ours {:.2f}, with alternatives {:.2f}".format(
                *(1000 * value for value in rows[-1])
            ),
            flush=True,
        )
    for what, one, other in (("llama-bench / ours", 0, 1), ("ours without / with ten alternatives", 1, 2)):
        print(f"{what}, processor time: {statistics.median(row[one] / row[other] for row in rows):.3f} (median of 8)")
    model.close()


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used so far, in its own code and in the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report_share(path: Path) -> None:
    """Processor time of the loop's thread, in and outside llama_decode: what other programs do to it does not count."""
    for alternatives in (0, 10):
        worker, task, inside = ModelWorker(str(path), n_ctx=512, threads=1), Task(1, lambda message: None), [0.0]
        worker.load(task)
        assert worker.context
        decode = worker.context.decode

        def timed(tokens, all_scores=False, decode=decode, inside=inside):
            began = time.thread_time()
            decode(tokens, all_scores)
            inside[0] += time.thread_time() - began

        worker.context.decode = timed
        settings = {"temperature": 0.8, "max_tokens": TOKENS, "seed": 3, "alternatives": alternatives}
        list(worker.generate(task, prompt=[300], settings=settings))
        inside[0], began = 0.0, time.thread_time()
        list(worker.generate(task, prompt=[301], settings=settings))
        share = inside[0] / (time.thread_time() - began)
        print(f"share of processor time inside llama_decode, {alternatives} alternatives, sampling at 0.8: {share:.4f}")
        worker.context.close()


def report_late_tokens(folder: Path) -> None:
    """Our own milliseconds per token around token 2,000, with stop texts to look for: all time less llama_decode's."""
    shape = Shape(width=32, layers=1, heads=2, hidden=64, vocabulary=512, context=4096)
    worker = ModelWorker(str(random_model(folder / "tiny.gguf", shape=shape)), n_ctx=4096, threads=1)
    inside: list[float] = []
    task = Task(1, lambda message: None)
    worker.load(task)
    decode = worker.context.decode

    def timed(tokens, all_scores=False):
        began = time.perf_counter()
        decode(tokens, all_scores)
        inside.append(time.perf_counter() - began)

    worker.context.decode = timed
    stamps: list[tuple[int, float, float]] = []
    for event in worker.generate(
        task, prompt="w1", settings={"max_tokens": 2200, "stop": ("NEVER", "###"), "temperature": 0.0}
    ):
        if "timings" in event:
            count = event["timings"].get("generated_tokens", 0)
            stamps.append((count, time.perf_counter(), sum(inside)))
    early = next(stamp for stamp in stamps if stamp[0] >= 1800)
    late = stamps[-1]
    own = ((late[1] - early[1]) - (late[2] - early[2])) / max(late[0] - early[0], 1) * 1000
    print(f"our own time per token, tokens {early[0]:,} to {late[0]:,}: {own:.3f} ms")


def rss(pid: int) -> int:
    """Anonymous memory of a process in bytes (the mapped file not counted)."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("RssAnon:")[1].split()[0]) * 1024


def report_memory(path: Path) -> None:
    model = open_model(path, threads=1, n_ctx=32_768)
    list(model.generate("w1", Settings(temperature=0, max_tokens=40)))
    before = rss(model.pid or 0)
    list(model.generate("w1", Settings(temperature=0, max_tokens=40, alternatives=10), cold=True))
    model.measure("w1 w2 w3 " * 100)
    print(f"heatmap at 32k context, besides the model: {(rss(model.pid or 0) - before) / 1e6:.1f} MB")
    model.close()
    worker, task = ModelWorker(str(path), n_ctx=1024, threads=1), Task(1, lambda message: None)
    worker.load(task)
    assert worker.kv_cache and worker.context
    worker.kv_cache.read(list(range(300, 800)))
    state, expected = len(worker.context.save()), 12 * 2 * 768 * 2 * 500
    print(f"saved state of 500 tokens: {state:,} bytes = {state / expected:.4f} of the keys and values")


def report_map(path: Path) -> None:
    model = open_model(path, threads=1)
    messages = [{"role": "user", "content": f"turn {number} " + "w1 w2 w3 w4 w5 " * 20} for number in range(8)]
    text = "".join(message["content"] + "\n" for message in messages)
    model.tokens_of("warm")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        divided = pieces(model.tokens_of(text), messages)
        times.append(time.perf_counter() - began)
    count = sum(piece.tokens for piece in divided)
    print(f"exact prompt of {count:,} tokens counted and divided in {min(times) * 1000:.0f} ms (best of 5)")
    model.close()


def main() -> None:
    bench = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as name:
        path = random_model(Path(name) / "large.gguf", shape=LARGE, half=True)
        print(f"{path.stat().st_size / 1e6:.0f} MB")
        report_late_tokens(Path(name))
        report_map(path)
        report_share(path)
        report_speed(path, bench)
        if bench:
            report_processor_time(path, bench)
        report_memory(path)


if __name__ == "__main__":
    main()
