"""A trial of llama.cpp before its first use: a few tokens by two tiny quantised models, in a process that may die.

It is taken once for a library, a processor and a setting, in about half a second. If the process dies, hangs, or
computes nonsense, the next safer mode is tried. The last mode is taken untried: nothing is left below it.
"""

from __future__ import annotations

import math
import os
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import storage
from core.errors import UserError, WorkerDied
from core.models.llama import safe_mode
from core.models.llama.safe_mode import Mode
from core.runtime import machine
from core.runtime.worker import Worker
from core.runtime.worker_process import Task

MODELS = tuple(storage.POCKET / f"pocket-chat-{kind}.gguf" for kind in ("q8_0", "q4_0"))
TEXT = "Once upon a time there was a little girl named Lily. She liked to play in the park with her friends. "
PATIENCE_S = 20.0  # a trial takes half a second; beside other work, a few
BETTER_THAN = 0.75  # of a uniform guess's surprise per token: these models need about a third of it for `TEXT`


@dataclass(frozen=True)
class Verdict:
    """The mode in which the library works here, and why a fuller one is not used ("" where none was refused)."""

    mode: Mode
    why: str = ""
    has_gpu: bool = False


class Trial:
    """Lives in the trial's process."""

    def __init__(self, mode: str) -> None:
        self.mode = safe_mode.named(mode)

    def decode(self, task: Task, paths: list[str]) -> float:
        """Let each model read `TEXT` and write a few tokens: how surprised it was, as a share of a uniform guess.

        Raises:
            UserError: the numbers are nonsense.
        """
        from core.models.llama import model as llama
        from core.models.llama.context import Context

        task.note(has_gpu=llama.offloads())
        worst = 0.0
        for path in paths:
            model = llama.Model(path, lambda fraction: False, mode=self.mode)
            threads = machine.physical_cores() if self.mode.threads else 1
            context = Context(model, 256, threads, 128, mode=self.mode)
            tokens = model.tokenize(TEXT, add_bos=True)[:120]
            context.decode(tokens, all_scores=True)
            surprise = [_surprise(context.logits(place), token) for place, token in enumerate(tokens[1:])]
            for _ in range(4):
                context.decode([int(np.argmax(context.logits()))])
            worst = max(worst, float(np.mean(surprise)) / math.log(model.size))
            if not np.isfinite(context.logits()).all() or not worst < BETTER_THAN:
                raise UserError("llama.cpp computes nonsense here.", "")
            context.close()
            model.close()
        return worst


def _surprise(logits: np.ndarray, token: int) -> float:
    """-ln p of a token from the scores before it."""
    highest = float(logits.max())
    return highest + math.log(float(np.exp(logits - highest).sum())) - float(logits[token])


_lock = threading.Lock()
_found: dict[tuple[str, str, str], Verdict] = {}


def verdict() -> Verdict:
    """The mode for this machine: as the environment says, as found earlier, or as a trial says now."""
    chosen_mode = safe_mode.chosen()
    if chosen_mode is not None:
        why = "" if chosen_mode is safe_mode.FULL else f"{safe_mode.SETTING}={chosen_mode.key} is set."
        return Verdict(chosen_mode, why, has_gpu=chosen_mode.gpu)
    simulated = os.environ.get(safe_mode.SIMULATED_CRASH, "")
    key = safe_mode.holds_for("trial", simulated)
    with _lock:
        home = os.environ.get("TEXTLAB_HOME", "")
        if (key, home, simulated) not in _found:
            _found[key, home, simulated] = _kept(key) or _tried(key)
        return _found[key, home, simulated]


def _kept(key: str) -> Verdict | None:
    facts = safe_mode.remembered(key)
    if facts is None or facts.get("mode") not in {mode.key for mode in safe_mode.MODES}:
        return None
    return Verdict(safe_mode.named(facts["mode"]), str(facts.get("why", "")), bool(facts.get("has_gpu")))


def _tried(key: str) -> Verdict:
    mode, has_gpu, failed = safe_mode.FULL, False, False
    while True:
        following = safe_mode.safer(mode, has_gpu)
        if following is None:
            break
        works, notes = works_in(mode)
        has_gpu = has_gpu or bool(notes.get("has_gpu"))
        if works is None:  # not a fault of this mode: the library is missing, or no process can be started
            return Verdict(mode)
        if works:
            break
        failed, mode = True, safe_mode.safer(mode, has_gpu) or following
    found = Verdict(mode, safe_mode.sentence(mode) if failed else "", has_gpu)
    safe_mode.remember(key, {"mode": mode.key, "why": found.why, "has_gpu": has_gpu})
    return found


def works_in(mode: Mode) -> tuple[bool | None, dict[str, Any]]:
    """Whether the tiny models compute in that mode (None: it could not be tried), and what the process reported."""
    worker = Worker("core.models.llama.trial:Trial", {"mode": mode.key})
    try:
        request = worker.submit("decode", paths=[str(path) for path in MODELS if path.is_file()])
        request.result(PATIENCE_S)
        return True, worker.notes
    except (WorkerDied, TimeoutError):
        return False, worker.notes
    except UserError as problem:
        return (False if "nonsense" in problem.what else None), worker.notes
    except (RuntimeError, OSError):
        return None, worker.notes
    finally:
        worker.kill()
