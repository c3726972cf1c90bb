"""One call under way in a `core.runtime.worker.Worker`: its progress, its items, its answer, and its end."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from core import errors
from core.errors import Cancelled, UserError, WorkerDied

if TYPE_CHECKING:
    from core.runtime.worker import Worker
    from core.runtime.worker_child import Child


class Request:
    """One call under way in a worker. It outlives a rerun of the page: keep it, and ask it again."""

    def __init__(self, worker: Worker, message: dict[str, Any], process: Child | None) -> None:
        self._worker, self.message, self._process = worker, message, process
        self.number: int = message["id"]
        self.method: str = message["method"]
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._finished = threading.Event()
        self._final: dict[str, Any] = {}
        self.fraction: float = 0.0
        self.doing: str = ""
        self.submitted_at = time.monotonic()
        self.started_at: float | None = None
        self._pace: deque[tuple[float, float]] = deque(maxlen=40)  # (when, how far)
        self.asked_to_stop = False

    @property
    def done(self) -> bool:
        return self._finished.is_set()

    @property
    def died(self) -> bool:
        """Whether it ended because its process did."""
        return bool(self._final.get("error", {}).get("kind") == WorkerDied.__name__)

    @property
    def answer(self) -> Any:
        """What it gave, if it is done and gave anything; nothing is raised."""
        return self._final.get("result")

    @property
    def place(self) -> int:
        """How many requests are ahead of this one in the worker: 0 means that it is running (or done)."""
        return self._worker.requests_before(self.number)

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take if it goes on as in the last twenty seconds; None while that cannot be said."""
        if self.done or len(self._pace) < 4:
            return None
        (then, had), (now, has) = self._pace[0], self._pace[-1]
        return (1 - self.fraction) * (now - then) / (has - had) if has > had else None

    def cancel(self) -> None:
        """Ask the worker to stop this request; it raises `Cancelled` here at its next check, at once if still queued.

        Where that does not come within the worker's `patience`, its process is ended, and a new one started.
        """
        self.asked_to_stop, asked_at = True, time.monotonic()
        self._worker.cancel(self.number)
        if self.started_at is None:
            self._worker.drop(self)
        if self._worker.patience is not None and (not self.done or self._was_dropped):
            timer = threading.Timer(self._worker.patience, self._end_if_deaf, (asked_at,))
            timer.daemon = True
            with contextlib.suppress(RuntimeError):  # no more threads: the process is ended another time
                timer.start()

    @property
    def _was_dropped(self) -> bool:
        return self.number in self._worker._dropped

    def _end_if_deaf(self, asked_at: float) -> None:
        if self._process and not self._worker.hears(self, asked_at):
            self._worker.replace(self._process)

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
        end = None if timeout is None else time.monotonic() + timeout
        while not self._finished.wait(0.5 if end is None else max(min(0.5, end - time.monotonic()), 0.0)):
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(f"{self.method} did not answer within {timeout} s")
            self._worker.end_if_held()
        self._raise_if_failed()
        return self._final.get("result")

    def within(self, seconds: float) -> bool:
        """Whether it is done within that time; comes back as soon as it is."""
        return self._finished.wait(seconds)

    def _begin_again(self, process: Child | None) -> None:
        """Wait for another process, as if it had just been asked."""
        self._process, self.started_at, self.fraction, self.doing = process, None, 0.0, ""
        self._pace.clear()

    def _receive(self, event: dict[str, Any]) -> None:
        if "progress" in event:
            self.fraction, self.doing = event["progress"]
            now = time.monotonic()
            if not self._pace or now - self._pace[-1][0] > 0.5:
                self._pace.append((now, self.fraction))
        elif "started" in event:
            self.started_at = time.monotonic()
        elif "item" in event:
            self._events.put(event)
        else:
            self._final = event
            self._finished.set()
            self._events.put(event)

    def _end(self, error: UserError | Cancelled) -> None:
        """End it with an error from here, where its process can say nothing any more."""
        what, next_step = (error.what, error.next_step) if isinstance(error, UserError) else ("", "")
        self._receive({"error": {"kind": type(error).__name__, "what": what, "next_step": next_step}})

    def _raise_if_failed(self) -> None:
        error = self._final.get("error")
        if error is None:
            return
        if error["kind"] == "Cancelled":
            raise Cancelled()
        if (problem := rebuilt(error)) is not None:
            raise problem
        raise RuntimeError(f"{self.method} failed in its worker:\n{error['what']}")


def rebuilt(described: dict[str, str]) -> UserError | None:
    """The `UserError` that a child has described; None if it was no `UserError`."""
    kind = getattr(errors, described["kind"], None)
    if not (isinstance(kind, type) and issubclass(kind, UserError)):
        return None
    problem = UserError.__new__(kind)
    UserError.__init__(problem, described["what"], described["next_step"])
    return problem
