"""Requests under way and answers that were found, by key: what a rerun or a reload of a page asks again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from core.worker import Request, Worker

LONG_S = 2.0  # a process that has worked on one request for longer is not waited for


def free_one(worker_of: Callable[[int], Worker]) -> Worker:
    """The first process of a kind, `worker_of(0)`, or a second where the first is at long work for somebody else."""
    first = worker_of(0)
    return worker_of(1) if first.busy_seconds > LONG_S else first


class JobBook:
    """One for the whole server. `answers` holds what jobs gave, now or before a restart."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: dict[str, Request] = {}
        self.answers: dict[str, dict[str, Any]] = {}

    def ask(self, worker: Worker | Callable[[], Worker], key: str, method: str, arguments: dict[str, Any]) -> Request:
        """The request of that key, made if nobody made it yet, and again if its process was lost."""
        with self.lock:
            request = self.requests.get(key)
            if request is None or (request.died and not request.asked_to_stop):
                request = self.requests[key] = (worker if isinstance(worker, Worker) else worker()).submit(
                    method, **arguments)
            for old in [old for old, other in self.requests.items() if other.done and old != key][:-64]:
                del self.requests[old]
            return request
