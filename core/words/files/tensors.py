"""Matrices in .safetensors: sizes are checked against the file before memory is allocated; rows are read in blocks.

The words come from the metadata, a tokenizer.json beside (Model2Vec, StaticEmbedding), or a list of words beside.
Source: https://huggingface.co/docs/safetensors/index#format; for `mapping` and int8 tables: MinishLab/model2vec 0.7.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core.errors import UnreadableFile
from core.words.files import rows as limits
from core.words.files.beside import words_beside
from core.words.files.rows import MOST_DIMENSIONS, Collector, Content, MakeRows, OnProgress, clean
from core.words.files.token_words import read_tokenizer

LARGEST_JSON = 1 << 27  # bytes that describe a .safetensors file, its words included
_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",  # the upper half of a float32
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U8": "<u1",
}
_NAMES = (
    "matrix",
    "vectors",
    "embeddings",
    "embedding.weight",
    "embeddings.word_embeddings.weight",
    "bert.embeddings.word_embeddings.weight",
)
WAYS_IN = "It must hold words (text) and a matrix (words x dimensions)."


@dataclass(frozen=True)
class Tensor:
    """A tensor in an open file: its type as written, its shape, and where its first byte is."""

    kind: str
    shape: tuple[int, ...]
    start: int

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(_TYPES[self.kind])


def read_safetensors(
    path: Path,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None = None,
    beside: Path | None = None,
) -> Content:
    """A tensor (V, D) with its words. `beside`: the folder of the files beside, where that is another one.

    Raises:
        UnreadableFile: there is no such tensor, there are no such words, or the file is damaged.
    """
    folder = beside or path.parent
    with open(path, "rb") as file:
        about, start = _description(file, path)
        flat = {name for name, tensor in about.items() if name != "__metadata__" and _is_flat(tensor)}
        best = next((name for name in _NAMES if name in flat), None) or next(iter(sorted(flat)), None)
        if best is None:
            raise UnreadableFile(f"“{path.name}” holds no matrix of words x dimensions.", WAYS_IN)
        matrix = _tensor(about[best], start, path)
        written = _written_words(about, path)
        if written is None and (tokenizer := folder / "tokenizer.json").is_file():
            return _of_tokens(file, path, matrix, about, start, tokenizer, on_progress, make_rows, most)
        words = words_beside(path, matrix.shape[0], folder) if written is None else written
        rows, dimension = checked_shape(words, matrix.shape, matrix.dtype, path.name)
        file.seek(matrix.start)
        collector = Collector(path.name, dimension, make_rows, rows, most)
        return collect(collector, words, (widened(block, matrix) for block in _blocks(file, matrix)), on_progress)


def _of_tokens(
    file: BinaryIO,
    path: Path,
    matrix: Tensor,
    about: dict[str, Any],
    start: int,
    tokenizer: Path,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None,
) -> Content:
    """The rows of the whole words of a tokenizer. With `mapping` (Model2Vec), several tokens share a row."""
    found = read_tokenizer(tokenizer)
    rows = np.array(found.rows, np.int64)
    if isinstance(about.get("mapping"), dict):
        mapping = _tensor(about["mapping"], start, path)
        file.seek(mapping.start)
        to = np.frombuffer(file.read(math.prod(mapping.shape) * mapping.dtype.itemsize), mapping.dtype).astype(np.int64)
        rows = to[rows] if len(rows) and rows.max() < len(to) else np.array([-1])
    if not len(rows) or rows.min() < 0 or rows.max() >= matrix.shape[0] or not 1 <= matrix.shape[1] <= MOST_DIMENSIONS:
        raise UnreadableFile(
            f"“{path.name}” has a table of shape {matrix.shape}, and its tokenizer {len(found.words):,} words.",
            "The two files do not belong together: download the folder again.",
        )
    mapped: np.ndarray = np.memmap(path, matrix.dtype, "r", matrix.start, matrix.shape)
    collector = Collector(path.name, matrix.shape[1], make_rows, len(rows), most, notes=list(found.note))
    step = max(1, limits.BLOCK // (matrix.shape[1] * 4))
    picked = (widened(mapped[rows[i : i + step]], matrix) for i in range(0, len(rows), step))
    return collect(collector, found.words, picked, on_progress)


def _description(file: BinaryIO, path: Path) -> tuple[dict[str, Any], int]:
    """The JSON at a file's beginning, and where its data begin."""
    try:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(LARGEST_JSON, path.stat().st_size - 8):
            raise ValueError("its header is longer than the file")
        about = json.loads(file.read(length))
        if not isinstance(about, dict):
            raise ValueError("its header is not an object")
    except (ValueError, RecursionError, struct.error) as problem:
        raise UnreadableFile(
            f"“{path.name}” cannot be read ({str(problem)[:80]}).", "Download or save it again."
        ) from problem
    return about, 8 + length


