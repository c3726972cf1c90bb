"""The parent's end of a worker's process: starting it, writing to it without ever waiting for it, ending it.

A process that was stopped (SIGSTOP) reads nothing, and a pipe holds 64 KiB: whoever wrote to it himself would wait with
it. So a thread of its own writes. What still runs when the lab ends is ended with it.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from core.errors import NEXT_PROCESS, NoProcess, UserError, of_system
from core.runtime.worker_process import read_frame, write_frame

PROJECT_ROOT = Path(__file__).resolve().parents[2]
# -c rather than -m core.runtime.worker_process: a notebook's working directory may be anywhere.
_CODE = f"import sys; sys.path.insert(0, {str(PROJECT_ROOT)!r})\nfrom core.runtime.worker_process import main; main()"
# Threads that spin while they wait are tuned for idle machines. OpenBLAS lets its own spin for 2^26 ticks of the clock,
# 25 ms, on cores that others want; 2^18 are 0.1 ms. Beside two busy processes on two cores (median of 8 paired rounds):
# groups of 5,000 x 384 1.30 times as fast, the graph and beginning of their map 1.20; on idle cores 1.05 and 1.00.
# OpenMP's waiting stays as it is: passive waiting makes texts encoded one by one 5 times as fast there, and costs them
# 40 % on idle cores; where many are encoded, each core has a batch of its own and waits for nobody (1.01, idle 0.93).
# Figures by tests/benchmarks/busy_workers.py. What the system's environment says of this goes first.
WAITING = {"OPENBLAS_THREAD_TIMEOUT": "18"}
_living: weakref.WeakSet[Child] = weakref.WeakSet()


class Child:
    """A process that was started. `heard_at`: when it last said anything (monotonic seconds)."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Start it.

        Raises:
            NoProcess, OutOfMemory: the system does not let it start.
        """
        self.heard_at = time.monotonic()
        self.replaced = False
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CODE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**WAITING, **os.environ, **environment},
                start_new_session=True,
            )
        except (OSError, MemoryError) as problem:
            raise _not_started(problem) from problem
        self._input, self._output = _pipe(self._process.stdin), _pipe(self._process.stdout)
        try:
            threading.Thread(target=self._write, daemon=True, name="to a worker").start()
        except RuntimeError as problem:
            self.kill()
            self._input.close()
            self._output.close()
            raise _not_started(problem) from problem
        _living.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """Its exit code: below 0 the signal that ended it; None while it runs."""
        return self._process.returncode

    @property
    def stopped(self) -> bool:
        """Whether the system holds it (SIGSTOP), as far as the system says so: on Linux."""
        try:
            return (
                Path(f"/proc/{self.pid}/stat")
                .read_text(encoding="utf-8", errors="replace")
                .rsplit(")", 1)[1]
                .split()[0]
                == "T"
            )
        except (OSError, IndexError):
            return False

    def send(self, message: dict[str, Any]) -> None:
        """Have a message written to it; comes back at once."""
        self._outbox.put(message)

    def events(self) -> Iterator[dict[str, Any]]:
        """What it says, until it ends."""
        try:
            while (event := read_frame(self._output)) is not None:
                self.heard_at = time.monotonic()
                yield event
        except (OSError, ValueError):  # something else wrote into its pipe: nothing it says can be relied on
            self._process.kill()
        self._process.wait()
        self._outbox.put(None)
        self._output.close()

    def kill(self) -> None:
        """End it now, whatever it is doing (SIGKILL)."""
        if self.alive:
            self._process.kill()
        self._process.wait()

    def close(self, wait_s: float = 2.0) -> None:
        """Let it go: closing its input ends it. A process that does not hear that is killed."""
        self._outbox.put(None)
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def _write(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # `events` reports its end, once, for every request
            while (message := self._outbox.get()) is not None:
                write_frame(self._input, message)
        with contextlib.suppress(OSError):
            self._input.close()


def how_it_ended(code: int | None) -> str:
    """Example: -9 gives "ended (exit code -9), as it does when it is killed or when the system runs out of memory"."""
    reasons = {
        -9: ", as it does when it is killed or when the system runs out of memory",
        -6: ": its native code gave up",
        -11: ": its native code failed",
        -7: ": its native code failed",
        -4: ": its native code asks more of this processor than it can do",
    }
    return f"ended (exit code {code}){reasons.get(code or 0, '')}"


def _not_started(problem: BaseException) -> UserError:
    if isinstance(problem, OSError) and problem.errno == errno.EAGAIN:
        return NoProcess("The system does not let another process start.", NEXT_PROCESS)
    return of_system(problem) or NoProcess(f"A process for this could not be started ({problem}).", NEXT_PROCESS)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # Popen was given PIPE
    return stream


@atexit.register
def _end_all() -> None:
    """A stopped process does not notice that its parent is gone."""
    for child in list(_living):
        with contextlib.suppress(OSError):
            if child.alive:
                child.kill()
