"""fastText's own models (.bin): words, and the vectors of pieces of words, from which unknown words get a vector.

The input matrix has a row for each word and one for each bucket; a piece of a word falls into a bucket by a hash, which
gensim computes. The vector of a known word is the mean of its row and the rows of its pieces; of an unknown one, the
mean of the rows of its pieces. Models of a classifier (supervised) usually have no pieces.
Source: Bojanowski et al. 2017; facebookresearch/fastText, args.cc, dictionary.cc, fasttext.cc (version 12).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.words.files import rows as limits
from core.words.files.rows import MOST_DIMENSIONS, Collector, Content, MakeRows, OnProgress
from core.words.subwords import Subwords, pieces_of

MAGIC = b"\xba\x16\x4f\x2f"
LONGEST_PIECE = 100
_SUPERVISED = 3
_ARGUMENTS = struct.Struct("<12id")  # dim ws epoch minCount neg wordNgrams loss model bucket minn maxn lrUpdateRate t
_END = "</s>"  # the end of a sentence is a word without pieces


@dataclass(frozen=True)
class _Model:
    """What the head of a model says. `names`: its words as written; `start`: where the matrix (N, D) begins."""

    dimension: int
    buckets: int
    shortest: int
    longest: int
    supervised: bool
    names: list[bytes]
    start: int
    rows: int


def is_fasttext(head: bytes) -> bool:
    """Whether a file begins as a fastText model: by its magic number, or in the form of before 2017, without one."""
    if head.startswith(MAGIC):
        return True
    if len(head) < _ARGUMENTS.size + 20:
        return False
    dim, window, epochs, least, _, _, loss, kind, buckets, shortest, longest, _, _ = _ARGUMENTS.unpack_from(head)
    size, words, labels = struct.unpack_from("<3i", head, _ARGUMENTS.size)
    return (
        1 <= dim <= MOST_DIMENSIONS
        and 1 <= window < 1000
        and 1 <= epochs < 1_000_000
        and least >= 0
        and loss in (1, 2, 3, 4)
        and kind in (1, 2, 3)
        and buckets >= 0
        and 0 <= shortest < 100
        and 0 <= longest < 100
        and 0 < words <= size == words + labels
    )


def read_fasttext(
    path: Path,
    name: str,
    on_progress: OnProgress | None,
    make_rows: MakeRows | None,
    most: int | None = None,
) -> Content:
    """The words of a fastText model, and its pieces of words if it has any.

    Raises:
        UnreadableFile: it is quantized (.ftz), cut short or damaged.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        try:
            model = _head(mapped, name)
        except (struct.error, IndexError, ValueError) as problem:
            raise _damaged(name) from problem
    matrix: np.ndarray = np.memmap(path, "<f4", "r", model.start, (model.rows, model.dimension))
    collector = Collector(name, model.dimension, make_rows, len(model.names), most)
    if model.supervised:
        collector.notes.append("the vectors of a classifier (supervised fastText); its labels were left out")
    for first, words, block in _vectors(model, matrix):
        usable = [i for i, word in enumerate(words) if word is not None]
        for i in sorted(set(range(len(words))) - set(usable)):
            shown = model.names[first + i][:40].decode("utf-8", "replace")
            collector.skip(first + i + 1, "has a word that is not UTF-8 text", shown)
        collector.add([words[i] or "" for i in usable], block[usable], [first + i + 1 for i in usable])
        if on_progress:
            done = first + len(words)
            on_progress(done / len(model.names), f"{done:,} of {len(model.names):,} words read")
        if collector.full:
            break
    content = collector.finish()
    if not model.buckets or model.longest < 1:
        return content
    table = matrix[len(model.names) :]
    notes = (*content.notes, "other words get a vector from their subwords")
    return Content(content.words, content.matrix, notes, Subwords(table, model.shortest, model.longest))


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(f"“{name}” is a fastText model that is cut short or damaged.", "Download it again.")


def _head(mapped: mmap.mmap, name: str) -> _Model:
    """Arguments and dictionary, checked against the size of the file."""
    is_new = mapped[:4] == MAGIC
    version = struct.unpack_from("<i", mapped, 4)[0] if is_new else 0
    position = 8 if is_new else 0
    dim, _, _, _, _, _, _, kind, buckets, shortest, longest, _, _ = _ARGUMENTS.unpack_from(mapped, position)
    position += _ARGUMENTS.size
    size, words, labels, _ = struct.unpack_from("<3iq", mapped, position)
    pruned = struct.unpack_from("<q", mapped, position + 20)[0] if is_new else 0
    position += 28 if is_new else 20
    if not (0 < words <= size and size == words + labels and 1 <= dim <= MOST_DIMENSIONS and buckets >= 0):
        raise ValueError("its numbers of words do not match")
    names, position = _entries(mapped, position, size)
    if not (pruned * 8 <= len(mapped) and 0 <= longest <= LONGEST_PIECE):
        raise ValueError("its dictionary ends too soon")
    position += 8 * max(pruned, 0)
    if is_new and struct.unpack_from("<b", mapped, position)[0]:
        raise UnreadableFile(
            f"“{name}” is a quantized fastText model (.ftz): it holds codes in place of vectors, for fastText alone.",
            "Open the .bin that it was made from, or have fastText print its vectors: "
            "fasttext print-word-vectors model.ftz < words.txt > vectors.txt.",
        )
    rows, columns = struct.unpack_from("<2q", mapped, position + is_new)
    start = position + 16 + is_new
    if columns != dim or not words <= rows <= words + buckets or start + rows * dim * 4 > len(mapped):
        raise ValueError("its matrix does not match")
    supervised = kind == _SUPERVISED
    if supervised and version == 11:  # as fastText itself does: such models say more than they used
        longest = 0
    return _Model(dim, rows - words, max(shortest, 0), longest, supervised, names[:words], start, rows)


def _entries(mapped: mmap.mmap, position: int, count: int) -> tuple[list[bytes], int]:
    """The words of the dictionary, then its labels: text, a zero byte, a count and a type each."""
    names = []
    for _ in range(count):
        end = mapped.find(b"\0", position)
        if end < 0 or end + 10 > len(mapped):
            raise ValueError("its dictionary ends too soon")
        names.append(mapped[position:end])
        position = end + 10
    return names, position


def _vectors(model: _Model, matrix: np.ndarray) -> Iterator[tuple[int, list[str | None], np.ndarray]]:
    """(first row, words, their vectors) block by block; None for a word that is not UTF-8."""
    has_pieces = model.buckets > 0 and model.longest > 0
    step = max(1, min(5000, limits.BLOCK // (model.dimension * 4 * (20 if has_pieces else 1))))
    for first in range(0, len(model.names), step):
        words = [_decoded(written) for written in model.names[first : first + step]]
        block = np.array(matrix[first : first + len(words)])
        if has_pieces:
            ids, lengths = [], []
            for i, word in enumerate(words):
                own = (
                    []
                    if word is None or word == _END
                    else pieces_of(word, model.shortest, model.longest, model.buckets)
                )
                ids += [first + i, *(len(model.names) + piece for piece in own)]
                lengths.append(1 + len(own))
            starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
            with np.errstate(over="ignore", invalid="ignore"):
                block = np.add.reduceat(matrix[np.array(ids)], starts, axis=0) / np.array(lengths, np.float32)[:, None]
        yield first, words, block


def _decoded(written: bytes) -> str | None:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return None
