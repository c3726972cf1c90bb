"""Files of word vectors, as they are published: recognised by content, read without executing anything in them.

`FORMATS` describes each format once: how it is recognised, how it is read, what it is called. Error messages and the
page's help list them from there. Each is also read from a .gz, .bz2, .xz, .zip or .tar.
"""

from __future__ import annotations

import dataclasses
import io
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files import arrays, binary_rows, fasttext_bin, folders, json_rows, packed, projector, tensors
from core.words.files.archives import Entry, entries
from core.words.files.opened import Metered, Opened
from core.words.files.refusals import pickled, refuse
from core.words.files.rows import MOST_DIMENSIONS, Content, MakeRows, OnProgress
from core.words.files.text_rows import read_text
from core.words.files.unpacking import DAMAGE

__all__ = ["FORMATS", "Entry", "Format", "Opened", "entries", "read", "ways_in", "zip_files"]


@dataclass(frozen=True)
class Format:
    """A format of files of vectors: what it is called in sentences, whether a file has it, and how it is read.

    `recognises` and `read` get the opened file. `folder`: whether it is a folder rather than a file.
    """

    title: str
    recognises: Callable[[Opened], bool]
    read: Callable[[Opened], Content]
    folder: bool = False


def ways_in() -> str:
    """One sentence that names all formats."""
    whole = [item.title for item in FORMATS if item.folder]
    files = [item.title for item in FORMATS if not item.folder]
    return (
        f"The folder of {' or '.join(whole)}, and {', '.join(files[:-1])} and {files[-1]} can be read, each also from "
        "a .gz, .bz2, .xz, .zip or .tar."
    )


def read(
    path: Path,
    entry: str | None = None,
    on_progress: OnProgress | None = None,
    make_rows: MakeRows | None = None,
    most: int | None = None,
) -> Content:
    """Words and matrix of a file or a folder.

    `entry` names a file inside an archive; `make_rows` decides where the matrix is stored; with `most` only so many
    words are read, from the first.

    Raises:
        UnreadableFile: no such file, another kind of file, one that is mostly wrong, or a pickle.
    """
    try:
        if path.is_dir():
            return _read_folder(path, on_progress, make_rows, most)
        if not path.is_file():
            raise UnreadableFile(f"There is no file “{path.name[-80:]}” in that folder.", "Check the path.")
        with (
            tempfile.TemporaryDirectory(prefix="textlab-unpacked-", ignore_cleanup_errors=True) as spool,
            packed.unpacked(path, entry, on_progress) as found,
        ):
            opened = Opened(
                path,
                found.name,
                found.head,
                found.stream,
                on_progress,
                make_rows,
                most,
                found.packed,
                Path(spool),
                found.neighbours,
            )
            return _apart(_read(opened), found.packed)
    except packed.Pickled as problem:
        raise pickled(ways_in()) from problem
    except DAMAGE as problem:
        raise UnreadableFile(
            f"“{path.name[-80:]}” cannot be read ({str(problem)[:120]}).",
            "It may be cut short or damaged: download it again.",
        ) from problem


def _read(opened: Opened) -> Content:
    """Read an opened file in the first format that recognises it."""
    refuse(opened.head, opened.name, ways_in())
    for item in FORMATS:
        if not item.folder and item.recognises(opened):
            return item.read(opened)
    beside = opened.beside / "vectors.tsv"
    if opened.name.split("/")[-1] == "metadata.tsv" and folders.has(beside):
        raise UnreadableFile(f"“{opened.name}” holds the words of “{beside.name}”.", f"Open {beside.name} instead.")
    raise UnreadableFile(
        f"“{opened.name}” is not a file of word vectors: line 1 has no numbers after its first word.",
        f"Each line must be a word and its numbers. {ways_in()}",
    )


def _read_folder(path: Path, on_progress: OnProgress | None, make_rows: MakeRows | None, most: int | None) -> Content:
    opened = Opened(path, path.name, b"", Metered(io.BytesIO(), 0, None), on_progress, make_rows, most)
    for item in FORMATS:
        if item.folder and item.recognises(opened):
            return item.read(opened)
    if (only := folders.only_file(path)) is None:
        raise UnreadableFile(f"There is no file of vectors in the folder “{path.name[-80:]}”.", ways_in())
    return read(only, None, on_progress, make_rows, most)


def _apart(content: Content, is_packed: bool) -> Content:
    """The content without a tie to a copy on disk that goes when reading ends."""
    if not is_packed or content.subwords is None:
        return content
    return dataclasses.replace(
        content, subwords=dataclasses.replace(content.subwords, table=np.array(content.subwords.table))
    )


# ---------------------------------------------------------------- the formats


def _read_npz(opened: Opened) -> Content:
    path = opened.whole()
    with zip_files.opened(path) as archive:
        beside = None if opened.packed else path
        return arrays.read_npz(archive, opened.name, opened.on_progress, opened.make_rows, opened.most, beside)


def _is_safetensors(opened: Opened) -> bool:
    """A length in eight bytes, then JSON."""
    head = opened.head
    return len(head) >= 9 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] < tensors.LARGEST_JSON


