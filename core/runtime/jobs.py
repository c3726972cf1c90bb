"""The registry of jobs: requests under way and answers that were found, by key, for reruns and reloads of a page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.runtime.worker import Request, Worker

LONG_S = 2.0  # a process that has worked on one request for longer is not waited for


def free_one(worker_of: Callable[[int], Worker]) -> Worker:
    """The first process of a kind, `worker_of(0)`, or a second where the first is at long work for somebody else."""
    first = worker_of(0)
    return worker_of(1) if first.busy_seconds > LONG_S else first


def still_there(answer: Any) -> bool:
    """Whether the files that an answer names exist: the lab's folder may be deleted while it runs."""
    return not isinstance(answer, dict) or all(
        Path(value).exists() for value in answer.values() if isinstance(value, str) and value.endswith(".npy")
    )


class JobRegistry:
    """One for the whole server. `answers` holds what jobs gave, now or before a restart."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: dict[str, Request] = {}
        self.answers: dict[str, dict[str, Any]] = {}

    def ask(self, worker: Worker | Callable[[], Worker], key: str, method: str, arguments: dict[str, Any]) -> Request:
        """The request of that key, made if nobody made it yet, and again if its process was lost."""
        with self.lock:
            request = self.requests.get(key)
            if request is None or (request.died and not request.asked_to_stop) or not still_there(request.answer):
                request = self.requests[key] = (worker if isinstance(worker, Worker) else worker()).submit(
                    method, **arguments
                )
            for old in [old for old, other in self.requests.items() if other.done and old != key][:-64]:
                del self.requests[old]
            return request

    def answer(self, key: str, recall: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        """The answer of that key, asked of `recall` (the disk) where it is not known, or its files are gone."""
        if key not in self.answers or not still_there(self.answers[key]):
            self.answers.pop(key, None)
            if (found := recall()) is not None:
                self.answers[key] = found
        return self.answers.get(key)

    def forget(self, key: str) -> None:
        """Forget the request of that key, and every cached answer: they are read from the disk again."""
        with self.lock:
            self.requests.pop(key, None)
            self.answers.clear()
