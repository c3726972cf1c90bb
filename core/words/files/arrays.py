"""Word vectors saved as numpy arrays, .npz and .npy: headers are checked against the file before memory is allocated.

A matrix is read block by block, straight to where it is stored. The arrays of an .npz may have any names and order: the
one of text holds the words, one of numbers has a row (or a column) for each; or each array is the vector of its name.

Source: NEP 1 (numpy's .npy format).
"""

from __future__ import annotations

import ast
import math
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.beside import words_beside
from core.words.files.rows import BLOCK, Collector, Content, MakeRows, OnProgress, Stream
from core.words.files.tensors import WAYS_IN, checked_shape, collect

LONGEST_HEADER = 10_000  # characters of a .npy header: numpy's own limit
LONGEST_WORD = 1000
_NAMES = ("matrix", "vectors", "embeddings", "embedding", "weights", "w", "x")
_WORDS = ("words", "vocab", "keys", "tokens", "labels", "index")
_MOST_ARRAYS = 2_000_000


@dataclass(frozen=True)
class _Array:
    """An array of an archive, as its header says."""

    entry: str
    name: str
    kind: np.dtype
    by_columns: bool
    shape: tuple[int, ...]

    @property
    def is_text(self) -> bool:
        return self.kind.kind in "US" and sum(length != 1 for length in self.shape) <= 1

    @property
    def is_matrix(self) -> bool:
        return len(self.shape) == 2 and self.kind.kind in "fiu"


# ---------------------------------------------------------------- .npz


def read_npz(
    archive: zipfile.ZipFile,
    name: str,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None = None,
    path: Path | None = None,
) -> Content:
    """An array (V,) of text and one (V, D) or (D, V) of numbers; or an array (D,) for each word, named by it.

    `path`: where the archive lies, for words beside it where it has none.

    Raises:
        UnreadableFile: they are missing, hold Python objects, or do not match their headers.
    """
    arrays = _arrays(archive, name)
    texts = [array for array in arrays if array.is_text]
    matrices = [array for array in arrays if array.is_matrix]
    if not matrices and (flat := _one_each(arrays)):
        return _read_one_each(archive, flat, name, make_rows, most)
    _refuse_odd_words(arrays, name)
    if not matrices or (not texts and path is None):
        raise UnreadableFile(f"“{name}” holds the arrays {', '.join(a.name for a in arrays[:6])[:200]}.", WAYS_IN)
    named = sorted(texts, key=lambda array: _rank(array.name, _WORDS))
    if named:
        with archive.open(named[0].entry) as file:
            words = _words(file, archive.getinfo(named[0].entry).file_size, name)
    best = sorted(matrices, key=lambda array: (not named or len(words) not in array.shape, _rank(array.name, _NAMES)))
    matrix = best[0]
    if not named and path is not None:
        words = _words_near(path, matrix.shape[0], arrays)
    with archive.open(matrix.entry) as file:
        _header(file, archive.getinfo(matrix.entry).file_size, name)
        return _read_matrix(file, matrix, words, name, on_progress, make_rows, most)


def _words_near(path: Path, rows: int, arrays: list[_Array]) -> list[str]:
    """Words from a file beside an archive that has none."""
    try:
        return words_beside(path, rows)
    except UnreadableFile as problem:
        names = ", ".join(array.name for array in arrays[:6])[:200]
        raise UnreadableFile(f"{problem.what} Its arrays are {names}.", f"{WAYS_IN} {problem.next_step}") from problem


def _rank(name: str, known: tuple[str, ...]) -> int:
    return known.index(name.lower()) if name.lower() in known else len(known)


def _arrays(archive: zipfile.ZipFile, name: str) -> list[_Array]:
    """The arrays of an archive by their headers."""
    found = []
    for info in archive.infolist()[:_MOST_ARRAYS]:
        if info.filename.endswith(".npy"):
            zip_files.check(info, 1 << 34)
            with archive.open(info) as file:
                found.append(_Array(info.filename, info.filename[:-4], *_header(file, info.file_size, name)))
    return found


def _refuse_odd_words(arrays: list[_Array], name: str) -> None:
    """An array that is called words and holds none is a fault to be named, rather than passed over."""
    for array in arrays:
        if array.name.lower() in _WORDS and not array.is_text:
            raise UnreadableFile(
                f"The words in “{name}” are of type {str(array.kind)[:40]}.",
                f"They must be text, of at most {LONGEST_WORD:,} characters.",
            )


def _one_each(arrays: list[_Array]) -> list[_Array]:
    """The arrays, if each is the vector of a word: np.savez(path, king=..., queen=...)."""
    flat = [array for array in arrays if len(array.shape) == 1 and array.kind.kind in "fiu" and array.kind.itemsize < 9]
    alike = len(flat) == len(arrays) > 1 and len({array.shape for array in flat}) == 1 and flat[0].shape[0] > 0
    return flat if alike else []


def _read_one_each(
    archive: zipfile.ZipFile, arrays: list[_Array], name: str, make_rows: MakeRows | None, most: int | None
) -> Content:
    collector = Collector(name, arrays[0].shape[0], make_rows, len(arrays), most)
    for first in range(0, len(arrays), 1000):
        part, rows = arrays[first : first + 1000], []
        for array in part:
            with archive.open(array.entry) as file:
                _header(file, archive.getinfo(array.entry).file_size, name)
                raw = _exactly(file, array.shape[0] * array.kind.itemsize, name)
                rows.append(np.frombuffer(raw, array.kind).astype(np.float32))
        collector.add([array.name for array in part], np.stack(rows), first + 1)
    return collector.finish()