def _read_safetensors(opened: Opened) -> Content:
    path = opened.whole()
    return tensors.read_safetensors(path, opened.on_progress, opened.make_rows, opened.most, opened.beside)


def _read_npy(opened: Opened) -> Content:
    path = opened.whole()
    return arrays.read_npy(path, opened.name, opened.on_progress, opened.make_rows, opened.most, opened.beside)


def _read_fasttext(opened: Opened) -> Content:
    path = opened.whole()
    return fasttext_bin.read_fasttext(path, opened.name, opened.on_progress, opened.make_rows, opened.most)


def _is_config(opened: Opened) -> bool:
    return json_rows.is_json(opened.head) and projector.is_config(opened.head)


def _read_config(opened: Opened) -> Content:
    path = opened.whole()
    return projector.read_config(path, opened.on_progress, opened.make_rows, opened.most, opened.beside)


def _is_json(opened: Opened) -> bool:
    return json_rows.is_json(opened.head) and not _first_line_is_a_row(opened)


def _first_line_is_a_row(opened: Opened) -> bool:
    parts = opened.layout.split(opened.lines[0]) if opened.layout else None
    return parts is not None and all(not part or part[-1:].isdigit() for part in parts[1:])


def _read_json(opened: Opened) -> Content:
    return json_rows.read_json(opened.stream, opened.head, opened.name, opened.make_rows, opened.most)


def _form(opened: Opened) -> binary_rows.Form | None:
    """The form of word2vec's binary rows; None for text."""
    if opened.header is not None:
        if _is_text_row(opened):
            return None
        start = len(opened.head) - len(opened.after_header)
        _checked_header(opened)
        return binary_rows.form_of(opened.head, opened.header, start)
    if _is_safetensors(opened):
        return None
    try:
        opened.head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return None if opened.layout else binary_rows.form_of(opened.head, None, 0)
    return None


def _is_text_row(opened: Opened) -> bool:
    """Whether the first row after the header is numbers written out rather than in their own bytes."""
    _, dimension = opened.header or (0, 0)
    if b"\0" in opened.after_header[:2000]:
        return False
    if opened.layout is not None:
        return True
    _, space, values = opened.after_header.partition(b" ")
    line = values.split(b"\n", 1)[0].split()
    try:
        return bool(space and [float(value) for value in line[:dimension]] and len(line) >= min(dimension, 1))
    except ValueError:
        return False


def _checked_header(opened: Opened) -> None:
    count, dimension = opened.header or (0, 0)
    if not 1 <= dimension <= MOST_DIMENSIONS or count < 1:
        raise UnreadableFile(f"“{opened.name}” says it holds {count:,} words of {dimension:,} dimensions.", ways_in())


def _read_binary(opened: Opened) -> Content:
    form = _form(opened)
    assert form is not None
    return binary_rows.read_binary(opened.stream, opened.head, form, opened.name, opened.make_rows, opened.most)


def _read_numbers(opened: Opened) -> Content:
    layout = opened.layout
    assert layout is not None
    path = opened.whole()
    return projector.read_numbers(path, opened.name, layout, opened.make_rows, opened.most, opened.beside)


def _read_text(opened: Opened) -> Content:
    if opened.header is not None:
        _checked_header(opened)
    return read_text(opened.stream, opened.head, opened.name, opened.make_rows, opened.most)


def _read_table(opened: Opened) -> Content:
    table = folders.table_in(opened.path)
    assert table is not None
    return tensors.read_safetensors(table, opened.on_progress, opened.make_rows, opened.most)


def _is_with_header(opened: Opened) -> bool:
    return opened.header is not None


def _is_separated(opened: Opened) -> bool:
    return opened.layout is not None and opened.layout.separator is not None


FORMATS: tuple[Format, ...] = (
    Format(
        "a BERT-like sentence encoder",
        lambda o: folders.is_encoder(o.path),
        lambda o: folders.read_encoder(o.path, o.name),
        True,
    ),
    Format("a Model2Vec or StaticEmbedding model", lambda o: folders.table_in(o.path) is not None, _read_table, True),
    Format(".npz", lambda o: o.head.startswith(b"PK\x03\x04"), _read_npz),
    Format(".npy with a list of words beside it", lambda o: o.head.startswith(b"\x93NUMPY"), _read_npy),
    Format("fastText models (.bin)", lambda o: fasttext_bin.is_fasttext(o.head), _read_fasttext),
    Format("the Embedding Projector's configuration", _is_config, _read_config),
    Format("JSON", _is_json, _read_json),
    Format("word2vec binary", lambda o: _form(o) is not None, _read_binary),
    Format(
        "the Projector's vectors.tsv with metadata.tsv",
        lambda o: o.layout is not None and o.layout.numbers_only,
        _read_numbers,
    ),
    Format("CSV", _is_separated, _read_text),
    Format("word2vec or fastText text (.vec)", _is_with_header, _read_text),
    Format("GloVe text", lambda o: o.layout is not None, _read_text),
    Format(".safetensors", _is_safetensors, _read_safetensors),
)
"""All formats; the first that recognises a file reads it. A new one is one entry here."""
