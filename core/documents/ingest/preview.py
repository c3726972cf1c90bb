"""Files of strangers, opened: their first rows for a preview, and all rows of one. Runs at the gate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from core.documents.ingest import column_types, tables
from core.documents.ingest.column_types import TEXT
from core.documents.ingest.formats import ending_of
from core.documents.ingest.sources import BadRow, Look, Source
from core.documents.ingest.tables import NumberedRow, Row
from core.errors import UnreadableFile

ROWS_LOOKED_AT, COLUMNS_LISTED = 200, 2000
LETTERS_LOOKED_AT = 2000  # of a cell: a few hundred rows of long texts are not held to be looked at
NARROWEST_VECTOR = 3  # numbers in a list that can be a vector


def look(source: Source, encoding: str = "") -> Look:
    """The first rows of the first few files, with their cells as texts, numbers or nothing.

    Raises:
        UserError: not a single row can be read.
    """
    some: list[Row] = []
    bad: list[BadRow] = []
    notes: list[str] = []
    few = list({ending_of(name): file for file in reversed(source.files) for name in [file[1]]}.values())
    first = [file for file in source.files[:3] if file not in few]
    problem: UnreadableFile | None = None
    wide = False
    for path, name in [*few, *first]:
        try:
            for row in itertools.islice(read(path, name, notes, source.folder, None, None, encoding), ROWS_LOOKED_AT):
                if isinstance(row, BadRow):
                    bad.append(row)
                else:
                    wide = wide or len(row) > COLUMNS_LISTED
                    some.append({column: row[column] for column in itertools.islice(row, COLUMNS_LISTED)})
        except UnreadableFile as error:
            problem = error
            bad.append(BadRow(0, error.what, name))
    if problem and len(source.files) == 1:
        raise problem  # reading it as a whole would end the same way
    if not some:
        raise problem or UnreadableFile(
            "There are no documents in the file.", "A table needs a header and at least one row."
        )
    names = list(dict.fromkeys(name for row in some for name in row))
    if wide or len(names) > COLUMNS_LISTED:
        notes.append(f"of many columns the first {COLUMNS_LISTED:,} can be chosen")
    names = names[:COLUMNS_LISTED]
    cells = {name: [row.get(name) for row in some] for name in names}
    vectors = tuple((name, width) for name in names if (width := _width(cells[name])))
    return Look(
        {name: [_short(value) for value in cells[name]] for name in names},
        tuple(bad),
        tuple(dict.fromkeys(notes)),
        tuple((name, *_kind(name, cells[name])) for name in names if name not in dict(vectors)),
        vectors,
        encoding,
        _rows_in_all(source, some),
    )


def _rows_in_all(source: Source, some: Sequence[Row]) -> int:
    """About how many rows there are, by the size of the first ones; files that are packed hold more."""
    if len(some) < ROWS_LOOKED_AT:
        return max(len(some), len(source.files))
    mean = sum(len(written(cell)) + 1 for row in some for cell in row.values()) / len(some)
    return max(len(some), int(source.size / max(mean, 1.0)))


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)[:LETTERS_LOOKED_AT]


def _kind(name: str, cells: Sequence[Any]) -> tuple[str, str]:
    """The kind of a column, and what is said of it, from its first cells."""
    told = [written(cell)[:LETTERS_LOOKED_AT] for cell in cells]
    if any(len(cell) > 200 for cell in told):
        return TEXT, ""
    found = column_types.read(name, told, are_native(cells))
    return found.kind, found.why


def are_native(cells: Sequence[Any]) -> bool:
    """Whether the cells that are there were numbers in the file."""
    return all(isinstance(cell, (int, float)) for cell in cells if cell is not None)


def written(cell: Any) -> str:
    """A cell as it is written: nothing as "", a whole number without a point."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()


def _width(cells: Sequence[Any]) -> int:
    """The dimension of the vectors in a column; 0 where there are none."""
    widths = {len(cell) for cell in cells if isinstance(cell, list)}
    there = [cell for cell in cells if cell is not None]
    if len(widths) != 1 or not all(isinstance(cell, list) for cell in there):
        return 0
    return width if (width := widths.pop()) >= NARROWEST_VECTOR else 0


def read(
    path: str,
    name: str,
    notes: list[str],
    folder: bool,
    at: list[int] | None = None,
    columns: Sequence[str] | None = None,
    encoding: str = "",
) -> Iterator[NumberedRow | BadRow]:
    """The rows of one file, with its name and folder as columns where there are several.

    `at[0]` is kept at the place in the file, in bytes. `encoding`: of a text file, where it shall not be guessed.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    more = {"file": name, "folder": PurePath(name).parent.as_posix()} if folder else {}
    try:
        with open(path, "rb") as file:
            found = tables.rows(file, ending_of(name), notes, folder, columns, encoding, name, path)
            for number, row in enumerate(found, 1):
                if at is not None and number % 64 == 1:
                    at[0] = file.tell()
                if isinstance(row, BadRow):
                    inside = f"{name}/{row.file}" if folder and row.file else row.file or (name if folder else "")
                    yield BadRow(row.line, row.problem, inside)
                    continue
                made = row if isinstance(row, NumberedRow) else NumberedRow.at(number, row)
                made.update({key: value for key, value in more.items() if key not in made})
                yield made
    except OSError as problem:
        raise UnreadableFile(
            "The file cannot be opened.", "Look whether it is still there and may be read."
        ) from problem
