"""Word vectors saved as arrays, .npz and .safetensors: headers are checked against the file before memory is allocated.

A matrix is read block by block, straight to where it is stored.

Source: NEP 1 (numpy's .npy format); https://huggingface.co/docs/safetensors/index#format.
"""

from __future__ import annotations

import ast
import json
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.rows import (
    BLOCK,
    MOST_DIMENSIONS,
    Content,
    MakeRows,
    OnProgress,
    Rows,
    RowsInMemory,
    Stream,
    content_with_notes,
)

LONGEST_HEADER = 10_000  # characters of a .npy header: numpy's own limit
LARGEST_JSON = 1 << 27  # bytes that describe a .safetensors file, its words included
LONGEST_WORD = 1000
_TENSOR_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U8": "<u1",
}
_NAMES = ("matrix", "vectors", "embeddings", "embeddings.word_embeddings.weight")
WAYS_IN = "It must hold words (text) and a matrix (words x dimensions)."


# ---------------------------------------------------------------- .npz


def read_npz(
    archive: zipfile.ZipFile, name: str, on_progress: OnProgress | None, make_rows: MakeRows | None
) -> Content:
    """Arrays `words` (V,) of text and `matrix`, `vectors` or `embeddings` (V, D).

    Raises:
        UnreadableFile: they are missing, hold Python objects, or do not match their headers.
    """
    found = {Path(entry).stem.lower(): entry for entry in archive.namelist() if entry.endswith(".npy")}
    words_in = next((found[each] for each in ("words", "vocab", "keys", "tokens") if each in found), None)
    matrix_in = next((found[each] for each in _NAMES if each in found), None)
    if words_in is None or matrix_in is None:
        raise UnreadableFile(f"“{name}” holds the arrays {', '.join(list(found)[:6])[:200]}.", WAYS_IN)
    for entry in (words_in, matrix_in):
        zip_files.check(archive.getinfo(entry), 1 << 34)
    with archive.open(words_in) as file:
        words = _words(file, archive.getinfo(words_in).file_size, name)
    with archive.open(matrix_in) as file:
        kind, by_columns, shape = _header(file, archive.getinfo(matrix_in).file_size, name)
        rows, dimension = _checked_shape(words, shape, kind, name)
        if by_columns:
            whole = np.frombuffer(_exactly(file, rows * dimension * kind.itemsize, name), kind)
            return _content(words, iter([whole.reshape(dimension, rows).T]), dimension, name, on_progress, make_rows)
        return _content(words, _blocks(file, kind, rows, dimension, name), dimension, name, on_progress, make_rows)


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


# ---------------------------------------------------------------- .safetensors


def read_safetensors(path: Path, on_progress: OnProgress | None, make_rows: MakeRows | None) -> Content:
    """A tensor (V, D), its words in the metadata (`words`: a JSON list) or in a .txt in the same folder, one per line.

    Raises:
        UnreadableFile: there is no such tensor, there are no such words, or the file is damaged.
    """
    with open(path, "rb") as file:
        about, start = _description(file, path)
        flat = {
            name: tensor
            for name, tensor in about.items()
            if name != "__metadata__"
            and isinstance(tensor, dict)
            and isinstance(tensor.get("shape"), list)
            and len(tensor["shape"]) == 2
        }
        best = next((name for name in _NAMES if name in flat), next(iter(flat), None))
        if best is None:
            raise UnreadableFile(f"“{path.name}” holds no matrix of words x dimensions.", WAYS_IN)
        kind, (first, last) = _TENSOR_TYPES.get(str(flat[best].get("dtype"))), _span(flat[best], path)
        shape = tuple(flat[best]["shape"])
        if (
            kind is None
            or not all(type(length) is int and length >= 0 for length in shape)
            or start + last > path.stat().st_size
            or last - first != math.prod(shape) * np.dtype(kind).itemsize
        ):
            raise UnreadableFile(
                f"“{path.name}” cannot be read (its tensor has another size or type than its header says).",
                "Download or save it again.",
            )
        words = _words_of(about, path)
        rows, dimension = _checked_shape(words, shape, np.dtype(kind), path.name)
        file.seek(start + first)
        return _content(
            words,
            _blocks(file, np.dtype(kind), rows, dimension, path.name),
            dimension,
            path.name,
            on_progress,
            make_rows,
        )


