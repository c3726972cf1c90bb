"""Files of word vectors, as they are published: told apart by content, read without executing anything in them.

GloVe text (`word v1 ... vD` a line), word2vec and fastText text (the same after a line `V D`), word2vec binary, .npz
with `words` and `matrix`, .safetensors with a matrix and its words; text and binary also packed as .gz or .zip.
"""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files import arrays
from core.words.files.rows import MOST_DIMENSIONS, Content, Rows, read_binary, read_text

OnProgress = Callable[[float, str], None]
LARGEST_UNPACKED = 16 << 30
"""Bytes that a packed file may unpack to: GoogleNews takes 3.6 GB; far more is a trap, not vectors."""

WAYS_IN = "GloVe text, word2vec text or binary, fastText .vec (also .gz or .zip), .npz and .safetensors can be read."
PICKLE = UnreadableFile(
    "This file is a Python pickle (as gensim's .kv and .model are), and reading a pickle runs code that is in it.",
    'Where it came from, write the vectors with save_word2vec_format("vectors.txt"), and open that. ' + WAYS_IN,
)


@dataclass(frozen=True)
class Entry:
    """A file inside a .zip that could be vectors."""

    name: str
    size_bytes: int


def entries(path: Path) -> list[Entry]:
    """The files inside a .zip that could be vectors; [] if `path` is no .zip."""
    if path.suffix == ".npz" or not zip_files.is_zip(path):
        return []
    with zip_files.opened(path) as archive:
        found = [
            Entry(info.filename, info.file_size)
            for info in archive.infolist()
            if not info.is_dir() and info.file_size > 4 and "__MACOSX" not in info.filename
        ]
    return [entry for entry in found if not entry.name.endswith((".npy", ".md", ".json", ".pkl"))]


def read(
    path: Path,
    entry: str | None = None,
    on_progress: OnProgress | None = None,
    make_rows: Callable[[int, int], Rows] | None = None,
) -> Content:
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
                return _read_stream(_Metered(unpacked, None, on_progress, path.stat().st_size), path.name, make_rows)
        if len(head) >= 9 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] < 1 << 27:
            return arrays.read_safetensors(path, on_progress, make_rows)
        with open(path, "rb") as file:
            return _read_stream(_Metered(file, path.stat().st_size, on_progress), path.name, make_rows)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableFile(
            f"“{path.name}” cannot be read ({problem}).", "It may be cut short or damaged: fetch it again."
        ) from problem


def _refuse(head: bytes, path: Path) -> None:
    """Say no to what is certainly not vectors."""
    if len(head) == 0:
        raise UnreadableFile(f"“{path.name}” is empty.", WAYS_IN)
    if head[:1] == b"\x80" and 1 <= head[1] <= 5:
        raise PICKLE
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"“{path.name}” is text in UTF-16.", "Save it as UTF-8 and open it again.")
    for magic, kind in (
        (b"GGUF", "a language model (GGUF)"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"\x93NUMPY", "one array without words (.npy)"),
        (b"\xba\x16\x4f\x2f", "a fastText model (.bin)"),
        (b"ARROW1", "an Arrow table"),
        (b"PAR1", "a Parquet table"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"<!DOC", "a web page"),
        (b"<html", "a web page"),
    ):
        if head.startswith(magic):
            raise UnreadableFile(f"“{path.name}” is {kind}, not a file of word vectors.", WAYS_IN)


class _Metered(io.RawIOBase):
    """A stream that reports how far it is and stops a file that unpacks without end."""

    def __init__(
        self,
        stream: BinaryIO | gzip.GzipFile,
        size: int | None,
        on_progress: OnProgress | None,
        packed: int | None = None,
    ) -> None:
        self._stream, self._size, self._on_progress, self._done = stream, size, on_progress, 0
        self._most = (
            LARGEST_UNPACKED
            if packed is None
            else min(LARGEST_UNPACKED, max(zip_files.FREE_BYTES, zip_files.MOST_TIMES * packed))
        )

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._done += len(block)
        if self._done > self._most:
            raise UnreadableFile(
                f"The file unpacks to more than {self._most / 1e6:,.0f} MB.",
                "Files of vectors of that size do not: fetch it again from its source.",
            )
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
        if not 1 <= dimension <= MOST_DIMENSIONS or count < 1:
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


def _read_zip(
    path: Path, entry: str | None, on_progress: OnProgress | None, make_rows: Callable[[int, int], Rows] | None
) -> Content:
    with zip_files.opened(path) as archive:
        names = archive.namelist()
        if any(name.endswith(".npy") for name in names) and entry is None:
            return arrays.read_npz(archive, path.name, on_progress, make_rows)
        if any(name.endswith(("data.pkl", ".pkl")) for name in names):
            raise PICKLE
        found = entries(path)
        if not found:
            raise UnreadableFile(f"“{path.name}” holds no file that could be vectors.", WAYS_IN)
        chosen = entry or found[0].name
        if chosen not in {item.name for item in found}:
            raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", f"It holds {found[0].name}.")
        info = archive.getinfo(chosen)
        zip_files.check(info, LARGEST_UNPACKED)
        with archive.open(chosen) as file:
            return _read_stream(_Metered(file, info.file_size, on_progress), chosen, make_rows)  # type: ignore[arg-type]
