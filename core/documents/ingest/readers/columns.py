"""Columnar files: Parquet, and Arrow's own files (Feather, data sets saved by Hugging Face)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.documents.ingest import parquet, tables
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile


def read_parquet(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of a Parquet file; structures become dotted names."""
    yield from _rows(parquet.batches(opened.file, _roots(opened.columns)))


def read_arrow(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of an Arrow file or stream.

    Raises:
        UnreadableFile: damaged, of another kind, or it unpacks to far more than its size.
    """
    yield from _rows(_batches(opened))


def _roots(columns: Any) -> list[str] | None:
    """The columns of a file that hold what is wanted: “body.text” may be within “body”."""
    if columns is None:
        return None
    return list(dict.fromkeys(part for name in columns for part in (name, name.split(".")[0])))


def _batches(opened: Opened) -> Iterator[Any]:
    import pyarrow as pa

    file = opened.file
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"FEA1"):
        raise UnreadableFile("This is Feather's first version, which is not read any more.", "Write it again.")
    wanted, unpacked = _roots(opened.columns), 0
    try:
        if start.startswith(b"ARROW1"):
            stored = pa.ipc.open_file(file)
            tables.check_columns(len(stored.schema))
            parts: Iterator[Any] = (stored.get_batch(number) for number in range(stored.num_record_batches))
        else:
            stream = pa.ipc.open_stream(file)
            tables.check_columns(len(stream.schema))
            parts = iter(stream)
        for batch in parts:
            batch.validate(full=True)  # offsets beyond its end would end the process
            unpacked += batch.nbytes
            parquet.check_ratio(unpacked, size)
            if wanted is not None:
                batch = batch.select([name for name in dict.fromkeys(batch.schema.names) if name in wanted])
            for first in range(0, batch.num_rows, parquet.ROWS_AT_ONCE):
                yield batch.slice(first, parquet.ROWS_AT_ONCE)
    except (pa.ArrowException, OSError, MemoryError, NotImplementedError, *parquet.UNTELLABLE) as problem:
        raise UnreadableFile("The file is not Arrow, or is damaged.", "Write it again, or use Parquet.") from problem


def _rows(batches: Iterator[Any]) -> Iterator[Row | BadRow]:
    number = 0
    classes: dict[str, list[str]] | None = None
    for batch in batches:
        classes = _class_names(batch.schema) if classes is None else classes
        names = tables.distinct_names(batch.schema.names)
        for cells in parquet.cells(batch):
            number += 1
            if isinstance(cells, str):
                yield BadRow(number, cells)
                continue
            row = dict(zip(names, cells, strict=True))
            for name, labels in classes.items():
                value = row.get(name)
                if isinstance(value, int) and 0 <= value < len(labels):
                    row[name] = labels[value]
            try:
                yield NumberedRow.at(number, tables.flat(row))
            except (ValueError, RecursionError) as problem:
                yield BadRow(number, str(problem)[:80])


def _class_names(schema: Any) -> dict[str, list[str]]:
    """The names of classes that `datasets` writes into a schema: column -> names, by number.

    Source: https://huggingface.co/docs/datasets/package_reference/main_classes#datasets.ClassLabel
    """
    import json

    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {
            str(name): [str(label)[:200] for label in each["names"]]
            for name, each in features.items()
            if isinstance(each, dict) and each.get("_type") == "ClassLabel"
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return {}
