"""Writes a GGUF file, version 3: header, metadata, table of tensors, then their bytes.

Source: the GGUF specification, ggml-org/ggml, docs/gguf.md.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

ALIGNMENT = 32
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_TENSOR_TYPES = {np.dtype(np.float32): 0, np.dtype(np.float16): 1}


def _string(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def _value(value: Any) -> tuple[int, bytes]:
    """A metadata value as (type, bytes). Whole numbers are unsigned except in lists, where they are signed."""
    if isinstance(value, bool):
        return _BOOL, struct.pack("<?", value)
    if isinstance(value, int):
        return _UINT32, struct.pack("<I", value)
    if isinstance(value, float):
        return _FLOAT32, struct.pack("<f", value)
    if isinstance(value, (str, bytes)):
        return _STRING, _string(value)
    kind, packed = {int: (_INT32, "<i"), float: (_FLOAT32, "<f")}.get(type(value[0]), (_STRING, ""))
    items = b"".join(struct.pack(packed, item) if packed else _string(item) for item in value)
    return _ARRAY, struct.pack("<IQ", kind, len(value)) + items


def _padding(size: int) -> bytes:
    return b"\0" * (-size % ALIGNMENT)


def write_gguf(path: Path, metadata: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    """Write metadata (numbers, truth values, texts, lists of one kind) and tensors (float32 or float16) to `path`."""
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(metadata))]
    for key, value in metadata.items():
        kind, raw = _value(value)
        head.append(_string(key) + struct.pack("<I", kind) + raw)
    offset = 0
    for name, tensor in tensors.items():
        # ggml counts dimensions from the fastest: a matrix (rows, columns) is written as columns, rows.
        shape = struct.pack(f"<I{tensor.ndim}Q", tensor.ndim, *reversed(tensor.shape))
        head.append(_string(name) + shape + struct.pack("<IQ", _TENSOR_TYPES[tensor.dtype], offset))
        offset += tensor.nbytes + len(_padding(tensor.nbytes))
    header = b"".join(head)
    with open(path, "wb") as file:
        file.write(header + _padding(len(header)))
        for tensor in tensors.values():
            raw = np.ascontiguousarray(tensor).tobytes()
            file.write(raw + _padding(len(raw)))
