"""Rows out of files, read as a stream, by the reader of their format; and what the readers share.

Errors are reported, not guessed around: a row that cannot be read gives a `BadRow` with its line. However
long the file, no more than a row (a block of rows of .parquet) is held in memory.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from core.documents.ingest import encodings, formats, parquet
from core.documents.ingest.sources import BadRow
from core.errors import UnreadableFile

LONGEST_LINE = 1 << 24  # characters; what is longer is a broken file
DEEPEST_ARCHIVE = 2  # archives within each other
DEEPEST_OBJECT = 8  # objects within each other that become dotted names

Row = dict[str, Any]


class NumberedRow(Row):
    """A row that knows its line, and what is odd about it ("": nothing)."""

    line: int = 0
    problem: str = ""

    @classmethod
    def at(cls, line: int, cells: Row, problem: str = "") -> NumberedRow:
        row = cls(cells)
        row.line, row.problem = line, problem
        return row


@dataclass
class Opened:
    """An open file, as a reader is given it.

    `notes`: remarks on how it was read are added here. `whole`: a plain text is one document, not one for each line.
    `columns`: what is wanted of it (None: all). `encoding`: the one that the person chose ("": recognise it).
    `path`: where the file lies ("": in an archive). `depth`: how many archives it lies in.
    """

    file: BinaryIO
    ending: str
    notes: list[str] = field(default_factory=list)
    whole: bool = False
    columns: Sequence[str] | None = None
    encoding: str = ""
    name: str = ""
    path: str = ""
    depth: int = 0


def rows(
    file: BinaryIO,
    ending: str,
    notes: list[str],
    whole: bool = False,
    columns: Sequence[str] | None = None,
    encoding: str = "",
    name: str = "",
    path: str = "",
) -> Iterator[Row | BadRow]:
    """The rows of an open file, by the ending of its name; remarks on how it was read are added to `notes`.

    `whole`: a .txt file is one document, not one for each line or paragraph. `columns`: what is wanted of .parquet.
    `encoding`: of a text file, where it shall not be guessed.

    Raises:
        UnreadableFile: empty, binary, of another kind, or in an encoding nobody can read.
    """
    yield from read(Opened(file, ending, notes, whole, columns, encoding, name, path))


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of a file, by the reader of its format.

    Raises:
        UnreadableFile: as `rows`; or archives are nested too deep.
    """
    found = formats.BY_ENDING.get(opened.ending)
    if found is None:
        raise UnreadableFile(f"A .{opened.ending[:20]} file is not read here.", f"Use {formats.KINDS}.")
    if found.holds and opened.depth >= DEEPEST_ARCHIVE:
        raise UnreadableFile("Archives are packed into each other too deep.", "Unpack them first.")
    if not opened.file.read(1):
        raise UnreadableFile("The file is empty.", "Choose one with text in it.")
    opened.file.seek(0)
    module, _, function = found.reader.partition(":")
    yield from getattr(importlib.import_module(module), function)(opened)


# ---------------------------------------------------------------- what readers of text share


@contextlib.contextmanager
def decoded(opened: Opened, declared: str = "") -> Iterator[tuple[io.TextIOWrapper, str]]:
    """The file as text, line ends untouched, and its beginning. `declared`: the encoding that the file itself names.

    Raises:
        UnreadableFile: see `encodings.recognise`.
    """
    try:
        found = encodings.recognise(opened.file, opened.encoding or declared)
    except UnreadableFile:
        if opened.encoding or not declared:
            raise
        found = encodings.recognise(opened.file)
    if found.note:
        opened.notes.append(found.note)
    head = opened.file.read(encodings.HEAD)
    opened.file.seek(0)
    decoder = codecs.getincrementaldecoder(found.codec)("ignore")
    text = io.TextIOWrapper(opened.file, encoding=found.codec, newline="")
    try:
        yield text, decoder.decode(head)
    finally:
        with contextlib.suppress(ValueError):  # it is closed already, where reading was given up
            text.detach()  # the file is the caller's to close


def lines(text: io.TextIOBase) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; an endless one comes in pieces."""
    number = 1
    while line := text.readline(LONGEST_LINE):
        yield number, line
        number += line.endswith(("\n", "\r"))


# ---------------------------------------------------------------- what readers of tables share


def distinct_names(cells: Sequence[str]) -> list[str]:
    """Column names, none empty and none twice. Example: a, "", a becomes a, column 2, a (3)."""
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = cell.strip()[:80] or f"column {place}"
        while name in names:
            name = f"{name} ({place})"
        names[name] = None
    return list(names)


def check_columns(count: int) -> None:
    """Refuse a table of more columns than are read here.

    Raises:
        UnreadableFile: it has more.
    """
    if count > parquet.MOST_COLUMNS:
        raise UnreadableFile(
            f"The table has {count:,} columns.", f"Up to {parquet.MOST_COLUMNS:,} can be read: leave some out."
        )


def title_rows(cells: Sequence[Sequence[Any]]) -> int:
    """How many of the first rows of a table are titles above its header: 0 where it starts with the header.

    A title fills less than half of the columns that most of the rows have.
    Example: ["Report"], ["a", "b", "c"], ["1", "2", "3"] gives 1.
    """
    filled = [sum(1 for cell in row if cell not in ("", None)) for row in cells]
    if len(filled) < 3:
        return 0
    usual = sorted(filled[1:])[len(filled[1:]) // 2]
    if usual < 2:
        return 0
    for number, count in enumerate(filled[:20]):
        if count >= max(2, (usual + 1) // 2):
            return number
    return 0


def flat(value: dict[str, Any], columns: dict[str, Any] | None = None, before: str = "", depth: int = 0) -> Row:
    """An object's values under dotted names: lists, and what is nested too deep, as JSON in one line.

    Example: {"a": {"b": 1}, "c": [2]} gives {"a.b": 1, "c": "[2]"}.

    Raises:
        ValueError: it has too many names.
    """
    found: dict[str, Any] = {} if columns is None else columns
    for key, cell in value.items():
        name = (before + (str(key) or "column"))[:80]
        if isinstance(cell, dict) and cell and depth < DEEPEST_OBJECT:
            flat(cell, found, f"{name}.", depth + 1)
        else:
            while name in found:
                name += "_"
            found[name] = plain(cell)
        if len(found) > parquet.MOST_COLUMNS:
            raise ValueError(f"{len(value):,} names in one object")
    return found


def plain(value: Any) -> Any:
    """A list of numbers as it is (it can be a vector); other nested values as JSON in one line; others as they are."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list) and len(value) > 1 and all(type(each) in (int, float) for each in value):
        return value
    if not isinstance(value, (dict, list)):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    except (ValueError, RecursionError):
        return "(nested too deep)"
