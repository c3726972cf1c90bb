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

ARRAY, NAMES, KEYWORDS = "the path of an array", "lists of texts", "lists of lists of texts"
HOLDS: dict[str, dict[str, Any]] = {  # of a method's answer, what those who ask rely on; with ? where it may be missing
    "encode": {"vectors": ARRAY, "precision": str, "reason": str, "speedup?": float, "lowest_cosine?": float},
    "project": {"points": ARRAY, "note": str},
    "group": {"labels": ARRAY, "keywords": KEYWORDS, "names?": NAMES},
    "neighbours": {"indices": ARRAY, "similarities": ARRAY},
    "trust": {
        "rows": ARRAY,
        "kept": ARRAY,
        "each": ARRAY,
        "every": float,
        "count": int,
        "trustworthiness": float,
        "continuity": float,
        "overlap": float,
    },
    "judged": {"values": ARRAY},
    "precision": {"name": str, "reason": str, "speedup": float, "lowest_cosine": float},
    "compared": {
        "indices": ARRAY,
        "similarities": ARRAY,
        "dimension": int,
        "seconds": float,
        "documents": int,
        "bytes": int,
    },
}
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
        if stored["digest"] != storage.content_key(answer) or not isinstance(answer, dict):
            raise ValueError("it was changed")
        for name, kind in HOLDS.get(method, {}).items():
            if not (name.endswith("?") and name[:-1] not in answer) and not _is(answer.get(name.rstrip("?")), kind):
                raise ValueError("a record that lacks what it should hold")
        for value in answer.values():
            if isinstance(value, str) and value.endswith(".npy"):
                storage.load_array(Path(value))
        return {**answer, "from_disk": True}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UnreadableFile):
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _is(value: Any, kind: Any) -> bool:
    """Whether a value of a record is of a kind."""
    if kind in (NAMES, KEYWORDS):
        return _nested(value, 2 if kind is NAMES else 3)
    if kind is ARRAY:
        return isinstance(value, str) and value.endswith(".npy")
    return type(value) in (int, float) if kind is float else type(value) is kind


def _nested(value: Any, depth: int) -> bool:
    """Whether a value is texts, within so many lists."""
    if depth == 0:
        return isinstance(value, str)
    return isinstance(value, list) and all(_nested(one, depth - 1) for one in value)


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
