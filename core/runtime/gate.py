"""The gate: whatever a stranger wrote is read in a process apart, under limits; here comes a result, or a sentence.

    from core.runtime import gate
    facts = gate.read("tokenizer", path=path)          # a reader declared in core.runtime.readers

A file can end the process that reads it (an allocation that fails in native code), freeze it (a parser that is
quadratic), raise what no `except Exception` catches (a panic of an engine in Rust), or fill the memory. At the gate
each costs its process and becomes a `UserError`. Processes stay warm, are few, and end when idle for some minutes.

`keep=` names the content (its digest): the same question about the same content is answered from memory, without a
round trip. Inside a process of the gate, and for what the lab itself ships, readers are called directly.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import StoppedAtGate, UserError, WorkerDied
from core.runtime import gate_child, limits, sentences
from core.runtime.answers import Answers
from core.runtime.clock import Clock
from core.runtime.payload import pack, unpack
from core.runtime.readers import READERS, Reader
from core.runtime.worker import Request, Task, Worker

_MOST_PROCESSES = 3
_IDLE_SECONDS = 180.0
_WAIT_SECONDS = 60.0  # for a process to become free
_FOLDER = "textlab-gate-"
_LEFT_OVER_SECONDS = 3600.0  # a folder of this age belongs to a dashboard that was killed

OnProgress = Callable[[float, str], None]


class _Slot:
    """One process of the gate, the folder through which large things pass, and what was read in it last."""

    def __init__(self) -> None:
        # Made when something large passes and removed after it, so that an end of any kind leaves nothing lying.
        self.folder = Path(tempfile.gettempdir()) / f"{_FOLDER}{secrets.token_hex(16)}"
        self.worker = Worker("core.runtime.gate_child:GateChild", {"folder": str(self.folder)}, limits.ENVIRONMENT)
        self.busy, self.near = True, OrderedDict[str, None]()
        self.used_at = time.monotonic()

    def remember(self, near: str) -> None:
        if near:
            self.near[near] = None
            self.near.move_to_end(near)
            while len(self.near) > 4:
                self.near.popitem(last=False)

    def clear(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def end(self) -> None:
        self.worker.kill()
        self.clear()


class Gate:
    """A few processes that read for everybody. One of these serves the whole dashboard: `read` below."""

    def __init__(self, most: int = _MOST_PROCESSES, idle_seconds: float = _IDLE_SECONDS) -> None:
        self.most, self.idle_seconds = most, idle_seconds
        self._slots: list[_Slot] = []
        self._changed = threading.Condition()
        self._answers = Answers()
        self._watching = False
        self.round_trips = 0
        """How many requests went to a process, for tests."""

    def read(
        self,
        reader: str | Reader,
        /,
        *,
        named: str = "",
        near: str = "",
        keep: str = "",
        own: bool = False,
        on_progress: OnProgress | None = None,
        **arguments: Any,
    ) -> Any:
        """What the reader answers.

        `named`: the file's name, for sentences about it. `near`: a key; requests of the same key go to the same process
        where that is free, so that what it has loaded is used again. `keep`: a digest of the content that is read; the
        answer to the same arguments is then kept in memory (if it is small) and given again, to be read only; that it
        was stopped is kept for a minute.
        `own`: the content is the lab's, no stranger's, so it is read right here.
        `on_progress` is called while waiting; an exception from it ends the request.

        Raises:
            UserError: what the reader refused, or `StoppedAtGate` where it cost more than it may.
        """
        reader = READERS[reader] if isinstance(reader, str) else reader
        key = (reader.name, reader.function, keep, json.dumps(arguments, sort_keys=True, default=str)) if keep else None
        if key and (known := self._answers.get(key)) is not None:
            return known.value
        if own or gate_child.inside():
            answer = gate_child.call(gate_child.resolve(reader.function), Task(0, lambda message: None), arguments)
        else:
            try:
                answer = self._read_apart(reader, named, near, on_progress, arguments)
            except StoppedAtGate as problem:
                self._answers.stopped(key, problem)
                raise
        self._answers.keep(key, answer)
        return answer

    def warm(self) -> None:
        """Have one process ready, so that the first file need not wait for an interpreter to start."""
        with contextlib.suppress(UserError):
            slot = self._take("", None)
            try:
                slot.worker.start()
            finally:
                self._give_back(slot, fresh=True)

    def close(self) -> None:
        """End all its processes. The next request starts one again."""
        with self._changed:
            slots, self._slots = self._slots, []
            self._changed.notify_all()
        for slot in slots:
            slot.end()

    @property
    def pids(self) -> list[int]:
        """The processes that run now."""
        with self._changed:
            return [slot.worker.pid for slot in self._slots if slot.worker.alive and slot.worker.pid]

    # ------------------------------------------------------------ one request

    def _read_apart(
        self, reader: Reader, named: str, near: str, on_progress: OnProgress | None, arguments: dict[str, Any]
    ) -> Any:
        slot = self._take(near, on_progress)
        fresh = False
        try:
            self.round_trips += 1
            request = slot.worker.submit(
                "run",
                function=reader.function,
                memory_bytes=reader.memory_bytes,
                arguments=pack(arguments, slot.folder),
            )
            outcome = self._wait(reader, named, request, on_progress)
            fresh = outcome["fresh"] is True
            if "value" not in outcome:
                raise sentences.error_for(reader, named, outcome)
            return unpack(outcome["value"], slot.folder)
        finally:
            self._give_back(slot, fresh)
            if fresh:
                slot.remember(near)

    def _wait(self, reader: Reader, named: str, request: Request, on_progress: OnProgress | None) -> dict[str, Any]:
        """The outcome of a request, or a sentence for its process's end; it has `reader.seconds` between two signs."""
        clock = Clock(reader.seconds, request._process.pid if request._process else 0)
        while not request.within(0.05):
            if on_progress:
                on_progress(request.fraction, request.doing)
            if clock.is_over(request.started_at, (request.fraction, request.doing)):
                raise sentences.too_slow(reader, named)
        try:
            found: dict[str, Any] = request.result()
            return found
        except WorkerDied as problem:
            raise sentences.ended(reader, named, request._process.code if request._process else None) from problem

    # ------------------------------------------------------------ processes

    def _take(self, near: str, on_progress: OnProgress | None) -> _Slot:
        """A process nobody else has: one that knows `near`, a free one, a new one, or the first that becomes free."""
        end = time.monotonic() + _WAIT_SECONDS
        while True:
            with self._changed:
                dead = [slot for slot in self._slots if not slot.busy and not slot.worker.alive]
                self._slots = [slot for slot in self._slots if slot not in dead]
                free = sorted(
                    (slot for slot in self._slots if not slot.busy),
                    key=lambda slot: (near not in slot.near, -slot.used_at),
                )
                if free:
                    free[0].busy = True
                    slot = free[0]
                    break
                if len(self._slots) < self.most:
                    slot = self._new_slot()
                    break
                self._changed.wait(0.1)
            if on_progress:
                on_progress(0.0, "Waiting for other files")
            if time.monotonic() > end:
                raise UserError(
                    "Other files are being read, and this one has waited for a minute.", "Try it again in a moment."
                )
        for other in dead:
            other.end()
        return slot

    def _new_slot(self) -> _Slot:
        """One more process, taken. To be called with the lock held, so that there are never more than `most`."""
        try:
            slot = _Slot()
            slot.worker.start()
        except OSError as problem:  # no process, no file handle, no room for a folder
            raise UserError(
                f"No process could be started to read this in ({problem}).",
                "Close other programs, or restart the lab, and try again.",
            ) from problem
        self._slots.append(slot)
        if not self._watching:
            self._watching = True
            _clear_left_over()
            threading.Thread(target=self._watch, daemon=True, name="gate: ends idle processes").start()
        return slot

    def _give_back(self, slot: _Slot, fresh: bool) -> None:
        if fresh:
            slot.clear()
        else:
            slot.end()
        with self._changed:
            slot.busy, slot.used_at = False, time.monotonic()
            if not fresh and slot in self._slots:
                self._slots.remove(slot)
            self._changed.notify()

    def _watch(self) -> None:
        """End processes that have been idle for long; this thread ends with the last of them."""
        going = True
        while going:
            time.sleep(min(self.idle_seconds / 4, 15.0))
            with self._changed:
                late = [
                    slot
                    for slot in self._slots
                    if not slot.busy and time.monotonic() - slot.used_at > self.idle_seconds
                ]
                self._slots = [slot for slot in self._slots if slot not in late]
                going = self._watching = bool(self._slots)
            for slot in late:
                slot.end()


def _clear_left_over() -> None:
    """Remove what a dashboard left that was killed while something large passed."""
    with contextlib.suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
            if time.time() - folder.stat().st_mtime > _LEFT_OVER_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


gate = Gate()
read, warm, close = gate.read, gate.warm, gate.close
atexit.register(close)
