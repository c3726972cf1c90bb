"""One object in a process of its own: call it, stream from it, cancel, kill, restart.

Native code (llama.cpp, numba, torch) can end its whole process, and a long fit cannot be interrupted from another
thread. So language models and long jobs live in children of their own; if one dies, one request is lost and the page
stays. (multiprocessing's spawn is no way: it would import the page's script in the child.)

Inside the child (`core.worker_process`), `target` names a class, "package.module:Class". Its public methods take a
`Task` first; a method that is a generator streams its items. Arguments and answers are what JSON can say, dataclasses
and paths included; arrays travel as file names, see `core.storage`.

Example:
    worker = Worker("core.documents.jobs:Jobs")
    points = worker.call("project", vectors="/path/to/vectors.npy")
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import Cancelled, WorkerDied
from core.worker_process import Task, read_frame, write_frame
from core.worker_request import Request

__all__ = ["Request", "Task", "Worker"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# Threads that spin while they wait are tuned for idle machines. OpenBLAS lets its own spin for 2^26 ticks of the clock,
# 25 ms, on cores that others want; 2^18 are 0.1 ms. Beside two busy processes on two cores (median of 8 paired rounds):
# groups of 5,000 x 384 1.30 times as fast, the graph and beginning of their map 1.20; on idle cores 1.05 and 1.00.
# OpenMP's waiting stays as it is: passive waiting makes texts encoded one by one 5 times as fast there, and costs them
# 40 % on idle cores; where many are encoded, each core has a batch of its own and waits for nobody (1.01, idle 0.93).
# Figures by tests/benchmarks/busy_workers.py. What the system's environment says of this goes first.
WAITING = {"OPENBLAS_THREAD_TIMEOUT": "18"}


class Worker:
    """An object of class `target` ("package.module:Class"), built with `settings`, in a process of its own.

    `patience`: seconds after which a request that does not heed its cancellation costs the process (None: never).
    `first`: a method called whenever a process starts, to warm it up.
    `recover(exit code, notes)`: asked when a process died with requests under way; it gives other settings, with which
    a new process then takes up the same requests, or None, which ends them with `WorkerDied`.
    `notes` is what the process told of itself (`Task.note`), by name; empty when a process starts.
    """

    def __init__(self, target: str, settings: dict[str, Any] | None = None,
                 environment: dict[str, str] | None = None, patience: float | None = None, first: str = "",
                 recover: Callable[[int, dict[str, Any]], dict[str, Any] | None] | None = None) -> None:
        self.target, self.settings, self.environment = target, settings or {}, environment or {}
        self.patience, self.first, self._recover = patience, first, recover
        self.notes: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._pending: dict[int, Request] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def idle(self) -> bool:
        """Whether it runs and has nothing to do, so that a request would be taken up at once."""
        return self.alive and not self._pending

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def busy(self) -> bool:
        """Whether anything is under way or waiting."""
        return bool(self._pending)

    def start(self) -> Worker:
        """Start the process if it is not running. Building the object happens there, before the first request."""
        with self._lock:
            if self.alive:
                return self
            # -c rather than -m core.worker_process: a notebook's working directory may be anywhere.
            code = (f"import sys; sys.path.insert(0, {str(PROJECT_ROOT)!r})\n"
                    "from core.worker_process import main; main()")
            self.notes = {}
            self._process = process = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**WAITING, **os.environ, **self.environment}, start_new_session=True)
            write_frame(_pipe(process.stdin), {"target": self.target, "settings": self.settings})
            threading.Thread(target=self._listen, args=(process,), daemon=True, name=f"from {self.target}").start()
        if self.first:
            self.submit(self.first)
        return self

    def submit(self, method: str, /, **arguments: Any) -> Request:
        """Queue a call; the worker takes them first come, first served."""
        self.start()
        with self._lock:
            request = Request(self, next(self._numbers), method, self._process, arguments)
            self._pending[request.number] = request
            self._send(request._message)
        if not self.alive and self._process:  # it may have died before the request was listed as pending
            self._fail_pending(self._process)
        return request

    def call(self, method: str, /, on_progress: Callable[[float, str], None] | None = None, **arguments: Any) -> Any:
        """Submit and wait. `on_progress(fraction 0..1, what is being done)`; an exception from it cancels the call."""
        request = self.submit(method, **arguments)
        try:
            while not request._finished.wait(0.1):
                if on_progress:
                    on_progress(request.fraction, request.doing)
        except BaseException:
            request.cancel()
            raise
        return request.result()

    def stream(self, method: str, /, **arguments: Any) -> Generator[Any, None, None]:
        """Submit a generator method and yield its items (no Nones). Closing this generator cancels the call."""
        with contextlib.closing(self.submit(method, **arguments).items()) as items:
            yield from (item for item in items if item is not None)

    def cancel(self, number: int) -> None:
        with self._lock:
            if number in self._pending:
                self._send({"cancel": number})

    def drop(self, request: Request) -> None:
        """End a request that has not begun, here; the worker passes over it when its turn comes."""
        with self._lock:
            waiting = self._pending.pop(request.number, None)
        if waiting:
            waiting._receive({"error": {"kind": Cancelled.__name__}})

    @property
    def busy_seconds(self) -> float:
        """For how long the longest of the requests under way has been worked on; 0 if there is none but the warm-up."""
        with self._lock:
            begun = [request.started_at for request in self._pending.values()
                     if request.started_at is not None and request.method != self.first]
        return time.monotonic() - min(begun) if begun else 0.0

    def requests_before(self, number: int) -> int:
        with self._lock:
            return sum(1 for other in self._pending if other < number) if number in self._pending else 0

    def kill(self) -> None:
        """End the process now. Requests under way raise `WorkerDied`; the next call starts a new process."""
        process = self._process
        if process and process.poll() is None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Let the process go: closing its input ends it."""
        process = self._process
        if process and process.poll() is None:
            with contextlib.suppress(OSError):
                _pipe(process.stdin).close()
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self.kill()

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # a dead worker is reported by _listen, once, for every request
            if self._process:
                write_frame(_pipe(self._process.stdin), message)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        output = _pipe(process.stdout)
        while (event := read_frame(output)) is not None:
            with self._lock:
                request = self._pending.get(event["id"])
                if "note" in event and process is self._process:
                    self.notes.update(event["note"])
                    continue
                if request and ("result" in event or "error" in event):
                    del self._pending[event["id"]]
            if request:
                request._receive(event)
        process.wait()
        self._fail_pending(process)

    def _fail_pending(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            lost = [request for request in self._pending.values() if request._process is process]
            for request in lost:
                del self._pending[request.number]
        code = process.returncode
        what, next_step = self._told_of(code)
        if self._recover and lost and not lost[0].asked_to_stop and \
                (settings := self._recover(code, self.notes)) is not None:
            self.settings = settings
            return self._take_up(lost)
        for request in lost:
            kind = Cancelled if request.asked_to_stop else WorkerDied
            request._receive({"error": {"kind": kind.__name__, "what": what, "next_step": next_step}})

    def _told_of(self, code: int) -> tuple[str, str]:
        """What happened when the process ended with that exit code, and what to do next."""
        return (f"The process that was working on this ended (exit code {code}).",
                "Nothing else is affected; press again to start it anew.")

    def _take_up(self, lost: list[Request]) -> None:
        """Send the requests that a process left behind to a new one, in their order."""
        self.start()
        with self._lock:
            for request in lost:
                if request.asked_to_stop:
                    request._receive({"error": {"kind": Cancelled.__name__}})
                    continue
                self._pending[request.number] = request
                self._send(request._begin_again(self._process))
        if not self.alive and self._process:
            self._fail_pending(self._process)


def _pipe(stream: Any) -> BinaryIO:
    assert stream is not None  # Popen was given PIPE
    return stream
