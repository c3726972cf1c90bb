"""The rows of a text or binary file of vectors, block by block, straight to where they are stored.

A text row is the word, then D numbers. Words may hold spaces ("new york", ". . ."): the LAST D fields are numbers.
Quotes, "nan" and "null" are words like others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.errors import UnreadableFile

BLOCK = 8 << 20
"""Bytes read at a time: enough for the parser to run at full speed, and few enough for a progress bar that moves."""


MOST_DIMENSIONS = 20_000
"""Values in a row: published sets have up to 4,096; parsers take time and memory for each column."""
LONGEST_ROW = 32 << 20
"""Bytes of a row written out: a longer one is not a row of vectors."""


class Rows(Protocol):
    """Where a matrix grows: `add` rows (n, D), then `finish` gives all of them."""

    def add(self, rows: np.ndarray) -> None: ...

    def finish(self) -> np.ndarray: ...


MakeRows = Callable[[int, int], Rows]
"""(number of rows that are announced, 0 if none; dimension) -> where the matrix goes."""

OnProgress = Callable[[float, str], None]
"""(fraction 0..1, what is being done)"""


class Stream(Protocol):
    """Bytes, block by block."""

    def read(self, size: int = -1, /) -> bytes: ...


class RowsInMemory:
    """Rows in memory until the file ends."""

    def __init__(self, count: int, dimension: int) -> None:
        self._dimension, self._parts = dimension, list[np.ndarray]()

    def add(self, rows: np.ndarray) -> None:
        self._parts.append(rows)

    def finish(self) -> np.ndarray:
        return np.concatenate(self._parts) if self._parts else np.empty((0, self._dimension), np.float32)


@dataclass(frozen=True)
class Content:
    """What a file of vectors holds: words, matrix (V, D) float32, and notes on what was left out or changed."""

    words: list[str]
    matrix: np.ndarray
    notes: tuple[str, ...] = ()


def content_with_notes(words: list[str], matrix: np.ndarray) -> Content:
    """The content with notes on words that occur twice (the first one counts) and on vectors of zeros."""
    notes = []
    twice = len(words) - len(set(words))
    if twice:
        notes.append(f"{twice:,} words occur twice; the first one counts")
    zeros = sum(int((~matrix[start : start + 32_768].any(axis=1)).sum()) for start in range(0, len(matrix), 32_768))
    if zeros:
        notes.append(f"{zeros:,} vectors are all zeros; their cosine with every word is 0")
    return Content(words, matrix, tuple(notes))


def read_text(
    stream: Stream,
    start: bytes,
    name: str,
    dimension: int | None,
    count: int | None,
    line: int,
    make_rows: MakeRows | None,
) -> Content:
    """Rows of text. `start` is what was read already; `line` the number of its first line in the file.

    Raises:
        UnreadableFile: a row has the wrong number of values, or one that is not a number; the message names its line.
    """
    words: list[str] = []
    rows: Rows | None = None
    rest = start
    # Two parsers at once: pandas releases the interpreter lock while it reads numbers.
    with ThreadPoolExecutor(2) as pool:
        waiting: list[Future[np.ndarray]] = []
        while True:
            block = stream.read(BLOCK)
            text = rest + block
            cut = text.rfind(b"\n") + 1 if block else len(text)
            if len(text) - cut > LONGEST_ROW:
                raise UnreadableFile(
                    f"“{name}” has a line of more than {LONGEST_ROW / 1e6:,.0f} MB.", "That is not a row of vectors."
                )
            lines, rest = text[:cut].split(b"\n"), text[cut:]
            if lines and not lines[-1]:
                lines.pop()
            if lines:
                if dimension is None:
                    dimension = _dimension(lines, name)
                if rows is None:
                    rows = (make_rows or RowsInMemory)(count or 0, dimension)
                found, numbers = _split(lines, dimension, line, name)
                words.extend(found)
                waiting.append(pool.submit(_parse, numbers, dimension, line, lines, name))
                line += len(lines)
            while waiting and (len(waiting) > 2 or not block):
                assert rows is not None
                rows.add(waiting.pop(0).result())
            if not block:
                break
    if rows is None or not words:
        raise _no_rows(name)
    content = content_with_notes(words, rows.finish())
    if count is not None and count != len(words):
        note = f"the file announces {count:,} words and holds {len(words):,}"
        return Content(content.words, content.matrix, (note, *content.notes))
    return content


def row_length(lines: Sequence[bytes]) -> int:
    """The number of values in a row: the run of numbers at the end that most of the first lines have; 0 if none."""
    runs = []
    for line in lines[:20]:
        fields = line.rstrip(b" \r\t").split(b"\t" if b"\t" in line else b" ")
        run = 0
        for field in reversed(fields[1:]):
            if not _is_number(field):
                break
            run += 1
        runs.append(run)
    if not runs or max(runs) < 1:
        return 0
    return max(set(runs), key=lambda run: (runs.count(run), run))


def _dimension(lines: list[bytes], name: str) -> int:
    dimension = row_length(lines)
    if dimension > MOST_DIMENSIONS:
        raise UnreadableFile(
            f"“{name}” has {dimension:,} numbers in a row.",
            f"Vectors of up to {MOST_DIMENSIONS:,} dimensions can be read.",
        )
    if dimension < 1:
        raise _no_rows(name)
    return dimension


def _no_rows(name: str) -> UnreadableFile:
    return UnreadableFile(f"“{name}” has no rows of vectors.", "Each line must be a word and its numbers.")


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field  # Python reads 1_000, other programs do not


def _split(lines: list[bytes], dimension: int, first: int, name: str) -> tuple[list[str], list[bytes]]:
    """Words, and the text of each row's numbers."""
    words, numbers = [], []
    for offset, line in enumerate(lines):
        if line[-1:] in b"\r \t":
            line = line.rstrip(b" \r\t")
        spaces = line.count(b" ")
        if spaces == dimension:
            word, _, values = line.partition(b" ")
        elif spaces > dimension:
            parts = line.rsplit(b" ", dimension)
            word, values = parts[0], b" ".join(parts[1:])
        elif line.count(b"\t") >= dimension:
            parts = line.rsplit(b"\t", dimension)
            word, values = parts[0], b" ".join(parts[1:])
        elif line.count(b"\t") == 1 and spaces == dimension - 1:
            word, _, values = line.partition(b"\t")
        else:
            raise UnreadableFile(
                f"Line {first + offset:,} of “{name}” has {max(spaces, line.count(b'	')):,} values; "
                f"{dimension:,} are expected.",
                "It is cut short or malformed there: fix or remove that line.",
            )
        try:
            words.append(word.decode("utf-8"))
        except UnicodeDecodeError as problem:
            raise UnreadableFile(
                f"The word on line {first + offset:,} of “{name}” is not UTF-8 text.",
                "Save the file as UTF-8 and open it again.",
            ) from problem
        numbers.append(values)
    return words, numbers


