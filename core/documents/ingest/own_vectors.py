"""A person's own vectors and places on a map, which came with the texts: collected row by row, and saved."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents.ingest.sources import ImportOptions
from core.errors import UserError


class Collected:
    """The vectors and places of the rows that become documents, in files until they are saved."""

    def __init__(self, folder: Path, options: ImportOptions) -> None:
        self._options = options
        self._path = folder / "own.f32"
        self._file: Any = None
        self._width = 0
        self._places = array("f")

    def add(self, row: dict[str, Any]) -> None:
        """Take a document's.

        Raises:
            ValueError: it has none, or they do not fit those before.
        """
        where = [_number(row.get(name)) for name in self._options.places]
        if self._options.vectors:
            vector = row.get(self._options.vectors)
            if not isinstance(vector, list) or not vector:
                raise ValueError("no vector in it")
            numbers = array("f", [_number(value) for value in vector])
            if self._width not in (0, len(numbers)):
                raise ValueError(f"a vector of {len(numbers):,} numbers where the first has {self._width:,}")
            if not np.any(np.frombuffer(numbers, dtype=np.float32)):
                raise ValueError("a vector of zeros")
            self._width = len(numbers)
            self._file = self._file or open(self._path, "wb")
            self._file.write(numbers.tobytes())
        self._places.extend(where)

    def save(self, key: str, chosen: np.ndarray, place: Path) -> None:
        """Save those of the chosen documents beside the corpus: vectors (N, D) of length 1, places (N, 2 or 3)."""
        for kind in ("vectors", "places"):  # of an earlier import of the same texts
            (place / f"{key}.{kind}.npy").unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()
            rows = np.fromfile(self._path, dtype=np.float32).reshape(-1, self._width)[chosen]
            rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            storage.save_array(place / f"{key}.vectors.npy", rows)
        if self._options.places:
            points = np.array(self._places, dtype=np.float32).reshape(-1, len(self._options.places))[chosen]
            storage.save_array(place / f"{key}.places.npy", points)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as problem:
        raise ValueError("no number where a vector or a place should be") from problem
    if not abs(number) < 3e38:
        raise ValueError("a number that is not finite in its vector or place")
    return number


def check(options: ImportOptions) -> None:
    """Refuse own vectors of documents that are cut into passages: a passage has none of its own.

    Raises:
        UserError: both were asked for.
    """
    if (options.vectors or options.places) and options.words:
        raise UserError("Your own vectors belong to whole documents.", "Do not cut the documents into passages.")
