"""A map that travels: one .zip with map.parquet (texts, fields, vectors, positions, clusters, neighbours) and map.json.

Any program that reads Parquet reads it; opened in another lab, the same map is there at once, nothing is computed. A
bundle may come from a stranger: only those two names are read, sizes are limited, and every column is checked.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import core
from core import storage
from core.documents import corpus
from core.documents.ingest.column_types import arrow_type, one_kind
from core.documents.mapping import naming
from core.documents.mapping.neighbours import Neighbours
from core.documents.pipeline import bundle_checks, job_spec
from core.documents.pipeline.bundle_checks import WholeMap
from core.documents.pipeline.job_spec import EncoderIdentity
from core.documents.projection import ProjectionSettings
from core.errors import UnreadableFile, UserError
from core.runtime import zip_files

Progress = Callable[[float, str], None]
FORMAT, VERSION = "laptop-text-lab map", 1
LARGEST = {"map.json": 20_000_000, "map.parquet": 8_000_000_000}  # bytes, unpacked
ROWS = 4096  # written and read at a time


def of_saved(
    corpus_key: str, encoder: EncoderIdentity, settings: ProjectionSettings, count: int = 50, namer: str = ""
) -> WholeMap:
    """The map of a corpus as it is saved on this machine; `count` neighbours; the names that `namer` gave its clusters:
    a language model's file, or `naming.CAME` for those that came with a bundle.

    Raises:
        UserError: it was not computed yet.
    """
    made = corpus.load(corpus_key)
    encoded = job_spec.encoding(made, corpus_key, encoder).read()
    drawn = encoded and job_spec.projecting(encoded["vectors"], settings).read()
    grouped = encoded and job_spec.grouping(corpus_key, encoded["vectors"]).read()
    if not (encoded and drawn and grouped):
        raise UserError("This map has not been drawn yet.", "Open the map first.")
    found = job_spec.neighbouring(encoded["vectors"], count).read()
    near = found and Neighbours(_array(found["indices"]), _array(found["similarities"]))
    identity = {"key": encoder.name, "revision": encoder.revision, "precision": encoded["precision"]}
    vectors, labels = _array(encoded["vectors"]), _array(grouped["labels"])
    names = (
        grouped.get("names", [])
        if namer in ("", naming.CAME)
        else naming.saved_names(vectors, labels, grouped["keywords"], made.texts, namer)
    )
    return WholeMap(
        made,
        identity,
        settings,
        vectors,
        _array(drawn["points"]),
        labels,
        [[list(words) for words in level] for level in grouped["keywords"]],
        near or None,
        drawn["note"],
        names,
    )


def _array(path: str) -> np.ndarray:
    return storage.load_array(Path(path))


def blocks(total: int, on_progress: Progress | None, doing: str) -> Iterator[slice]:
    """The rows of a map, some thousand at a time, with progress."""
    for start in range(0, total, ROWS):
        if on_progress:
            on_progress(start / total, doing)
        yield slice(start, min(start + ROWS, total))


def write(path: Path, whole: WholeMap, on_progress: Progress | None = None) -> None:
    """Write a bundle."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(dir=path.parent, prefix=storage.mine()) as folder:
        table = Path(folder, "map.parquet")
        writer = None
        for rows in blocks(len(whole.points), on_progress, "writing the bundle"):
            batch = _table(whole, rows)
            writer = writer or pq.ParquetWriter(table, batch.schema, compression="zstd")
            writer.write_table(batch)
        if writer:
            writer.close()
        about = {
            "format": FORMAT,
            "version": VERSION,
            "made_by": f"Laptop Text Lab {core.__version__}",
            "title": whole.corpus.title,
            "notes": whole.corpus.notes,
            "documents": len(whole.points),
            "fields": list(whole.corpus.fields),
            "encoder": whole.encoder,
            "settings": asdict(whole.settings),
            "keywords": whole.keywords,
            "names": whole.names,
            "note": whole.note,
            "sha256": storage.sha256_of(table),
        }
        with storage.writing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr("map.json", json.dumps(about, ensure_ascii=False, indent=1))
            bundle.write(table, "map.parquet")


