"""When a model is tried for its tuning: once, after an answer, while nobody asks; saved for the next start."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from core.errors import Cancelled, UserError
from core.models.llama import safe_mode
from core.models.llama.process import ModelProcess
from core.models.llama.tuning import Tuning
from core.runtime.worker import Request

WAIT_S = 1.0  # after an answer: somebody may ask on
SMALL_BYTES = 64_000_000  # models below it take one thread and gain nothing
MOST_TRIES = 3  # where the machine was busy each time


class BackgroundTuning:
    """The tuning of one model process: `known` when it was measured, now or at an earlier start."""

    def __init__(self, process: ModelProcess, size_bytes: int, settings: dict[str, Any]) -> None:
        """`settings`: what else the measurement depends on (context, cache type ...)."""
        self._process = process
        self._wanted = size_bytes >= SMALL_BYTES
        self._key = f"{safe_mode.file_key(process.path)}-{safe_mode.holds_for(settings)[:8]}"
        self._tries, self._lock = 0, threading.Lock()
        self._request: Request | None = None
        self._timer: threading.Timer | None = None
        self.known = self._kept() if self._wanted else None

    def _kept(self) -> Tuning | None:
        facts = safe_mode.remembered(self._key, "tuning")
        try:
            return Tuning.from_dict(facts) if facts else None
        except (ValueError, TypeError, KeyError):
            return None

    def after_answer(self) -> None:
        """Try it in a moment, if it has not been tried and nobody asks until then."""
        if not self._wanted or self.known or self._tries >= MOST_TRIES:
            return
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(WAIT_S, self._try)
            self._timer.daemon = True
            self._timer.start()

    def make_way(self) -> None:
        """A question came: a trial that waits or runs is given up for now."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._request and not self._request.done:
                self._request.cancel()

    def _try(self) -> None:
        with self._lock:
            if not self._process.idle or self.known:
                return
            self._tries += 1
            self._request = request = self._process.submit("tune")
        with contextlib.suppress(Cancelled, UserError, RuntimeError):
            if facts := request.result():
                self.known = Tuning.from_dict(facts)
                safe_mode.remember(self._key, facts, "tuning")
