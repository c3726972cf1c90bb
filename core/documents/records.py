"""What a job gave, kept on disk under what made it: a small JSON file that names the arrays it stands for.

A record counts only while it is as it was written (it carries its own digest) and every array that it names can be
read whole; else it is thrown away and the work done again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UnreadableFile

VERSION = 1  # raise it when a computation changes, so that old results are not taken for new ones


def path_of(method: str, told: dict[str, Any]) -> Path:
    """Where the record of a method's answer to `told` (what it was given, in JSON's terms) lies."""
    return storage.place("records") / f"{storage.content_key(VERSION, method, told)}.json"


def recall(method: str, told: dict[str, Any]) -> dict[str, Any] | None:
    """The answer that was kept, with "from_disk": True; None if there is none or its arrays are damaged."""
    path = path_of(method, told)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        answer = stored["answer"]
        if stored["digest"] != storage.content_key(answer):
            raise ValueError("it was changed")
        for value in answer.values():
            if isinstance(value, str) and value.endswith(".npy"):
                storage.load_array(Path(value))
        return {**answer, "from_disk": True}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UnreadableFile):
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def kept_or_made(method: str, told: dict[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The kept answer, or the one that `make` gives now, which is kept."""
    answer = recall(method, told)
    if answer is None:
        answer = make()
        keep(method, told, answer)
    return answer


def keep(method: str, told: dict[str, Any], answer: dict[str, Any]) -> None:
    """Keep an answer, for `recall` to find."""
    with storage.writing(path_of(method, told)) as part:
        stored = {"digest": storage.content_key(json.loads(json.dumps(answer))), "answer": answer}
        part.write_text(json.dumps(stored), encoding="utf-8")
