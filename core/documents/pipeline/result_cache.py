"""Results of jobs, saved on disk under the key of what they depend on: small JSON files that name arrays.

A result counts only while it is as it was written (it carries its own digest) and every array that it names can be
read whole; else it is deleted and computed again.
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
HOLDS: dict[str, dict[str, Any]] = {  # of a result, what its readers rely on; with ? where it may be missing
    "encode": {"vectors": ARRAY, "precision": str, "reason": str, "speedup?": float, "lowest_cosine?": float},
    "project": {"points": ARRAY, "note": str},
    "group": {"labels": ARRAY, "keywords": KEYWORDS, "names?": NAMES},
    "cluster": {"labels": ARRAY},
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
    "sample": {"key": str},
    "judged": {"values": ARRAY},
    "texts": {"vectors": ARRAY},
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


def key_of(kind: str, inputs: dict[str, Any]) -> str:
    """The key of a result: a digest of its kind and of what it depends on (in JSON's terms)."""
    return storage.content_key(VERSION, kind, inputs)


def path_of(key: str) -> Path:
    """Where the result of that key is saved."""
    return storage.place("records") / f"{key}.json"


def read(kind: str, key: str) -> dict[str, Any] | None:
    """The saved result, with "from_disk": True; None if there is none or its arrays are damaged."""
    path = path_of(key)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        answer = stored["answer"]
        if stored["digest"] != storage.content_key(answer) or not isinstance(answer, dict):
            raise ValueError("it was changed")
        for name, wanted in HOLDS.get(kind, {}).items():
            if not (name.endswith("?") and name[:-1] not in answer) and not _is(answer.get(name.rstrip("?")), wanted):
                raise ValueError("a result without what it should hold")
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


def get_or_compute(kind: str, key: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The saved result, or the one that `compute` gives now, which is saved."""
    result = read(kind, key)
    if result is None:
        result = compute()
        write(kind, key, result)
    return result


def write(kind: str, key: str, result: dict[str, Any]) -> None:
    """Save a result of that kind, for `read`."""
    with storage.writing(path_of(key)) as part:
        stored = {"digest": storage.content_key(json.loads(json.dumps(result))), "answer": result}
        part.write_text(json.dumps(stored), encoding="utf-8")