def _read_matrix(
    file: Stream,
    matrix: _Array,
    words: list[str],
    name: str,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None,
) -> Content:
    """A matrix whose header was read, with its words; one that has a column for each word is turned."""
    shape = matrix.shape
    turned = len(words) not in (shape[0], 0) and shape[1] == len(words)
    rows, dimension = checked_shape(words, shape[::-1] if turned else shape, matrix.kind, name)
    collector = Collector(name, dimension, make_rows, rows, most)
    if turned:
        collector.notes.append(f"its matrix has a column for each word, {shape[0]:,} x {shape[1]:,}, and was turned")
    if matrix.by_columns or turned:
        whole = np.frombuffer(_exactly(file, rows * dimension * matrix.kind.itemsize, name), matrix.kind)
        by_rows = whole.reshape(dimension, rows).T if matrix.by_columns != turned else whole.reshape(rows, dimension)
        return collect(collector, words, iter([by_rows]), on_progress)
    return collect(collector, words, _blocks(file, matrix.kind, rows, dimension, name), on_progress)


# ---------------------------------------------------------------- .npy


def read_npy(
    path: Path,
    name: str,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None = None,
    beside: Path | None = None,
) -> Content:
    """One array (V, D), its words in a file beside it. `beside`: the folder of that file, where it is another one.

    Raises:
        UnreadableFile: it is no matrix, or there are no words for it.
    """
    with open(path, "rb") as file:
        kind, by_columns, shape = _header(file, path.stat().st_size, name)
        if len(shape) != 2:
            raise UnreadableFile(f"“{name}” holds an array of shape {str(shape)[:60]}.", WAYS_IN)
        matrix = _Array("", "", kind, by_columns, shape)
        words = words_beside(path.with_name(name.split("/")[-1]), shape[0], beside or path.parent)
        return _read_matrix(file, matrix, words, name, on_progress, make_rows, most)


# ---------------------------------------------------------------- both


def _header(file: Stream, size: int, name: str) -> tuple[np.dtype, bool, tuple[int, ...]]:
    """What a .npy header says: type, whether it is in column order, shape; checked against `size` bytes."""
    try:
        start = file.read(8)
        if start[:6] != b"\x93NUMPY" or start[6:8] not in (b"\1\0", b"\2\0", b"\3\0"):
            raise ValueError("it is not an array")
        width = "<H" if start[6] == 1 else "<I"
        (length,) = struct.unpack(width, file.read(struct.calcsize(width)))
        if length > LONGEST_HEADER:
            raise ValueError("its header is too long")
        about = ast.literal_eval(file.read(length).decode("latin-1").strip())
        kind, by_columns, shape = np.dtype(about["descr"]), about["fortran_order"], about["shape"]
    except (
        ValueError,
        TypeError,
        KeyError,
        SyntaxError,
        MemoryError,
        RuntimeError,
        OverflowError,
        AttributeError,
        struct.error,
    ) as problem:
        raise UnreadableFile(
            f"“{name}” holds an array whose header is damaged.", "Save or download it again."
        ) from problem
    if kind.hasobject:
        raise UnreadableFile(
            f"“{name}” holds Python objects, that is a pickle, and reading one runs code that is in it.",
            "Save the words as text: np.savez(path, words=np.array(words, dtype=str), matrix=matrix).",
        )
    whole = isinstance(shape, tuple) and all(type(length) is int and length >= 0 for length in shape)
    if not whole or type(by_columns) is not bool or math.prod(shape) * kind.itemsize > size:
        raise UnreadableFile(
            f"“{name}” holds an array that does not match its header (shape {str(shape)[:60]}).",
            "It is cut short or damaged: download it again.",
        )
    return kind, by_columns, shape


def _words(file: Stream, size: int, name: str) -> list[str]:
    kind, _, shape = _header(file, size, name)
    if kind.kind not in "US" or kind.itemsize > 4 * LONGEST_WORD:
        raise UnreadableFile(
            f"The words in “{name}” are of type {str(kind)[:40]}.",
            f"They must be text, of at most {LONGEST_WORD:,} characters.",
        )
    words: list[str] = []
    total = math.prod(shape)
    step = max(1, BLOCK // max(kind.itemsize, 1))
    try:
        for start in range(0, total, step):
            count = min(step, total - start)
            block = (
                np.frombuffer(_exactly(file, count * kind.itemsize, name), kind)
                if kind.itemsize
                else np.full(count, "", "U1")
            )
            words += [word.decode("utf-8", "replace") if isinstance(word, bytes) else word for word in block.tolist()]
    except (ValueError, SystemError, OverflowError) as problem:  # numbers that are not characters
        raise UnreadableFile(f"The words in “{name}” are damaged.", "Save or download it again.") from problem
    return words


def _exactly(file: Stream, size: int, name: str) -> bytes:
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    if size > 0:
        raise UnreadableFile(f"“{name}” ends too soon.", "It is cut short: download it again.")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _blocks(file: Stream, kind: np.dtype, rows: int, dimension: int, name: str) -> Iterator[np.ndarray]:
    step = max(1, BLOCK // (dimension * kind.itemsize))
    for start in range(0, rows, step):
        count = min(step, rows - start)
        yield np.frombuffer(_exactly(file, count * dimension * kind.itemsize, name), kind).reshape(count, dimension)
