"""Files of word vectors, as they are published: told apart by content, read without executing anything in them.

GloVe text (`word v1 ... vD` a line), word2vec and fastText text (the same after a line `V D`), word2vec binary, .npz
with `words` and `matrix`, .safetensors with a matrix and its words; text and binary also packed as .gz or .zip.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.errors import UnreadableFile
from core.words.rows import Content, Rows, kept_once, read_binary, read_text

OnProgress = Callable[[float, str], None]
LARGEST_UNPACKED = 16 << 30
"""Bytes that a packed file may unpack to: GoogleNews takes 3.6 GB; far more is a trap, not vectors."""

WAYS_IN = ("GloVe text, word2vec text or binary, fastText .vec (also .gz or .zip), .npz and .safetensors can be read.")
PICKLE = UnreadableFile(
    "This file is a Python pickle (as gensim's .kv and .model are), and reading a pickle runs code that is in it.",
    "Where it came from, write the vectors with save_word2vec_format(\"vectors.txt\"), and open that. " + WAYS_IN)


@dataclass(frozen=True)
class Entry:
    """A file inside a .zip that could be vectors."""

    name: str
    size_bytes: int


def entries(path: Path) -> list[Entry]:
    """The files inside a .zip that could be vectors; [] if `path` is no .zip."""
    if path.suffix == ".npz" or not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        found = [Entry(info.filename, info.file_size) for info in archive.infolist()
                 if not info.is_dir() and info.file_size > 4 and "__MACOSX" not in info.filename]
    return [entry for entry in found if not entry.name.endswith((".npy", ".md", ".json", ".pkl"))]


def read(path: Path, entry: str | None = None, on_progress: OnProgress | None = None,
         make_rows: Callable[[int, int], Rows] | None = None) -> Content:
    """Words and matrix of a file. `entry` names a file inside a .zip; `make_rows` says where the matrix goes.

    Raises:
        UnreadableFile: no such file, another kind of file, a malformed row (by its number), or a pickle.
    """
    try:
        if not path.is_file():
            raise UnreadableFile(f"There is no file “{path.name}” in that place.", "Check the path.")
        with open(path, "rb") as file:
            head = file.read(64)
        _refuse(head, path)
        if head[:4] == b"PK\x03\x04":
            return _read_zip(path, entry, on_progress, make_rows)
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as unpacked:
                return _read_stream(_Metered(unpacked, None, on_progress), path.name, make_rows)
        if len(head) >= 9 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] < 1 << 27:
            return _read_safetensors(path)
        with open(path, "rb") as file:
            return _read_stream(_Metered(file, path.stat().st_size, on_progress), path.name, make_rows)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read ({problem}).",
                             "It may be cut short or damaged: fetch it again.") from problem


def _refuse(head: bytes, path: Path) -> None:
    """Say no to what is certainly not vectors."""
    if len(head) == 0:
        raise UnreadableFile(f"“{path.name}” is empty.", WAYS_IN)
    if head[:1] == b"\x80" and 1 <= head[1] <= 5:
        raise PICKLE
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"“{path.name}” is text in UTF-16.", "Save it as UTF-8 and open it again.")
    for magic, kind in ((b"GGUF", "a language model (GGUF)"), (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"),
                        (b"\xff\xd8\xff", "a picture"), (b"\x93NUMPY", "one array without words (.npy)"),
                        (b"\xba\x16\x4f\x2f", "a fastText model (.bin)"), (b"ARROW1", "an Arrow table"),
                        (b"PAR1", "a Parquet table"), (b"7z\xbc\xaf", "a 7z archive"), (b"<!DOC", "a web page"),
                        (b"<html", "a web page")):
        if head.startswith(magic):
            raise UnreadableFile(f"“{path.name}” is {kind}, not a file of word vectors.", WAYS_IN)


class _Metered(io.RawIOBase):
    """A stream that reports how far it is and stops a file that unpacks without end."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile, size: int | None, on_progress: OnProgress | None) -> None:
        self._stream, self._size, self._on_progress, self._done = stream, size, on_progress, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._done += len(block)
        if self._done > LARGEST_UNPACKED:
            raise UnreadableFile("The file unpacks to more than 16 GiB.", "That is no set of vectors for a laptop.")
        if self._on_progress:
            fraction = self._done / self._size if self._size else 0.0
            self._on_progress(min(fraction, 1.0), f"{self._done / 1e6:,.0f} MB read")
        return block


def _read_stream(stream: _Metered, name: str, make_rows: Callable[[int, int], Rows] | None) -> Content:
    head = stream.read(1 << 16)
    if head[:1] == b"\x80" and len(head) > 1 and 1 <= head[1] <= 5:
        raise PICKLE
    first, _, rest = head.partition(b"\n")
    header = first.split()
    if len(header) == 2 and all(part.isdigit() and len(part) < 10 for part in header):
        count, dimension = int(header[0]), int(header[1])
        if dimension < 1 or dimension > 100_000 or count < 1:
            raise UnreadableFile(f"“{name}” says it holds {count:,} words of {dimension:,} dimensions.", WAYS_IN)
        if _looks_binary(rest, dimension):
            return read_binary(stream, rest, count, dimension, name, make_rows)
        return read_text(stream, rest, name, dimension, count, 2, make_rows)
    return read_text(stream, head, name, None, None, 1, make_rows)


