"""Corpora saved on this machine: written block by block, listed, renamed, deleted, and read back after a check."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import storage
from core.documents.corpus_record import Corpus, key_of
from core.documents.ingest.column_types import arrow_type, one_kind
from core.documents.ingest.stored_texts import StoredTexts
from core.errors import UserError, folder_faults


class Writer:
    """Writes a corpus to its file block by block; it can be loaded, by its key, only after `finish`."""

    def __init__(self, place: Path | None = None) -> None:
        self._place = place or storage.folder("corpora")
        self._part = self._place / f"{storage.mine()}.part"
        self._more: dict[str, Any] = {}
        self._digest = hashlib.blake2b(digest_size=16)
        self._file: Any = None
        self._sink: Any = None
        self._names: list[str] = []
        self._originals: dict[str, tuple[str, ...]] = {}
        self._types: dict[str, Any] = {}
        self._count = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, UserError):  # of a full disk, which was reported already
            self._close()
        self._part.unlink(missing_ok=True)

    def describe(
        self,
        originals: dict[str, tuple[str, ...]] | None = None,
        lost: Sequence[tuple[str, int, str]] = (),
        origin: str = "",
        documents: int = 0,
        fields: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        """Say more of the corpus before the first block: values as they were written, rows that were lost, where its
        files lie, how many documents its passages are of, and the fields of all blocks, for the types of columns."""
        self._types = {name: arrow_type(values) for name, values in (fields or {}).items()}
        self._more = {"lost": [list(row) for row in lost], "origin": origin, "documents": documents}
        self._originals = originals or {}

    def add(self, texts: Sequence[str], fields: dict[str, Sequence[Any]]) -> None:
        """Append some documents. Every block has the same fields, with the same kind of values."""
        import pyarrow as pa

        columns = {"text": pa.array(texts, pa.large_string())}
        for number, (name, values) in enumerate(fields.items()):
            columns[f"field {number}"] = pa.array(values, self._types.get(name))
        batch = pa.record_batch(columns)
        with folder_faults(self._part.parent):
            if self._file is None:
                self._names = list(fields)
                self._sink = pa.OSFile(str(self._part), "wb")
                self._file = pa.ipc.new_file(self._sink, batch.schema)
            self._file.write_batch(batch)
        self._count += len(texts)
        for text in texts:
            content = text.encode("utf-8")
            self._digest.update(b"%d\n" % len(content))
            self._digest.update(content)

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            with contextlib.closing(self._sink), folder_faults(self._part.parent):
                file.close()

    def finish(self, title: str, notes: Sequence[str], fields: dict[str, tuple[Any, ...]]) -> str:
        """Save the corpus; its key. `fields` are those of all documents."""
        self._close()
        texts_key = self._digest.hexdigest()
        key = key_of(texts_key, fields)
        path = self._place / f"{key}.arrow"
        about = {
            **self._more,
            "title": title[:120],
            "made": time.time(),
            "count": self._count,
            "notes": list(notes),
            "fields": self._names,
            "keys": [key, texts_key],
            "sha256": storage.sha256_of(self._part),
        }
        with folder_faults(path):
            os.replace(self._part, path)
        with storage.writing(path.with_suffix(".json")) as part:
            part.write_text(json.dumps(about), encoding="utf-8")
        if self._originals:
            _write_originals(path, self._originals)
        return key


def _write_originals(path: Path, originals: dict[str, tuple[str, ...]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({str(number): pa.array(values, pa.string()) for number, values in enumerate(originals.values())})
    table = table.replace_schema_metadata({"names": json.dumps(list(originals))})
    with storage.writing(path.with_suffix(".originals.parquet")) as part, open(part, "wb") as file:
        pq.write_table(table, file, compression="zstd")


def _read_originals(path: Path, count: int) -> dict[str, tuple[str, ...]]:
    """The values as they were written; nothing where the file is not whole: exports then show what was read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path.with_suffix(".originals.parquet"))
        names = json.loads(table.schema.metadata[b"names"])
        columns = [tuple(column.to_pylist()) for column in table.columns]
        if len(names) == len(columns) and all(len(column) == count for column in columns):
            return {str(name): column for name, column in zip(names, columns, strict=True)}
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        pass
    return {}


def save(corpus: Corpus) -> str:
    """Save a corpus on this machine, so that a reload of the page and the job process find it; its key."""
    with Writer() as writer:
        writer.describe(corpus.originals, corpus.lost, fields=corpus.fields)
        for start in range(0, max(len(corpus.texts), 1), 2000):
            block = slice(start, start + 2000)
            texts = [text.encode("utf-8", "replace").decode("utf-8") for text in corpus.texts[block]]
            writer.add(texts, {name: one_kind(values)[block] for name, values in corpus.fields.items()})
        return writer.finish(corpus.title, corpus.notes, corpus.fields)


