"""A matrix written row by row to a .npy file, for vectors whose number is known only once their file has been read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from core.words.dtypes import Float32
from core.words.scores import lengths_of


class RowsInFile:
    """A matrix that grows in a .npy file; its header is written at the end, when the number of rows is known."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._path, self._dimension, self._rows = path, dimension, 0
        self._lengths: list[np.ndarray] = []
        self._file = open(path, "wb")
        self._file.write(b"\0" * 128)

    def add(self, rows: np.ndarray) -> None:
        self._file.write(np.ascontiguousarray(rows, dtype="<f4").data)
        self._lengths.append(lengths_of(rows))
        self._rows += len(rows)

    def finish(self) -> Float32:
        header = io.BytesIO()
        npy.write_array_header_1_0(
            header, {"descr": "<f4", "fortran_order": False, "shape": (self._rows, self._dimension)}
        )
        text = header.getvalue()
        if len(text) != 128:  # numpy pads headers to a multiple of 64; ours are short enough for 128
            text = text[:8] + (118).to_bytes(2, "little") + text[10:].rstrip().ljust(117) + b"\n"
        self._file.seek(0)
        self._file.write(text)
        self._file.close()
        matrix: Float32 = np.load(self._path, mmap_mode="r", allow_pickle=False)
        return matrix

    @property
    def lengths(self) -> np.ndarray:
        return np.concatenate(self._lengths) if self._lengths else np.empty(0, np.float32)
