"""Checks every value of a bundle before any of it is used: a bundle may come from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from core.documents.corpus import Corpus
from core.documents.ingest import parquet
from core.documents.mapping import clusters, naming
from core.documents.mapping.neighbours import Neighbours
from core.documents.projection import ProjectionSettings
from core.errors import UnreadableFile, UserError

Progress = Callable[[float, str], None]
MOST_DOCUMENTS, MOST_FIELDS, MOST_LEVELS = 5_000_000, 1000, 20


@dataclass(frozen=True)
class WholeMap:
    """A whole map: `vectors` (N, D), `points` (N, 2 or 3), `labels` (N, L) with `keywords` by level and
    group, neighbours if they are stored; `encoder` is {"key", "revision", "precision"}; `names` those that a language
    model gave, by level and group ("": none), or nothing."""

    corpus: Corpus
    encoder: dict[str, str]
    settings: ProjectionSettings
    vectors: np.ndarray
    points: np.ndarray
    labels: np.ndarray
    keywords: list[list[list[str]]]
    near: Neighbours | None = None
    note: str = ""
    names: list[list[str]] = field(default_factory=list)


def checked(about: Any, table: Path, on_progress: Progress | None = None) -> WholeMap:
    """The map that `about` (of map.json) and the Parquet file `table` make.

    Raises:
        UnreadableFile: they do not belong together, or a value is of the wrong type; a wrong setting is named.
    """
    import pyarrow as pa

    try:
        settings = _settings(about["settings"])
        columns = _columns(about, settings)
        with open(table, "rb") as file:
            stored = parquet.opened(file, columns)
            if stored.metadata.num_rows != _whole(about["documents"]) or stored.metadata.num_rows > MOST_DOCUMENTS:
                raise ValueError("documents")
            batches = []
            for batch in parquet.batches(file, columns):
                batches.append(batch)
                if on_progress:  # an upper bound: batches can be smaller
                    on_progress(
                        min(0.9, len(batches) * parquet.ROWS_AT_ONCE / stored.metadata.num_rows), "reading the bundle"
                    )
        return _whole_map(about, settings, pa.Table.from_batches(batches))
    except (
        pa.ArrowException,
        OSError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as problem:
        raise UnreadableFile("The contents of this bundle are not valid.", "Export the map again.") from problem


def _settings(values: Any) -> ProjectionSettings:
    known = {each.name for each in fields(ProjectionSettings)}
    if not isinstance(values, Mapping):
        raise ValueError("settings")
    try:
        return ProjectionSettings(**{name: value for name, value in values.items() if name in known}).checked()
    except UserError as problem:
        raise UnreadableFile(f"{problem.what} That is a setting in the bundle.", "Export the map again.") from problem


def _columns(about: Any, settings: ProjectionSettings) -> list[str]:
    """The columns that the map is made of: all that will be read of the table."""
    names, levels = _texts(about["fields"]), len(about["keywords"])
    if len(names) > MOST_FIELDS or len(set(names)) < len(names) or not 1 <= levels <= MOST_LEVELS:
        raise ValueError("fields")
    return [
        "text",
        "vector",
        "neighbours",
        "cosines",
        *"xyz",
        *(f"group {level}" for level in range(levels)),
        *(f"field {number}" for number in range(len(names))),
        *(f"original {number}" for number in range(len(names))),
    ]


def _whole_map(about: Any, settings: ProjectionSettings, table: Any) -> WholeMap:
    total, levels = len(table), len(about["keywords"])
    stored = {name: _field(table.column(f"field {number}")) for number, name in enumerate(about["fields"])}
    written = {
        name: _text_column(table.column(f"original {number}"))
        for number, name in enumerate(about["fields"])
        if f"original {number}" in table.column_names
    }
    title, notes = _text(about["title"])[:120], tuple(_texts(about["notes"]))
    made = Corpus(title, _text_column(table.column("text")), stored, notes, originals=written)
    axes = [axis for axis in "xyz" if axis in table.column_names]
    labels = np.stack([_numbers(table.column(f"group {level}"), "int32") for level in range(levels)], axis=1)
    keywords = [[[word[:60] for word in _texts(words)] for words in _list(level)] for level in about["keywords"]]
    names = [
        [" ".join(name.split())[: naming.LONGEST] for name in _texts(level)] for level in _list(about.get("names", []))
    ]
    if names and [len(row) for row in names] != [len(row) for row in keywords]:
        raise ValueError("names")
    near = None
    if "neighbours" in table.column_names:
        near = Neighbours(_numbers(table.column("neighbours"), "int32"), _numbers(table.column("cosines"), "float32"))
        if (
            near.indices.ndim != 2
            or near.indices.shape != near.similarities.shape
            or not near.indices.shape[1]
            or near.indices.min() < 0
            or near.indices.max() >= total
        ):
            raise ValueError("neighbours")
    if (
        not total
        or len(axes) != settings.dimensions
        or levels != len(clusters.levels_for(total))
        or labels.min() < 0
        or any(labels[:, level].max() >= len(keywords[level]) for level in range(levels))
    ):
        raise ValueError("shape")
    vectors = _numbers(table.column("vector"), "float32")
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ValueError("vector")
    encoder = {name: _text(about["encoder"][name])[:100] for name in ("key", "revision", "precision")}
    points = np.stack([_numbers(table.column(axis), "float32") for axis in axes], axis=1)
    return WholeMap(made, encoder, settings, vectors, points, labels, keywords, near, _text(about["note"])[:200], names)


def _numbers(column: Any, kind: str) -> np.ndarray:
    """A column of finite numbers (N,), or of lists of W of them (N, W); a number out of range is refused."""
    import pyarrow as pa

    rows = len(column)
    column = column.combine_chunks()
    width = int(getattr(column.type, "list_size", 0))
    if width:
        if column.null_count:
            raise ValueError("nothing where numbers should be")
        column = column.flatten()
    whole = pa.types.is_integer(column.type)
    if column.null_count or not (whole or pa.types.is_floating(column.type)) or (kind == "int32" and not whole):
        raise ValueError("no numbers")
    values = column.to_numpy(zero_copy_only=False)
    if whole and kind == "int32" and len(values) and not -(2**31) <= int(values.min()) <= int(values.max()) < 2**31:
        raise ValueError("a number too large")
    values = values.astype(kind)
    if not np.isfinite(values).all():
        raise ValueError("a number that is not finite")
    return np.asarray(values.reshape(rows, width) if width else values.reshape(rows))


def _text_column(column: Any) -> tuple[str, ...]:
    import pyarrow as pa

    if column.null_count or not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise ValueError("no texts")
    return tuple(column.to_pylist())


def _field(column: Any) -> tuple[Any, ...]:
    """The values of a field: texts, numbers or truth values, None where there is none."""
    import pyarrow as pa

    kind = column.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (text or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise ValueError("a field that holds neither texts nor numbers")
    return tuple(column.to_pylist())


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in _list(value)]


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("no whole number")
    return value
