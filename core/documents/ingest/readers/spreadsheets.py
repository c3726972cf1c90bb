"""Sheets of Excel and OpenDocument files as tables, by python-calamine; a file with several gives them one by one."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from typing import Any

from core.documents.ingest import tables
from core.documents.ingest.readers import packed
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile

LARGEST_CELLS = 50_000_000  # of a sheet: from its first used cell to its last


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of all sheets; where there are several with rows, the column "sheet" says which.

    Raises:
        UnreadableFile: locked, damaged, or a sheet too large.
    """
    import python_calamine as calamine

    if zipfile.is_zipfile(opened.file):
        with packed.archive_of(opened.file, opened.name) as archive:
            packed.check_all(archive)
    opened.file.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(opened.file)
        sheets = []
        for about in book.sheets_metadata:
            if about.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(about.name)
                if sheet.total_height * sheet.total_width > LARGEST_CELLS:
                    raise UnreadableFile(f"The sheet “{about.name[:40]}” is too large.", "Save it as CSV.")
                if sheet.height and sheet.width:
                    sheets.append((about.name, sheet))
        for name, sheet in sheets:
            yield from _rows(name if len(sheets) > 1 else "", sheet, opened.notes)
    except calamine.PasswordError as problem:
        raise UnreadableFile(
            "This file is locked by a password.", "Save it without one and choose it again."
        ) from problem
    except (calamine.CalamineError, OSError, ValueError, KeyError, OverflowError) as problem:
        raise UnreadableFile(
            f"The spreadsheet cannot be read ({str(problem)[:80]}).", "Open it, save it again, or save it as CSV."
        ) from problem
    if not sheets:
        raise UnreadableFile("There is nothing in the sheets of this file.", "Choose another one.")


def _rows(name: str, sheet: Any, notes: list[str]) -> Iterator[Row | BadRow]:
    first, _ = sheet.start or (0, 0)
    grid = sheet.iter_rows()
    head = [row for _, row in zip(range(60), grid, strict=False)]
    above = tables.title_rows([row for row in head if _filled(row)])
    skipped = 0
    header: list[str] = []
    start = first + 1 - (first if sheet.height == sheet.total_height else 0)
    for number, row in enumerate(_chained(head, grid), start):
        if not _filled(row):
            continue
        if skipped < above:
            skipped += 1
            titles = " ".join(str(cell) for cell in row if cell != "")
            notes.append(f"above the header: {titles[:160]}")
        elif not header:
            tables.check_columns(len(row))
            header = tables.distinct_names([str(_value(cell)) for cell in row])
        else:
            cells = dict(zip(header, map(_value, row), strict=False))
            yield NumberedRow.at(number, {"sheet": name, **cells} if name else cells)


def _chained(head: list[Any], rest: Iterator[Any]) -> Iterator[Any]:
    yield from head
    yield from rest


def _filled(row: list[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


def _value(cell: Any) -> Any:
    """A cell as texts and numbers: dates in ISO 8601, whole numbers without a point; "" becomes None."""
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, datetime.datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return cell if isinstance(cell, (str, bool, int, float)) else str(cell)