def _table(whole: WholeMap, rows: slice) -> Any:
    import pyarrow as pa

    def lists(values: np.ndarray, kind: Any) -> Any:
        return pa.FixedSizeListArray.from_arrays(
            pa.array(np.ascontiguousarray(values).reshape(-1), kind), values.shape[1]
        )

    columns = {"text": pa.array(whole.corpus.texts[rows], pa.large_string())}
    for number, (name, values) in enumerate(whole.corpus.fields.items()):
        columns[f"field {number}"] = pa.array(one_kind(values)[rows], arrow_type(values))
        if name in whole.corpus.originals:
            columns[f"original {number}"] = pa.array(whole.corpus.originals[name][rows], pa.string())
    for axis in range(whole.points.shape[1]):
        columns["xyz"[axis]] = pa.array(whole.points[rows, axis], pa.float32())
    for level in range(whole.labels.shape[1]):
        columns[f"group {level}"] = pa.array(whole.labels[rows, level], pa.int32())
    columns["vector"] = lists(whole.vectors[rows], pa.float32())
    if whole.near is not None and whole.near.indices.shape[1]:
        columns["neighbours"] = lists(whole.near.indices[rows], pa.int32())
        columns["cosines"] = lists(whole.near.similarities[rows], pa.float32())
    return pa.table(columns)


def read(path: Path, on_progress: Progress | None = None) -> WholeMap:
    """The map in a bundle; nothing is kept.

    Raises:
        UnreadableFile: not a bundle, cut short, changed, or too large.
    """
    with tempfile.TemporaryDirectory(dir=storage.folder("incoming"), prefix=storage.mine()) as folder:
        about = _unpack(path, Path(folder))
        return bundle_checks.checked(about, Path(folder, "map.parquet"), on_progress)


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    no_bundle = UnreadableFile("This is not a bundle of this lab, or was cut short.", "Export the map again.")
    with zip_files.opened(path, no_bundle) as bundle:
        for name, most in LARGEST.items():
            info = bundle.getinfo(name)
            zip_files.check(info, most)
            if shutil.disk_usage(folder).free < 2 * info.file_size:
                raise UserError("There is too little room on the disk to open this bundle.", "Make some.")
            with bundle.open(name) as packed, open(folder / name, "wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
    try:
        about: dict[str, Any] = json.loads((folder / "map.json").read_text(encoding="utf-8"))
        right = about["format"] == FORMAT and about["version"] == VERSION
        whole = about["sha256"] == storage.sha256_of(folder / "map.parquet")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise no_bundle from problem
    if not right:
        raise UnreadableFile("This bundle was made by another version of this program.", "Export the map again.")
    if not whole:
        raise UnreadableFile("This bundle was changed or damaged.", "Export the map again.")
    return about


def save(whole: WholeMap, encoder: EncoderIdentity) -> str:
    """Save the map on this machine, as if it had been computed here; the key of its corpus.

    Where `encoder` is another one than the bundle's, the texts are encoded again when the map is opened.
    """
    key = corpus.save(whole.corpus)
    if whole.encoder["key"] != encoder.name or whole.encoder["revision"] != encoder.revision:
        return key

    def saved(room: str, name: str, array: np.ndarray) -> str:
        path = storage.folder(room) / f"{name}.npy"
        storage.save_array(path, array)
        return str(path)

    stem = storage.content_key("bundle", whole.corpus.texts_key, np.ascontiguousarray(whole.vectors))
    vectors = saved("matrices", stem, whole.vectors)
    job_spec.encoding(whole.corpus, key, encoder).write(
        {
            "vectors": vectors,
            "encoded": 0,
            "seconds": 0.0,
            "reason": "from a bundle",
            "precision": whole.encoder["precision"],
        },
    )
    drawing = job_spec.projecting(vectors, whole.settings)
    points = saved("maps", storage.content_key("bundle", drawing.key), whole.points)
    drawing.write({"points": points, "seconds": 0.0, "note": whole.note})
    job_spec.grouping(key, vectors).write(
        {
            "labels": saved("maps", storage.content_key("labels", stem), whole.labels),
            "keywords": whole.keywords,
            "names": whole.names,
        },
    )
    if whole.near is not None:
        count = whole.near.indices.shape[1]
        paths = {
            name: saved("neighbours", f"{stem}-{count}-{name}", array)
            for name, array in (("indices", whole.near.indices), ("similarities", whole.near.similarities))
        }
        job_spec.neighbouring(vectors, max(count, 50)).write(paths)
    return key