def _description(file: BinaryIO, path: Path) -> tuple[dict[str, object], int]:
    """The JSON at a file's beginning, and where its data begin."""
    (length,) = struct.unpack("<Q", file.read(8))
    try:
        if length > min(LARGEST_JSON, path.stat().st_size - 8):
            raise ValueError("its header is longer than the file")
        about = json.loads(file.read(length))
        if not isinstance(about, dict):
            raise ValueError("its header is not an object")
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(
            f"“{path.name}” cannot be read ({str(problem)[:80]}).", "Download or save it again."
        ) from problem
    return about, 8 + length


def _span(tensor: dict[str, object], path: Path) -> tuple[int, int]:
    span = tensor.get("data_offsets")
    if not isinstance(span, list) or len(span) != 2 or not all(type(one) is int and one >= 0 for one in span):
        raise UnreadableFile(
            f"“{path.name}” cannot be read (a tensor without an offset).", "Download or save it again."
        )
    return span[0], span[1]


def _words_of(about: dict[str, object], path: Path) -> list[str]:
    more = about.get("__metadata__")
    written = more.get("words") if isinstance(more, dict) else None
    candidates = [path.with_suffix(".txt"), path.with_name("vocab.txt"), path.with_name("words.txt")]
    found = next((path for path in candidates if path.is_file()), None)
    if written is None and found is None:
        raise UnreadableFile(
            f"“{path.name}” holds a matrix but no words.",
            "Put them in a .txt of the same name in the same folder, one per line, or into its metadata.",
        )
    try:
        words = json.loads(written) if written is not None else _lines_of(found)  # type: ignore[arg-type]
    except (ValueError, TypeError, RecursionError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UnreadableFile(f"The words of “{path.name}” are not a list of texts.", "Save them as a JSON list.")
    return words


def _lines_of(path: Path) -> list[str]:
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError("too large")
    return path.read_text(encoding="utf-8").splitlines()


# ---------------------------------------------------------------- both


def _checked_shape(words: list[str], shape: tuple[int, ...], kind: np.dtype, name: str) -> tuple[int, int]:
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


def _blocks(file: Stream, kind: np.dtype, rows: int, dimension: int, name: str) -> Iterator[np.ndarray]:
    step = max(1, BLOCK // (dimension * kind.itemsize))
    for start in range(0, rows, step):
        count = min(step, rows - start)
        yield np.frombuffer(_exactly(file, count * dimension * kind.itemsize, name), kind).reshape(count, dimension)


def _content(
    words: list[str],
    blocks: Iterator[np.ndarray],
    dimension: int,
    name: str,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
) -> Content:
    rows: Rows = (make_rows or RowsInMemory)(len(words), dimension)
    done = 0
    for block in blocks:
        with np.errstate(over="ignore"):
            matrix = np.ascontiguousarray(block, dtype=np.float32)
        wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
        if len(wrong):
            row = done + int(wrong[0])
            raise UnreadableFile(
                f"Row {row + 1:,} of “{name}” (“{words[row][:40]}”) has a value that is not a number.",
                "Fix or remove that row.",
            )
        rows.add(matrix)
        done += len(matrix)
        if on_progress:
            on_progress(done / len(words), f"{done:,} of {len(words):,} words read")
    whole = [
        word if word.isascii() else word.encode("utf-8", "replace").decode("utf-8") for word in words
    ]  # no half surrogates
    return content_with_notes(whole, rows.finish())