def _looks_binary(rest: bytes, dimension: int) -> bool:
    """Whether the first row after the header is numbers in their own bytes rather than written out."""
    word, space, values = rest.partition(b" ")
    line = values.split(b"\n", 1)[0].split()
    try:
        return not (space and [float(value) for value in line[:dimension]] and len(line) >= min(dimension, 1))
    except ValueError:
        return True


def _read_zip(path: Path, entry: str | None, on_progress: OnProgress | None,
              make_rows: Callable[[int, int], Rows] | None) -> Content:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if any(name.endswith(".npy") for name in names) and entry is None:
            return _read_npz(path)
        if any(name.endswith(("data.pkl", ".pkl")) for name in names):
            raise PICKLE
        found = entries(path)
        if not found:
            raise UnreadableFile(f"“{path.name}” holds no file that could be vectors.", WAYS_IN)
        chosen = entry or found[0].name
        if chosen not in {item.name for item in found}:
            raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", f"It holds {found[0].name}.")
        size = archive.getinfo(chosen).file_size
        with archive.open(chosen) as file:
            return _read_stream(_Metered(file, size, on_progress), chosen, make_rows)  # type: ignore[arg-type]


def _read_npz(path: Path) -> Content:
    """Arrays `words` (V,) of text and `matrix`, `vectors` or `embeddings` (V, D)."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = {name.lower(): name for name in arrays.files}
            words_name = next((names[name] for name in ("words", "vocab", "keys", "tokens") if name in names), None)
            matrix_name = next((names[name] for name in ("matrix", "vectors", "embeddings") if name in names), None)
            if words_name is None or matrix_name is None:
                raise UnreadableFile(f"“{path.name}” holds the arrays {', '.join(arrays.files[:6])}.",
                                     "It must hold words (text) and matrix (words x dimensions).")
            words, matrix = arrays[words_name], arrays[matrix_name]
    except ValueError as problem:
        if "allow_pickle" in str(problem):
            raise UnreadableFile(
                f"“{path.name}” holds Python objects, that is a pickle, and reading one runs code that is in it.",
                "Save the words as text: np.savez(path, words=np.array(words, dtype=str), matrix=matrix).",
            ) from problem
        raise UnreadableFile(f"“{path.name}” cannot be read ({problem}).", "Save it again.") from problem
    if words.dtype.kind == "S":
        words = np.char.decode(words, "utf-8", "replace")
    if words.dtype.kind != "U":
        raise UnreadableFile(f"The words in “{path.name}” are of type {words.dtype}.", "They must be text.")
    return _checked([str(word) for word in words.ravel()], matrix, path.name)


def _read_safetensors(path: Path) -> Content:
    """A tensor (V, D), its words in the metadata (`words`: a JSON list) or in a .txt beside it, one a line."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as tensors:
            shapes = {name: tensors.get_slice(name).get_shape() for name in tensors.keys()}
            flat = [name for name, shape in shapes.items() if len(shape) == 2]
            best = next((name for name in ("matrix", "vectors", "embeddings", "embeddings.word_embeddings.weight")
                         if name in flat), flat[0] if flat else None)
            if best is None:
                raise UnreadableFile(f"“{path.name}” holds no matrix of words x dimensions.", WAYS_IN)
            matrix, written = tensors.get_tensor(best), (tensors.metadata() or {}).get("words")
    except (SafetensorError, TypeError, ValueError) as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read ({problem}).", "Fetch or save it again.") from problem
    beside = [path.with_suffix(".txt"), path.with_name("vocab.txt"), path.with_name("words.txt")]
    found = next((place for place in beside if place.is_file()), None)
    if written is not None:
        words = json.loads(written)
    elif found:
        words = found.read_text(encoding="utf-8").splitlines()
    else:
        raise UnreadableFile(f"“{path.name}” holds a matrix but no words.",
                             "Put them beside it, one a line, in a .txt of the same name, or into its metadata.")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UnreadableFile(f"The words of “{path.name}” are not a list of texts.", "Save them as a JSON list.")
    return _checked(words, matrix, path.name)


def _checked(words: list[str], matrix: np.ndarray, name: str) -> Content:
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu" or len(words) != len(matrix) or matrix.size == 0:
        raise UnreadableFile(f"“{name}” holds {len(words):,} words and a matrix of shape {matrix.shape}.",
                             "There must be one row of numbers for each word.")
    matrix = np.ascontiguousarray(matrix, dtype=np.float32)
    wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if len(wrong):
        raise UnreadableFile(f"Row {wrong[0] + 1:,} of “{name}” (“{words[wrong[0]]}”) holds a value that is no number.",
                             "Mend or leave out that row.")
    return kept_once(words, matrix)
