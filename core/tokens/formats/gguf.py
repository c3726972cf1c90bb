"""What a .gguf file says of itself: its metadata, its vocabulary among them, without loading the model.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian). Only the head of
the file is read, so a model of many gigabytes takes as long as a vocabulary alone.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.errors import UnreadableFile

_NUMBERS = {
    0: "<u1",
    1: "<i1",
    2: "<u2",
    3: "<i2",
    4: "<u4",
    5: "<i4",
    6: "<f4",
    7: "<u1",
    10: "<u8",
    11: "<i8",
    12: "<f8",
}
_BOOL, _STRING, _ARRAY = 7, 8, 9
_LENGTH = struct.Struct("<Q")
_MOST_FIELDS, _MOST_ITEMS, _LONGEST_STRING = 10_000, 10_000_000, 64 << 20


class TensorInfo(NamedTuple):
    """Where a tensor lies. `shape` as in the file: the fastest axis first; `start` in bytes of the file."""

    shape: tuple[int, ...]
    kind: int
    start: int


class Head(NamedTuple):
    """`metadata` by key (strings as str, number arrays as numpy, string arrays as list of bytes); tensors by name."""

    metadata: dict[str, Any]
    tensors: dict[str, TensorInfo]


def read(path: Path, tensors: bool = False) -> Head:
    """The head of a .gguf file.

    Raises:
        UnreadableFile: it is not a GGUF file, is cut short, or claims sizes that it cannot have.
    """
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data).head(tensors)
    except (OSError, ValueError, IndexError, struct.error, UnicodeDecodeError, KeyError) as problem:
        raise UnreadableFile(
            f"{Path(path).name} cannot be read as a GGUF file ({problem or 'it is cut short'}).",
            "Copy or download it again; a whole file begins with the letters GGUF.",
        ) from problem


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def head(self, with_tensors: bool) -> Head:
        if self.take(4) != b"GGUF":
            raise ValueError("it does not begin with the letters GGUF")
        version = self.number("<u4")
        if version not in (2, 3):
            raise ValueError(f"version {version} of the format is not known here")
        tensor_count, field_count = self.number("<u8"), self.number("<u8")
        if field_count > _MOST_FIELDS or tensor_count > _MOST_ITEMS:
            raise ValueError("it claims more fields than any model has")
        metadata = {}
        for _ in range(field_count):
            key = self.string().decode()
            metadata[key] = self.value(self.number("<u4"))
        tensors = self.tensors(tensor_count, int(metadata.get("general.alignment", 32))) if with_tensors else {}
        return Head(metadata, tensors)

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise ValueError("it is cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, kind: str) -> Any:
        dtype = np.dtype(kind)
        return np.frombuffer(self.take(dtype.itemsize), dtype)[0].item()

    def string(self) -> bytes:
        (length,) = _LENGTH.unpack(self.take(8))
        if length > _LONGEST_STRING:
            raise ValueError("a string in it is longer than it can be")
        return self.take(length)

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string().decode("utf-8", "replace")
        if kind == _ARRAY:
            return self.array()
        number = self.number(_NUMBERS[kind])
        return bool(number) if kind == _BOOL else number

    def array(self) -> np.ndarray | list[bytes]:
        kind, count = self.number("<u4"), self.number("<u8")
        if count > _MOST_ITEMS:
            raise ValueError("an array in it is longer than it can be")
        if kind == _STRING:
            return self.strings(int(count))
        dtype = np.dtype(_NUMBERS[kind])
        return np.frombuffer(self.take(int(count) * dtype.itemsize), dtype).copy()

    def strings(self, count: int) -> list[bytes]:
        data, at, unpack, size = self.data, self.at, _LENGTH.unpack_from, len(self.data)
        found = []
        for _ in range(count):
            (length,) = unpack(data, at)
            at += 8
            if at + length > size:
                raise ValueError("it is cut short")
            found.append(data[at : at + length])
            at += length
        self.at = at
        return found

    def tensors(self, count: int, alignment: int) -> dict[str, TensorInfo]:
        found = {}
        for _ in range(count):
            name = self.string().decode()
            axes = self.number("<u4")
            if axes > 8:
                raise ValueError("a tensor in it has too many axes")
            shape = tuple(int(self.number("<u8")) for _ in range(axes))
            kind, offset = int(self.number("<u4")), int(self.number("<u8"))
            found[name] = TensorInfo(shape, kind, offset)
        base = -(-self.at // alignment) * alignment
        return {name: info._replace(start=base + info.start) for name, info in found.items()}
