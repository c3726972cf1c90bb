"""Damaged and malicious inputs for the readers of strangers' files, each tried in a process of its own.

A target names a reader, gives seeds (sound inputs, and whatever once went wrong), says how they are changed, and tries
one input. Only a `UserError` may come of it, within the reader's time and memory. Where native code does the work
(`may_end`), it may also panic, abort or hang: that is what the gate is for, and it is counted.

Inputs follow from the target's name, the seed of chance and their number, so each can be made again.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UserError
from core.runtime import limits
from core.runtime.readers import READERS
from tests.fuzz.changes import change_bytes

SEEDS = Path(__file__).parent / "seeds"
Change = Callable[[random.Random, list[bytes]], bytes]


@dataclass(frozen=True)
class Target:
    """`reader`: a name in `core.runtime.readers`, whose limits hold; "" for one that runs in the dashboard's process.

    `attempt(path)`: read the file as the lab does, and use what was read. `seeds()`: sound inputs. `name_of_file`: what
    the input is called on disk. `covers`: other declared readers that the attempt runs too.
    """

    name: str
    attempt: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    reader: str = ""
    name_of_file: str = "input.bin"
    change: Change = change_bytes
    may_end: bool = False
    covers: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return READERS[self.reader].seconds if self.reader else 10.0

    @property
    def memory_bytes(self) -> int:
        return READERS[self.reader].memory_bytes if self.reader else 1 << 30

    def all_seeds(self) -> list[bytes]:
        kept = sorted((SEEDS / self.name.replace(" ", "_")).glob("*"))
        return [*self.seeds(), *(path.read_bytes() for path in kept)]

    def input_of(self, seeds: list[bytes], chance: int, number: int) -> bytes:
        """The first inputs are the seeds as they are."""
        if number < len(seeds):
            return seeds[number]
        return self.change(random.Random(f"{self.name} {chance} {number}"), seeds)


@dataclass
class Report:
    """How often each outcome came; `findings`: (number of the input, what happened) that must not be."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[int, str]] = field(default_factory=list)
    slowest_s: float = 0.0


def targets() -> dict[str, Target]:
    """All targets by name: every module in tests/fuzz/targets has a list `TARGETS`."""
    import tests.fuzz.targets as folder

    found: dict[str, Target] = {}
    for module in pkgutil.iter_modules(folder.__path__, "tests.fuzz.targets."):
        for target in importlib.import_module(module.name).TARGETS:
            assert target.name not in found, f"two targets are called {target.name}"
            found[target.name] = target
    return found


def run(target: Target, count: int, chance: int = 1, keep: Path | None = None, first: int = 0) -> Report:
    """Try inputs first <= i < first + count; those that must not be are written to the folder `keep`."""
    report, seeds = Report(), target.all_seeds()
    with tempfile.TemporaryDirectory(prefix="textlab-fuzz-") as folder:
        path = Path(folder) / target.name_of_file
        for number in range(first, first + count):
            content = target.input_of(seeds, chance, number)
            path.write_bytes(content)
            began = time.monotonic()
            outcome, said = _in_a_child(target, path)
            report.slowest_s = max(report.slowest_s, time.monotonic() - began)
            report.outcomes[outcome] += 1
            allowed = {"read", "UserError"} | ({"panic", "memory", "ended", "too slow"} if target.may_end else set())
            if outcome not in allowed:
                report.findings.append((number, f"{outcome}: {said}"))
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{target.name.replace(' ', '_')}-{chance}-{number}").write_bytes(content)
    return report


def _in_a_child(target: Target, path: Path) -> tuple[str, str]:
    """(outcome, what was said) of one input. Needs fork: this process must have no threads."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            outcome = _attempt(target, path)
            os.write(write_end, json.dumps(outcome).encode()[:60_000])
        finally:
            os._exit(0)
    os.close(write_end)
    ready, _, _ = select.select([read_end], [], [], target.seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read_end, "rb") as told:
        body = told.read()
    if body:
        outcome, said = json.loads(body)
        return outcome, said
    if not ready:
        return "too slow", f"more than {target.seconds:g} s"
    return "ended", f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit code {status}"


def _attempt(target: Target, path: Path) -> tuple[str, str]:
    import traceback

    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.setswitchinterval(0.005)
    try:
        with limits.address_space(target.memory_bytes):
            target.attempt(path)
        return "read", ""
    except UserError as error:
        if not (error.what.strip() and error.what.isprintable() is not None):
            return "no sentence", repr(error)
        return "UserError", error.what[:300]
    except MemoryError:
        return "memory", ""
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            return "panic", str(error)[:300]
        return "raised", "".join(traceback.format_exception(error))[-3000:]
