"""The selection: which documents are chosen, how they came to be, and the selections before it.

Lasso, box, cluster, search, table and histogram all make the same object, and everything shown of it derives from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

How = Literal["new", "add", "common", "remove"]
HOWS: dict[str, str] = {"new": "Replace", "add": "Add", "common": "Intersect", "remove": "Subtract"}
MOST_STEPS = 30


@dataclass(frozen=True)
class Selection:
    """`rows` (M,) int64, rising, each once; `source` says how they were chosen; `before` is what undo gives."""

    rows: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    source: str = ""
    before: Selection | None = field(default=None, repr=False)

    def combined(self, rows: np.ndarray, how: str, source: str) -> Selection:
        """The next selection: these rows alone ("new"), as well ("add"), where both agree ("common"), or without them.

        Example: 1, 2 combined with 2, 3: new 2, 3; add 1, 2, 3; common 2; remove 1.
        """
        given = np.unique(np.asarray(rows, dtype=np.int64))
        if how == "add":
            found = np.union1d(self.rows, given)
        elif how == "common":
            found = np.intersect1d(self.rows, given, assume_unique=True)
        elif how == "remove":
            found = np.setdiff1d(self.rows, given, assume_unique=True)
        else:
            found = given
        return self.replaced(found, how, source)

    def replaced(self, rows: np.ndarray, how: str, source: str) -> Selection:
        """The next selection where the rows are combined already (the browser has done it)."""
        joined = {
            "add": f"{self.source} and {source}",
            "common": f"{self.source} within {source}",
            "remove": f"{self.source} without {source}",
        }
        told = joined.get(how, source) if len(self.rows) else source
        return Selection(rows, told[:200], self._shortened())

    def undone(self) -> Selection:
        """The selection before this one; itself if there is none."""
        return self.before or self

    def sampled(self, count: int, seed: int) -> Selection:
        """A random sample of it, without replacement; the same seed, the same sample."""
        if count >= len(self.rows):
            return self
        drawn = np.random.default_rng(seed).choice(self.rows, count, replace=False)
        return Selection(np.sort(drawn), f"a sample of {self.source}"[:200], self._shortened())

    def _shortened(self) -> Selection:
        """Itself as the step before another: at most 30 steps back are kept."""
        steps: list[Selection] = []
        step: Selection | None = self
        while step is not None and len(steps) < MOST_STEPS:
            steps.append(step)
            step = step.before
        if step is None:
            return self
        kept: Selection | None = None
        for old in reversed(steps):
            kept = Selection(old.rows, old.source, kept)
        assert kept is not None
        return kept


def packed(rows: np.ndarray, count: int) -> bytes:
    """Rows of 0..count-1 as the shorter of two forms: "i" and uint32 numbers, or "b" and one bit for each document.

    Example: rows 0 and 2 of 8 are "b" and the byte 00000101 (the lowest bit is row 0).
    """
    if len(rows) * 4 <= (count + 7) // 8:
        return b"i" + np.asarray(rows, dtype="<u4").tobytes()
    bits = np.zeros(count, dtype=np.uint8)
    bits[rows] = 1
    return b"b" + np.packbits(bits, bitorder="little").tobytes()


def unpacked(message: bytes, count: int) -> np.ndarray:
    """The rows that `packed` wrote; values outside 0..count-1 are left out.

    Raises:
        ValueError: it is neither form.
    """
    kind, body = message[:1], message[1:]
    if kind == b"i":
        rows = np.unique(np.frombuffer(body, dtype="<u4").astype(np.int64))
        return rows[rows < count]
    if kind == b"b":
        bits = np.unpackbits(np.frombuffer(body, dtype=np.uint8), bitorder="little")[:count]
        return np.flatnonzero(bits)
    raise ValueError("neither numbers nor bits")
