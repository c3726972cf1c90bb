"""From files to a corpus: read as a stream, cut into passages, counted, and written block by block.

However large the files, a few thousand texts and the fields of what is kept are in memory at a time: everything goes
to a file beside the corpora first, then what is kept of it to the corpus.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import saved_corpora
from core.documents.ingest import column_types, own_vectors, passages, preview
from core.documents.ingest.column_types import Column
from core.documents.ingest.sources import BadRow, ImportOptions, Source
from core.documents.ingest.tables import NumberedRow
from core.errors import UnreadableFile, UserError

Progress = Callable[[float, str], None]
BAD_ROWS_LISTED = 1000
BLOCK_TEXTS, BLOCK_LETTERS = 2000, 4_000_000


@dataclass
class ImportResult:
    """The result: the corpus (`key`), counts, and rows that could not be read (the first 1,000 are listed)."""

    key: str = ""
    documents: int = 0
    passages: int = 0
    kept: int = 0
    empty: int = 0
    repeated: int = 0
    bad_count: int = 0
    bad: list[BadRow] = field(default_factory=list)
    without_text: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def complain(self, row: BadRow) -> None:
        self.bad_count += 1
        if len(self.bad) < BAD_ROWS_LISTED:
            self.bad.append(row)

    def leave_out(self, row: BadRow) -> None:
        """A row without text."""
        self.empty += 1
        if len(self.without_text) < BAD_ROWS_LISTED:
            self.without_text.append(row)

    def lost(self) -> list[tuple[str, int, str]]:
        """(file, line or row, reason) of what is not in the corpus, as far as it is listed."""
        return [(row.file, row.line, row.problem) for row in (*self.bad, *self.without_text)]


def import_corpus(
    source: Source, options: ImportOptions, on_progress: Progress | None = None, place: Path | None = None
) -> ImportResult:
    """Import a source as a corpus that is saved on this machine. Rows that cannot be read are listed and skipped.

    `place`: the folder for it, where that is not the one of all corpora. `on_progress(fraction 0..1, what is being
    done)`; an exception from it stops here, and nothing is kept.

    Raises:
        UserError: no text in it, or too little room on the disk.
    """
    report = on_progress or (lambda fraction, doing: None)
    own_vectors.check(options)
    place = place or storage.folder("corpora")
    if shutil.disk_usage(place).free < 3 * source.size:
        raise UserError(
            "There is too little room on the disk to read this.",
            "Make some, or choose a smaller part of the documents.",
        )
    for left in place.glob("reading-*"):  # of a process that was ended
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)
    found = ImportResult()
    with tempfile.TemporaryDirectory(dir=place, prefix=storage.mine("reading-")) as folder:
        everything = _Everything(Path(folder, "all.arrow"), options)
        own = own_vectors.Collected(Path(folder), options)
        for row in _rows(source, options, found, report):
            _take(row, options, found, everything, own)
        everything.close()
        if not found.passages:
            raise UserError("There is no text in what was chosen.", "Choose other columns or other files.")
        chosen = _chosen(options, everything.digests)
        found.kept = len(chosen)
        found.repeated = found.documents - len(np.unique(np.frombuffer(everything.of_documents, dtype=np.uint64)))
        found.notes = [*source.notes, *dict.fromkeys(found.notes), *_counts(options, found)]
        found.key = _write(everything, chosen, source.title, found, report, place)
        own.save(found.key, chosen, place)
    return found


def _rows(source: Source, options: ImportOptions, found: ImportResult, report: Progress) -> Iterator[NumberedRow]:
    wanted = (*options.text, *options.fields, *options.places, *([options.vectors] if options.vectors else []))
    before = 0
    for path, name in source.files:
        at = [0]
        try:
            for number, row in enumerate(
                preview.read(path, name, found.notes, source.folder, at, wanted, options.encoding)
            ):
                if isinstance(row, BadRow):
                    found.complain(row)
                else:
                    yield row
                if number % 64 == 0:
                    report(
                        0.85 * min((before + at[0]) / max(source.size, 1), 1.0),
                        f"read {(before + at[0]) / 1e6:,.0f} of {source.size / 1e6:,.0f} MB, "
                        f"{found.documents:,} documents",
                    )
        except UnreadableFile as error:
            if len(source.files) == 1:
                raise
            found.complain(BadRow(0, error.what, name))
        before += os.path.getsize(path)


def _take(
    row: NumberedRow, options: ImportOptions, found: ImportResult, everything: _Everything, own: own_vectors.Collected
) -> None:
    parts = [_clean(row.get(name)) for name in options.text]
    text = "\n".join(part for part in parts if part)
    if not text:
        if any(_clean(value) for value in row.values()):
            found.leave_out(BadRow(row.line, row.problem or "no text in it", str(row.get("file") or "")))
        return
    try:
        own.add(row)
    except ValueError as problem:
        found.complain(BadRow(row.line, str(problem), str(row.get("file") or "")))
        return
    found.documents += 1
    everything.of_documents.append(hash64(text))
    everything.notice(row)
    fields = [_clean(row.get(name)) for name in options.fields]
    cuts = [(0, len(text))]
    if options.words and len(text) > 2 * options.words:  # so many letters are needed for so many words
        cuts = passages.cut(text, options.words, options.overlap)
    for number, (start, end) in enumerate(cuts, 1):
        found.passages += 1
        everything.add(text[start:end], [*fields, str(found.documents), str(number)])


def _clean(value: Any) -> str:
    """A cell as text that can be stored: half characters and zero bytes replaced."""
    text = preview.written(value)
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def hash64(text: str) -> int:
    """64 bits of a text: equal texts have equal ones; of two million texts, two others share theirs once in 10^7."""
    import hashlib

    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def _chosen(options: ImportOptions, digests: array[int]) -> np.ndarray:
    """Which passages are kept, in their order."""
    rows = np.arange(len(digests))
    if not options.repeated:
        rows = np.sort(np.unique(np.frombuffer(digests, dtype=np.uint64), return_index=True)[1])
    if len(rows) > options.most:
        rows = np.sort(np.random.default_rng(options.seed).choice(rows, options.most, replace=False))
    return rows


def _counts(options: ImportOptions, found: ImportResult) -> list[str]:
    notes = []
    if found.passages > found.documents:
        notes.append(f"{found.documents:,} documents cut into {found.passages:,} passages")
    if found.empty:
        notes.append(f"{found.empty:,} without text left out")
    if found.repeated:
        notes.append(
            f"{found.repeated:,} repeat another document word for word" + ("" if options.repeated else ", left out")
        )
    if found.bad_count:
        notes.append(
            "1 row that could not be read skipped"
            if found.bad_count == 1
            else f"{found.bad_count:,} rows that could not be read skipped"
        )
    if found.kept == options.most < found.passages:
        notes.append(f"{found.kept:,} of {found.passages:,} drawn at random (seed {options.seed})")
    return notes


class _Everything:
    """All passages on their way to the corpus, in a file; in memory only a block of them and 16 bytes for each."""

    def __init__(self, path: Path, options: ImportOptions) -> None:
        self.path = path
        self.digests, self.of_documents = array("Q"), array("Q")
        self.options = options
        self._width = len(options.fields) + 2
        self._native = dict.fromkeys(options.fields, True)
        self._texts: list[str] = []
        self._fields: list[Sequence[str]] = []
        self._letters = 0
        self._file: Any = None
        self._sink: Any = None

    def add(self, text: str, fields: Sequence[str]) -> None:
        self.digests.append(hash64(text))
        self._texts.append(text)
        self._fields.append(fields)
        self._letters += len(text)
        if len(self._texts) >= BLOCK_TEXTS or self._letters > BLOCK_LETTERS:
            self._flush()

    def notice(self, row: NumberedRow) -> None:
        """Notice which fields were no numbers in the file."""
        for name, native in self._native.items():
            if native and not preview.are_native([row.get(name)]):
                self._native[name] = False

    def column(self, place: int, chosen: np.ndarray) -> Column:
        """The chosen values of a field, as what they are."""
        names = self.options.fields
        cells = [value for block, _ in _blocks(self.path, chosen, place + 1) for value in block]
        if place >= len(names):
            return Column(column_types.NUMBER, [int(cell) for cell in cells])
        wanted = dict(self.options.kinds).get(names[place], "")
        return column_types.read(names[place], cells, self._native[names[place]], wanted)

    def close(self) -> None:
        if self._texts:
            self._flush()
        if self._file is not None:
            self._file.close()
            self._sink.close()

    def _flush(self) -> None:
        import pyarrow as pa

        columns = {"text": pa.array(self._texts, pa.large_string())}
        for place in range(self._width):
            columns[str(place)] = pa.array([fields[place] for fields in self._fields], pa.string())
        batch = pa.record_batch(columns)
        if self._file is None:
            self._sink = pa.OSFile(str(self.path), "wb")
            self._file = pa.ipc.new_file(self._sink, batch.schema)
        self._file.write_batch(batch)
        self._texts, self._fields, self._letters = [], [], 0


def _write(
    everything: _Everything, chosen: np.ndarray, title: str, found: ImportResult, report: Progress, place: Path
) -> str:
    """The chosen passages as a corpus; its key."""
    options = everything.options
    names = [*options.fields, "document", "passage"]
    fields: dict[str, tuple[Any, ...]] = {}
    originals: dict[str, tuple[str, ...]] = {}
    said: dict[str, list[str]] = {}
    for number in range(len(names) if found.passages > found.documents else len(options.fields)):
        name = names[number] if names[number] not in fields else f"{names[number]} (number)"
        column = everything.column(number, chosen)
        fields[name] = tuple(column.values)
        if column.originals is not None:
            originals[name] = tuple(column.originals)
        if column.why:
            said.setdefault(column.why, []).append(name)
    found.notes += [_note(why, names_of) for why, names_of in said.items()]
    with saved_corpora.Writer(place) as writer:
        writer.describe(
            originals=originals, lost=found.lost(), origin=options.origin, documents=found.documents, fields=fields
        )
        ready = {name: column_types.one_kind(values) for name, values in fields.items()}
        for texts, start in _blocks(everything.path, chosen, 0):
            report(0.85 + 0.15 * start / len(chosen), f"writing {len(chosen):,} passages")
            writer.add(texts, {name: values[start : start + len(texts)] for name, values in ready.items()})
        return writer.finish(title, found.notes, fields)


def _note(why: str, names: list[str], most: int = 4) -> str:
    """Example: "leading zeros" of sku, plz: “sku, plz: leading zeros”."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(name[:30] for name in names[:most])}{more}: {why}"


def _blocks(path: Path, chosen: np.ndarray, column: int) -> Iterator[tuple[list[str], int]]:
    """(values, place of the first among the chosen) of one column of the chosen rows, block by block."""
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        stored = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=[column]))
        first = 0
        for number in range(stored.num_record_batches):
            batch = stored.get_batch(number)
            start, stop = np.searchsorted(chosen, [first, first + batch.num_rows])
            if stop > start:
                yield batch.column(0).take(pa.array(chosen[start:stop] - first)).to_pylist(), int(start)
            first += batch.num_rows