def load(key: str, place: Path | None = None) -> Corpus:
    """A corpus that was saved. `place`: the folder where that is not the one of all corpora.

    Raises:
        UserError: it does not exist any more, or is damaged.
    """
    import pyarrow as pa

    path = _path(key) if place is None else place / f"{key}.arrow"
    try:
        about = _about(path.with_suffix(".json"))
        if about["sha256"] != storage.sha256_of(path):
            raise ValueError("the checksum differs")
        if about["keys"][0] != key:
            raise ValueError("it is another corpus")
        return _stored(path, about)
    except FileNotFoundError as problem:
        raise UserError("This corpus is not on this machine any more.", "Choose the file again.") from problem
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UserError("This corpus is damaged.", "Delete it, and import its file again.") from problem


def _about(path: Path) -> dict[str, Any]:
    """The description of a corpus beside its file. Raises ValueError if `Writer` did not write it."""
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    texts = [about["title"], about["sha256"]]
    for name in ("notes", "fields", "keys"):
        texts += about[name] if isinstance(about[name], list) else [None]
    if not all(isinstance(text, str) for text in texts) or len(about["keys"]) != 2:
        raise ValueError("not a description of a corpus")
    return about


def _stored(path: Path, about: dict[str, Any]) -> Corpus:
    import pyarrow as pa

    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    table.validate(full=True)  # offsets beyond its end would end the process
    column = table.column("text")
    if column.null_count or not (pa.types.is_large_string(column.type) or pa.types.is_string(column.type)):
        raise ValueError("the texts are not text")
    fields = {name: tuple(table.column(f"field {number}").to_pylist()) for number, name in enumerate(about["fields"])}
    if not all(value is None or isinstance(value, (str, int, float)) for values in fields.values() for value in values):
        raise ValueError("values of a field that are neither texts nor numbers")
    lost = [(str(file), int(line), str(reason)) for file, line, reason in about.get("lost", [])]
    return Corpus(
        about["title"],
        StoredTexts(column),
        fields,
        tuple(about["notes"]),
        lost,
        _read_originals(path, len(column)),
        _beside(path, "vectors"),
        _beside(path, "places"),
        (about["keys"][0], about["keys"][1]),
    )


def _beside(path: Path, kind: str) -> str:
    """The path of an array that lies beside a corpus; "" where there is none."""
    found = path.with_suffix(f".{kind}.npy")
    return str(found) if found.exists() else ""


@dataclass(frozen=True)
class Saved:
    """A saved corpus in the list: its key, title, when it was read (seconds since 1970), how many texts it has (-1: not
    known), and where its file lies ("": not known). `part_of`: the key of the corpus that it is a sample of."""

    key: str
    title: str
    made: float
    count: int = -1
    origin: str = ""
    part_of: str = ""


def listed(parts: bool = False) -> list[Saved]:
    """The corpora saved on this machine, the latest first; a damaged one says so. `parts`: samples of others, too."""
    found: list[Saved] = []
    for path in storage.place("corpora").glob("*.json"):
        with contextlib.suppress(UserError, OSError):
            _path(path.stem)  # only corpora have such names
            one = Saved(path.stem, f"Damaged corpus {path.stem[:8]}", path.stat().st_mtime)
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                about = _about(path)
                one = Saved(
                    path.stem,
                    about["title"],
                    float(about.get("made", one.made)),
                    int(about.get("count", -1)),
                    str(about.get("origin", "")),
                    str(about.get("part_of", "")),
                )
            if parts or not one.part_of:
                found.append(one)
    return sorted(found, key=lambda one: (-one.made, one.key))


def saved() -> dict[str, str]:
    """The corpora saved on this machine, key -> title, the latest first; a damaged one says so."""
    return {one.key: one.title for one in listed()}


def rename(key: str, title: str) -> None:
    """Give a saved corpus another title.

    Raises:
        UserError: an empty title, or the corpus is damaged or gone.
    """
    if not title.strip():
        raise UserError("A corpus needs a name.", "Write one.")
    _change(key, title=" ".join(title.split())[:120])


def mark_part(key: str, of: str) -> None:
    """Mark a saved corpus as a sample of another one, with which it is deleted."""
    _change(key, part_of=of)


def _change(key: str, **changes: Any) -> None:
    path = _path(key).with_suffix(".json")
    try:
        about = {**_about(path), **changes}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UserError("This corpus is damaged or gone.", "Import its file again.") from problem
    with storage.writing(path) as part:
        part.write_text(json.dumps(about), encoding="utf-8")


def forget(key: str) -> None:
    """Delete a saved corpus, with what lies beside it and the samples of it."""
    path = _path(key)
    for other in listed(parts=True):
        if other.part_of == key and other.key != key:
            forget(other.key)
    for each in (path.with_suffix(".json"), path, *path.parent.glob(f"{key}.*")):
        each.unlink(missing_ok=True)


def _path(key: str) -> Path:
    if not (len(key) == 32 and all(character in "0123456789abcdef" for character in key)):
        raise UserError("That is not the name of a corpus.", "Choose one in the list.")
    return storage.place("corpora") / f"{key}.arrow"
