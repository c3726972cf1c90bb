"""Processes that a test finds, holds or kills, so that what it looks at happens on any machine, however busy."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.prompting.runs import Run


def process_with(server_pid: int, weights: str, wait_s: float = 60) -> int:
    """The child of a server that has this file's weights mapped; another may hold its vocabulary alone."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        for thread in Path(f"/proc/{server_pid}/task").iterdir():
            with contextlib.suppress(OSError):  # a thread or a child that has just ended
                for child in (thread / "children").read_text().split():
                    if weights in Path(f"/proc/{child}/maps").read_text():
                        return int(child)
        time.sleep(0.1)
    raise AssertionError(f"no process of the server has {weights} loaded")


@contextlib.contextmanager
def held(pid: int) -> Iterator[None]:
    """The process does not go on meanwhile: what it is asked waits."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def cut_off(ask: Callable[[], Run], model: Any) -> Run:
    """A run whose process was killed while it wrote; asked again where the whole answer was there sooner."""
    for _ in range(50):
        run = ask()
        while not run.text and run.look(0.05):
            pass
        os.kill(model.pid, signal.SIGKILL)
        run.finish()
        if run.error and run.text:
            return run
    raise AssertionError("each answer was there before its process could be killed")
