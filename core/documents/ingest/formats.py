"""The kinds of files that are read as documents, one entry each. A new one is one module in `readers` and one entry.

A reader is named, not imported: only the process that reads a file loads it (see `core.runtime.gate`). It is called
with a `tables.Opened` and gives rows, or a `BadRow` for each that it cannot read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

_READERS = "core.documents.ingest.readers."


@dataclass(frozen=True)
class Format:
    """`endings` of file names, the `reader` as "module:function", and what the kind is called.

    `record`: a file holds many documents, one a row; else it is one document. `holds`: it holds other files.
    """

    title: str
    endings: tuple[str, ...]
    reader: str
    record: bool = True
    holds: bool = False


FORMATS = (
    Format("separated values", ("csv", "tsv", "tab", "psv"), _READERS + "separated:read"),
    Format("JSON", ("json", "jsonl", "ndjson", "geojson"), _READERS + "json_records:read"),
    Format("Parquet", ("parquet", "pq"), _READERS + "columns:read_parquet"),
    Format("Arrow, Feather", ("arrow", "feather", "ipc"), _READERS + "columns:read_arrow"),
    Format("spreadsheet", ("xlsx", "xlsm", "xlsb", "xls", "ods"), _READERS + "spreadsheets:read"),
    Format("SQLite", ("sqlite", "sqlite3", "db", "db3"), _READERS + "sqlite_tables:read"),
    Format("text", ("txt", "text", "log"), _READERS + "plain_text:read", record=False),
    Format("Markdown", ("md", "markdown"), _READERS + "plain_text:read_markdown", record=False),
    Format("LaTeX, reStructuredText, Org", ("tex", "rst", "org"), _READERS + "plain_text:read_whole", record=False),
    Format("HTML", ("html", "htm", "xhtml"), _READERS + "plain_text:read_html", record=False),
    Format("PDF", ("pdf",), _READERS + "plain_text:read_pdf", record=False),
    Format("Word", ("docx", "docm"), _READERS + "office:read_docx", record=False),
    Format("PowerPoint", ("pptx", "pptm"), _READERS + "office:read_pptx", record=False),
    Format("OpenDocument", ("odt", "odp"), _READERS + "office:read_opendocument", record=False),
    Format("EPUB", ("epub",), _READERS + "office:read_epub", record=False),
    Format("e-mail", ("eml", "mbox"), _READERS + "mail:read", record=False),
    Format("subtitles", ("srt", "vtt"), _READERS + "subtitles:read", record=False),
    Format("compressed", ("gz", "bz2", "xz"), _READERS + "packed:read_compressed", holds=True),
    Format("archive", ("zip",), _READERS + "packed:read_zip", holds=True),
)
BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}
ENDINGS = tuple(BY_ENDING)
KINDS = ", ".join(f".{each.endings[0]}" for each in FORMATS[:-1]) + f" or .{FORMATS[-1].endings[0]}"
ABOUT_A_DATASET = frozenset({"dataset_info.json", "dataset_dict.json", "state.json"})
"""Files beside the Arrow files of a data set saved by Hugging Face's `datasets`: they describe it, and hold no rows."""


def ending_of(name: str) -> str:
    """The ending of a file's name: "csv" of "A.CSV"."""
    return PurePath(name).suffix.lower().lstrip(".")
