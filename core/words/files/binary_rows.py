"""word2vec's binary rows: the word, a space, D numbers in their own bytes, perhaps a line end.

The program word2vec writes 32-bit numbers in little-endian order after a header `V D`. Other programs write 64 bits,
big-endian order, or no header; which it is shows in the first rows: only with the right form do words follow each
other at the right distance, with numbers of sensible size between them.
Source: word2vec.c of https://code.google.com/archive/p/word2vec (2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import UnreadableFile
from core.words.files import rows as limits
from core.words.files.rows import MOST_DIMENSIONS, Collector, Content, MakeRows, Stream

_KINDS = ("<f4", "<f8", ">f4", ">f8")
_LONGEST_WORD = 1000
_LARGEST_VALUE = 1e6  # values of published vectors are below 100
_ROWS = 20


@dataclass(frozen=True)
class Form:
    """How the rows are written. `header`: words and dimensions as announced; `start`: where the first row begins."""

    dimension: int
    kind: str = "<f4"
    header: tuple[int, int] | None = None
    start: int = 0

    @property
    def size(self) -> int:
        return self.dimension * np.dtype(self.kind).itemsize


def form_of(head: bytes, header: tuple[int, int] | None, start: int) -> Form | None:
    """The form of the rows from `head[start:]` on; None if they are not rows of numbers in their own bytes."""
    if header and 1 <= header[1] <= MOST_DIMENSIONS:
        forms = [Form(header[1], kind, header, start) for kind in _KINDS]
        best = max(forms, key=lambda form: (_rows_of(head, form), -_KINDS.index(form.kind)))
        rows = _rows_of(head, best)
        if rows < 3 and rows < header[0] and (found := _by_distance(head, header, start)):
            return found
        return best if rows else forms[0]
    return _by_distance(head, header, start)


def _by_distance(head: bytes, header: tuple[int, int] | None, start: int) -> Form | None:
    """The form whose rows follow each other, for a file whose header is missing or wrong."""
    space = head.find(b" ", start, start + _LONGEST_WORD)
    if space < 0 or not _is_word(head[start:space]):
        return None
    longest = min(4096, (len(head) - space) // 8)
    for kind in _KINDS:
        for dimension in range(2, longest + 1):
            form = Form(dimension, kind, header, start)
            after = space + 1 + form.size
            after += head[after : after + 1] == b"\n"
            following = head.find(b" ", after, after + _LONGEST_WORD)
            if following > 0 and _is_word(head[after:following]) and _rows_of(head, form) >= 3:
                return form
    return None


def _rows_of(head: bytes, form: Form) -> int:
    """How many rows from the start on have a word and sensible numbers, up to the first that has not."""
    position, rows = form.start, 0
    while rows < _ROWS:
        space = head.find(b" ", position, position + _LONGEST_WORD)
        if space < 0 or len(head) < space + 1 + form.size:
            return rows
        values = np.frombuffer(head, form.kind, form.dimension, space + 1)
        with np.errstate(invalid="ignore", over="ignore"):
            sizes = np.abs(values)
            sensible = (sizes < _LARGEST_VALUE) & ((sizes > 1e-30) | (sizes == 0)) | np.isnan(values)
        if not _is_word(head[position:space].lstrip(b"\n")) or sensible.mean() < 0.9:
            return rows
        rows += 1
        position = space + 1 + form.size
    return rows


def _is_word(written: bytes) -> bool:
    try:
        word = written.lstrip(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(word) and all(letter.isprintable() or letter in "\u00a0\u200b\u3000" for letter in word)


def read_binary(
    stream: Stream, head: bytes, form: Form, name: str, make_rows: MakeRows | None, most: int | None = None
) -> Content:
    """The rows of a file that begins with `head`.

    Raises:
        UnreadableFile: its first row is not whole, or at least as many rows are wrong as right.
    """
    announced = form.header[0] if form.header else 0
    collector = Collector(name, form.dimension, make_rows, announced, most)
    reader = _Reader(stream, head, form, name)
    words: list[str] = []
    pending: list[bytes] = []
    positions: list[int] = []
    left, row = "", 0
    while (not announced or row < announced) and not collector.full:
        found = reader.next()
        if found is None:
            break
        row += 1
        try:
            words.append(found[0].decode("utf-8"))
            pending.append(found[1])
            positions.append(row)
        except UnicodeDecodeError:
            collector.skip(row, "has a word that is not UTF-8 text", found[0][:40].decode("utf-8", "replace"))
        if len(pending) * form.size >= limits.BLOCK:
            collector.add(words, _matrix(pending, form), positions)
            words, pending, positions = [], [], []
    collector.add(words, _matrix(pending, form), positions)
    if not collector.full:
        left = reader.left(row, announced)
    if not row:
        raise UnreadableFile(
            f"“{name}” ends within row 1{f' of {announced:,}' if announced else ''}.",
            "It is cut short, or its header is wrong: download it again.",
        )
    collector.notes += _about(form, left)
    return collector.finish()


def _about(form: Form, left: str) -> list[str]:
    notes = [left] if left else []
    if form.kind.endswith("8"):
        notes.append("its numbers have 64 bits and were rounded to 32")
    if form.kind.startswith(">"):
        notes.append("its numbers are in big-endian order")
    if not form.header:
        notes.append(f"it has no header; its rows show {form.dimension:,} dimensions")
    elif form.header[1] != form.dimension:
        notes.append(f"the header says {form.header[1]:,} dimensions, the rows have {form.dimension:,}")
    return notes


def _matrix(pending: list[bytes], form: Form) -> np.ndarray:
    matrix: np.ndarray = np.frombuffer(b"".join(pending), form.kind).reshape(-1, form.dimension)
    return matrix


class _Reader:
    """Gives row after row of a stream, which is read block by block."""

    def __init__(self, stream: Stream, head: bytes, form: Form, name: str) -> None:
        self._stream, self._form, self._name = stream, form, name
        self._text, self._position, self._row = head, form.start, 0
        self._ended = False

    def next(self) -> tuple[bytes, bytes] | None:
        """The word and the bytes of the next row; None where the file ends."""
        self._row += 1
        size = self._form.size
        while True:
            if self._text.startswith(b"\n", self._position):
                self._position += 1
            space = self._text.find(b" ", self._position)
            end = space + 1 + size
            if space >= 0 and len(self._text) >= end:
                found = self._text[self._position : space].lstrip(b"\n"), self._text[space + 1 : end]
                self._position = end
                return found
            if space < 0 and len(self._text) - self._position > (1 << 20) + size:
                raise UnreadableFile(
                    f"Row {self._row:,} of “{self._name}” has no word of sensible length.", "It is damaged there."
                )
            if not self._more():
                return None

    def _more(self) -> bool:
        """Read a block; whether there was one."""
        block = b"" if self._ended else self._stream.read(limits.BLOCK)
        self._ended = not block
        self._text, self._position = self._text[self._position :] + block, 0
        return bool(block)

    def left(self, rows: int, announced: int) -> str:
        """A note on bytes after the last row, or on rows that are missing; "" if all is as announced."""
        rest = len(self._text) - self._position
        if rows < announced:
            cut = f"; it ends within row {rows + 1:,}" if rest > 1 else ""
            return f"the file announces {announced:,} words and holds {rows:,}{cut}"
        while not self._ended and rest < 1 << 40:
            block = self._stream.read(limits.BLOCK)
            self._ended = not block
            rest += len(block)
        if self._text[self._position :].strip(b"\n\r \0") == b"" and rest < 8:
            return ""
        if announced:
            return f"the file announces {announced:,} words; {rest:,} bytes after them were not read"
        return f"{rest:,} bytes after the last whole row were not read"
