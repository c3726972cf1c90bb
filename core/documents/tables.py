"""Tables out of files: .txt, .csv, .jsonl and .parquet, read strictly; what is wrong with a file is said, not guessed.

A row that does not fit is listed with its number; such rows are left out only when the person agrees.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from core.errors import UnreadableFile, UserError

ENDINGS = ("txt", "csv", "tsv", "jsonl", "parquet")
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Table:
    """Columns by name, all of one length, and what the reader should know about how they were read."""

    columns: dict[str, list[Any]]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def likely_text(self) -> str:
        """The column that most looks like text: the longest on average."""
        def mean_length(name: str) -> float:
            some = [value for value in self.columns[name][:200] if isinstance(value, str)]
            return sum(map(len, some)) / len(some) if some else -1.0
        return max(self.columns, key=mean_length)


class BadRows(UserError):
    """Rows that do not fit. `rows` holds (line number from 1, what is wrong); nothing was left out yet."""

    def __init__(self, rows: Sequence[tuple[int, str]]) -> None:
        shown = "; ".join(f"line {number}: {problem}" for number, problem in rows[:3])
        more = f"; and {len(rows) - 3:,} more" if len(rows) > 3 else ""
        super().__init__(f"{len(rows):,} {'row does' if len(rows) == 1 else 'rows do'} not fit ({shown}{more}).",
                         "Mend the file, or agree to leave these rows out.")
        self.rows = tuple(rows)


def read(name: str, content: bytes, leave_out_bad: bool = False) -> Table:
    """The table in a file, by the ending of its name.

    Raises:
        BadRows: rows that do not fit, unless `leave_out_bad`.
        UnreadableFile, UserError: empty, binary, another kind of file, or an encoding nobody can read.
    """
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in ENDINGS:
        raise UserError(f"“{PurePath(name).name[:60]}” is not a kind of file this page reads.",
                        "Use .txt (one document a line), .csv, .tsv, .jsonl or .parquet.")
    if not content.strip():
        raise UnreadableFile("The file is empty.", "Choose one with text in it.")
    if ending == "parquet":
        table = _parquet(content)
    else:
        text, note = decoded(content)
        rows = _lines(text) if ending == "txt" else _json_lines(text) if ending == "jsonl" else _separated(text, ending)
        columns, bad = rows
        if bad and (not leave_out_bad or not any(columns.values())):
            raise BadRows(bad)
        left_out = (f"{len(bad):,} rows that do not fit were left out",) if bad else ()
        table = Table(columns, note + left_out)
    if table.rows > MOST_ROWS:
        raise _too_many(table.rows)
    if not table.columns or not table.rows:
        raise UnreadableFile("There are no documents in the file.", "It needs a header and at least one row.")
    return table


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1252 (said in a note).

    Raises:
        UnreadableFile: binary, or none of these.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError as problem:
            raise UnreadableFile("The file starts like UTF-16 and then is not.", "Save it as UTF-8.") from problem
    if b"\0" in content[:100_000] or content[:2] in (b"\x80\x04", b"\x80\x05", b"PK", b"\x1f\x8b"):
        raise UnreadableFile("The file is binary, not text.",
                             "Use plain text, CSV, JSON lines or Parquet; an office document must be saved as text.")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as problem:
        place = problem.start
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"The file is neither UTF-8 nor Windows-1252 (byte {place + 1:,}).",
                             "Save it as UTF-8 and choose it again.") from problem
    return text, ("the file is not UTF-8 and was read as Windows-1252: look at the accents",)


def _lines(text: str) -> tuple[dict[str, list[Any]], list[tuple[int, str]]]:
    """Paragraphs where blank lines part them, else lines."""
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    parts = paragraphs if len(paragraphs) > 2 else [line.strip() for line in text.splitlines() if line.strip()]
    return {"text": list(parts)}, []


def _separated(text: str, ending: str) -> tuple[dict[str, list[Any]], list[tuple[int, str]]]:
    first = text.lstrip().splitlines()[0]
    mark = "\t" if ending == "tsv" else max(",;\t|", key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    bad: list[tuple[int, str]] = []
    kept: list[list[str]] = []
    header: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as problem:
            bad.append((line, str(problem)))
            continue
        if not cells:
            continue
        if not header:
            header = distinct_names(cells)
        elif len(cells) != len(header):
            bad.append((line, f"{len(cells)} cells where the header has {len(header)}"))
        else:
            kept.append(cells)
    return {name: [row[place] for row in kept] for place, name in enumerate(header)}, bad


def distinct_names(cells: Sequence[str]) -> list[str]:
    """Column names, none empty and none twice. Example: a, "", a becomes a, column 2, a (2)."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell.strip()[:80] or f"column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def _json_lines(text: str) -> tuple[dict[str, list[Any]], list[tuple[int, str]]]:
    bad: list[tuple[int, str]] = []
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            bad.append((number, "not JSON"))
            continue
        if isinstance(value, str):
            value = {"text": value}
        if isinstance(value, dict):
            rows.append(value)
        else:
            bad.append((number, "neither an object nor a text"))
    names = list(dict.fromkeys(name for row in rows for name in row))[:100]

    def cell(value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
    return {name[:80] or "column": [cell(row.get(name)) for row in rows] for name in names}, bad


def _parquet(content: bytes) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise UnreadableFile("The file is not Parquet, or was cut short.", "Write it again, or use CSV.")
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        if file.metadata.num_rows > MOST_ROWS:
            raise _too_many(file.metadata.num_rows)
        table = file.read()
        names = distinct_names(table.column_names)
        return Table({name: table.column(place).to_pylist() for place, name in enumerate(names)})
    except (pa.ArrowException, OSError) as problem:
        raise UnreadableFile("The file starts like Parquet, and cannot be read.",
                             "Write it again, or use CSV.") from problem


def _too_many(rows: int) -> UserError:
    return UserError(f"The file holds {rows:,} documents; this page takes {MOST_ROWS:,}.", "Choose a part of it.")
