"""The numbers of a tensor in a .gguf file, some rows at a time, whatever they are stored as.

Blocks of quantised numbers: https://github.com/ggml-org/ggml, ggml-common.h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import UnreadableFile
from core.models.gguf.reader import FETCH_AGAIN, TensorInfo

FORMATS = "F32, F16, BF16, Q8_0, Q4_0"
"""What can be read."""

_ROWS_AT_ONCE = 4096


def readable(info: TensorInfo) -> bool:
    """Whether the tensor's numbers can be read here."""
    return info.kind in _READERS and bool(info.shape) and info.shape[0] % 32 == 0


def rows(path: Path, info: TensorInfo) -> Iterator[npt.NDArray[np.float32]]:
    """The rows of a tensor, (at most 4096, width) float32 at a time; all axes but the fastest count as rows.

    Raises:
        UnreadableFile: the file is shorter than the tensor, or stores it in another format.
    """
    if not readable(info):
        raise UnreadableFile(
            f"A tensor of {path.name} is in a format that is not read here.", f"Formats read: {FORMATS}."
        )
    width_of, read = _READERS[info.kind]
    width, count = info.shape[0], int(np.prod(info.shape[1:], dtype=np.int64))
    try:
        table = np.memmap(path, np.uint8, "r", info.start, (count, width_of(width)))
    except (OSError, ValueError) as problem:
        raise UnreadableFile(f"{path.name} is cut short.", FETCH_AGAIN) from problem
    for start in range(0, count, _ROWS_AT_ONCE):
        yield read(np.array(table[start : start + _ROWS_AT_ONCE]))


def values(path: Path, info: TensorInfo) -> npt.NDArray[np.float32]:
    """All numbers of a tensor, float32, the slowest axis first (numpy's order).

    Raises:
        UnreadableFile: as `rows`.
    """
    if len(info.shape) == 1 and info.shape[0] % 32:  # a short vector has no blocks
        forms = {0: "<f4", 1: "<f2"}
        if info.kind not in forms:
            raise UnreadableFile(f"A tensor of {path.name} is not read here.", f"Formats read: {FORMATS}.")
        return np.fromfile(path, forms[info.kind], info.shape[0], offset=info.start).astype(np.float32)
    return np.concatenate(list(rows(path, info))).reshape(info.shape[::-1])


def _f32(raw: np.ndarray) -> np.ndarray:
    return raw.view("<f4")


def _f16(raw: np.ndarray) -> np.ndarray:
    return raw.view("<f2").astype(np.float32)


def _bf16(raw: np.ndarray) -> np.ndarray:
    return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)


def _q8_0(raw: np.ndarray) -> np.ndarray:
    """Blocks of 32: a half-precision scale and 32 signed bytes."""
    blocks = raw.reshape(len(raw), -1, 34)
    scales = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
    return (blocks[:, :, 2:].view(np.int8) * scales).reshape(len(raw), -1)


def _q4_0(raw: np.ndarray) -> np.ndarray:
    """Blocks of 32: a half-precision scale and 16 bytes of two numbers from -8 to 7."""
    blocks = raw.reshape(len(raw), -1, 18)
    scales = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, :, 2:]
    both = np.concatenate([packed & 15, packed >> 4], axis=2).astype(np.float32) - 8
    return (both * scales).reshape(len(raw), -1)


_READERS: dict[int, tuple[Callable[[int], int], Callable[[Any], Any]]] = {
    0: (lambda width: 4 * width, _f32),
    1: (lambda width: 2 * width, _f16),
    2: (lambda width: width // 32 * 18, _q4_0),
    8: (lambda width: width // 32 * 34, _q8_0),
    30: (lambda width: 2 * width, _bf16),
}