def _is_flat(tensor: Any) -> bool:
    return isinstance(tensor, dict) and isinstance(tensor.get("shape"), list) and len(tensor["shape"]) == 2


def _tensor(about: dict[str, Any], start: int, path: Path) -> Tensor:
    """A tensor as described, checked against the size of the file."""
    span, shape, kind = about.get("data_offsets"), about.get("shape"), about.get("dtype")
    if not isinstance(span, list) or len(span) != 2 or not all(type(one) is int and one >= 0 for one in span):
        raise UnreadableFile(
            f"“{path.name}” cannot be read (a tensor without an offset).", "Download or save it again."
        )
    if (
        not isinstance(kind, str)
        or kind not in _TYPES
        or not isinstance(shape, list)
        or not all(type(length) is int and length >= 0 for length in shape)
        or start + span[1] > path.stat().st_size
        or span[1] - span[0] != math.prod(shape) * np.dtype(_TYPES[kind]).itemsize
    ):
        raise UnreadableFile(
            f"“{path.name}” cannot be read (its tensor has another size or type than its header says).",
            "Download or save it again.",
        )
    return Tensor(kind, tuple(shape), start + span[0])


def _blocks(file: BinaryIO, matrix: Tensor) -> Iterator[np.ndarray]:
    rows, dimension = matrix.shape
    step = max(1, limits.BLOCK // (dimension * matrix.dtype.itemsize))
    for first in range(0, rows, step):
        count = min(step, rows - first)
        block = file.read(count * dimension * matrix.dtype.itemsize)
        yield np.frombuffer(block, matrix.dtype).reshape(count, dimension)


def widened(block: np.ndarray, matrix: Tensor) -> np.ndarray:
    """A block as float32; bfloat16 is the upper half of one."""
    if matrix.kind == "BF16":
        return (block.astype(np.uint32) << 16).view(np.float32)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(block, dtype=np.float32)


def _written_words(about: dict[str, Any], path: Path) -> list[str] | None:
    """The words in the metadata; None if there are none."""
    more = about.get("__metadata__")
    written = more.get("words") if isinstance(more, dict) else None
    if written is None:
        return None
    try:
        words = json.loads(written)
    except (ValueError, TypeError, RecursionError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UnreadableFile(f"The words of “{path.name}” are not a list of texts.", "Save them as a JSON list.")
    return words


# ---------------------------------------------------------------- all matrices


def checked_shape(words: list[str], shape: tuple[int, ...], kind: np.dtype, name: str) -> tuple[int, int]:
    """Rows and dimensions of a matrix that fits its words.

    Raises:
        UnreadableFile: it does not.
    """
    if (
        len(shape) != 2
        or kind.kind not in "fiu"
        or kind.itemsize > 8
        or len(words) != shape[0]
        or not shape[0]
        or not 1 <= shape[1] <= MOST_DIMENSIONS
    ):
        raise UnreadableFile(
            f"“{name}” holds {len(words):,} words and a matrix of shape {str(shape)[:60]}.",
            f"There must be one row of at most {MOST_DIMENSIONS:,} numbers for each word.",
        )
    return shape[0], shape[1]


def collect(
    collector: Collector, words: list[str], blocks: Iterator[np.ndarray], on_progress: OnProgress | None
) -> Content:
    """All blocks of a matrix with their words."""
    done = 0
    for block in blocks:
        named = [clean(word) for word in words[done : done + len(block)]]
        collector.add(named, block, done + 1)
        done += len(block)
        if on_progress:
            on_progress(done / len(words), f"{done:,} of {len(words):,} words read")
        if collector.full:
            break
    return collector.finish()
