"""Work that runs in a thread of its own while somebody looks at it, and ends soon after nobody does any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 15.0  # without anybody looking; long enough for a reload


class Background:
    """`done` once it has ended; `stopped` on request, or where nobody looked for `patience` seconds (None: never).

    The work itself asks `ends()` between two steps.
    """

    def __init__(self, patience: float | None = PATIENCE_SECONDS) -> None:
        self.done = self.stopped = False
        self._patience = patience
        self._looked_at = time.monotonic()

    def start(self, work: Callable[[], None], name: str) -> None:
        """Begin; whatever `work` raises, `done` says that it has ended."""

        def whole() -> None:
            try:
                work()
            finally:
                self.done = True

        threading.Thread(target=whole, daemon=True, name=name).start()

    def look(self, wait: float = 0.0) -> bool:
        """Say that somebody is watching, and wait that many seconds; whether it is still under way."""
        self._looked_at = time.monotonic()
        if wait and not self.done:
            time.sleep(wait)
        return not self.done

    def ends(self) -> bool:
        """Whether it was stopped, or nobody has looked for too long."""
        if self._patience is not None and time.monotonic() - self._looked_at > self._patience:
            self.stopped = True
        return self.stopped

    def stop(self) -> None:
        """End it after the step under way; what there is stays."""
        self.stopped = True

    def finish(self, timeout: float = 120.0) -> None:
        """Watch until the end (for tests and notebooks)."""
        end = time.monotonic() + timeout
        while self.look(0.02) and time.monotonic() < end:
            pass
