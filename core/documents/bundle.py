"""A map that travels: one .zip with map.parquet (texts, fields, vectors, places, groups, neighbours) and map.json.

Any program that reads Parquet reads it; opened in another lab, the same map is there at once, nothing is computed. A
bundle may come from a stranger: only those two names are read, sizes are limited, and every column is checked.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import clusters, corpus, naming, records, steps
from core.documents.corpus import Corpus
from core.documents.encoders import Encoder
from core.documents.neighbours import Neighbours
from core.documents.projection import ProjectionSettings
from core.errors import UnreadableFile, UserError

Progress = Callable[[float, str], None]
FORMAT, VERSION = "laptop-text-lab map", 1
LARGEST = {"map.json": 50_000_000, "map.parquet": 8_000_000_000}  # bytes, unpacked
ROWS = 4096  # written and read at a time
CAME = "came"  # instead of a model's file: the names that came with a bundle


@dataclass(frozen=True)
class WholeMap:
    """All there is of a map: `vectors` (N, D), `points` (N, 2 or 3), `labels` (N, L) with `keywords` by level and
    group, neighbours if they are kept; `encoder` is {"key", "revision", "precision"}; `names` those that a language
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


def of_kept(corpus_key: str, encoder: Encoder, settings: ProjectionSettings, count: int = 50, namer: str = ""
            ) -> WholeMap:
    """The map of a corpus as it is kept on this machine; `count` neighbours; the names that `namer` gave its groups: a
    language model's file, or CAME for those that came with a bundle.

    Raises:
        UserError: it was not drawn yet.
    """
    made = corpus.load(corpus_key)
    encoded = steps.encoding(made, corpus_key, encoder).kept()
    drawn = encoded and steps.projecting(encoded["vectors"], settings).kept()
    grouped = encoded and steps.grouping(corpus_key, encoded["vectors"]).kept()
    if not (encoded and drawn and grouped):
        raise UserError("This map has not been drawn yet.", "Open the map first.")
    found = records.recall("neighbours", {"vectors": Path(encoded["vectors"]).stem, "count": count})
    near = found and Neighbours(_array(found["indices"]), _array(found["similarities"]))
    identity = {"key": encoder.key, "revision": encoder.revision, "precision": encoded["precision"]}
    vectors, labels = _array(encoded["vectors"]), _array(grouped["labels"])
    names = grouped.get("names", []) if namer in ("", CAME) else naming.kept_names(
        vectors, labels, grouped["keywords"], made.texts, namer)
    return WholeMap(made, identity, settings, vectors, _array(drawn["points"]), labels,
                    [[list(words) for words in level] for level in grouped["keywords"]], near or None, drawn["note"],
                    names)


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
        about = {"format": FORMAT, "version": VERSION, "title": whole.corpus.title, "notes": whole.corpus.notes,
                 "documents": len(whole.points), "fields": list(whole.corpus.fields), "encoder": whole.encoder,
                 "settings": asdict(whole.settings), "keywords": whole.keywords, "names": whole.names,
                 "note": whole.note,
                 "sha256": storage.sha256_of(table)}
        with storage.writing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr("map.json", json.dumps(about, ensure_ascii=False, indent=1))
            bundle.write(table, "map.parquet")


def _table(whole: WholeMap, rows: slice) -> Any:
    import pyarrow as pa

    def lists(values: np.ndarray, kind: Any) -> Any:
        return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(values).reshape(-1), kind),
                                                 values.shape[1])
    columns = {"text": pa.array(whole.corpus.texts[rows], pa.large_string())}
    for number, values in enumerate(whole.corpus.fields.values()):
        mixed = any(isinstance(value, float) for value in values)
        columns[f"field {number}"] = pa.array([float(value) if mixed else value for value in values[rows]])
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(dir=storage.folder("incoming"), prefix=storage.mine()) as folder:
        about = _unpack(path, Path(folder))
        try:
            table = pq.read_table(Path(folder, "map.parquet"))
            if on_progress:
                on_progress(0.5, "reading the bundle")
            return _checked(about, table)
        except (pa.ArrowException, KeyError, TypeError, ValueError, IndexError) as problem:
            raise UnreadableFile("This bundle does not hold what it says.", "Export the map again.") from problem


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as bundle:
            for name, most in LARGEST.items():
                if bundle.getinfo(name).file_size > most:
                    raise UnreadableFile("This bundle is too large.", "Export a smaller map.")
                with bundle.open(name) as packed, open(folder / name, "wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)  # never more than file_size, or zipfile objects
        about = json.loads((folder / "map.json").read_text(encoding="utf-8"))
        right = about["format"] == FORMAT and about["version"] == VERSION
        whole = about["sha256"] == storage.sha256_of(folder / "map.parquet")
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError) as problem:
        raise UnreadableFile("This is not a bundle of this lab, or was cut short.",
                             "Export the map again.") from problem
    if not right:
        raise UnreadableFile("This bundle is of another version of the lab.", "Export the map again.")
    if not whole:
        raise UnreadableFile("This bundle was changed or damaged.", "Export the map again.")
    return about


