"""One object in a process of its own: call it, stream from it, cancel, kill, restart.

Native code (llama.cpp, numba, torch) can end its whole process, and a long fit cannot be interrupted from another
thread. So language models and long jobs live in children of their own; if one dies, one request is lost and the page
stays. (multiprocessing's spawn is no way: it would import the page's script in the child.)

A process ends and is replaced where it does not heed a cancellation within the worker's `patience`; requests that only
waited for it go on with the next one.

Inside the child (`core.runtime.worker_process`), `target` names a class, "package.module:Class". Its public methods
take a `Task` first; a method that is a generator streams its items. Arguments and answers are what JSON can say,
dataclasses and paths included; arrays travel as file names, see `core.storage`.

Example:
    worker = Worker("core.documents.pipeline.jobs:JobsWorker")
    spec = job_spec.projecting("/path/to/vectors.npy", ProjectionSettings())
    points = worker.call(spec.method, **spec.arguments)
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from core import storage
from core.errors import Cancelled, UserError, WorkerDied, of_system
from core.runtime.worker_child import Child, how_it_ended
from core.runtime.worker_process import Task
from core.runtime.worker_request import Request

__all__ = ["Request", "Task", "Worker"]

HELD_S = 10.0  # so long a process may be held by the system (SIGSTOP) before its callers hear that it ended


class Worker:
    """An object of class `target` ("package.module:Class"), built with `settings`, in a process of its own.

    `patience`: seconds after which a request that does not heed its cancellation costs the process (None: never).
    `first`: a method called whenever a process starts, to warm it up.
    `recover(exit code, notes)`: asked when a process died with requests under way; it gives other settings, with which
    a new process then takes up the same requests, or None, which ends them with `WorkerDied`.
    `notes` is what the process reported (`Task.note`), by name; empty when a process starts.
    """

    def __init__(
        self,
        target: str,
        settings: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        patience: float | None = None,
        first: str = "",
        recover: Callable[[int, dict[str, Any]], dict[str, Any] | None] | None = None,
    ) -> None:
        self.target, self.settings, self.environment = target, settings or {}, environment or {}
        self.patience, self.first, self._recover = patience, first, recover
        self.notes: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._pending: dict[int, Request] = {}
        self._dropped: dict[int, Request] = {}  # ended here; the process has not passed over them yet
        self._process: Child | None = None
        self._held_since: float | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.alive

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
        """Start the process if it is not running. Building the object happens there, before the first request.

        Raises:
            NoProcess, OutOfMemory: the system does not let it start.
        """
        with self._lock:
            if self.alive:
                return self
            self.notes = {}
            process = Child(self.environment)
            try:
                process.send({"target": self.target, "settings": self.settings})
                threading.Thread(target=self._listen, args=(process,), daemon=True, name=f"from {self.target}").start()
            except RuntimeError as problem:  # no more threads
                process.kill()
                raise of_system(problem) or problem from problem
            self._process = process
        if self.first:
            self.submit(self.first)
        return self

    def submit(self, method: str, /, **arguments: Any) -> Request:
        """Queue a call; the worker takes them first come, first served.

        Raises:
            NoProcess, OutOfMemory: there is no process, and the system does not let one start.
        """
        self.start()
        with self._lock:
            message = {"id": next(self._numbers), "method": method, "arguments": arguments}
            request = Request(self, message, self._process)
            self._pending[request.number] = request
            if self._process:
                self._process.send(message)
        if not self.alive and self._process:  # it may have died before the request was listed as pending
            self._fail_pending(self._process)
        return request

    def call(self, method: str, /, on_progress: Callable[[float, str], None] | None = None, **arguments: Any) -> Any:
        """Submit and wait. `on_progress(fraction 0..1, what is being done)`; an exception from it cancels the call."""
        request = self.submit(method, **arguments)
        try:
            while not request._finished.wait(0.1):
                self.end_if_held()
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
            if self._process and number in self._pending:
                self._process.send({"cancel": number})

    def drop(self, request: Request) -> None:
        """End a request that has not begun, here; the worker passes over it when its turn comes."""
        with self._lock:
            waiting = self._pending.pop(request.number, None)
            if waiting:
                self._dropped[request.number] = waiting
        if waiting:
            waiting._receive({"error": {"kind": Cancelled.__name__}})

    @property
    def busy_seconds(self) -> float:
        """For how long the longest of the requests under way has been worked on; 0 if there is none but the warm-up."""
        with self._lock:
            begun = [
                request.started_at
                for request in self._pending.values()
                if request.started_at is not None and request.method != self.first
            ]
        return time.monotonic() - min(begun) if begun else 0.0

    def requests_before(self, number: int) -> int:
        with self._lock:
            return sum(1 for other in self._pending if other < number) if number in self._pending else 0

    def kill(self) -> None:
        """End the process now. Requests under way raise `WorkerDied`; the next call starts a new process."""
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Let the process go: closing its input ends it."""
        if self._process and self._process.alive:
            self._process.close()

    # ------------------------------------------------------------ a process that no longer answers

    def hears(self, request: Request, since: float) -> bool:
        """Whether the process shows by now that it heard `request` being cancelled at `since` (monotonic seconds)."""
        process = request._process
        if process is None or not process.alive:
            return True
        if process.stopped:
            return False
        with self._lock:
            if request.number in self._pending or (request.number in self._dropped and request.started_at is not None):
                return any(number < request.number for number in self._pending)  # it is another's turn
            ahead = [
                other
                for number, other in self._pending.items()
                if number < request.number and other.method != self.first
            ]
            return bool(ahead) or request.number not in self._dropped or process.heard_at >= since

    def replace(self, process: Child) -> None:
        """End a process that no longer answers. Who only waited for it goes on with the next one."""
        with self._lock:
            if process is not self._process or not process.alive:
                return
            process.replaced = True
        process.kill()

    def end_if_held(self) -> None:
        """Asked again and again while somebody waits: end a process that the system has held for `HELD_S`."""
        process = self._process
        if process is None or not process.stopped:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = time.monotonic()
        elif time.monotonic() - self._held_since > HELD_S:
            self._held_since = None
            process.kill()

    def _listen(self, process: Child) -> None:
        for event in process.events():
            if "note" in event:
                if process is self._process:
                    self.notes.update(event["note"])
                continue
            ends = "result" in event or "error" in event
            with self._lock:
                request = self._pending.get(event["id"])
                if request is None and "started" in event and event["id"] in self._dropped:
                    self._dropped[event["id"]].started_at = time.monotonic()
                if ends:
                    self._pending.pop(event["id"], None)
                    self._dropped.pop(event["id"], None)
            if request:
                request._receive(event)
        self._fail_pending(process)

    def _fail_pending(self, process: Child) -> None:
        """Tell each request of a process that it ended; those that can go on with another one do."""
        if process.code:  # ended in the middle of something
            with contextlib.suppress(OSError):
                storage.sweep(process.pid)
        with self._lock:
            self._dropped = {number: one for number, one in self._dropped.items() if one._process is not process}
            lost = [request for request in self._pending.values() if request._process is process]
            message = self._message_of(process.code)
            recovers = bool(lost) and self._recovers(process)
            waiting = [
                request
                for request in lost
                if not request.asked_to_stop
                and request.method != self.first
                and (recovers or process.replaced and request.started_at is None)
            ]
            for request in lost:
                if request not in waiting:
                    del self._pending[request.number]
        for request in lost:
            if request not in waiting:
                request._end(Cancelled() if request.asked_to_stop else WorkerDied(*message))
        if recovers or process.replaced:
            self._go_on(waiting)

    def _recovers(self, process: Child) -> bool:
        """Whether another process may take up what this one left behind; it then starts with other settings."""
        settings = self._recover(process.code or 0, self.notes) if self._recover and not process.replaced else None
        if settings is None:
            return False
        self.settings = settings
        return True

    def _message_of(self, code: int | None) -> tuple[str, str]:
        """What happened when the process ended with that exit code, and what to do next."""
        return (
            f"The process that was working on this {how_it_ended(code)}.",
            "Nothing else is affected; press again to start a new one.",
        )

    def _go_on(self, waiting: list[Request]) -> None:
        try:
            self.start()
        except UserError as error:  # the next request tries again
            with self._lock:
                for request in waiting:
                    self._pending.pop(request.number, None)
            for request in waiting:
                request._end(error)
            return
        with self._lock:
            for request in waiting:
                request._begin_again(self._process)
                if self._process and request.number in self._pending:
                    self._process.send(request.message)
