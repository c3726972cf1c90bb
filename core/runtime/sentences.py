"""Error messages for a reader that gave no result: one for each way in which that happens."""

from __future__ import annotations

import contextlib
import logging
import signal
from typing import Any

from core.errors import StoppedAtGate, UnreadableFile, UserError
from core.runtime import worker_request
from core.runtime.readers import Reader

_log = logging.getLogger(__name__)


def too_slow(reader: Reader, named: str) -> UserError:
    return StoppedAtGate(
        f"{_subject(reader, named)} took longer than {reader.seconds:g} seconds and was stopped.", reader.next_step
    )


def ended(reader: Reader, named: str, code: int | None) -> UserError:
    """The process is gone. What native code does where it gets no memory looks like any other fault in it."""
    return StoppedAtGate(
        f"{_subject(reader, named)} ended the process that did it{_signal(code)}: the content is damaged, or needs "
        f"more than {reader.memory_bytes / 1e6:,.0f} MB of memory.",
        reader.next_step,
    )


def error_for(reader: Reader, named: str, outcome: dict[str, Any]) -> UserError:
    """The sentence for an outcome of `core.runtime.gate_child` that is no value."""
    if "refused" in outcome:
        return worker_request.rebuilt(outcome["refused"]) or UnreadableFile(outcome["refused"]["what"])
    subject = _subject(reader, named)
    if "memory" in outcome:
        needed = f"{reader.memory_bytes / 1e6:,.0f} MB of memory"
        return StoppedAtGate(f"{subject} needs more than {needed} and was stopped.", reader.next_step)
    if not outcome.get("panic"):  # an engine that gives up is no fault of ours; any other exception is
        _log.warning("%s: what the reader raised is no UserError\n%s", reader.name, outcome.get("trace", ""))
    return StoppedAtGate(f"{subject} failed ({outcome.get('fault', 'for an unknown reason')}).", reader.next_step)


def _subject(reader: Reader, named: str) -> str:
    return f"{reader.doing} “{named[:80]}”" if named else reader.doing


def _signal(code: int | None) -> str:
    if code is None:
        return ""
    with contextlib.suppress(ValueError):
        if code < 0:
            return f" ({signal.Signals(-code).name})"
    return f" (exit code {code})"
