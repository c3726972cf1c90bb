"""Rows out of files, read as a stream: .txt, .csv, .tsv, .jsonl, .parquet, .md, .html and .pdf.

Errors are reported, not guessed around: a row that cannot be read gives a `BadRow` with its line. However
long the file, no more than a row (a block of rows of .parquet) is held in memory.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from core.documents.ingest import parquet, prose
from core.documents.ingest.sources import BadRow
from core.errors import UnreadableFile

HEAD = 1 << 20  # bytes looked at to tell how a file is built
LONGEST_LINE = 1 << 24  # characters; what is longer is a broken file


Row = dict[str, Any]


def rows(
    file: BinaryIO, ending: str, notes: list[str], whole: bool = False, columns: Sequence[str] | None = None
) -> Iterator[Row | BadRow]:
    """The rows of an open file, by the ending of its name; remarks on how it was read are added to `notes`.

    `whole`: a .txt file is one document, not one for each line or paragraph. `columns`: what is wanted of .parquet.

    Raises:
        UnreadableFile: empty, binary, of another kind, or in an encoding nobody can read.
    """
    if not file.read(1):
        raise UnreadableFile("The file is empty.", "Choose one with text in it.")
    file.seek(0)
    if ending == "parquet":
        yield from _parquet(file, columns)
        return
    if ending == "pdf":
        yield from prose.pages_of_pdf(file)
        return
    encoding, note = encoding_of(file)
    notes.extend(note)
    head = file.read(HEAD).decode(encoding, "ignore")
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        if ending in ("csv", "tsv"):
            yield from _separated(text, ending, head)
        elif ending == "jsonl":
            yield from _json_lines(text)
        elif ending == "txt" and not whole:
            yield from _parts(text, head)
        else:
            content = text.read(prose.LARGEST + 1).replace("\r\n", "\n")
            if len(content) > prose.LARGEST:
                raise UnreadableFile(
                    "The file is larger than a document of 100 million characters.", "Save it as a table or in parts."
                )
            yield (
                prose.of_html(content)
                if ending in ("html", "htm")
                else prose.of_markdown(content)
                if ending == "md"
                else {"text": content}
            )
    finally:
        text.detach()  # the file is the caller's to close


def encoding_of(file: BinaryIO) -> tuple[str, tuple[str, ...]]:
    """UTF-8, UTF-16 with its mark, or Windows-1252 (said in a note); the whole file is tried. It is left at its start.

    Raises:
        UnreadableFile: binary, or none of these.
    """
    head = file.read(HEAD)
    file.seek(0)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if _decodes(file, "utf-16") is not None:
            raise UnreadableFile("The file starts like UTF-16 and then is not.", "Save it as UTF-8.")
        return "utf-16", ()
    if b"\0" in head or head[:2] in (b"\x80\x04", b"\x80\x05", b"PK", b"\x1f\x8b"):
        raise UnreadableFile(
            "The file is binary, not text.",
            "Use plain text, CSV, JSON lines or Parquet; an office document must be saved as text.",
        )
    if not head.strip():
        raise UnreadableFile("The file is empty.", "Choose one with text in it.")
    place = _decodes(file, "utf-8-sig")
    if place is None:
        return "utf-8-sig", ()
    if _decodes(file, "cp1252") is not None:
        raise UnreadableFile(
            f"The file is neither UTF-8 nor Windows-1252 (near byte {place + 1:,}).",
            "Save it as UTF-8 and choose it again.",
        )
    return "cp1252", ("the file is not UTF-8 and was read as Windows-1252: look at the accents",)


def _decodes(file: BinaryIO, encoding: str) -> int | None:
    """None if the whole file can be decoded, else about where it cannot."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    try:
        while block := file.read(HEAD):
            decoder.decode(block)
            place += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        return place + problem.start
    finally:
        file.seek(0)
    return None


