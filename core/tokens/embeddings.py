"""The norms of a model's input rows, out of its .gguf file: a token that was hardly ever read stands out.

Source: Land and Bartolo 2024 (arXiv:2405.05417): rows of under-trained tokens keep what they began with.
Blocks of quantised numbers: https://github.com/ggml-org/ggml, ggml-common.h.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.tokens.formats import gguf
from core.tokens.formats.gguf_fields import MOST_TOKENS

_ROWS_AT_ONCE = 4096
_WIDEST = 1 << 16  # numbers of a row; the widest public model has 18,432


def row_norms(path: Path) -> np.ndarray:
    """The Euclidean length of each token's input row, (V,) float32.

    Raises:
        UnreadableFile: the file has no input table, or one in a format not read here.
    """
    info = gguf.read(path, tensors=True).tensors.get("token_embd.weight")
    if info is None or len(info.shape) != 2:
        raise UnreadableFile(f"{path.name} holds a vocabulary but no table of input rows.", "Choose a whole model.")
    width, rows = info.shape
    reader = _READERS.get(info.kind)
    if reader is None or width % 32 or not 0 < width <= _WIDEST or not 0 < rows <= MOST_TOKENS:
        raise UnreadableFile(
            f"The input table of {path.name} is in a format that is not read here.",
            "Formats read: F32, F16, BF16, Q8_0, Q4_0.",
        )
    bytes_per_row, read = reader
    norms = np.empty(rows, np.float32)
    try:
        table = np.memmap(path, np.uint8, "r", info.start, (rows, bytes_per_row(width)))
    except (OSError, ValueError) as problem:
        raise UnreadableFile(f"{path.name} is cut short.", "Copy or download it again.") from problem
    for start in range(0, rows, _ROWS_AT_ONCE):
        norms[start : start + _ROWS_AT_ONCE] = np.linalg.norm(
            read(np.array(table[start : start + _ROWS_AT_ONCE])), axis=1
        )
    return norms


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


_READERS = {
    0: (lambda width: 4 * width, _f32),
    1: (lambda width: 2 * width, _f16),
    2: (lambda width: width // 32 * 18, _q4_0),
    8: (lambda width: width // 32 * 34, _q8_0),
    30: (lambda width: 2 * width, _bf16),
}
