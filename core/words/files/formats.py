"""Files of word vectors, as they are published: recognised by content, read without executing anything in them.

`FORMATS` describes each format once: how it is recognised, how it is read, what it is called. Error messages and the
page's help list them from there. A format that can be packed is also read from a .gz or a .zip.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files import arrays, rows
from core.words.files.opened import HEAD, LARGEST_UNPACKED, Metered, Opened
from core.words.files.rows import MOST_DIMENSIONS, Content, MakeRows, OnProgress


@dataclass(frozen=True)
class Format:
    """A format of files of vectors: what it is called in sentences, whether a file has it, and how it is read.

    `packed`: whether it is also read from inside a .gz or a .zip.
    """

    title: str
    recognises: Callable[[Opened], bool]
    read: Callable[[Opened], Content]
    packed: bool = True


def ways_in() -> str:
    """One sentence that names all formats."""
    packed = [item.title for item in FORMATS if item.packed]
    whole = [item.title for item in FORMATS if not item.packed]
    return f"{', '.join(packed)} (each also as .gz or .zip), {' and '.join(whole)} can be read."


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
    make_rows: MakeRows | None = None,
) -> Content:
    """Words and matrix of a file. `entry` names a file inside a .zip; `make_rows` decides where the matrix is stored.

    Raises:
        UnreadableFile: no such file, another kind of file, a malformed row (by its number), or a pickle.
    """
    try:
        if not path.is_file():
            raise UnreadableFile(f"There is no file “{path.name}” in that folder.", "Check the path.")
        size = path.stat().st_size
        with open(path, "rb") as file:
            start = file.read(4)
            file.seek(0)
            if start == b"PK\x03\x04" and (entry is not None or not _holds_arrays(path)):
                return _read_entry(path, entry, on_progress, make_rows)
            if start[:2] == b"\x1f\x8b":
                with gzip.open(path, "rb") as unpacked:
                    stream = Metered(unpacked, None, on_progress, size)
                    return _read(path, path.name, stream, on_progress, make_rows, packed=True)
            return _read(path, path.name, Metered(file, size, on_progress), on_progress, make_rows, packed=False)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableFile(
            f"“{path.name}” cannot be read ({problem}).", "It may be cut short or damaged: download it again."
        ) from problem


def _read(
    path: Path,
    name: str,
    stream: Metered,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    packed: bool,
) -> Content:
    """Read a stream in the first format that recognises it."""
    head = stream.read(HEAD)
    _refuse(head, name)
    opened = Opened(path, name, head, stream, on_progress, make_rows)
    for item in FORMATS:
        if (item.packed or not packed) and item.recognises(opened):
            return item.read(opened)
    raise UnreadableFile(
        f"“{name}” is not a file of word vectors: line 1 has no numbers after its first word.",
        f"Each line must be a word and its numbers. {ways_in()}",
    )


def _pickle() -> UnreadableFile:
    return UnreadableFile(
        "This file is a Python pickle (as gensim's .kv and .model are), and reading a pickle runs code that is in it.",
        'In the program that wrote it, save the vectors with save_word2vec_format("vectors.txt"), and open that. '
        + ways_in(),
    )


def _refuse(head: bytes, name: str) -> None:
    """Refuse what is certainly not vectors."""
    if len(head) == 0:
        raise UnreadableFile(f"“{name}” is empty.", ways_in())
    if head[:1] == b"\x80" and 1 <= int.from_bytes(head[1:2]) <= 5:
        raise _pickle()
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"“{name}” is text in UTF-16.", "Save it as UTF-8 and open it again.")
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
            raise UnreadableFile(f"“{name}” is {kind}, not a file of word vectors.", ways_in())


def _holds_arrays(path: Path) -> bool:
    """Whether an archive is an .npz: one with arrays in it."""
    with zip_files.opened(path) as archive:
        return any(name.endswith(".npy") for name in archive.namelist())


def _read_entry(path: Path, entry: str | None, on_progress: OnProgress | None, make_rows: MakeRows | None) -> Content:
    """Read one file of a .zip: the one named `entry`, or the first that could be vectors."""
    with zip_files.opened(path) as archive:
        if any(name.endswith(("data.pkl", ".pkl")) for name in archive.namelist()):
            raise _pickle()
        found = entries(path)
        if not found:
            raise UnreadableFile(f"“{path.name}” holds no file that could be vectors.", ways_in())
        chosen = entry or found[0].name
        if chosen not in {item.name for item in found}:
            raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", f"It holds {found[0].name}.")
        info = archive.getinfo(chosen)
        zip_files.check(info, LARGEST_UNPACKED)
        with archive.open(chosen) as file:
            stream = Metered(file, info.file_size, on_progress)
            return _read(path, chosen, stream, on_progress, make_rows, packed=True)


# ---------------------------------------------------------------- the formats


def _is_npz(opened: Opened) -> bool:
    return opened.head.startswith(b"PK\x03\x04")


def _read_npz(opened: Opened) -> Content:
    with zip_files.opened(opened.path) as archive:
        return arrays.read_npz(archive, opened.name, opened.on_progress, opened.make_rows)


def _is_safetensors(opened: Opened) -> bool:
    """A length in eight bytes, then JSON."""
    head = opened.head
    return len(head) >= 9 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] < arrays.LARGEST_JSON


def _read_safetensors(opened: Opened) -> Content:
    return arrays.read_safetensors(opened.path, opened.on_progress, opened.make_rows)


def _is_binary(opened: Opened) -> bool:
    """Whether the first row after the header is numbers in their own bytes rather than written out."""
    if opened.header is None:
        return False
    dimension = opened.header[1]
    _, space, values = opened.after_header.partition(b" ")
    line = values.split(b"\n", 1)[0].split()
    try:
        return not (space and [float(value) for value in line[:dimension]] and len(line) >= min(dimension, 1))
    except ValueError:
        return True


def _checked_header(opened: Opened) -> tuple[int, int]:
    count, dimension = opened.header or (0, 0)
    if not 1 <= dimension <= MOST_DIMENSIONS or count < 1:
        raise UnreadableFile(f"“{opened.name}” says it holds {count:,} words of {dimension:,} dimensions.", ways_in())
    return count, dimension


def _read_binary(opened: Opened) -> Content:
    count, dimension = _checked_header(opened)
    return rows.read_binary(opened.stream, opened.after_header, count, dimension, opened.name, opened.make_rows)


def _read_with_header(opened: Opened) -> Content:
    count, dimension = _checked_header(opened)
    return rows.read_text(opened.stream, opened.after_header, opened.name, dimension, count, 2, opened.make_rows)


def _read_without_header(opened: Opened) -> Content:
    return rows.read_text(opened.stream, opened.head, opened.name, None, None, 1, opened.make_rows)


FORMATS: tuple[Format, ...] = (
    Format(".npz", _is_npz, _read_npz, packed=False),
    Format(".safetensors", _is_safetensors, _read_safetensors, packed=False),
    Format("word2vec binary", _is_binary, _read_binary),
    Format("word2vec or fastText text (.vec)", lambda opened: opened.header is not None, _read_with_header),
    Format("GloVe text", lambda opened: rows.row_length(opened.lines) > 0, _read_without_header),
)
"""All formats; the first that recognises a file reads it. A new one is one entry here."""