def _parts(text: io.TextIOWrapper, head: str) -> Iterator[Row | BadRow]:
    """Paragraphs where blank lines separate them, else lines."""
    paragraphs = sum(1 for part in head.replace("\r\n", "\n").split("\n\n") if part.strip()) > 2
    held: list[str] = []
    letters = 0
    for _, line in _lines(text):
        stripped = line.strip()
        if stripped and not paragraphs:
            yield {"text": stripped}
        elif stripped:
            held.append(stripped)
            letters += len(stripped)
        if held and (not stripped or letters > LONGEST_LINE):
            yield {"text": "\n".join(held)}
            held, letters = [], 0
    if held:
        yield {"text": "\n".join(held)}


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; an endless one comes in pieces."""
    number = 1
    while line := text.readline(LONGEST_LINE):
        yield number, line
        number += line.endswith(("\n", "\r"))


class _RowLines:
    """The lines of a table, as csv.reader asks for them; what has grown too long to be a row is refused."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._lines = _lines(text)
        self.number = 0  # of the line that was given last
        self.letters = 0  # since the last row

    def __iter__(self) -> _RowLines:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        self.letters += len(line)
        if self.letters >= LONGEST_LINE:
            while line and not line.endswith(("\n", "\r")):  # the rest of an endless line
                _, line = next(self._lines, (0, ""))
            raise csv.Error(f"longer than {LONGEST_LINE:,} characters")
        return line


def _separated(text: io.TextIOWrapper, ending: str, head: str) -> Iterator[Row | BadRow]:
    first = (head.lstrip().splitlines() or [""])[0]
    mark = "\t" if ending == "tsv" else max(",;\t|", key=first.count)
    csv.field_size_limit(LONGEST_LINE)
    lines = _RowLines(text)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    header: list[str] = []
    while True:
        line, lines.letters = lines.number + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield BadRow(line, str(problem))
            reader = csv.reader(lines, delimiter=mark, strict=True)  # not in the middle of a cell any more
            continue
        if not cells:
            continue
        if not header:
            if len(cells) > parquet.MOST_COLUMNS:
                raise UnreadableFile(
                    f"The table has {len(cells):,} columns.",
                    f"Up to {parquet.MOST_COLUMNS:,} can be read: leave some out.",
                )
            header = distinct_names(cells)
        elif len(cells) != len(header):
            yield BadRow(line, f"{len(cells):,} cells where the header has {len(header):,}")
        else:
            yield dict(zip(header, cells, strict=True))


def distinct_names(cells: Sequence[str]) -> list[str]:
    """Column names, none empty and none twice. Example: a, "", a becomes a, column 2, a (3)."""
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = cell.strip()[:80] or f"column {place}"
        while name in names:
            name = f"{name} ({place})"
        names[name] = None
    return list(names)


def _json_lines(text: io.TextIOWrapper) -> Iterator[Row | BadRow]:
    for number, line in _lines(text):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield BadRow(number, "not JSON")
            continue
        if isinstance(value, str):
            yield {"text": value}
        elif isinstance(value, dict):
            if len(value) > parquet.MOST_COLUMNS:
                yield BadRow(number, f"{len(value):,} names in one object")
            else:
                yield {name[:80] or "column": _plain(cell) for name, cell in value.items()}
        else:
            yield BadRow(number, "neither an object nor a text")


def _plain(value: Any) -> Any:
    """A nested value as JSON, in one line; others as they are."""
    if not isinstance(value, (dict, list)):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    except (ValueError, RecursionError):
        return "(nested too deep)"


def _parquet(file: BinaryIO, columns: Sequence[str] | None) -> Iterator[Row | BadRow]:
    number = 0
    for batch in parquet.batches(file, columns):
        names = distinct_names(batch.schema.names)
        for cells in parquet.cells(batch):
            number += 1
            yield (
                BadRow(number, cells)
                if isinstance(cells, str)
                else {name: _plain(cell) for name, cell in zip(names, cells, strict=True)}
            )
