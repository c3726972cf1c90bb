"""What the gate has answered, by the content and the question: a page asks the same at every rerun."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from core.errors import StoppedAtGate

_MOST, _LARGEST_BYTES = 64, 1 << 20
_STOPPED_SECONDS = 60.0

Key = tuple[str, ...]


class Known(NamedTuple):
    """An answer that is known; its value may be None."""

    value: Any


class Answers:
    """The last answers, small ones only, and for a minute also that a question was stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, Any] = OrderedDict()
        self._stopped: OrderedDict[Key, tuple[StoppedAtGate, float]] = OrderedDict()

    def get(self, key: Key) -> Known | None:
        """What was answered, or None.

        Raises:
            StoppedAtGate: it was stopped within the last minute. (Later it is tried again: the machine may have been
                busy.)
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return Known(self._values[key])
            problem, at = self._stopped.get(key, (None, 0.0))
        if problem and time.monotonic() - at < _STOPPED_SECONDS:
            raise StoppedAtGate(problem.what, problem.next_step)
        return None

    def keep(self, key: Key | None, value: Any) -> None:
        """Keep an answer, if it is small. Without a key nothing is kept."""
        if key and _size(value) <= _LARGEST_BYTES:
            with self._lock:
                self._values[key] = value
                _shorten(self._values)

    def stopped(self, key: Key | None, problem: StoppedAtGate) -> None:
        """Keep that the question was stopped."""
        if key:
            with self._lock:
                self._stopped[key] = problem, time.monotonic()
                _shorten(self._stopped)


def _shorten(kept: OrderedDict[Key, Any]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _size(value: Any) -> int:
    """Roughly the bytes of an answer."""
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_size, value)) + 8 * len(value)
    return int(getattr(value, "nbytes", 8))
