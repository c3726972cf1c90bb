"""Answers whose record could not be written: held in memory, shown on the page, written as soon as possible."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import UserError

MOST = 200  # answers that are held; of more, the newest


@dataclass(frozen=True)
class Trouble:
    """How many answers have no record yet, how many of older ones were given up, and what is in the way."""

    count: int
    given_up: int
    error: UserError


_lock = threading.Lock()
_waiting: list[Callable[[], object]] = []
_given_up = 0
_error: UserError | None = None


def hold(write: Callable[[], object], error: UserError) -> None:
    """Keep in memory what could not be written; `write` tries it again and raises `UserError` where it fails."""
    global _error, _given_up
    with _lock:
        _waiting.append(write)
        _given_up += max(len(_waiting) - MOST, 0)
        del _waiting[:-MOST]
        _error = error


def trouble() -> Trouble | None:
    """What the page shows; None while everything is written."""
    with _lock:
        return Trouble(len(_waiting), _given_up, _error) if _error and _waiting else None


def write_all() -> int:
    """Try again, the oldest first, until one fails; how many were written."""
    global _error, _given_up
    written = 0
    with _lock:
        try:
            while _waiting:
                _waiting[0]()
                del _waiting[0]
                written += 1
            _error, _given_up = None, 0
        except UserError as error:
            _error = error
    return written


def forget() -> None:
    """Give up what is held: it is not wanted."""
    global _error, _given_up
    with _lock:
        _waiting.clear()
        _error, _given_up = None, 0
