"""The process of one model file: started in the mode that works here, and once more in a safer one if it crashes."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from core.models.llama import safe_mode, trial
from core.models.llama.safe_mode import Mode
from core.runtime import machine
from core.runtime.worker import Worker

# How long a thread spins while it waits for the others. libgomp's own 300,000 rounds, several milliseconds, are tuned
# for idle machines: where another program runs, the thread that is waited for is not running, and spinning keeps it
# from running. 20,000 rounds are as quick on idle cores (measured: tests.benchmarks.busy_cores). KMP_BLOCKTIME is the
# same for LLVM's OpenMP, in milliseconds.
WAITING = {"GOMP_SPINCOUNT": "20000", "KMP_BLOCKTIME": "1"}


class ModelProcess(Worker):
    """An object of class `target` that computes with the model at `path`; its settings gain "mode".

    Requests that a crash before the end of the first computation left behind are taken up by a new process in the next
    safer mode; if the last one crashes too, they end with `WorkerDied`.
    """

    def __init__(self, target: str, path: Path, settings: dict[str, Any], patience: float | None = 5.0) -> None:
        super().__init__(target, settings, waiting_environment(), patience, recover=self._safer)
        self.path, self.mode = path, safe_mode.FULL
        self._settled, self._has_gpu, self._why = False, False, ""

    def start(self) -> Worker:
        if not self._settled:
            self._settle()
        return super().start()

    @property
    def safe_note(self) -> str:
        """Why less than all of llama.cpp is used: a sentence, or ""."""
        return self._why

    def _settle(self) -> None:
        """Choose the mode: the machine's, or the safer one that this file was found to need."""
        found = trial.verdict()
        self.mode, self._why, self._has_gpu = found.mode, found.why, found.has_gpu
        known = safe_mode.remembered(safe_mode.file_key(self.path))
        mine = safe_mode.named(str(known.get("mode"))) if known else safe_mode.FULL
        if safe_mode.chosen() is None and safe_mode.MODES.index(mine) > safe_mode.MODES.index(self.mode):
            self._use(mine)
        self.settings = {**self.settings, "mode": self.mode.key}
        self._settled = True

    def _use(self, mode: Mode) -> None:
        self.mode = mode
        self._why = safe_mode.sentence(mode, "With this model llama.cpp")

    def _safer(self, code: int, notes: dict[str, Any]) -> dict[str, Any] | None:
        """Other settings after a crash, or None where it was none, or came later than the first computation."""
        following = safe_mode.safer(self.mode, self._has_gpu or bool(notes.get("has_gpu")))
        if not safe_mode.is_crash(code) or notes.get("decoded") or following is None or safe_mode.chosen():
            return None
        self._use(following)
        safe_mode.remember(safe_mode.file_key(self.path), {"mode": following.key})
        return {**self.settings, "mode": following.key}

    def _message_of(self, code: int | None) -> tuple[str, str]:
        if code is None or not safe_mode.is_crash(code) or self.notes.get("decoded"):
            return super()._message_of(code)
        safe_mode.forget(safe_mode.file_key(self.path))  # a damaged file crashes in every mode: that proves nothing
        mode = (
            ""
            if self.mode is safe_mode.FULL
            else ", also in its safest mode"
            if safe_mode.safer(self.mode, False) is None
            else f" in the mode “{self.mode.key}”"
        )
        return (
            f"The process that was working on this ended: llama.cpp (llama-cpp-python "
            f"{safe_mode.library_version()}) crashed with {_signal_name(code)} on {machine.cpu_name()}{mode}.",
            "Another model may work. If none does, install llama-cpp-python again, or one of its ready-made wheels "
            "(see the README).",
        )


def waiting_environment() -> dict[str, str]:
    """How threads wait, unless the person's own environment says it."""
    if {"OMP_WAIT_POLICY", *WAITING} & set(os.environ):
        return {}
    return dict(WAITING)


def _signal_name(code: int) -> str:
    try:
        return signal.Signals(-code).name if code < 0 else hex(code)
    except ValueError:
        return f"exit code {code}"
