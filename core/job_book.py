"""Requests under way and answers that were found, by key: what a rerun or a reload of a page asks again."""

from __future__ import annotations

import threading
from typing import Any

from core.worker import Request, Worker


class JobBook:
    """One for the whole server. `answers` holds what jobs gave, now or before a restart."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: dict[str, Request] = {}
        self.answers: dict[str, dict[str, Any]] = {}

    def ask(self, worker: Worker, key: str, method: str, arguments: dict[str, Any]) -> Request:
        """The request of that key, made if nobody made it yet, and again if its process was lost."""
        with self.lock:
            request = self.requests.get(key)
            if request is None or (request.died and not request.asked_to_stop):
                request = self.requests[key] = worker.submit(method, **arguments)
            for old in [old for old, other in self.requests.items() if other.done and old != key][:-64]:
                del self.requests[old]
            return request