def _checked(about: dict[str, Any], table: Any) -> WholeMap:
    def numbers(name: str, kind: str) -> np.ndarray:
        column = table.column(name).combine_chunks()
        width = getattr(column.type, "list_size", 0)
        values = (column.flatten() if width else column).to_numpy(zero_copy_only=False).astype(kind)
        if not np.isfinite(values).all():
            raise ValueError(name)
        return values.reshape(-1, width) if width else values
    total = len(table)
    names = [str(name) for name in about["fields"]]
    stored = {name: tuple(table.column(f"field {number}").to_pylist()) for number, name in enumerate(names)}
    texts = tuple(str(text) for text in table.column("text").to_pylist())
    made = Corpus(str(about["title"])[:120], texts, stored, tuple(map(str, about["notes"])))
    axes = [axis for axis in "xyz" if axis in table.column_names]
    levels = len(about["keywords"])
    labels = np.stack([numbers(f"group {level}", "int32") for level in range(levels)], axis=1)
    keywords = [[[str(word)[:60] for word in words] for words in level] for level in about["keywords"]]
    names_of_groups = [[" ".join(str(name).split())[:naming.LONGEST] for name in level]
                       for level in about.get("names", [])]
    if names_of_groups and [len(row) for row in names_of_groups] != [len(row) for row in keywords]:
        raise ValueError("names")
    known = {each.name for each in fields(ProjectionSettings)}
    settings = ProjectionSettings(**{name: value for name, value in about["settings"].items() if name in known})
    near = None
    if "neighbours" in table.column_names:
        near = Neighbours(numbers("neighbours", "int32"), numbers("cosines", "float32"))
        if near.indices.min() < 0 or near.indices.max() >= total or near.indices.shape != near.similarities.shape:
            raise ValueError("neighbours")
    if not total or len(axes) != settings.dimensions or levels != len(clusters.levels_for(total)) or labels.min() < 0 \
            or any(labels[:, level].max() >= len(keywords[level]) for level in range(levels)):
        raise ValueError("shape")
    encoder = {name: str(about["encoder"][name])[:100] for name in ("key", "revision", "precision")}
    return WholeMap(made, encoder, settings, numbers("vector", "float32"),
                    np.stack([numbers(axis, "float32") for axis in axes], axis=1), labels, keywords, near,
                    str(about["note"])[:200], names_of_groups)


def keep(whole: WholeMap, encoder: Encoder) -> str:
    """Have the map on this machine, as if it had been computed here; the key of its corpus.

    Where this lab's encoder is another one than the bundle's, its texts are encoded anew when the map is opened.
    """
    key = corpus.save(whole.corpus)
    if whole.encoder["key"] != encoder.key or whole.encoder["revision"] != encoder.revision:
        return key

    def saved(room: str, name: str, array: np.ndarray) -> str:
        path = storage.folder(room) / f"{name}.npy"
        storage.save_array(path, array)
        return str(path)
    stem = storage.content_key("bundle", whole.corpus.texts_key, np.ascontiguousarray(whole.vectors))
    vectors = saved("matrices", stem, whole.vectors)
    step = steps.encoding(whole.corpus, key, encoder)
    records.keep(step.method, step.told, {"vectors": vectors, "encoded": 0, "seconds": 0.0, "reason": "from a bundle",
                                          "precision": whole.encoder["precision"]})
    step = steps.projecting(vectors, whole.settings)
    name = storage.content_key("bundle", step.told)
    records.keep(step.method, step.told, {"points": saved("maps", name, whole.points), "seconds": 0.0,
                                          "note": whole.note})
    step = steps.grouping(key, vectors)
    records.keep(step.method, step.told, {"labels": saved("maps", storage.content_key("labels", stem), whole.labels),
                                          "keywords": whole.keywords, "names": whole.names})
    if whole.near is not None:
        count = whole.near.indices.shape[1]
        paths = {name: saved("neighbours", f"{stem}-{count}-{name}", array) for name, array in
                 (("indices", whole.near.indices), ("similarities", whole.near.similarities))}
        records.keep("neighbours", {"vectors": stem, "count": max(count, 50)}, paths)
    return key
