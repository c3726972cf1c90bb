"""Tables as CSV or TSV text that a spreadsheet shows and does not execute.

A cell that begins with =, +, -, @, a tab or a line end is a formula to Excel, LibreOffice and Google Sheets, whoever
wrote it: such a text gets an apostrophe in front, which those programs read as "this is text". Numbers stay numbers.
Source: OWASP, "CSV Injection"; RFC 4180 for the format.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: the full-width ones of East Asian keyboards
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def safe(text: str) -> str:
    """A text as a cell that is not a formula.

    Example: "=1+1" gives "'=1+1", "-0.5" stays "-0.5", "a-b" stays "a-b".
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def as_csv(table: dict[str, Any], raw: bool = False, separator: str = ",") -> str:
    """Columns by name as CSV text; numbers to their last digit. `raw`: texts as they are, for programs."""
    cell = str if raw else safe
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([cell(str(name)) for name in table])
    rows = zip(*table.values(), strict=True)
    writer.writerows(
        [
            [cell(value) if isinstance(value, str) else json.dumps(value, default=_plain) for value in row]
            for row in rows
        ]
    )
    return text.getvalue()


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else safe(str(value))
