"""A saved state of llama.cpp's cache in its two layouts: values token by token (flash attention), or transposed.

With flash attention llama.cpp keeps the values of a layer as a row for each token; without, as a row for each of the
value's components, because a plain product wants them so. One kind of context refuses the other's state, though the
numbers are the same. Transposing them lets a conversation change from one to the other without being read again.

A state of one sequence is, all numbers little-endian:
    u32 mark, i32 sequence, u32 streams (1), u32 cells (N); for each cell i32 position, u32 1, i32 sequence;
    u32 transposed?, u32 layers (L); L times i32 type, u64 bytes of a key row, N rows;
    then L times i32 type and, token by token, u64 bytes of a value row, N rows;
                     or, transposed, u32 bytes of a component, u32 components (E), E rows of N components.

Source: llama-kv-cache.cpp of the pinned version, state_write; anything that does not read so is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

Buffer = bytes | bytearray | memoryview
_BYTES = {0: 4, 1: 2, 30: 2}  # ggml's types whose components stand alone: float32, float16, bfloat16
_MARK = 0xAF143CD8
EMPTY_BYTES = 16  # a state without cells ends after their number


@dataclass(frozen=True)
class State:
    """A state in parts: `positions` (N,), keys and values of each layer as (type, bytes (N, row bytes))."""

    positions: np.ndarray
    keys: list[tuple[int, np.ndarray]]
    values: list[tuple[int, np.ndarray]]
    transposed: bool


def read(state: Buffer) -> State:
    """Split a state into its parts; values come out token by token, whichever way they were written.

    Raises:
        ValueError: it is not a state of one sequence in the form above (a recurrent model's, a window's, a newer one).
    """
    reader = _Reader(state)
    try:
        mark, _, streams, cells = reader.numbers("<IiII")
        if mark != _MARK or streams != 1 or not 0 < cells < 1 << 24:
            raise ValueError(f"{streams} streams of {cells} cells")
        head = reader.rows(cells, 12).view("<i4")
        transposed, layers = reader.numbers("<II")
        if (head[:, 1] != 1).any() or transposed > 1 or not 0 < layers < 10_000:
            raise ValueError(f"{layers} layers, or a cell of several sequences")
        keys = [reader.block(cells) for _ in range(layers)]
        values = [reader.turned_block(cells) if transposed else reader.block(cells) for _ in range(layers)]
    except struct.error as problem:
        raise ValueError("the state is cut short") from problem
    if reader.at != len(reader.state):
        raise ValueError("there is more after the values")
    return State(head[:, 0].copy(), keys, values, bool(transposed))


class _Reader:
    def __init__(self, state: Buffer) -> None:
        self.state, self.at = memoryview(state), 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self.state, self.at)
        self.at += struct.calcsize(form)
        return found

    def rows(self, count: int, width: int) -> np.ndarray:
        """(count, width) bytes."""
        if width <= 0 or count <= 0 or self.at + count * width > len(self.state):
            raise ValueError("a row is longer than the state")
        found = np.frombuffer(self.state, np.uint8, count * width, self.at).reshape(count, width)
        self.at += count * width
        return found

    def block(self, cells: int) -> tuple[int, np.ndarray]:
        kind, width = self.numbers("<iQ")
        return kind, self.rows(cells, width)

    def turned_block(self, cells: int) -> tuple[int, np.ndarray]:
        kind, size, components = self.numbers("<iII")
        if _BYTES.get(kind) != size:
            raise ValueError(f"components of type {kind}")
        return kind, _turned(self.rows(components, cells * size), size)


def written(state: State, transposed: bool) -> bytearray:
    """The state in one of the two layouts.

    Raises:
        ValueError: values of a type whose components do not stand alone cannot be transposed.
    """
    cells = len(state.positions)
    head = np.ones((cells, 3), "<i4")
    head[:, 0], head[:, 2] = state.positions, 0
    parts: list[bytes | memoryview] = [
        struct.pack("<IiII", _MARK, 0, 1, cells),
        head.tobytes(),
        struct.pack("<II", transposed, len(state.keys)),
    ]
    for kind, block in state.keys:
        parts += [struct.pack("<iQ", kind, block.shape[1]), np.ascontiguousarray(block).data]
    for kind, block in state.values:
        if not transposed:
            parts += [struct.pack("<iQ", kind, block.shape[1]), np.ascontiguousarray(block).data]
            continue
        if kind not in _BYTES:
            raise ValueError(f"values of type {kind} cannot be transposed")
        size = _BYTES[kind]
        parts += [struct.pack("<iII", kind, size, block.shape[1] // size), _turned(block, size).data]
    joined = bytearray()
    for part in parts:
        joined += part
    return joined


def converted(state: Buffer, transposed: bool) -> Buffer:
    """The same state in the layout asked for; the state itself where it is in that layout already.

    Raises:
        ValueError: see `read` and `written`.
    """
    taken = read(state)
    return state if taken.transposed == transposed else written(taken, transposed)


def repeated(state: Buffer, count: int, transposed: bool) -> bytearray:
    """A state of `count` tokens made of copies of this one's, over and over: as much to compute with as a real one.

    For measuring how fast a model writes behind a long text without reading one.
    """
    taken = read(state)
    rows = np.arange(count) % len(taken.positions)
    return written(
        State(
            np.arange(count, dtype=np.int32),
            [(kind, block[rows]) for kind, block in taken.keys],
            [(kind, block[rows]) for kind, block in taken.values],
            taken.transposed,
        ),
        transposed,
    )


def _turned(block: np.ndarray, size: int) -> np.ndarray:
    """(A, B) components of `size` bytes each as (B, A)."""
    kind = {2: np.uint16, 4: np.uint32}[size]
    return np.ascontiguousarray(block.view(kind).T).view(np.uint8)
