"""Tables of an SQLite database, opened read-only; nothing that the database defines itself is run."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from core.documents.ingest import tables
from core.documents.ingest.readers import packed
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile

LONGEST_VALUE = 1 << 26  # bytes


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of all tables (no views, no virtual tables); with several, the column "table" says which.

    Raises:
        UnreadableFile: no SQLite database, damaged, or without tables.
    """
    if opened.file.read(16) != b"SQLite format 3\0":
        raise UnreadableFile("This is no SQLite database.", "Export its tables as CSV.")
    opened.file.seek(0)
    with packed.on_disk(opened) as path:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            with contextlib.closing(sqlite3.connect(uri, uri=True)) as base:
                base.text_factory = lambda value: value.decode("utf-8", "replace")
                base.execute("PRAGMA trusted_schema=OFF")
                base.execute("PRAGMA query_only=ON")
                base.execute("PRAGMA cell_size_check=ON")
                base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
                names = _tables(base)
                if not names:
                    raise UnreadableFile("There is no table in this database.", "Choose another one.")
                for name in names:
                    yield from _rows(base, name, len(names) > 1)
        except (sqlite3.Error, OverflowError, UnicodeError) as problem:
            raise UnreadableFile(
                f"The database cannot be read ({str(problem)[:80]}).", "Export its tables as CSV."
            ) from problem


def _tables(base: sqlite3.Connection) -> list[str]:
    """The ordinary tables that hold rows."""
    found = base.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    virtual = [
        name for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
    ]
    names = [name for (name,) in found if not any(name.startswith(f"{each}_") for each in virtual)]
    return [name for name in names if base.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchone()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(base: sqlite3.Connection, name: str, several: bool) -> Iterator[Row | BadRow]:
    cursor = base.execute(f"SELECT * FROM {_quoted(name)}")
    header = tables.distinct_names([column[0] for column in cursor.description])
    tables.check_columns(len(header))
    for number, cells in enumerate(cursor, 1):
        row: dict[str, Any] = {"table": name} if several else {}
        row.update(
            (column, f"({len(cell):,} bytes)" if isinstance(cell, bytes) else cell)
            for column, cell in zip(header, cells, strict=True)
        )
        yield NumberedRow.at(number, row)
