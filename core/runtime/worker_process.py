"""The child's side of `core.runtime.worker`: frames on a pipe, a queue of requests, one object that answers them.

Frames are 4 bytes of length and a JSON object. The child reads its input in a thread of its own: a Cancel arrives while
a request runs, and when the pipe closes, however the parent ended, the child ends at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import importlib
import inspect
import json
import os
import queue
import struct
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from core.errors import Cancelled, of_system

_LENGTH = struct.Struct("<I")


def write_frame(stream: IO[bytes], message: dict[str, Any]) -> None:
    body = json.dumps(message, default=_plain).encode()
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def _plain(value: Any) -> Any:
    """What JSON has no word for: dataclasses become objects, numpy scalars numbers, paths strings."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"a worker cannot send a {type(value).__name__}; save it and send its path")


class Task:
    """What a method in the child knows of its request: whether it was cancelled, and how to report progress."""

    def __init__(self, number: int, send: Callable[[dict[str, Any]], None]) -> None:
        self.number, self._send = number, send
        self._cancelled = threading.Event()
        self._reported_at = 0.0
        self.on_cancel: Callable[[], None] | None = None
        """Called once, from another thread, when the person cancels: for native code that has a flag of its own."""

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()
        if self.on_cancel:
            self.on_cancel()

    def check(self) -> None:
        """Raise `Cancelled` if the person asked for it."""
        if self.cancelled:
            raise Cancelled()

    def note(self, **facts: Any) -> None:
        """Tell the parent something of this process (`Worker.notes`): how its model was loaded, what has worked."""
        self._send({"id": self.number, "note": facts})

    def progress(self, fraction: float, doing: str = "") -> None:
        """Report how far this is (0..1), at most 20 times a second, and stop here if cancelled."""
        self.check()
        now = time.monotonic()
        if now - self._reported_at > 0.05 or fraction >= 1:
            self._reported_at = now
            self._send({"id": self.number, "progress": [float(fraction), doing]})


class _Child:
    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._writing = threading.Lock()
        self._waiting: queue.Queue[tuple[Task, dict[str, Any]]] = queue.Queue()
        self._tasks: dict[int, Task] = {}

    def run(self) -> None:
        first = read_frame(self._incoming)
        if first is None:
            return
        threading.Thread(target=self._listen, daemon=True, name="from the parent").start()
        target = None
        with contextlib.suppress(Exception):  # tried again with each request, which reports it
            target = _built(first)
        while True:
            task, message = self._waiting.get()
            self._send({"id": task.number, "started": True})
            try:
                task.check()
                target = _built(first) if target is None else target
                self._answer(task, getattr(target, message["method"])(task, **message["arguments"]))
            except BaseException as error:
                self._send({"id": task.number, "error": _described(error)})
            self._tasks.pop(task.number, None)

    def _answer(self, task: Task, value: Any) -> None:
        if inspect.isgenerator(value):
            with contextlib.closing(value):
                for item in value:
                    self._send({"id": task.number, "item": item})
            value = None
        self._send({"id": task.number, "result": value})

    def _listen(self) -> None:
        while (message := read_frame(self._incoming)) is not None:
            if "cancel" in message:
                if task := self._tasks.get(message["cancel"]):
                    task.cancel()
                self._send({"id": 0, "heard": message["cancel"]})  # the sign that this process still runs
            else:
                task = self._tasks[message["id"]] = Task(message["id"], self._send)
                self._waiting.put((task, message))
        os._exit(0)  # the parent is gone; native code may be running, so no clean-up can be waited for

    def _send(self, message: dict[str, Any]) -> None:
        with self._writing:
            try:
                write_frame(self._outgoing, message)
            except BrokenPipeError:
                os._exit(0)


def _built(first: dict[str, Any]) -> Any:
    """The object that the first message names."""
    module, name = first["target"].split(":")
    return getattr(importlib.import_module(module), name)(**first["settings"])


def _described(error: BaseException) -> dict[str, str]:
    if isinstance(error, Cancelled):
        return {"kind": "Cancelled", "what": "", "next_step": ""}
    if fault := of_system(error):
        gc.collect()  # what was begun before the memory ran out
        return {"kind": type(fault).__name__, "what": fault.what, "next_step": fault.next_step}
    return {"kind": type(error).__name__, "what": traceback.format_exc(), "next_step": ""}


def main() -> None:
    """The child's whole life. Native libraries print to standard output, so ours is moved out of their way first."""
    with contextlib.suppress(OSError):  # on Linux: where memory runs out, a worker ends rather than the dashboard
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
            score.write("500")
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    incoming = os.fdopen(os.dup(0), "rb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    _Child(incoming, outgoing).run()
