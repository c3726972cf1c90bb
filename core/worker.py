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
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, BinaryIO

from core import errors
from core.errors import Cancelled, UserError, WorkerDied
from core.worker_process import Task, read_frame, write_frame

__all__ = ["Request", "Task", "Worker"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Request:
    """One call under way in a worker. It outlives a rerun of the page: keep it, and ask it again."""

    def __init__(self, worker: Worker, number: int, method: str, process: subprocess.Popen[bytes] | None) -> None:
        self._worker, self.number, self.method, self._process = worker, number, method, process
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._finished = threading.Event()
        self._final: dict[str, Any] = {}
        self.fraction: float = 0.0
        self.doing: str = ""
        self.submitted_at = time.monotonic()
        self.started_at: float | None = None
        self.asked_to_stop = False

    @property
    def done(self) -> bool:
        return self._finished.is_set()

    @property
    def died(self) -> bool:
        """Whether it ended because its process did."""
        return self._final.get("error", {}).get("kind") == WorkerDied.__name__

    @property
    def place(self) -> int:
        """How many requests are ahead of this one in the worker: 0 means that it is running (or done)."""
        return self._worker.requests_before(self.number)

    def cancel(self) -> None:
        """Ask the worker to stop this request; it raises `Cancelled` here at its next check, at once if still queued.

        Where that does not come within the worker's `patience`, its process is ended, and a new one started.
        """
        self.asked_to_stop = True
        self._worker.cancel(self.number)
        if self.started_at is None:
            self._worker.drop(self)
        if self._worker.patience is not None and not self.done:
            timer = threading.Timer(self._worker.patience, self._end_if_deaf)
            timer.daemon = True
            timer.start()

    def _end_if_deaf(self) -> None:
        if not self.done and self.place == 0 and self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            self._worker.start()

    def items(self, timeout: float = 0.1) -> Generator[Any, None, None]:
        """Streamed items as they come; None whenever `timeout` seconds passed without one, so that a page can breathe.

        Raises what the method raised. Leaving the loop early cancels the request.
        """
        try:
            while True:
                try:
                    event = self._events.get(timeout=timeout)
                except queue.Empty:
                    if self.done and self._events.empty():
                        break
                    yield None
                    continue
                if "item" in event:
                    yield event["item"]
                else:
                    break
            self._raise_if_failed()
        finally:
            if not self.done:
                self.cancel()

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the answer. Raises what the method raised, `WorkerDied`, or TimeoutError after `timeout` seconds."""
        if not self._finished.wait(timeout):
            raise TimeoutError(f"{self.method} did not answer within {timeout} s")
        self._raise_if_failed()
        return self._final.get("result")

    def _receive(self, event: dict[str, Any]) -> None:
        if "progress" in event:
            self.fraction, self.doing = event["progress"]
        elif "started" in event:
            self.started_at = time.monotonic()
        elif "item" in event:
            self._events.put(event)
        else:
            self._final = event
            self._finished.set()
            self._events.put(event)

    def _raise_if_failed(self) -> None:
        error = self._final.get("error")
        if error is None:
            return
        if error["kind"] == "Cancelled":
            raise Cancelled()
        kind = getattr(errors, error["kind"], None)
        if isinstance(kind, type) and issubclass(kind, UserError):
            raised = UserError.__new__(kind)
            UserError.__init__(raised, error["what"], error["next_step"])
            raise raised
        raise RuntimeError(f"{self.method} failed in its worker:\n{error['what']}")


class Worker:
    """An object of class `target` ("package.module:Class"), built with `settings`, in a process of its own.

    `patience`: seconds after which a request that does not heed its cancellation costs the process (None: never).
    `first`: a method called whenever a process starts, to warm it up.
    """

    def __init__(self, target: str, settings: dict[str, Any] | None = None,
                 environment: dict[str, str] | None = None, patience: float | None = None, first: str = "") -> None:
        self.target, self.settings, self.environment = target, settings or {}, environment or {}
        self.patience, self.first = patience, first
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
            self._process = process = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**os.environ, **self.environment}, start_new_session=True)
            write_frame(_pipe(process.stdin), {"target": self.target, "settings": self.settings})
            threading.Thread(target=self._listen, args=(process,), daemon=True, name=f"from {self.target}").start()
        if self.first:
            self.submit(self.first)
        return self

    def submit(self, method: str, /, **arguments: Any) -> Request:
        """Queue a call; the worker takes them first come, first served."""
        self.start()
        with self._lock:
            request = Request(self, next(self._numbers), method, self._process)
            self._pending[request.number] = request
            self._send({"id": request.number, "method": method, "arguments": arguments})
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
        for request in lost:
            kind = Cancelled if request.asked_to_stop else WorkerDied
            request._receive({"error": {
                "kind": kind.__name__, "what": f"The process that was working on this ended (exit code {code}).",
                "next_step": "Nothing else is affected; press again to start it anew."}})


def _pipe(stream: Any) -> BinaryIO:
    assert stream is not None  # Popen was given PIPE
    return stream
