"""Generation on idle and on busy cores: the default against every fixed number of threads.

    python -m tests.benchmarks.busy_cores MODEL.gguf [tokens]

In rounds one after the other, each in another order: the default (threads "auto") and each number of threads the
machine has, every way in a process of its own that stays loaded. First on idle cores, then beside two processes that
compute without pause, then two models answering at once (the default against one thread each). Reports tokens per
second and the default as a share of the best fixed number: medians over the rounds.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-busy-"))

from core.prompting.engine import Model, Settings, open_model
from core.runtime import machine

ROUNDS, BUSY_S = 5, 60


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Processes that compute without pause, for a minute at most."""
    code = f"import time\nend = time.time() + {BUSY_S}\nwhile time.time() < end: pass"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def settle(model: Model) -> None:
    """Let the model be measured now (`core.models.llama.tuning`), so that it is not while another one is timed."""
    if not model.load_settings.fixed:
        model._tuning.make_way()
        for _ in range(3):
            if not model.tuning:
                model._tuning._try()


def speed(model: Model, tokens: int) -> float:
    """Tokens per second after the first, behind a prompt of a hundred tokens."""
    list(model.generate([500 + number for number in range(100)], Settings(temperature=0, max_tokens=tokens), cold=True))
    return model.timings.generation_speed or 0.0


def compare(models: dict[str, Model], tokens: int, others: int) -> None:
    rows: list[dict[str, float]] = []
    for number in range(ROUNDS):
        names = list(models)
        names = names[number % len(names) :] + names[: number % len(names)]
        with busy(others):
            rows.append({name: speed(models[name], tokens) for name in names})
        print("  " + ", ".join(f"{name} {rows[-1][name]:.1f}" for name in models), flush=True)
    middle = {name: statistics.median(row[name] for row in rows) for name in models}
    best = max((name for name in models if name != "auto"), key=middle.__getitem__)
    print(
        f"  auto / best fixed number ({best}): {middle['auto'] / middle[best]:.2f} "
        f"(best round against best round {max(r['auto'] for r in rows) / max(r[best] for r in rows):.2f})"
    )


def together(pairs: dict[str, tuple[Model, Model]], tokens: int) -> None:
    """Two models at once: tokens per second of both."""
    rows: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        row = {}
        for name, pair in pairs.items():
            found = [0.0, 0.0]

            def ask(place: int, pair=pair, found=found) -> None:
                found[place] = speed(pair[place], tokens)

            threads = [threading.Thread(target=ask, args=(place,)) for place in (0, 1)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            row[name] = sum(found)
        rows.append(row)
        print("  " + ", ".join(f"{name} {value:.1f}" for name, value in row.items()), flush=True)
    middle = {name: statistics.median(row[name] for row in rows) for name in pairs}
    print(f"  auto / one thread each: {middle['auto'] / middle['1 thread']:.2f}")


def main() -> None:
    path, tokens = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 64
    models = {"auto": open_model(path, n_ctx=1024)}
    models |= {
        f"{count} threads": open_model(path, n_ctx=1024, threads=count)
        for count in range(1, machine.usable_cores() + 1)
    }
    second = {name: open_model(path, n_ctx=1024, threads=count) for name, count in (("auto", 0), ("1 threads", 1))}
    for model in (*models.values(), *second.values()):
        speed(model, 4)
        settle(model)
    for others in (0, 2):
        print(f"{others} busy processes on {machine.usable_cores()} cores, {tokens} tokens:")
        compare(models, tokens, others)
    print("two models at once, tokens per second of both:")
    together({"auto": (models["auto"], second["auto"]), "1 thread": (models["1 threads"], second["1 threads"])}, tokens)
    for model in (*models.values(), *second.values()):
        model.close()


if __name__ == "__main__":
    main()
