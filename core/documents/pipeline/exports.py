"""A map for other programs: TensorFlow's Embedding Projector (TSV) and Embedding Atlas (Parquet).

Sources: the projector's panel "Load" (vectors.tsv without a header, metadata.tsv with one, since it has two columns or
more); Embedding Atlas's command line, options --x, --y, --text and --neighbors ({"ids", "distances"} in each row).
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents.ingest.column_types import arrow_type, one_kind
from core.documents.ingest.tables import distinct_names
from core.documents.pipeline.bundle import Progress, blocks
from core.documents.pipeline.bundle_checks import WholeMap
from core.text import csv_text


def group_names(whole: WholeMap, level: int = 1) -> list[str]:
    """A label for each group of a level: the name that was written for it, else its keywords."""
    given = whole.names[level] if whole.names else [""] * len(whole.keywords[level])
    return [
        name or " · ".join(words[:3]) or f"group {number + 1}"
        for number, (name, words) in enumerate(zip(given, whole.keywords[level], strict=True))
    ]


def projector(path: Path, whole: WholeMap, on_progress: Progress | None = None) -> None:
    """A .zip with vectors.tsv, metadata.tsv and the projector_config.json that names them."""

    def cell(value: Any) -> str:
        if value is None:
            return ""
        return str(value) if isinstance(value, (int, float)) else csv_text.safe(" ".join(str(value).split())[:500])

    names = group_names(whole)
    config = {
        "embeddings": [
            {
                "tensorName": whole.corpus.title,
                "tensorShape": list(whole.vectors.shape),
                "tensorPath": "vectors.tsv",
                "metadataPath": "metadata.tsv",
            }
        ]
    }
    with storage.writing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("projector_config.json", json.dumps(config, indent=1))
        with packed.open("vectors.tsv", "w", force_zip64=True) as file:
            for rows in blocks(len(whole.points), on_progress, "writing the vectors"):
                np.savetxt(file, whole.vectors[rows], fmt="%.5f", delimiter="\t")
        with packed.open("metadata.tsv", "w", force_zip64=True) as file:
            header = distinct_names(["text", "group", *map(cell, whole.corpus.fields)])
            file.write(("\t".join(header) + "\n").encode())
            for rows in blocks(len(whole.points), on_progress, "writing the texts"):
                columns = (whole.corpus.written(name)[rows] for name in whole.corpus.fields)
                for text, label, *values in zip(
                    whole.corpus.texts[rows], whole.labels[rows, 1].tolist(), *columns, strict=True
                ):
                    file.write(("\t".join([cell(text) or "-", cell(names[label]), *map(cell, values)]) + "\n").encode())


def atlas(path: Path, whole: WholeMap, on_progress: Progress | None = None) -> None:
    """A .parquet with id, text, fields, group, x, y and neighbors: `embedding-atlas FILE --x x --y y --text text`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = group_names(whole)
    with storage.writing(path) as part:
        writer = None
        for rows in blocks(len(whole.points), on_progress, "writing for Embedding Atlas"):
            columns: dict[str, Any] = {
                "id": pa.array(np.arange(rows.start, rows.stop)),
                "text": pa.array(whole.corpus.texts[rows], pa.large_string()),
                "group": [names[label] for label in whole.labels[rows, 1].tolist()],
            }
            for axis in range(whole.points.shape[1]):
                columns["xyz"[axis]] = pa.array(whole.points[rows, axis])
            for name in whole.corpus.fields:
                column = name
                while column in columns or column == "neighbors":
                    column = f"field {column}"
                values = whole.corpus.written(name)
                columns[column] = pa.array(one_kind(values)[rows], arrow_type(values))
            if whole.near is not None:
                columns["neighbors"] = pa.array(
                    [
                        {"ids": ids, "distances": distances}
                        for ids, distances in zip(
                            whole.near.indices[rows].tolist(), (1 - whole.near.similarities[rows]).tolist(), strict=True
                        )
                    ],
                    pa.struct([("ids", pa.list_(pa.int64())), ("distances", pa.list_(pa.float32()))]),
                )
            table = pa.table(columns)
            writer = writer or pq.ParquetWriter(part, table.schema, compression="zstd")
            writer.write_table(table)
        if writer:
            writer.close()