def _parse(numbers: list[bytes], dimension: int, first: int, lines: list[bytes], name: str) -> np.ndarray:
    """Numbers written as text -> (n, D) float32."""
    import io

    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(b"\n".join(numbers)),
            sep=" ",
            header=None,
            dtype=np.float32,
            engine="c",
            na_filter=False,
            quoting=3,
            skip_blank_lines=False,
            names=range(dimension),
            index_col=False,
        )
        matrix = frame.to_numpy()
        if matrix.shape == (len(numbers), dimension) and np.isfinite(matrix).all():
            return np.ascontiguousarray(matrix)
    except (ValueError, pd.errors.ParserError):
        pass
    for offset, row in enumerate(numbers):  # find the line that is wrong
        for value in row.split(b" "):
            if not _is_number(value) or not np.isfinite(np.float32(float(value))):
                shown = value[:20].decode("utf-8", "replace")
                raise UnreadableFile(
                    f"Line {first + offset:,} of “{name}” has “{shown}” instead of a number.",
                    "Fix or remove that line.",
                )
    return np.array([[float(value) for value in row.split(b" ")] for row in numbers], np.float32)


def read_binary(
    stream: Stream, start: bytes, count: int, dimension: int, name: str, make_rows: MakeRows | None
) -> Content:
    """word2vec's binary rows: the word, a space, D float32 in little-endian bytes, perhaps a line end.

    Raises:
        UnreadableFile: the file ends before its last row; the message names the row.
    """
    words: list[str] = []
    rows: Rows = (make_rows or RowsInMemory)(count, dimension)
    size, text, position = dimension * 4, start, 0
    pending: list[bytes] = []
    for row in range(1, count + 1):
        while (space := text.find(b" ", position)) < 0 or len(text) < space + 1 + size:
            if len(text) - position > (1 << 20) + size and space < 0:
                raise UnreadableFile(f"Row {row:,} of “{name}” has no word of sensible length.", "It is damaged there.")
            block = stream.read(BLOCK)
            if not block:
                raise UnreadableFile(
                    f"“{name}” ends within row {row:,} of {count:,}.", "It is cut short: download it again."
                )
            rows.add(_matrix(pending, dimension, name, len(words)))
            pending, text, position = [], text[position:] + block, 0
        words.append(text[position:space].lstrip(b"\n").decode("utf-8", "replace"))
        pending.append(text[space + 1 : space + 1 + size])
        position = space + 1 + size
    rows.add(_matrix(pending, dimension, name, len(words)))
    return content_with_notes(words, rows.finish())


def _matrix(pending: list[bytes], dimension: int, name: str, done: int) -> np.ndarray:
    matrix = np.frombuffer(b"".join(pending), "<f4").reshape(-1, dimension).astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if len(wrong):
        raise UnreadableFile(
            f"Row {done - len(matrix) + wrong[0] + 1:,} of “{name}” has a value that is not a number.",
            "The file is damaged there, or of another kind.",
        )
    return matrix
