"""Files of strangers, opened: their first rows for a preview, and all rows of one. Runs at the gate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from core.documents.ingest import tables
from core.documents.ingest.sources import BadRow, Look, Source, ending_of
from core.documents.ingest.tables import Row
from core.errors import UnreadableFile

ROWS_LOOKED_AT, COLUMNS_LISTED = 200, 100
LETTERS_LOOKED_AT = 2000  # of a cell: a few hundred rows of long texts are not held to be looked at


def look(source: Source) -> Look:
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
            for row in itertools.islice(read(path, name, notes, source.folder), ROWS_LOOKED_AT):
                if isinstance(row, BadRow):
                    bad.append(row)
                else:
                    wide = wide or len(row) > COLUMNS_LISTED
                    some.append({column: _short(row[column]) for column in itertools.islice(row, COLUMNS_LISTED)})
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
        notes.append(f"of many columns the first {COLUMNS_LISTED} can be chosen")
    names = names[:COLUMNS_LISTED]
    return Look({name: [row.get(name) for row in some] for name in names}, tuple(bad), tuple(dict.fromkeys(notes)))


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)[:LETTERS_LOOKED_AT]


def read(
    path: str,
    name: str,
    notes: list[str],
    folder: bool,
    at: list[int] | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[Row | BadRow]:
    """The rows of one file, with its name and folder as columns where there are several.

    `at[0]` is kept at the place in the file, in bytes.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    more = {"file": name, "folder": PurePath(name).parent.as_posix()} if folder else {}
    try:
        with open(path, "rb") as file:
            for number, row in enumerate(tables.rows(file, ending_of(name), notes, whole=folder, columns=columns)):
                if at is not None and number % 64 == 0:
                    at[0] = file.tell()
                yield (
                    BadRow(row.line, row.problem, name if folder else "")
                    if isinstance(row, BadRow)
                    else {**row, **more}
                )
    except OSError as problem:
        raise UnreadableFile(
            "The file cannot be opened.", "Look whether it is still there and may be read."
        ) from problem
