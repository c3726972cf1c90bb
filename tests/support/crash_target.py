"""A small object to put into a worker of any kind, that fails on request: see test_crash_matrix.py."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from core import storage


class Target:
    def __init__(self, at_start: str = "", once: str = "") -> None:
        """`at_start`: what goes wrong while it is built, the first time only: `once` is a file that says so."""
        if at_start and not Path(once).exists():
            Path(once).write_text(str(os.getpid()))
            with storage.writing(storage.folder("crashes") / "starting"):
                self._fail(at_start)

    @staticmethod
    def _fail(how: str) -> None:
        if how == "exit 1":
            os._exit(1)
        if how == "out of memory":
            bytearray(1 << 62)
        time.sleep(60)  # until it is killed or held from outside

    def warm_up(self, task):
        return "warm"

    def add(self, task, one, other):
        return one + other

    def busy(self, task, how):
        """Work with a half-written file; what goes wrong goes wrong in its middle."""
        with storage.writing(storage.folder("crashes") / "busy") as part:
            part.write_text("half")
            task.progress(0.5, "half")
            time.sleep(0.05)
            self._fail(how)

    def later(self, task, how):
        """Nothing is being asked when it goes wrong."""
        if how == "out of memory":  # as native code ends that cannot allocate
            threading.Timer(0.1, os.abort).start()
        elif how == "exit 1":
            threading.Timer(0.1, os._exit, (1,)).start()
        return os.getpid()
