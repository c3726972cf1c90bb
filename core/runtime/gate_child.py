"""The child's side of `core.runtime.gate`: shuts itself in, then runs declared readers, each under its limits."""

from __future__ import annotations

import importlib
import inspect
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import Cancelled, UserError
from core.runtime import limits
from core.runtime.payload import pack, unpack
from core.runtime.worker_process import Task

_GROWN_TOO_LARGE = 1 << 30  # a process that holds more than this after a request is replaced by a fresh one
_inside = False


def inside() -> bool:
    """Whether this process is one of the gate's: a reader that calls another reader runs it right here."""
    return _inside


class GateChild:
    """The object in the gate's process. It answers with an outcome, and raises nothing but `Cancelled`.

    Outcomes: {"value": ...}, {"refused": {kind, what, next_step}}, {"memory": True} or {"fault": first line, "trace":
    all of it}; each with "fresh": whether the process is fit to go on.
    """

    def __init__(self, folder: str, quiet: bool = True) -> None:
        global _inside
        self.folder, _inside = Path(folder), True
        if quiet:  # an engine that gives up prints what a stranger wrote to the terminal
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 2)
            os.close(nothing)
        limits.shut_in()

    def ready(self, task: Task) -> bool:
        return True

    def run(self, task: Task, function: str, memory_bytes: int, arguments: dict[str, Any]) -> dict[str, Any]:
        outcome = outcome_of(lambda: _answer(task, function, memory_bytes, unpack(arguments, self.folder), self.folder))
        return {
            **outcome,
            "fresh": "fault" not in outcome and "memory" not in outcome and limits.memory_held() < _GROWN_TOO_LARGE,
        }


def resolve(function: str) -> Callable[..., Any]:
    """The function that "package.module:function" names."""
    module, name = function.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def call(function: Callable[..., Any], task: Task, arguments: dict[str, Any]) -> Any:
    """The function's answer; it gets the task if it has a parameter of that name."""
    if "task" in inspect.signature(function).parameters:
        return function(task=task, **arguments)
    return function(**arguments)


def _answer(task: Task, function: str, memory_bytes: int, arguments: dict[str, Any], folder: Path) -> Any:
    found = resolve(function)  # its imports are ours, so they do not count
    with limits.address_space(memory_bytes):
        return pack(call(found, task, arguments), folder)


def outcome_of(answer: Callable[[], Any]) -> dict[str, Any]:
    """What came of it, whatever was raised: engines in Rust raise a PanicException, which is no `Exception`."""
    try:
        return {"value": answer()}
    except Cancelled:
        raise
    except UserError as error:
        return {"refused": {"kind": type(error).__name__, "what": error.what, "next_step": error.next_step}}
    except MemoryError:
        return {"memory": True}
    except BaseException as error:
        first_line = str(error).strip().partition("\n")[0][:200]
        return {
            "fault": f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__,
            "panic": type(error).__name__ == "PanicException",
            "trace": traceback.format_exc()[-4000:],
        }
