"""How long a corpus will take: from what earlier work took on this machine, or from a laptop of two cores.

An estimate for a person who waits, not a measurement; a stage that is under way is measured instead.
"""

from __future__ import annotations

import contextlib
import json

from core import storage

Stages = list[tuple[str, float]]
STAGES = ("Read", "Encode", "Find clusters", "Draw the map")
USUAL = {"encode": 90.0}  # passages a second: MiniLM on two cores, texts of 100 words
LEAST_TEXTS = 64  # fewer say nothing about the speed: loading the model took longer
READ_BYTES = 4e6  # a second


def stages(texts: int, size: float = 0.0, encoded: int = 0) -> Stages:
    """(stage, seconds) each for so many texts in files of `size` bytes, `encoded` of them already.

    Clusters and map: on two cores 50,000 texts took about 20 and 60 seconds, and grow little faster than the texts.
    """
    return [
        (STAGES[0], size / READ_BYTES),
        (STAGES[1], max(texts - encoded, 0) / speed("encode")),
        (STAGES[2], 0.5 + texts * 4e-4),
        (STAGES[3], 2.0 + texts * 1.2e-3),
    ]


def note_speed(kind: str, count: int, seconds: float) -> None:
    """Remember how fast this machine was at a kind of work."""
    if count < LEAST_TEXTS or seconds <= 0:
        return
    with contextlib.suppress(OSError), storage.writing(storage.folder("records") / f"speed-{kind}.json") as part:
        part.write_text(json.dumps({"a_second": count / seconds}), encoding="utf-8")


def speed(kind: str) -> float:
    """How many a second this machine last did of a kind of work; the usual number where it has not yet."""
    try:
        stored = json.loads((storage.place("records") / f"speed-{kind}.json").read_text(encoding="utf-8"))
        return min(max(float(stored["a_second"]), 0.1), 1e6)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return USUAL[kind]
